package scim_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/scim"
)

// canary stands in every text of the victim's that the attacker doesn't know.
const canary = "c4n4ry"

// victim is what an attacker with another token may know of somebody.
type victim struct{ user, group, userName, externalID, email, groupName, cursor string }

// unknown has the same shape, and nobody behind it.
func unknown(v victim) victim {
	v.user, v.group = entschema.NewID().String(), entschema.NewID().String()
	v.userName, v.externalID, v.email, v.groupName = "no"+v.userName, "no"+v.externalID, "no"+v.email, "no"+v.groupName
	v.cursor = strings.Map(func(r rune) rune { // another text in the same alphabet
		if r >= 'a' && r < 'z' {
			return r + 1
		}
		return r
	}, v.cursor)
	return v
}

func (h *house) newVictim(t tenant) victim {
	h.Helper()
	body := person("victim")
	body["displayName"], body["title"], body["nickName"] = canary, canary, canary
	body["name"] = map[string]any{"givenName": canary, "familyName": canary, "formatted": canary}
	body[enterprise] = map[string]any{"department": canary, "employeeNumber": canary, "costCenter": canary, "manager": map[string]any{"value": canary}}
	body["addresses"] = []any{map[string]any{"type": "work", "locality": canary}}
	body["urn:scim:acme:User"] = map[string]any{"secret": canary}
	v := victim{userName: "victim@example.test", externalID: "ext-victim", email: "victim@example.test", groupName: "Victims"}
	v.user = h.as(t, http.MethodPost, "/Users", body).want(http.StatusCreated).id()
	second := h.as(t, http.MethodPost, "/Users", with(body, "userName", canary+"@example.test")).want(http.StatusCreated).id()
	v.group = h.as(t, http.MethodPost, "/Groups", map[string]any{"displayName": v.groupName, "externalId": canary, "members": refs(v.user, second)}).want(http.StatusCreated).id()
	v.cursor, _ = h.as(t, http.MethodGet, "/Users?count=1&cursor", nil).want(http.StatusOK).body["nextCursor"].(string)
	return v
}

// attack is a request that names something of the victim's.
type attack struct {
	path string
	body any
}

