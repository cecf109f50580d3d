package graph

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/rollcall/rollcall/internal/directory"
)

// budget refuses operations that would cost too much before any resolver runs. A
// value in the answer costs 1, and a field that asks the database for each thing
// that it stands in as much as it reads. What is in a list costs as often as the
// list may be long: first or last where they are given, else as long as a page is
// without them, and for a list without pages as long as it can be.
type budget struct{}

// What is read beside the values themselves, in values.
const (
	aStatement = 250
	aCount     = 2 * aStatement  // reads all that is counted
	aBody      = 100             // 16 kB at most
	aHistory   = 5 * aStatement  // statements for one person
	aCheckup   = 8 * aStatement  // of a connection, or a walk over its people
	aCensus    = 20 * aStatement // counts everything in the organization
)

// dear are the fields that read more than they bring. What is read for all the
// entries of a list at once costs no more than a value of each.
var dear = map[string]int{
	"Connection.signOnRemoval": 2 * aCount,
	"Connection.health":        aCheckup, "ConnectionHealth.advice": aCheckup, "Connection.removal": aStatement,
	"Query.userCounts": aCensus, "Organization.counts": aCensus, "User.history": aHistory, "User.ownedFields": 2 * aStatement,
	"Query.likelyDuplicates":      aCensus,
	"Query.setUp":                 5 * aStatement,
	"ProvisioningLog.requestBody": aBody, "ProvisioningLog.responseBody": aBody,
}

// long is how long lists without pages can be; usualList where it isn't said.
var long = map[string]int{
	"Query.tokens": maxTokensListed, "User.groups": maxGroups, "UserCounts.byDepartment": maxCounts,
	"Connection.tokens": maxConnectionTokens, "Connection.attributes": maxAttributes, "SetUp.attributes": maxAttributes, "Connection.setUpLinks": maxConnectionTokens, "ConnectionHealth.problems": maxProblems,
	"Connection.days": maxDays, "RehearsalReport.wrongAnswers": maxWrongAnswers,
	"Query.waitingAccounts": maxWaiting, "Query.domains": directory.MaxDomains,
	"LikelyDuplicate.twins": maxTwins, "User.ownedFields": maxOwned,
}

const usualList = 10

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = budget{}

// ExtensionName implements graphql.HandlerExtension.
func (budget) ExtensionName() string { return "Budget" }

// Validate implements graphql.HandlerExtension.
func (budget) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator.
func (budget) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	m := measure{variables: op.Variables}
	roots := m.count(op.Operation.SelectionSet)
	cost := m.of(op.Operation.SelectionSet, 1, 1)
	switch {
	case m.depth > maxDepth:
		return tooMuch("The operation nests %d fields; at most %d are possible", m.depth, maxDepth)
	case roots > maxRootFields:
		return tooMuch("The operation asks for %d things at once; at most %d are possible", roots, maxRootFields)
	case m.bulk > 1:
		return tooMuch("The operation has %d mutations for many people; send one at a time", m.bulk)
	case cost > maxCost:
		return tooMuch("The operation may cost %d, and at most %d is possible: ask for fewer entries of lists (first), or for fewer fields in them", cost, maxCost)
	}
	return nil
}

func tooMuch(format string, args ...any) *gqlerror.Error {
	e := gqlerror.Errorf(format, args...)
	e.Extensions = map[string]any{"code": codeTooLarge}
	return e
}

// measure walks a validated document.
type measure struct {
	variables map[string]any
	depth     int
	bulk      int // mutations for many people
}

// count is the number of fields at the root, those of fragments included. It
// stops beyond the limit: fragments that spread each other twice would make it
// double with each of them.
func (m *measure) count(set ast.SelectionSet) (n int) {
	for _, s := range set {
		if n > maxRootFields {
			return n
		}
		switch s := s.(type) {
		case *ast.Field:
			n++
		case *ast.InlineFragment:
			n += m.count(s.SelectionSet)
		case *ast.FragmentSpread:
			n += m.count(s.Definition.SelectionSet)
		}
	}
	return n
}

