package scim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writer makes random documents, always the same for a seed.
type writer struct{ *rand.Rand }

var pieces = []string{"a", "B", "é", "e\u0301", "ß", "İ", " ", "\t", "\n", `"`, `\`, "/", "<", "&", "'", ";", "%", "_", "👩‍👩‍👧", "日本", "\u200b", "\u2028", "0", "null", "\u00a0", "\ufeff", "\U0001F600", "\u007f"}

func (w writer) text() string {
	var b strings.Builder
	for range 1 + w.IntN(8) {
		b.WriteString(pieces[w.IntN(len(pieces))])
	}
	return "x" + b.String() // never blank, which means absent
}

var numbers = []json.Number{"0", "1", "-7", "1.10", "1.0", "100", "3.14159265358979323846264338327950288", "12345678901234567890123", "0.000001", "-0.50"}

// value is any JSON value that SCIM doesn't take for absent.
func (w writer) value(depth int) any {
	switch kind := w.IntN(8); {
	case kind == 0:
		return w.IntN(2) == 0
	case kind == 1:
		return numbers[w.IntN(len(numbers))]
	case kind == 2 && depth > 0:
		list := make([]any, 1+w.IntN(3))
		for i := range list {
			list[i] = w.value(depth - 1)
		}
		return list
	case kind == 3 && depth > 0:
		object := map[string]any{}
		for i := range 1 + w.IntN(3) {
			object[fmt.Sprint("key", i, []string{"", "é", "$", ".:[]"}[w.IntN(4)])] = w.value(depth - 1)
		}
		return object
	}
	return w.text()
}

// some keeps each of the attributes with even odds.
func (w writer) some(all map[string]any) map[string]any {
	kept := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if w.IntN(2) == 0 {
			kept[name] = all[name]
		}
	}
	return kept
}

func (w writer) list(element func() map[string]any) []any {
	out := make([]any, 1+w.IntN(3))
	for i := range out {
		out[i] = element()
	}
	return out
}

func (w writer) person(i int) map[string]any {
	plural := func(types ...string) func() map[string]any {
		n := 0
		return func() map[string]any {
			n++
			element := map[string]any{"value": w.text(), "type": fmt.Sprint(types[w.IntN(len(types))], n)}
			if n == 1 {
				element["primary"] = w.IntN(2) == 0
			}
			return element
		}
	}
	doc := w.some(map[string]any{
		"externalId": w.text(), "displayName": w.text(), "nickName": w.text(), "title": w.text(), "userType": w.text(),
		"preferredLanguage": "sv-SE", "locale": "sv_SE", "timezone": "Europe/Stockholm", "profileUrl": "https://example.test/ü?x=1",
		"name": w.some(map[string]any{"formatted": w.text(), "givenName": w.text(), "familyName": w.text(),
			"middleName": w.text(), "honorificPrefix": w.text(), "honorificSuffix": w.text()}),
		"emails": w.list(plural("work", "home")), "phoneNumbers": w.list(plural("mobile", "Fax")), "ims": w.list(plural("skype")),
		"roles": w.list(plural("r")), "entitlements": w.list(plural("e")), "photos": w.list(plural("photo")),
		"addresses": w.list(func() map[string]any {
			return map[string]any{"type": w.text(), "streetAddress": w.text(), "locality": w.text(), "formatted": w.text()}
		}),
		enterprise: w.some(map[string]any{"department": w.text(), "employeeNumber": w.text(), "costCenter": w.text(), "division": w.text(),
			"organization": w.text(), "manager": map[string]any{"value": w.text()}}),
		"urn:scim:acme:User":                 map[string]any{"one": w.value(2), "two": w.value(2)},
		"urn:ietf:params:scim:x:acme:2.0:Me": map[string]any{"three": w.value(2)},
	})
	doc["userName"], doc["active"] = fmt.Sprint(w.text(), i), w.IntN(4) > 0
	for _, name := range []string{"name", enterprise} {
		if object, ok := doc[name].(map[string]any); ok && len(object) == 0 {
			delete(doc, name)
		}
	}
	return doc
}

// own is the part of an answer that the client sent, numbers in their digits.
func (r *reply) own() map[string]any {
	r.Helper()
	d := json.NewDecoder(strings.NewReader(r.text))
	d.UseNumber()
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		r.Fatalf("%v in %s", err, r.text)
	}
	for _, name := range []string{"id", "meta", "schemas", "groups"} {
		delete(doc, name)
	}
	return doc
}

func TestValuesStayAsSent(t *testing.T) {
	onBoth(t, func(h *house) {
		w := writer{rand.New(rand.NewPCG(7, 0))}
		for i := range 60 {
			doc := w.person(i)
			made := h.do(http.MethodPost, "/Users", doc).want(http.StatusCreated)
			path := "/Users/" + made.id()
			read := h.do(http.MethodGet, path, nil).want(http.StatusOK)
			for step, r := range map[string]*reply{"POST": made, "GET": read, "PUT": h.do(http.MethodPut, path, doc), "PUT of the answer": h.do(http.MethodPut, path, read.text)} {
				if diff := cmp.Diff(doc, r.want(r.status).own()); diff != "" || r.status >= 300 {
					h.Fatalf("%s is not as sent:\n%s", step, diff)
				}
				if r.at("meta", "version") != `W/"1"` {
					h.Errorf("%s made version %v", step, r.at("meta", "version"))
				}
			}
			var ops []map[string]any
			for _, name := range slices.Sorted(maps.Keys(doc)) {
				if !strings.Contains(name, ":") {
					ops = append(ops, op("Replace", name, doc[name]))
				}
			}
			for _, body := range []any{patch(ops...), patch(op("replace", "", doc)), patch(op("add", "", doc))} {
				if r := h.do(http.MethodPatch, path, body).want(http.StatusOK); r.at("meta", "version") != `W/"1"` {
					h.Errorf("a PATCH to the same values made version %v:\n%s\n%s", r.at("meta", "version"), read.text, cmp.Diff(doc, r.own()))
				}
			}
			if events := h.events(made.id()); len(events) != 1 {
				h.Errorf("Events: %v", kinds(events))
			}
			next := w.person(i)
			changed := h.do(http.MethodPut, path, next).want(http.StatusOK)
			if diff := cmp.Diff(next, h.do(http.MethodGet, path, nil).own()); diff != "" || changed.at("meta", "version") != `W/"2"` {
				h.Errorf("after another PUT, version %v:\n%s", changed.at("meta", "version"), diff)
			}
		}
	})
}

// What Entra sends cycle after cycle writes once.
func TestSecondTimeWritesNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		boss := h.create("boss")
		id := h.create("ada")
		group := h.createGroup("Wardens", id)
		requests := []struct {
			target string
			body   any
		}{
			{"/Users/" + id, patch(op("Add", "active", "True"), op("Replace", "displayName", "Ada L"), op("Replace", `emails[type eq "work"].value`, "ada.l@example.test"),
				op("Add", `phoneNumbers[type eq "mobile"].value`, "5550001"), op("Add", `addresses[type eq "work"].locality`, "Malmö"),
				op("Add", `addresses[type eq "work"].country`, "SE"), op("Replace", enterprise+":employeeNumber", "78"), op("Add", managerPath, boss),
				op("Add", `roles[primary eq "True"].value`, "Fitter"), op("Add", "urn:scim:acme:User:site", "North"))},
			{"/Users/" + id, patch(op("replace", "", map[string]any{"name.givenName": "Ada", "name.familyName": "M", enterprise + ":department": "Quay", "externalId": "obj-1"}), op("replace", "active", true))},
			{"/Users/" + id, patch(op("Add", managerPath, []any{map[string]any{"$ref": "../Users/" + boss, "value": boss}}))},
			{"/Users/" + id, patch(op("Add", "emails", []any{map[string]any{"type": "home", "value": "ada@home.test"}}))},
			{"/Users/" + id, patch(op("Replace", "title", ""), op("Remove", "nickName", nil))},
			{"/Groups/" + group, patch(op("Add", "members", refs(id, boss)))},
			{"/Groups/" + group, patch(op("Replace", "displayName", "Guards"), op("replace", "externalId", "obj-2"))},
			{"/Groups/" + group, patch(op("Remove", "members", refs(boss)))},
		}
		for i, r := range requests {
			endpoint, target, _ := strings.Cut(r.target[1:], "/")
			if status := h.do(http.MethodPatch, r.target, r.body).status; status >= 300 {
				h.Fatalf("request %d answers %d", i, status)
			}
			version, rows := h.version("/"+endpoint, target), h.dump("org_id = ?", []string{"users", "emails", "groups", "memberships", "departments", "events"}, h.org.ID)
			h.do(http.MethodPatch, r.target, r.body)
			if now := h.version("/"+endpoint, target); now != version {
				h.Errorf("request %d, sent again, went from %v to %v", i, version, now)
			}
			if diff := cmp.Diff(rows, h.dump("org_id = ?", []string{"users", "emails", "groups", "memberships", "departments", "events"}, h.org.ID)); diff != "" {
				h.Errorf("request %d, sent again, wrote:\n%s", i, diff)
			}
		}
	})
}
