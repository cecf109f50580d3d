package graph_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
)

var update = flag.Bool("update", false, "write the tables of docs/api.md")

func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	described := func(what, text string) {
		if len(text) < 5 || !strings.HasSuffix(strings.TrimSpace(text), ".") {
			t.Errorf("%s has no description: %q", what, text)
		}
	}
	for name, d := range sdl.Types {
		if d.BuiltIn || strings.HasPrefix(name, "__") {
			continue
		}
		described(name, d.Description)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				described(name+"."+f.Name+"("+a.Name+")", a.Description)
			}
		}
		for _, v := range d.EnumValues {
			described(name+"."+v.Name, v.Description)
		}
	}
	for _, f := range sdl.Mutation.Fields {
		if len(ruleOf("Mutation", f)) > 0 && !strings.Contains(f.Description, "Errors: ") && !strings.Contains(f.Description, "for up to 1000 people") && !strings.Contains(f.Description, "up to 1000 local people") {
			t.Errorf("Mutation.%s doesn't name its errors", f.Name)
		}
	}
}

// ruleOf are the scopes of which a field needs one; empty: none.
func ruleOf(typ string, f *ast.FieldDefinition) []string {
	for _, directives := range []ast.DirectiveList{f.Directives, sdl.Types[typ].Directives} {
		if d := directives.ForName("can"); d != nil {
			scopes := []string{d.Arguments.ForName("scope").Value.Raw}
			if or := d.Arguments.ForName("or"); or != nil {
				for _, other := range or.Value.Children {
					scopes = append(scopes, other.Value.Raw)
				}
			}
			return scopes
		}
		if directives.ForName("open") != nil {
			return nil
		}
	}
	return []string{"nobody"}
}

// TestDocumentedRules keeps the tables of docs/api.md true.
func TestDocumentedRules(t *testing.T) {
	t.Parallel()
	const file = "../docs/api.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- rules -->\n", "<!-- end of rules -->\n"
	before, rest, ok := strings.Cut(string(text), begin)
	was, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no %q", file, begin)
	}
	is := roleTable() + "\n" + fieldTable()
	if was == is {
		return
	}
	if !*update {
		t.Fatalf("%s is not what the schema says; run go test ./graph -run %s -update", file, t.Name())
	}
	if err := os.WriteFile(file, []byte(before+begin+is+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

var roles = []user.Role{user.RoleOWNER, user.RoleADMIN, user.RoleAUDITOR, user.RoleLEARNER}

func roleTable() string {
	var b strings.Builder
	b.WriteString("| scope | owner | admin | auditor | learner |\n|---|---|---|---|---|\n")
	for _, scope := range access.Scopes {
		if scope == access.AllScopes {
			continue
		}
		fmt.Fprintf(&b, "| `%s` |", scope)
		for _, role := range roles {
			fmt.Fprintf(&b, " %s |", map[bool]string{true: "yes", false: "–"}[access.Includes(access.ScopesOf(role), scope)])
		}
		b.WriteString("\n")
	}
	return b.String()
}

func fieldTable() string {
	rows := map[string]string{}
	for name, d := range sdl.Types {
		if d.Kind != ast.Object || strings.HasPrefix(name, "__") {
			continue
		}
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			rows[name+"."+f.Name] = "anyone let in"
			if scopes := ruleOf(name, f); len(scopes) > 0 {
				rows[name+"."+f.Name] = "`" + strings.Join(scopes, "` or `") + "`"
			}
		}
	}
	var b strings.Builder
	b.WriteString("| field | needs |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, rows[name])
	}
	return b.String()
}

// TestCallersGetWhatTheTableSays asks for every root field as everyone.
func TestCallersGetWhatTheTableSays(t *testing.T) {
	onBoth(t, func(h *house) {
		type someone struct {
			caller
			scopes []string
		}
		everyone := map[string]func() someone{"operator": func() someone { return someone{h.operator(), []string{access.Operate}} }}
		for _, role := range roles {
			everyone[string(role)] = func() someone { return someone{h.as(role), access.ScopesOf(role)} }
		}
		for _, scope := range access.Scopes {
			everyone[scope] = func() someone { return someone{h.with(scope), []string{scope}} }
		}
		everyone[access.SetUp] = func() someone { return someone{h.setUp(h.conn.ID), []string{access.SetUp}} }
		roots(func(kind string, f *ast.FieldDefinition) {
			need := ruleOf(kind, f)
			if kind == "Subscription" { // lets nobody in by another rule: see TestStreamsObeyTheRules
				return
			}
			v := arguments(f, randomID)
			document := operation(kind, f, v)
			h.ask(caller{}, document, v).refused("UNAUTHENTICATED")
			for name, make := range everyone {
				who := make() // new for each: some mutations end the caller
				r := h.ask(who.caller, document, arguments(f, randomID))
				refused := len(r.Errors) > 0 && r.Errors[0].Message == "this needs the scope "+strings.Join(need, " or ")
				includes := func(scope string) bool { return access.Includes(who.scopes, scope) }
				may := len(need) == 0 || slices.ContainsFunc(need, includes)
				if name == access.SetUp { // what is open to everyone is not open to it
					may = slices.Contains(need, access.SetUp)
					refused = len(r.Errors) > 0 && r.Errors[0].Message == "a set-up link opens its set-up and nothing else"
				}
				if may == refused {
					h.Errorf("%s.%s as %s: refused is %v: %s", kind, f.Name, name, refused, r.text)
				}
				if len(r.Errors) > 0 && r.Errors[0].Extensions["code"] == "INTERNAL" {
					h.Errorf("%s.%s as %s: %s", kind, f.Name, name, r.text)
				}
			}
		})
	})
}

// TestRulesHoldInside asks for what hangs on something that the caller may see.
func TestRulesHoldInside(t *testing.T) {
	onBoth(t, func(h *house) {
		h.person("ada@acme.test", user.RoleLEARNER)
		for _, c := range []struct{ scope, document, needs string }{
			{"connections:read", `{ connections { name tokens { name } } }`, "tokens:read"},
			{"connections:read", `{ connections { name health { status } } }`, "log:read"},
			{"groups:read", `{ groups { nodes { displayName members { nodes { id } } } } }`, ""},
			{"users:read", `{ users { nodes { name history { nodes { at } } } } }`, "log:read"},
			{"users:read", `{ users { nodes { name connection { name settings { revive } } } } }`, ""},
			{"users:write", `{ users { nodes { name department { name } } } }`, ""},
			{"departments:read", `{ departments { nodes { name userCount } } }`, ""},
			{"log:read", `{ provisioningLogs { nodes { operation user { name } } } }`, ""},
		} {
			r := h.ask(h.with(c.scope), c.document, nil)
			if c.needs == "" {
				r.ok()
				continue
			}
			if r.refused("FORBIDDEN"); r.Errors[0].Message != "this needs the scope "+c.needs {
				h.Errorf("%s asks %s: %s", c.scope, c.document, r.text)
			}
		}
	})
}
