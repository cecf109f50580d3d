package scim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/scim"
)

func TestNothingButTheProviderConfigIsReadWithoutAToken(t *testing.T) {
	onBoth(t, func(h *house) {
		h.create("ada")
		public := h.do(http.MethodGet, "/ServiceProviderConfig", nil, "Authorization", "").want(http.StatusOK)
		for _, route := range scim.Routes() {
			path := pathOf(route)
			for _, credential := range []string{"", "Bearer", "Bearer ", "Bearer  ", "Bearer x", "bearer " + h.token, "Bearer\t" + h.token, "Basic " + h.token, h.token, "Bearer " + h.token + "x", "Bearer " + h.token[:len(h.token)-1]} {
				r := h.do(route.Method, path+"?access_token="+h.token, map[string]any{}, "Authorization", credential)
				if route.Endpoint == "ServiceProviderConfig" {
					if diff := cmp.Diff(public.text, r.text); diff != "" {
						h.Errorf("the provider config differs:\n%s", diff)
					}
					continue
				}
				r.refused(http.StatusUnauthorized, "", "bearer token")
				if r.header.Get("WWW-Authenticate") == "" {
					h.Errorf("%v: no WWW-Authenticate", route)
				}
			}
		}
		nobody := h.tenant
		nobody.base, nobody.token = h.server.URL+"/scim/v2/nobody", ""
		if diff := cmp.Diff(public.text, h.as(nobody, http.MethodGet, "/ServiceProviderConfig", nil).text); diff != "" {
			h.Errorf("the provider config tells which organizations there are:\n%s", diff)
		}
		unknown, foreign := h.as(nobody, http.MethodGet, "/Users", nil).want(http.StatusUnauthorized), h.do(http.MethodGet, "/Users", nil, "Authorization", "Bearer x").want(http.StatusUnauthorized)
		if strings.Split(unknown.text, "(reference")[0] != strings.Split(foreign.text, "(reference")[0] {
			h.Errorf("%s tells more than %s", unknown.text, foreign.text)
		}
	})
}

func pathOf(r scim.Route) string {
	path := "/" + r.Endpoint
	if r.ID {
		path += "/018f0000-0000-7000-8000-000000000000"
	}
	return path
}

func TestTwoCredentialsAreNone(t *testing.T) {
	onBoth(t, func(h *house) {
		req, _ := http.NewRequestWithContext(h.Context(), http.MethodGet, h.base+"/Users", nil)
		req.Header["Authorization"] = []string{"Bearer " + h.token, "Bearer " + h.token}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			h.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != http.StatusUnauthorized {
			h.Errorf("status %d", res.StatusCode)
		}
	})
}

func TestProviderConfigIsTrue(t *testing.T) {
	onBoth(t, func(h *house) {
		r := h.do(http.MethodGet, "/ServiceProviderConfig", nil).want(http.StatusOK)
		for path, want := range map[string]any{
			"patch supported": true, "bulk supported": true, "bulk maxOperations": 1000.0, "bulk maxPayloadSize": 1048576.0, "filter supported": true,
			"filter maxResults": 200.0, "sort supported": true, "etag supported": true, "changePassword supported": false, "pagination cursor": true,
			"pagination index": true, "pagination defaultPaginationMethod": "index", "pagination defaultPageSize": 100.0, "pagination maxPageSize": 200.0, "pagination cursorTimeout": 3600.0,
		} {
			part, name, _ := strings.Cut(path, " ")
			if got := r.at(part, name); got != want {
				h.Errorf("%s is %v, want %v", path, got, want)
			}
		}
		if got := r.at("authenticationSchemes", 0, "type"); got != "oauthbearertoken" {
			h.Errorf("authentication is %v", got)
		}
		if head := h.do(http.MethodHead, "/ServiceProviderConfig", nil).want(http.StatusOK); head.text != "" || head.header.Get("Content-Length") == "0" {
			h.Errorf("HEAD: %q %v", head.text, head.header)
		}
	})
}

