package scim_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// resources reads everything at an endpoint, with exact numbers.
func (h *house) resources(endpoint string) []map[string]any {
	h.Helper()
	var list struct{ Resources []map[string]any }
	in := json.NewDecoder(strings.NewReader(h.do(http.MethodGet, endpoint+"?count=200", nil).want(http.StatusOK).text))
	in.UseNumber()
	if err := in.Decode(&list); err != nil {
		h.Fatal(err)
	}
	return list.Resources
}

// facets are what /Schemas advertises for a resource type, and the attributes
// that all types have.
func (h *house) facets(resource string) []facet {
	h.Helper()
	var body struct {
		Resources []struct {
			ID         string
			Attributes []described
		}
	}
	if err := json.Unmarshal([]byte(h.do(http.MethodGet, "/Schemas", nil).want(http.StatusOK).text), &body); err != nil {
		h.Fatal(err)
	}
	all := []facet{
		{name: "id", kind: "string", caseExact: true}, {name: "externalId", kind: "string", caseExact: true},
		{name: "meta", sub: "created", kind: "dateTime"}, {name: "meta", sub: "lastModified", kind: "dateTime"},
		{name: "meta", sub: "resourceType", kind: "string", caseExact: true},
		{name: "meta", sub: "location", kind: "reference", caseExact: true}, {name: "meta", sub: "version", kind: "string", caseExact: true},
		{name: "schemas", kind: "reference", multi: true},
	}
	for _, s := range body.Resources {
		if !strings.HasSuffix(s.ID, ":"+resource) {
			continue
		}
		urn := s.ID
		if strings.HasPrefix(urn, "urn:ietf:params:scim:schemas:core:") {
			urn = ""
		}
		for _, a := range s.Attributes {
			if a.Returned == "never" {
				continue
			}
			f := facet{urn: urn, name: a.Name, kind: a.Type, multi: a.MultiValued, caseExact: a.CaseExact}
			if a.Type != "complex" {
				all = append(all, f)
			}
			for _, sub := range a.SubAttributes {
				f.sub, f.kind, f.caseExact = sub.Name, sub.Type, sub.CaseExact
				all = append(all, f)
			}
		}
	}
	return all
}

// valuesOf are the different values that a facet has among resources.
func valuesOf(f facet, resources []map[string]any) (values []any) {
	for _, r := range resources {
		at := f.within(r)[f.name]
		list, ok := at.([]any)
		if !ok {
			list = []any{at}
		}
		for _, e := range list {
			if v := pick(e, f.sub); v != nil && !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	}
	return values
}

// atoms are comparisons of a facet with each operator that its type allows,
// made from values that are there.
func atoms(f facet, resources []map[string]any) []condition {
	made := []condition{atom{f, "pr", nil}, atom{f, "eq", nil}, atom{f, "ne", nil}}
	values := valuesOf(f, resources)
	for _, v := range values[:min(3, len(values))] {
		ops := []string{"eq", "ne"}
		if f.kind != "boolean" && f.kind != "binary" {
			ops = append(ops, "gt", "ge", "lt", "le")
		}
		for _, op := range ops {
			made = append(made, atom{f, op, v})
		}
		text, ok := v.(string)
		if !ok {
			continue
		}
		runes := []rune(text)
		made = append(made, atom{f, "co", string(runes[len(runes)/3 : len(runes)-len(runes)/3])},
			atom{f, "sw", string(runes[:min(3, len(runes))])}, atom{f, "ew", string(runes[max(0, len(runes)-3):])},
			atom{f, "sw", text}, atom{f, "ew", text}, atom{f, "co", "%"}, atom{f, "co", "_"}, atom{f, "co", `\`})
		if f.kind != "dateTime" && f.kind != "binary" {
			made = append(made, atom{f, "eq", swapCase(text)}, atom{f, "co", swapCase(text)})
		}
	}
	return made
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

// agrees compares what the server finds with what the oracle says.
func (h *house) agrees(endpoint string, c condition, resources []map[string]any) {
	h.Helper()
	want := []string{}
	for _, r := range resources {
		if c.holds(r) {
			want = append(want, nameOf(r))
		}
	}
	r := h.find(endpoint, c.text())
	if r.status != http.StatusOK {
		h.Errorf("%s: status %d %s", c.text(), r.status, r.text)
		return
	}
	found := []string{}
	list, _ := r.at("Resources").([]any)
	for _, e := range list {
		found = append(found, nameOf(e.(map[string]any)))
	}
	if diff := cmp.Diff(want, found); diff != "" {
		h.Errorf("%s finds the wrong ones (-want +found):\n%s", c.text(), diff)
	}
}

func nameOf(resource map[string]any) string {
	if name, ok := resource["userName"].(string); ok {
		return name
	}
	return resource["displayName"].(string)
}

func TestEveryAttributeCanBeFilteredWithEveryOperator(t *testing.T) {
	onBoth(t, func(h *house) {
		h.populate()
		random := rand.New(rand.NewPCG(1, 2))
		for resource, endpoint := range map[string]string{"User": "/Users", "Group": "/Groups"} {
			resources := h.resources(endpoint)
			var all []condition
			for _, f := range h.facets(resource) {
				all = append(all, atoms(f, resources)...)
			}
			if len(all) < 80 {
				h.Fatalf("only %d filters on %s", len(all), resource)
			}
			for _, c := range all {
				h.agrees(endpoint, c, resources)
			}
			for range 250 {
				h.agrees(endpoint, combine(random, all, 3), resources)
			}
		}
	})
}

// combine nests conditions at random.
func combine(random *rand.Rand, all []condition, depth int) condition {
	switch n := random.IntN(6); {
	case depth == 0 || n == 0:
		return all[random.IntN(len(all))]
	case n < 3:
		return negation{combine(random, all, depth-1)}
	default:
		terms := make([]condition, 2+random.IntN(2))
		for i := range terms {
			terms[i] = combine(random, all, depth-1)
		}
		return junction{[]string{"and", "or"}[n%2], terms}
	}
}

func TestBracketsAskForOneElementThatPassesEverything(t *testing.T) {
	onBoth(t, func(h *house) {
		h.populate()
		random := rand.New(rand.NewPCG(3, 4))
		for resource, endpoint := range map[string]string{"User": "/Users", "Group": "/Groups"} {
			resources := h.resources(endpoint)
			parts := map[string][]atom{}
			for _, f := range h.facets(resource) {
				if !f.multi || f.sub == "" {
					continue
				}
				for _, c := range atoms(f, resources) {
					parts[f.name] = append(parts[f.name], c.(atom))
				}
			}
			for _, name := range slices.Sorted(maps.Keys(parts)) {
				for range 40 {
					chosen := make([]atom, 1+random.IntN(3))
					for i := range chosen {
						chosen[i] = parts[name][random.IntN(len(parts[name]))]
					}
					h.agrees(endpoint, selection{chosen, random.IntN(3) == 0}, resources)
				}
			}
		}
	})
}