// of is the cost of a selection at a depth, with as many entries as a page of the
// list around it has. It stops counting beyond the limits.
func (m *measure) of(set ast.SelectionSet, depth, page int) (cost int) {
	for _, s := range set {
		if cost > maxCost {
			return cost
		}
		switch s := s.(type) {
		case *ast.Field:
			if isPart(s.Name) {
				cost += page * m.ofField(s, depth)
			} else {
				cost += m.ofField(s, depth)
			}
		case *ast.InlineFragment:
			cost += m.of(s.SelectionSet, depth, page)
		case *ast.FragmentSpread:
			cost += m.of(s.Definition.SelectionSet, depth, page)
		}
	}
	return cost
}

func (m *measure) ofField(f *ast.Field, depth int) int {
	if strings.HasPrefix(f.Name, "__") {
		return 1 // introspection nests deeply, and costs no statement
	}
	m.depth = max(m.depth, depth)
	if depth > maxDepth {
		return 1
	}
	cost := 1 + priceOf(f)
	if len(f.SelectionSet) == 0 {
		return cost
	}
	if f.ObjectDefinition.Name == "Mutation" && isBulk(f) {
		m.bulk++
	}
	if page, paged := m.page(f); paged {
		return cost + m.of(f.SelectionSet, depth+1, page)
	}
	return cost + lengthOf(f)*m.of(f.SelectionSet, depth+1, 1)
}

// priceOf is what a field reads beside what it brings.
func priceOf(f *ast.Field) int {
	name := f.ObjectDefinition.Name + "." + f.Name
	switch price, known := dear[name]; {
	case known:
		return price
	case f.Name == "totalCount":
		return aCount
	case f.ObjectDefinition.Name == "Query", f.ObjectDefinition.Name == "Mutation", f.Definition.Arguments.ForName("first") != nil:
		return aStatement
	}
	return 0
}

// isBulk says whether a mutation is for many people.
func isBulk(f *ast.Field) bool {
	payload := f.Definition.Type.Name()
	return payload == "BulkUserPayload" || payload == "ImportPayload"
}

// lengthOf is how many entries a field without pages may bring.
func lengthOf(f *ast.Field) int {
	if f.Definition.Type.Elem == nil || isPart(f.Name) {
		return 1
	}
	if n, known := long[f.ObjectDefinition.Name+"."+f.Name]; known {
		return n
	}
	return usualList
}

// page is how many entries a page of a field may have, or how many people a
// mutation is for; ok is false where there are no pages.
func (m *measure) page(f *ast.Field) (entries int, ok bool) {
	if isBulk(f) {
		return m.named(f), true
	}
	usual, most := defaultPage, maxPage
	if f.ObjectDefinition.Name+"."+f.Name == "Query.events" {
		usual, most = defaultEvents, maxEvents
	}
	for _, name := range [...]string{"first", "last"} {
		if f.Definition.Arguments.ForName(name) == nil {
			continue
		}
		ok = true
		if a := f.Arguments.ForName(name); a != nil {
			if v, err := a.Value.Value(m.variables); err == nil {
				if n, given := number(v); given {
					return max(1, min(n, most)), true
				}
			}
		}
	}
	return usual, ok
}

// named is how many people a mutation names.
func (m *measure) named(f *ast.Field) int {
	for _, a := range f.Arguments {
		switch v, err := a.Value.Value(m.variables); v := v.(type) {
		case []any:
			if a.Name == "ids" && err == nil {
				return min(len(v), maxBulk)
			}
		case string:
			if a.Name == "ids" && err == nil { // one, which GraphQL takes for a list of it
				return 1
			}
			if a.Name == "csv" && err == nil {
				return min(1+strings.Count(v, "\n"), maxImport)
			}
		}
	}
	return maxImport
}

// isPart says whether a list is the entries of the page around it.
func isPart(name string) bool {
	return name == "nodes" || name == "edges" || name == "results" || name == "rows"
}

func number(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case int64:
		return int(min(v, maxEvents)), true
	case float64:
		return int(min(v, maxEvents)), true
	}
	return 0, false
}