func TestFilterOnDiscoveryIsForbidden(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, path := range []string{"/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "/ResourceTypes/User"} {
			h.do(http.MethodGet, path+"?filter=id+pr", nil).refused(http.StatusForbidden, "", "filter")
			h.do(http.MethodGet, path+"?startIndex=7&count=0&sortBy=nothing&attributes=id", nil).want(http.StatusOK)
			for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
				if r := h.do(method, path, map[string]any{}).refused(http.StatusMethodNotAllowed, "", "only GET"); r.header.Get("Allow") != "GET" {
					h.Errorf("Allow is %q", r.header.Get("Allow"))
				}
			}
		}
	})
}

func TestResourceTypesAndSchemasLeadToOneAnother(t *testing.T) {
	onBoth(t, func(h *house) {
		h.declareAll()
		schemas := map[string]bool{}
		for _, s := range h.do(http.MethodGet, "/Schemas", nil).at("Resources").([]any) {
			sch := s.(map[string]any)
			schemas[sch["id"].(string)] = true
			location := pick(sch["meta"], "location").(string)
			one := h.do(http.MethodGet, strings.TrimPrefix(location, "https://rollcall.test/scim/v2/acme"), nil).want(http.StatusOK)
			if diff := cmp.Diff(s, any(one.body)); diff != "" {
				h.Errorf("schema %v alone differs:\n%s", sch["id"], diff)
			}
		}
		named := map[string]bool{}
		for _, t := range h.do(http.MethodGet, "/ResourceTypes", nil).at("Resources").([]any) {
			kind := t.(map[string]any)
			named[kind["schema"].(string)] = true
			for _, e := range kind["schemaExtensions"].([]any) {
				named[pick(e, "schema").(string)] = true
			}
			h.do(http.MethodGet, kind["endpoint"].(string), nil).want(http.StatusOK)
			h.do(http.MethodGet, "/ResourceTypes/"+kind["id"].(string), nil).want(http.StatusOK)
		}
		if diff := cmp.Diff(schemas, named); diff != "" || !schemas[acme] {
			h.Errorf("schemas and resource types differ:\n%s", diff)
		}
		h.do(http.MethodGet, "/Schemas/urn:nothing", nil).refused(http.StatusNotFound, "", "urn:nothing")
		h.do(http.MethodGet, "/ResourceTypes/Nothing", nil).refused(http.StatusNotFound, "", "Nothing")
	})
}

func TestTypesSuggestCanonicalValuesAndTakeOthers(t *testing.T) {
	onBoth(t, func(h *house) {
		suggested := map[string][]string{}
		var core struct {
			Attributes []struct {
				Name          string
				SubAttributes []struct {
					Name            string
					CanonicalValues []string
				}
			}
		}
		if err := json.Unmarshal([]byte(h.do(http.MethodGet, "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", nil).text), &core); err != nil {
			h.Fatal(err)
		}
		for _, a := range core.Attributes {
			for _, sub := range a.SubAttributes {
				if sub.Name == "type" {
					suggested[a.Name] = sub.CanonicalValues
				}
			}
		}
		for name, want := range map[string][]string{"emails": {"work", "home", "other"}, "phoneNumbers": {"work", "home", "mobile", "fax", "pager", "other"}, "addresses": {"work", "home", "other"}} {
			if diff := cmp.Diff(want, suggested[name]); diff != "" {
				h.Errorf("%s.type:\n%s", name, diff)
			}
		}
		p := person("ada")
		p["phoneNumbers"] = []any{map[string]any{"type": "satellite", "value": "1"}}
		h.do(http.MethodPost, "/Users", p).want(http.StatusCreated)
	})
}

