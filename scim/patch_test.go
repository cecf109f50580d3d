package scim

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// patchCase is a file of testdata/patch: operations on a document give another
// document, or are refused.
type patchCase struct {
	doc, want       map[string]any
	ops             []any
	group           bool
	scimType        string
	detail          string
	changes         []memberChange
	undeclaredNames []string
}

func readPatchCase(t testing.TB, path string) patchCase {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := decode(body)
	if err != nil {
		t.Fatal(err)
	}
	c := patchCase{group: file["resource"] == "Group"}
	c.doc, _ = file["doc"].(map[string]any)
	c.want, _ = file["want"].(map[string]any)
	c.ops, _ = file["ops"].([]any)
	if refused, ok := file["error"].(map[string]any); ok {
		c.scimType, _ = refused["scimType"].(string)
		c.detail, _ = refused["detail"].(string)
	}
	for _, change := range list(file["members"]) {
		change := change.(map[string]any)
		m := memberChange{kind: change["kind"].(string), all: change["all"] == true}
		for _, id := range list(change["ids"]) {
			m.ids = append(m.ids, id.(string))
		}
		c.changes = append(c.changes, m)
	}
	for _, name := range list(file["undeclared"]) {
		c.undeclaredNames = append(c.undeclaredNames, name.(string))
	}
	return c
}

func list(value any) []any {
	out, _ := value.([]any)
	return out
}

func (c patchCase) resourceType() *resourceType {
	if c.group {
		return groupType()
	}
	return userType(training())
}

func (c patchCase) run() (next map[string]any, changes []memberChange, undeclared []seen, err error) {
	kind := c.resourceType()
	ops, err := kind.parsePatch(map[string]any{"Operations": c.ops})
	if err != nil {
		return nil, nil, nil, err
	}
	if c.group {
		return kind.applyGroup("g1", c.doc, ops)
	}
	next, undeclared, err = kind.apply("u1", c.doc, ops)
	return next, nil, undeclared, err
}

func TestPatch(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/patch/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			t.Parallel()
			c := readPatchCase(t, path)
			before := cloneObject(c.doc)
			next, changes, undeclared, err := c.run()
			if diff := cmp.Diff(before, c.doc); diff != "" {
				t.Errorf("the document given was changed: %s", diff)
			}
			if c.scimType != "" {
				wantRefusal(t, err, c.scimType, c.detail)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, next); diff != "" {
				t.Errorf("document (-want +got): %s", diff)
			}
			if !reflect.DeepEqual(c.want, next) {
				t.Error("not deeply equal")
			}
			if diff := cmp.Diff(fmt.Sprint(c.changes), fmt.Sprint(changes)); diff != "" {
				t.Errorf("member changes (-want +got): %s", diff)
			}
			var names []string
			for _, s := range undeclared {
				names = append(names, s.urn+" "+s.name)
			}
			if diff := cmp.Diff(c.undeclaredNames, names); diff != "" {
				t.Errorf("undeclared (-want +got): %s", diff)
			}
			checkCanonical(t, c.resourceType(), next)
		})
	}
}

// checkCanonical fails when a document holds a key that the schema spells in
// another way, a path as a key, or an empty value.
func checkCanonical(t testing.TB, kind *resourceType, doc map[string]any) {
	t.Helper()
	for key, value := range doc {
		if blank(value) {
			t.Errorf("%s is empty", key)
		}
		if !strings.Contains(key, ":") {
			if a := kind.Schema.find(key); a == nil || a.Name != key {
				t.Errorf("key %q is not canonical", key)
			} else {
				checkValue(t, a, value)
			}
			continue
		}
		s := kind.schemaOf(key)
		if strings.ContainsAny(key, "[]") || s != nil && s.URN != key {
			t.Errorf("URN %q is not canonical", key)
		}
		extension, ok := value.(map[string]any)
		if !ok {
			t.Errorf("%s is %T", key, value)
		}
		for name, value := range extension {
			if blank(value) || !plainName(name) {
				t.Errorf("%s:%s is not canonical: %v", key, name, value)
			}
			if s == nil {
				continue
			}
			if a := s.find(name); a != nil {
				if a.Name != name {
					t.Errorf("%s:%s should be %s", key, name, a.Name)
				}
				checkValue(t, a, value)
			}
		}
	}
}

func checkValue(t testing.TB, a *attribute, value any) {
	t.Helper()
	elements := []any{value}
	if a.Multi {
		elements, _ = value.([]any)
	}
	if len(elements) == 0 {
		t.Errorf("%s is %v", a.Name, value)
	}
	primaries := 0
	for _, element := range elements {
		if isPrimary(element) {
			primaries++
		}
		object, ok := element.(map[string]any)
		if ok != (a.Type == typeComplex) {
			t.Errorf("%s holds %T", a.Name, element)
		}
		for name, value := range object {
			if sub := a.find(name); sub == nil || sub.Name != name || blank(value) {
				t.Errorf("%s.%s is not canonical: %v", a.Name, name, value)
			}
		}
	}
	if primaries > 1 {
		t.Errorf("%s has %d primary values", a.Name, primaries)
	}
}