// attacks are what the attacker tries on a route. own and ownGroup are the
// attacker's. names says whether to try for the victim's user name, which inside
// one organization is refused on purpose.
func attacks(t *testing.T, route scim.Route, v victim, own, ownGroup string, names bool) []attack {
	t.Helper()
	filters := []string{
		`id eq "` + v.user + `"`, `externalId eq "` + v.externalID + `"`, `userName eq "` + v.userName + `"`, `userName sw "vict"`,
		`emails.value eq "` + v.email + `"`, `emails[type eq "work"].value eq "` + v.email + `"`, `groups.value eq "` + v.group + `"`,
		`id eq "` + v.user + `" and manager eq "` + canary[:3] + `"`, `not (id eq "` + own + `")`, `meta.location co "` + v.user + `"`,
	}
	groupFilters := []string{`id eq "` + v.group + `"`, `displayName eq "` + v.groupName + `"`, `members.value eq "` + v.user + `"`, `id eq "` + v.group + `" and members eq "` + v.user + `"`}
	var out []attack
	add := func(path string, body any) { out = append(out, attack{path, body}) }
	find := func(path string, filters []string) {
		for _, f := range filters {
			add(path+"?filter="+queryEscape(f), nil)
			add(path+"?count=0&filter="+queryEscape(f), nil)
		}
		add(path+"?sortBy=id&sortOrder=descending", nil)
		add(path+"?count=1&cursor="+v.cursor, nil)
	}
	search := func(path string, filters []string) {
		for _, f := range filters {
			add(path, map[string]any{"filter": f})
		}
		add(path, map[string]any{"cursor": v.cursor, "count": 1})
	}
	manager := patch(op("add", managerPath, v.user), op("replace", "title", "x"))
	joins := patch(op("add", "members", refs(own, v.user)))
	leaves := patch(op("remove", "members", refs(v.user)))
	switch key := fmt.Sprint(route.Method, " ", route.Endpoint, " ", route.ID); key {
	case "POST Users false":
		add("/Users", managed("m-"+v.user, v.user))
		add("/Users", with(person("g-"+v.user), "groups", refs(v.group)))
		add("/Users", with(person("i-"+v.user), "id", v.user))
		if names {
			add("/Users", named("n", v.userName, v.email))
		}
	case "GET Users false":
		find("/Users", filters)
	case "GET Users true":
		add("/Users/"+v.user, nil)
		add("/Users/"+v.group, nil)
		add("/Users/"+v.user+"?attributes=groups", nil)
	case "PUT Users true":
		add("/Users/"+v.user, person("taken"))
		add("/Users/"+own, managed("own", v.user))
	case "PATCH Users true":
		add("/Users/"+v.user, patch(op("replace", "active", false)))
		add("/Users/"+v.user, "{")
		add("/Users/"+own, manager)
		if names {
			add("/Users/"+own, patch(op("replace", "userName", v.userName)))
		}
	case "DELETE Users true":
		add("/Users/"+v.user, nil)
	case "POST Users/.search false":
		search("/Users/.search", filters)
	case "POST Groups false":
		add("/Groups", map[string]any{"displayName": "m-" + v.user, "members": refs(own, v.user)})
		add("/Groups", map[string]any{"displayName": v.groupName})
	case "GET Groups false":
		find("/Groups", groupFilters)
	case "GET Groups true":
		add("/Groups/"+v.group, nil)
		add("/Groups/"+v.user, nil)
	case "PUT Groups true":
		add("/Groups/"+v.group, map[string]any{"displayName": "taken", "members": []any{}})
		add("/Groups/"+ownGroup, map[string]any{"displayName": "own", "members": refs(v.user)})
	case "PATCH Groups true":
		add("/Groups/"+v.group, joins)
		add("/Groups/"+ownGroup, joins)
		add("/Groups/"+ownGroup, leaves)
		add("/Groups/"+ownGroup, patch(op("replace", "members", refs(v.group))))
	case "DELETE Groups true":
		add("/Groups/"+v.group, nil)
	case "POST Groups/.search false":
		search("/Groups/.search", groupFilters)
	case "GET  false":
		find("", append(filters[:1], groupFilters[:2]...))
	case "POST .search false":
		search("/.search", append(filters[:1], groupFilters[:2]...))
	case "POST Bulk false":
		var ops []any
		for _, o := range [][3]any{
			{"PUT", "/Users/" + v.user, person("taken")}, {"PATCH", "/Users/" + v.user, manager}, {"DELETE", "/Users/" + v.user, nil},
			{"PATCH", "/Groups/" + v.group, leaves}, {"DELETE", "/Groups/" + v.group, nil}, {"PATCH", "/Groups/" + ownGroup, joins},
			{"PATCH", "/Users/" + own, manager},
		} {
			operation := map[string]any{"method": o[0], "path": o[1]}
			if o[2] != nil {
				operation["data"] = o[2]
			}
			ops = append(ops, operation)
		}
		add("/Bulk", map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": ops})
	case "GET Schemas false", "GET ResourceTypes false", "GET ServiceProviderConfig false":
		add("/"+route.Endpoint, nil)
	case "GET Schemas true", "GET ResourceTypes true":
		add("/"+route.Endpoint+"/"+v.user, nil)
	default:
		t.Fatalf("nobody has thought of attacks on %q", key)
	}
	return out
}

var passing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.]+Z|W/\\"\d+\\"`)

// blurred is an answer without what differs between any two requests.
func (r *reply) blurred(v victim) string {
	text := passing.ReplaceAllString(r.text, "…")
	for _, known := range []string{v.groupName, v.externalID, v.userName, v.cursor} {
		if known != "" {
			text = strings.ReplaceAll(text, known, "…")
		}
	}
	return fmt.Sprint(r.status, " ", text)
}

// besiege walks every route with the attacker's token and fails when the victim
// shows in an answer or in the attacker's log, or is answered in another way
// than somebody who isn't there.
func (h *house) besiege(v victim, names bool) {
	h.Helper()
	own := h.create("own")
	group := h.createGroup("own", own)
	nobody := unknown(v)
	tried := 0
	for _, route := range readsFirst() {
		real := attacks(h.T, route, v, own, group, names)
		for i, fake := range attacks(h.T, route, nobody, own, group, names) {
			tried++
			hit := h.do(route.Method, real[i].path, real[i].body)
			miss := h.do(route.Method, fake.path, fake.body)
			if diff := cmp.Diff(miss.blurred(nobody), hit.blurred(v)); diff != "" {
				h.Errorf("%s %s with %v: the answer is another than for what isn't there:\n%s", route.Method, real[i].path, real[i].body, diff)
			}
			if strings.Contains(hit.text, canary) || hit.status >= 500 {
				h.Errorf("%s %s: %d %s", route.Method, real[i].path, hit.status, hit.text)
			}
		}
	}
	for _, attribute := range h.texts() {
		endpoint, path, _ := strings.Cut(attribute, " ")
		if r := h.find(endpoint, path+` co "`+canary+`"`); r.status != http.StatusOK || r.body["totalResults"] != 0.0 {
			h.Errorf("a filter on %s: %d %s", attribute, r.status, r.text)
		}
	}
	h.Logf("%d attacks", tried)
}

// readsFirst are the routes, those that write last: what they make would show in
// the lists.
func readsFirst() []scim.Route {
	all := scim.Routes()
	slices.SortStableFunc(all, func(a, b scim.Route) int { return writes(a) - writes(b) })
	return all
}

func writes(r scim.Route) int {
	if r.Method == http.MethodGet || strings.HasSuffix(r.Endpoint, ".search") {
		return 0
	}
	return 1
}

// texts are the attributes that hold texts, from /Schemas: "/Users name.givenName" …
func (h *house) texts() []string {
	var out []string
	list, _ := h.do(http.MethodGet, "/Schemas", nil).want(http.StatusOK).body["Resources"].([]any)
	for _, s := range list {
		urn, _ := s.(map[string]any)["id"].(string)
		endpoint := "/Users"
		if strings.HasSuffix(urn, ":Group") {
			endpoint = "/Groups"
		}
		attributes, _ := s.(map[string]any)["attributes"].([]any)
		for _, a := range attributes {
			a := a.(map[string]any)
			path := urn + ":" + a["name"].(string)
			if a["returned"] == "never" || a["type"] == "binary" {
				continue
			}
			if a["type"] == "string" {
				out = append(out, endpoint+" "+path)
			}
			subs, _ := a["subAttributes"].([]any)
			for _, sub := range subs {
				if sub := sub.(map[string]any); sub["type"] == "string" {
					out = append(out, endpoint+" "+path+"."+sub["name"].(string))
				}
			}
		}
	}
	return out
}
