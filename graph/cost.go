package graph

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// budget refuses operations that would cost too much before any resolver runs.
// A field costs 1, and what is in a list costs as often as the list may be long:
// first or last where they are given, else as long as a page is without them, and
// 10 times for a list without pages.
type budget struct{}

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
	cost := m.of(op.Operation.SelectionSet, 1)
	switch {
	case m.depth > maxDepth:
		return tooMuch("The operation nests %d fields; at most %d are possible", m.depth, maxDepth)
	case roots > maxRootFields:
		return tooMuch("The operation asks for %d things at once; at most %d are possible", roots, maxRootFields)
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

// of is the cost of a selection at a depth. It stops counting beyond the limits.
func (m *measure) of(set ast.SelectionSet, depth int) (cost int) {
	for _, s := range set {
		if cost > maxCost {
			return cost
		}
		switch s := s.(type) {
		case *ast.Field:
			cost += m.ofField(s, depth)
		case *ast.InlineFragment:
			cost += m.of(s.SelectionSet, depth)
		case *ast.FragmentSpread:
			cost += m.of(s.Definition.SelectionSet, depth)
		}
	}
	return cost
}

func (m *measure) ofField(f *ast.Field, depth int) int {
	if strings.HasPrefix(f.Name, "__") {
		return 1 // introspection nests deeply, and costs no statement
	}
	m.depth = max(m.depth, depth)
	if len(f.SelectionSet) == 0 || depth > maxDepth {
		return 1
	}
	return 1 + dear[f.Name] + m.length(f)*m.of(f.SelectionSet, depth+1)
}

// dear are fields that read far more than they bring, and what they cost beside
// the 1: the checkup of a connection reads the failures of a day.
var dear = map[string]int{"health": 200, "advice": 200}

// length is how many entries a field may bring.
func (m *measure) length(f *ast.Field) int {
	if f.Definition == nil {
		return 1
	}
	paged := false
	usual, most := defaultPage, maxPage
	if f.Name == "events" {
		usual, most = defaultEvents, maxEvents
	}
	for _, name := range [...]string{"first", "last"} {
		if f.Definition.Arguments.ForName(name) == nil {
			continue
		}
		paged = true
		if a := f.Arguments.ForName(name); a != nil {
			if v, err := a.Value.Value(m.variables); err == nil {
				if n, ok := number(v); ok {
					return max(1, min(n, most))
				}
			}
		}
	}
	switch {
	case paged:
		return usual
	case f.Definition.Type.Elem != nil && !isPart(f.Name):
		return 10
	}
	return 1
}

// isPart says whether a list repeats what the field around it has counted.
func isPart(name string) bool { return name == "nodes" || name == "edges" }

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
