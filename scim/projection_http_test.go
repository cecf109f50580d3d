package scim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// paths are the attributes and sub-attributes in a resource, sorted.
func paths(resource map[string]any) []string {
	found := map[string]bool{}
	for name, value := range resource {
		parts, ok := value.(map[string]any)
		if list, isList := value.([]any); isList && len(list) > 0 {
			parts, ok = list[0].(map[string]any)
		}
		if !ok {
			found[name] = true
		}
		between := "."
		if strings.Contains(name, ":") {
			between = ":"
		}
		for part := range parts {
			found[name+between+part] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func TestAttributesChooseWhatEveryAnswerCarries(t *testing.T) {
	onBoth(t, func(h *house) {
		p := person("ada")
		p["title"], p["password"], p[extra] = "Chief", "s3cret-pass", map[string]any{"Shoe": "red", "Size": 42}
		ada := h.do(http.MethodPost, "/Users", p).want(http.StatusCreated).id()
		h.do(http.MethodPost, "/Groups", map[string]any{"displayName": "Wardens", "members": []any{map[string]any{"value": ada}}}).want(http.StatusCreated)
		always := []string{"id", "schemas"}
		emails := []string{"emails.primary", "emails.type", "emails.value"}
		for query, want := range map[string][]string{
			"attributes=userName": {"userName"}, "attributes=USERNAME,Title": {"title", "userName"}, "attributes=userName&attributes=title": {"title", "userName"},
			"attributes=userName, title ,,": {"title", "userName"}, "attributes=name.givenName": {"name.givenName"}, "attributes=name": {"name.familyName", "name.formatted", "name.givenName"},
			"attributes=emails.value": {"emails.value"}, "attributes=emails": emails, "attributes=emails,emails.value": emails, "attributes=meta.version": {"meta.version"},
			"attributes=groups.display": {"groups.display"}, "attributes=department": {enterprise + ":department"}, "attributes=" + enterprise + ":department": {enterprise + ":department"},
			"attributes=" + strings.ToUpper(enterprise): {enterprise + ":department", enterprise + ":employeeNumber"}, "attributes=" + extra + ":shoe": {extra + ":Shoe"},
			"attributes=" + extra: {extra + ":Shoe", extra + ":Size"}, "attributes=urn:ietf:params:scim:schemas:core:2.0:User:title": {"title"},
			"attributes=id": nil, "attributes=nothing": nil, "attributes=password": nil, "attributes=password,title": {"title"}, "attributes=members": nil, "attributes='; DROP TABLE users": nil,
			"attributes=phoneNumbers": nil, "attributes=name.nothing": nil,
		} {
			slices.Sort(want)
			query = strings.NewReplacer(" ", "%20", ";", "%3B").Replace(query)
			full := append(slices.Clone(want), always...)
			slices.Sort(full)
			for what, got := range h.everyAnswer(ada, query) {
				if diff := cmp.Diff(full, paths(got)); diff != "" {
					h.Errorf("%s with %s:\n%s", what, query, diff)
				}
			}
		}
	})
}

func TestExcludedAttributesAreLeftOutOfEveryAnswer(t *testing.T) {
	onBoth(t, func(h *house) {
		p := person("ada")
		p["title"], p["password"], p[extra] = "Chief", "s3cret-pass", map[string]any{"Shoe": "red", "Size": 42}
		ada := h.do(http.MethodPost, "/Users", p).want(http.StatusCreated).id()
		h.do(http.MethodPost, "/Groups", map[string]any{"displayName": "Wardens", "members": []any{map[string]any{"value": ada}}}).want(http.StatusCreated)
		all := paths(h.do(http.MethodGet, "/Users/"+ada, nil).body)
		for query, gone := range map[string][]string{
			"title": {"title"}, "TITLE,Active": {"title", "active"}, "name": {"name."}, "name.givenName": {"name.givenName"}, "emails.type": {"emails.type"}, "groups": {"groups."}, "meta": {"meta."},
			enterprise: {enterprise}, enterprise + ":department": {enterprise + ":department"}, "department": {enterprise + ":department"}, extra + ":SHOE": {extra + ":Shoe"}, extra: {extra},
			"id": nil, "schemas,id": nil, "nothing": nil, "userName": {"userName"}, "meta.location": {"meta.location"},
		} {
			want := slices.DeleteFunc(slices.Clone(all), func(path string) bool {
				return slices.ContainsFunc(gone, func(g string) bool {
					return path == g || strings.HasSuffix(g, ".") && strings.HasPrefix(path, g) || strings.Contains(g, ":") && strings.HasPrefix(path, g+":")
				})
			})
			for what, got := range h.everyAnswer(ada, "excludedAttributes="+query) {
				if diff := cmp.Diff(want, paths(got)); diff != "" {
					h.Errorf("%s without %s:\n%s", what, query, diff)
				}
			}
		}
		h.do(http.MethodGet, "/Users?attributes=id&excludedAttributes=meta", nil).refused(http.StatusBadRequest, "invalidValue", "together")
	})
}

// everyAnswer is a person as each method shows it with a query.
func (h *house) everyAnswer(id, query string) map[string]map[string]any {
	h.Helper()
	list := h.do(http.MethodGet, "/Users?"+query, nil).want(http.StatusOK)
	whole, _ := json.Marshal(h.do(http.MethodGet, "/Users/"+id, nil).want(http.StatusOK).body)
	values, err := url.ParseQuery(query)
	if err != nil {
		h.Fatal(err)
	}
	search := map[string]any{}
	for name, list := range values {
		search[name] = list
	}
	searched := h.do(http.MethodPost, "/Users/.search", search).want(http.StatusOK)
	root := h.do(http.MethodPost, "/.search", search).want(http.StatusOK)
	return map[string]map[string]any{
		"GET":    h.do(http.MethodGet, "/Users/"+id+"?"+query, nil).want(http.StatusOK).body,
		"list":   list.at("Resources", 0).(map[string]any),
		"search": searched.at("Resources", 0).(map[string]any),
		"root":   root.at("Resources", 0).(map[string]any),
		"PATCH":  h.do(http.MethodPatch, "/Users/"+id+"?"+query, patch(op("replace", "title", "Chief"))).want(http.StatusOK).body,
		"PUT":    h.do(http.MethodPut, "/Users/"+id+"?"+query, string(whole)).want(http.StatusOK).body,
	}
}

func TestGroupsAnswerWithWhatWasAskedFor(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.create("ada")
		body := map[string]any{"displayName": "Wardens", "externalId": "g", "members": []any{map[string]any{"value": ada}}}
		made := h.do(http.MethodPost, "/Groups?excludedAttributes=members", body).want(http.StatusCreated)
		at := "/Groups/" + made.id()
		if _, sent := made.body["members"]; sent {
			h.Errorf("POST shows members: %s", made.text)
		}
		add := patch(op("add", "members", []any{map[string]any{"value": ada}}))
		if r := h.do(http.MethodPatch, at, add).want(http.StatusNoContent); r.text != "" || r.header.Get("ETag") == "" {
			h.Errorf("204 with %q and ETag %q", r.text, r.header.Get("ETag"))
		}
		for path, want := range map[string][]string{
			"?attributes=displayName": {"displayName", "id", "schemas"}, "?attributes=members.value": {"id", "members.value", "schemas"},
			"?attributes=members":                    {"id", "members.$ref", "members.display", "members.type", "members.value", "schemas"},
			"?attributes=externalId,MEMBERS.Display": {"externalId", "id", "members.display", "schemas"},
		} {
			for method, sent := range map[string]any{http.MethodGet: nil, http.MethodPatch: add, http.MethodPut: body} {
				if diff := cmp.Diff(want, paths(h.do(method, at+path, sent).want(http.StatusOK).body)); diff != "" {
					h.Errorf("%s %s:\n%s", method, path, diff)
				}
			}
		}
		for _, r := range []*reply{h.do(http.MethodGet, at+"?excludedAttributes=members", nil), h.do(http.MethodGet, at+"?excludedAttributes=MEMBERS", nil), h.do(http.MethodPut, at+"?excludedAttributes=members", body)} {
			if _, sent := r.want(http.StatusOK).body["members"]; sent {
				h.Errorf("members in %s", r.text)
			}
		}
		for _, r := range []*reply{h.do(http.MethodGet, "/Groups?excludedAttributes=members", nil), h.do(http.MethodPost, "/.search", map[string]any{"excludedAttributes": []string{"members"}, "filter": `displayName eq "Wardens"`})} {
			if _, sent := r.want(http.StatusOK).at("Resources", 0).(map[string]any)["members"]; sent {
				h.Errorf("members in %s", r.text)
			}
		}
		empty := h.do(http.MethodPost, "/Groups", map[string]any{"displayName": "Empty"}).want(http.StatusCreated)
		if list, ok := empty.body["members"].([]any); !ok || len(list) != 0 {
			h.Errorf("members of an empty group: %s", empty.text)
		}
	})
}

func TestAProjectionThatIsRefusedChangesNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := "/Users/" + h.create("ada")
		wardens := "/Groups/" + h.do(http.MethodPost, "/Groups", map[string]any{"displayName": "Wardens"}).want(http.StatusCreated).id()
		rename := patch(op("replace", "displayName", "Renamed"))
		for _, c := range []struct {
			method, path string
			body         any
		}{
			{http.MethodPut, ada, person("eve")}, {http.MethodPatch, ada, rename},
			{http.MethodPut, wardens, map[string]any{"displayName": "Renamed"}}, {http.MethodPatch, wardens, rename},
		} {
			before := h.do(http.MethodGet, c.path, nil).want(http.StatusOK).text
			h.do(c.method, c.path+"?attributes=id&excludedAttributes=meta", c.body).want(http.StatusBadRequest)
			if after := h.do(http.MethodGet, c.path, nil).want(http.StatusOK).text; after != before {
				h.Errorf("%s %s was refused and yet made of\n%s\n%s", c.method, c.path, before, after)
			}
		}
	})
}
