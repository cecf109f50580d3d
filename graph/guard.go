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

// rules say for each field, as "Type.field", which scope it needs; "" stands for
// none. A field that is not in it is refused.
type rules map[string]string

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
			scope, ruled := ruleIn(f.Directives)
			if !ruled {
				scope, ruled = ruleIn(t.Directives)
			}
			if !ruled {
				return nil, fmt.Errorf("%s.%s says neither @can nor @open, nor does its type", name, f.Name)
			}
			if scope != "" && scope != access.Operate && !slices.Contains(access.Scopes, scope) {
				return nil, fmt.Errorf("%s.%s asks for a scope that there isn't: %q", name, f.Name, scope)
			}
			out[name+"."+f.Name] = scope
		}
	}
	return out, nil
}

func ruleIn(directives ast.DirectiveList) (scope string, ruled bool) {
	if d := directives.ForName("can"); d != nil {
		return d.Arguments.ForName("scope").Value.Raw, true
	}
	return "", directives.ForName("open") != nil
}

// check runs before each field.
func (r rules) check(ctx context.Context, next graphql.Resolver) (any, error) {
	f := graphql.GetFieldContext(ctx)
	if strings.HasPrefix(f.Field.Name, "__") || strings.HasPrefix(f.Object, "__") {
		return next(ctx) // introspection, which has a switch of its own
	}
	scope, ruled := r[f.Object+"."+f.Field.Name]
	switch {
	case !ruled:
		return nil, fault.New(fault.Internal, "%s.%s has no rule", f.Object, f.Field.Name)
	case scope != "" && !access.Includes(requestOf(ctx).scopes, scope):
		return nil, fault.New(fault.Forbidden, "this needs the scope %s", scope)
	}
	if f.Object == "Mutation" {
		requestOf(ctx).loader.forget()
	}
	return next(ctx)
}