func TestWithoutGroupsThereIsNoTraceOfThem(t *testing.T) {
	onBoth(t, func(h *house) {
		h.do(http.MethodPost, "/Groups", map[string]any{"displayName": "G"}).want(http.StatusCreated)
		h.set(func(s *entschema.ConnectionSettings) { s.Groups = false })
		for _, path := range []string{"/Schemas", "/ResourceTypes"} {
			for _, r := range h.do(http.MethodGet, path, nil).at("Resources").([]any) {
				if id := pick(r, "id").(string); strings.HasSuffix(id, "Group") {
					h.Errorf("%s lists %s", path, id)
				}
			}
		}
		h.do(http.MethodGet, "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group", nil).want(http.StatusNotFound)
		h.do(http.MethodGet, "/ResourceTypes/Group", nil).want(http.StatusNotFound)
		for _, route := range scim.Routes() {
			if strings.HasPrefix(route.Endpoint, "Groups") {
				h.do(route.Method, pathOf(route), map[string]any{}).refused(http.StatusNotImplemented, "", "Provision Microsoft Entra ID Groups")
			}
		}
		if got := h.do(http.MethodGet, "/", nil).names(); len(got) > 0 {
			h.Errorf("everything is %v", got)
		}
	})
}

// sample is a value of a described attribute.
func sample(a described) any {
	simple := map[string]any{
		"string": "Some Text", "reference": "https://example.test/A", "boolean": true, "integer": json.Number("7"), "decimal": json.Number("2.5"),
		"dateTime": "2026-01-31T08:00:00+01:00", "binary": "TUlJQg==",
	}[a.Type]
	if a.Type == "complex" {
		object := map[string]any{}
		for _, sub := range a.SubAttributes {
			if sub.Mutability != "readOnly" {
				object[sub.Name] = sample(sub)
			}
		}
		simple = object
	}
	if a.MultiValued {
		return []any{simple}
	}
	return simple
}

// Every attribute that /Schemas calls readWrite is written, read back as sent
// and found again.
func TestAdvertisedAttributesAreKept(t *testing.T) {
	onBoth(t, func(h *house) {
		h.declareAll()
		var list struct {
			Resources []struct {
				ID         string
				Attributes []described
			}
		}
		if err := json.Unmarshal([]byte(h.do(http.MethodGet, "/Schemas", nil).text), &list); err != nil {
			h.Fatal(err)
		}
		for resource, endpoint := range map[string]string{"User": "/Users", "Group": "/Groups"} {
			body := map[string]any{}
			for _, s := range list.Resources {
				into := body
				if !strings.HasSuffix(s.ID, ":"+resource) {
					continue
				}
				if !strings.Contains(s.ID, ":core:") {
					into = map[string]any{}
					body[s.ID] = into
				}
				for _, a := range s.Attributes {
					if a.Mutability == "readWrite" && a.Name != "members" {
						into[a.Name] = sample(a)
					}
				}
			}
			made := h.do(http.MethodPost, endpoint, body).want(http.StatusCreated)
			resources := h.resources(endpoint)
			read := resources[0]
			for name, want := range body {
				if diff := cmp.Diff(want, read[name]); diff != "" {
					h.Errorf("%s of a %s is not as sent:\n%s", name, resource, diff)
				}
			}
			found := 0
			for _, f := range h.facets(resource) {
				for _, v := range valuesOf(f, resources) {
					found++
					if r := h.find(endpoint, atom{f, "eq", v}.text()); r.body["totalResults"] != 1.0 {
						h.Errorf("%s is not found: %s", atom{f, "eq", v}.text(), r.text)
					}
				}
			}
			if found < 15 && resource == "User" {
				h.Errorf("only %d attributes were looked for", found)
			}
			extensions := slices.DeleteFunc(slices.Collect(maps.Keys(body)), func(name string) bool { return !strings.Contains(name, ":") })
			for _, urn := range extensions {
				if list, _ := made.at("schemas").([]any); !slices.Contains(list, any(urn)) {
					h.Errorf("%s is not among the schemas %v", urn, list)
				}
			}
		}
	})
}