func TestPatchRefusesWhatIsNoPatch(t *testing.T) {
	t.Parallel()
	many := make([]any, maxOperations+1)
	for i := range many {
		many[i] = map[string]any{"op": "remove", "path": "title"}
	}
	tests := map[string]struct {
		body             map[string]any
		scimType, detail string
	}{
		"no operations":       {map[string]any{"schemas": []any{}}, "invalidSyntax", `no "Operations"`},
		"operations no list":  {map[string]any{"Operations": map[string]any{}}, "invalidSyntax", "must be a list, not an object"},
		"empty":               {map[string]any{"operations": []any{}}, "invalidValue", "is empty"},
		"operation no object": {map[string]any{"Operations": []any{"x"}}, "invalidSyntax", "Operation 1 must be an object, not a string"},
		"no op":               {map[string]any{"Operations": []any{map[string]any{"path": "title"}}}, "invalidSyntax", `"op" is missing`},
		"too many":            {map[string]any{"Operations": many}, "tooMany", "1001 operations; at most 1000"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := userType().parsePatch(test.body)
			wantRefusal(t, err, test.scimType, test.detail)
		})
	}
}

func TestPatchKeepsToTheLimitOfElements(t *testing.T) {
	t.Parallel()
	user := userType()
	ops := make([]any, maxElements+1)
	for i := range ops {
		ops[i] = map[string]any{"op": "add", "path": "emails", "value": fmt.Sprintf("%d@example.test", i)}
	}
	parsed, err := user.parsePatch(map[string]any{"Operations": ops})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = user.apply("u1", map[string]any{"userName": "a"}, parsed)
	wantRefusal(t, err, "invalidValue", "Operation 201 of 201: emails has 201 values; at most 200")
}

func TestPatchOfMembersKeepsToTheLimit(t *testing.T) {
	t.Parallel()
	group := groupType()
	ids := make([]any, maxMembers)
	for i := range ids {
		ids[i] = map[string]any{"value": fmt.Sprint(i)}
	}
	add := map[string]any{"op": "add", "path": "members", "value": ids}
	one := map[string]any{"op": "remove", "path": `members[value eq "x"]`}
	for name, test := range map[string]struct {
		ops  []any
		fits bool
	}{
		"as many as allowed": {[]any{add}, true},
		"one more":           {[]any{add, one}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ops, err := group.parsePatch(map[string]any{"Operations": test.ops})
			if err != nil {
				t.Fatal(err)
			}
			_, changes, _, err := group.applyGroup("g1", map[string]any{"displayName": "G"}, ops)
			if !test.fits {
				wantRefusal(t, err, "tooMany", "more than 20000 members")
			} else if err != nil || len(changes[0].ids) != maxMembers {
				t.Errorf("got %d changes, %v", len(changes), err)
			}
		})
	}
}

func FuzzPatch(f *testing.F) {
	paths, err := filepath.Glob("testdata/patch/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		c := readPatchCase(f, path)
		if c.group {
			continue
		}
		doc, _ := json.Marshal(c.doc)
		ops, _ := json.Marshal(map[string]any{"Operations": c.ops})
		f.Add(doc, ops)
	}
	f.Fuzz(func(t *testing.T, doc, patch []byte) {
		user := userType(training())
		in, err := decode(doc)
		if err != nil {
			return
		}
		have, _, err := user.normalize(in)
		if err != nil {
			return
		}
		checkCanonical(t, user, have)
		body, err := decode(patch)
		if err != nil {
			return
		}
		ops, err := user.parsePatch(body)
		if err != nil {
			wantAnyRefusal(t, err)
			return
		}
		before := cloneObject(have)
		next, _, err := user.apply("u1", have, ops)
		if !reflect.DeepEqual(before, have) {
			t.Fatalf("apply changed its input: %v", cmp.Diff(before, have))
		}
		if err != nil {
			wantAnyRefusal(t, err)
			return
		}
		checkCanonical(t, user, next)
		if len(ops) == 1 && ops[0].op == "replace" {
			again, _, err := user.apply("u1", next, ops)
			if err != nil || !reflect.DeepEqual(next, again) {
				t.Fatalf("the same replace gave another result (%v): %s", err, cmp.Diff(next, again))
			}
		}
	})
}

func BenchmarkApply(b *testing.B) {
	c := readPatchCase(b, "testdata/patch/entra-legacy-several-attributes.json")
	user := c.resourceType()
	body := map[string]any{"Operations": c.ops}
	b.ReportAllocs()
	for b.Loop() {
		ops, err := user.parsePatch(body)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := user.apply("u1", c.doc, ops); err != nil {
			b.Fatal(err)
		}
	}
}
