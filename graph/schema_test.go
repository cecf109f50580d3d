package graph_test

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/graph"
)

// sdl is the schema as it is served.
var sdl = graph.NewExecutableSchema(graph.Config{}).Schema()

// roots are the fields of the three root types, "Query.users" and so on.
func roots(visit func(kind string, f *ast.FieldDefinition)) {
	for _, t := range []*ast.Definition{sdl.Query, sdl.Mutation, sdl.Subscription} {
		for _, f := range t.Fields {
			if !strings.HasPrefix(f.Name, "__") {
				visit(t.Name, f)
			}
		}
	}
}

// operation spells an operation with one root field, and the arguments in v as
// variables.
func operation(kind string, f *ast.FieldDefinition, v vars) string {
	var declared, passed []string
	for _, a := range f.Arguments {
		if _, given := v[a.Name]; !given {
			continue
		}
		declared = append(declared, fmt.Sprintf("$%s: %s", a.Name, a.Type))
		passed = append(passed, fmt.Sprintf("%s: $%s", a.Name, a.Name))
	}
	head := strings.ToLower(kind)
	call := f.Name
	if len(declared) > 0 {
		head += "(" + strings.Join(declared, ", ") + ")"
		call += "(" + strings.Join(passed, ", ") + ")"
	}
	return head + " { " + call + selectionOf(f.Type) + " }"
}

// selectionOf asks for the typename alone, so that only the root field's own rule
// is at work.
func selectionOf(t *ast.Type) string {
	if sdl.Types[t.Name()].Kind == ast.Object {
		return " { __typename }"
	}
	return ""
}

// arguments makes values for all required arguments; id says which ids to use.
func arguments(f *ast.FieldDefinition, id func(path string) any) vars {
	v := vars{}
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil || holdsID(a.Type) {
			v[a.Name] = valueOf(a.Type, a.Name, id)
		}
	}
	return v
}

// holdsID says whether a value of the type is or contains an id.
func holdsID(t *ast.Type) bool {
	d := sdl.Types[t.Name()]
	if d.Name == "ID" {
		return true
	}
	for _, f := range d.Fields {
		if d.Kind == ast.InputObject && holdsID(f.Type) {
			return true
		}
	}
	return false
}

func valueOf(t *ast.Type, path string, id func(path string) any) any {
	if t.Elem != nil {
		return []any{valueOf(t.Elem, path, id)}
	}
	switch d := sdl.Types[t.Name()]; d.Kind {
	case ast.Enum:
		return d.EnumValues[0].Name
	case ast.InputObject:
		object := map[string]any{}
		for _, f := range d.Fields {
			if f.Type.NonNull && f.DefaultValue == nil || holdsID(f.Type) {
				object[f.Name] = valueOf(f.Type, path+"."+f.Name, id)
			}
		}
		return object
	}
	switch t.Name() {
	case "ID":
		return id(path)
	case "Int":
		return 1
	case "Float":
		return 1.5
	case "Boolean":
		return false
	case "Time":
		return "2026-01-01T00:00:00Z"
	}
	return "x" + schema.NewID().String()[24:]
}

// randomID is the id of nothing.
func randomID(string) any { return schema.NewID().String() }
