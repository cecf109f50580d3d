package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
)

// rules say for each field, as "Type.field", of which scopes it needs one; an
// empty list stands for none. A field that is not in it is refused.
type rules map[string][]string

// rulesOf reads the directives of the schema. A field without a rule of its own
// has that of its type; every field must have one.
func rulesOf(s *ast.Schema) (rules, error) {
	out := rules{}
	for name, t := range s.Types {
		if t.Kind != ast.Object || strings.HasPrefix(name, "__") {
			continue
		}
		for _, f := range t.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			scopes, ruled := ruleIn(f.Directives)
			if !ruled {
				scopes, ruled = ruleIn(t.Directives)
			}
			if !ruled {
				return nil, fmt.Errorf("%s.%s says neither @can nor @open, nor does its type", name, f.Name)
			}
			for _, scope := range scopes {
				if scope != access.Operate && scope != access.SetUp && !slices.Contains(access.Scopes, scope) {
					return nil, fmt.Errorf("%s.%s asks for a scope that there isn't: %q", name, f.Name, scope)
				}
			}
			out[name+"."+f.Name] = scopes
		}
	}
	return out, nil
}

func ruleIn(directives ast.DirectiveList) (scopes []string, ruled bool) {
	if d := directives.ForName("can"); d != nil {
		scopes = []string{d.Arguments.ForName("scope").Value.Raw}
		if or := d.Arguments.ForName("or"); or != nil {
			for _, other := range or.Value.Children {
				scopes = append(scopes, other.Value.Raw)
			}
		}
		return scopes, true
	}
	return nil, directives.ForName("open") != nil
}

// check runs before each field.
func (r rules) check(ctx context.Context, next graphql.Resolver) (any, error) {
	f := graphql.GetFieldContext(ctx)
	if strings.HasPrefix(f.Field.Name, "__") || strings.HasPrefix(f.Object, "__") {
		return next(ctx) // introspection, which has a switch of its own
	}
	scopes, ruled := r[f.Object+"."+f.Field.Name]
	if requestOf(ctx).grant.IsSetUp() && isRoot(f.Object) && !slices.Contains(scopes, access.SetUp) {
		return nil, fault.New(fault.Forbidden, "a set-up link opens its set-up and nothing else")
	}
	may := func(scope string) bool { return access.Includes(requestOf(ctx).scopes, scope) }
	switch {
	case !ruled:
		return nil, fault.New(fault.Internal, "%s.%s has no rule", f.Object, f.Field.Name)
	case len(scopes) > 0 && !slices.ContainsFunc(scopes, may):
		return nil, fault.New(fault.Forbidden, "this needs the scope %s", strings.Join(scopes, " or "))
	}
	if f.Object == "Mutation" {
		requestOf(ctx).loader.forget()
	}
	return next(ctx)
}

// isRoot says whether a type is where operations begin.
func isRoot(object string) bool {
	return object == "Query" || object == "Mutation" || object == "Subscription"
}
