package scim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	entuser "github.com/rollcall/rollcall/ent/user"
)

// greedy is what no client may set by sending it.
var greedy = map[string]any{
	"role": "OWNER", "Role": "OWNER", "isAdmin": true, "admin": true, "tenantId": "beta", "orgId": "01900000-0000-7000-8000-000000000001",
	"org_id": "01900000-0000-7000-8000-000000000001", "connectionId": nil, "connection_id": "x", "passwordHash": "x", "version": 99,
	"deletedAt": "2020-01-01T00:00:00Z", "deleted_at": "2020-01-01T00:00:00Z", "linkApproved": true, "link_approved": true,
	"__proto__": map[string]any{"role": "OWNER"}, "constructor": map[string]any{"prototype": map[string]any{"role": "OWNER"}},
	"roles":                       []any{map[string]any{"value": "OWNER", "display": "Owner", "primary": true, "type": "admin"}},
	"entitlements":                []any{map[string]any{"value": "admin"}},
	"urn:scim:acme:Admin":         map[string]any{"role": "OWNER", "admin": true},
	"urn:scim:acme:Admin:isAdmin": true,
}

func TestNobodyGainsARole(t *testing.T) {
	onBoth(t, func(h *house) {
		body := person("ada")
		for name, value := range greedy {
			body[name] = value
		}
		r := h.do(http.MethodPost, "/Users", body).want(http.StatusCreated)
		check := func(after string) {
			h.Helper()
			u := h.row(r.id())
			if u.Role != entuser.RoleLEARNER || u.OrgID != h.org.ID || u.ConnectionID == nil || *u.ConnectionID != h.conn.ID || u.DeletedAt != nil || u.LinkApproved {
				h.Errorf("after %s: %v", after, u)
			}
		}
		check("POST")
		h.do(http.MethodPut, "/Users/"+r.id(), body).want(http.StatusOK)
		check("PUT")
		for name, value := range greedy {
			for _, kind := range []string{"add", "replace"} {
				h.do(http.MethodPatch, "/Users/"+r.id(), patch(map[string]any{"op": kind, "path": name, "value": value}))
				check(kind + " " + name)
				h.do(http.MethodPatch, "/Users/"+r.id(), patch(op(kind, "", map[string]any{name: value})))
				check(kind + " without path, " + name)
			}
		}
		for _, path := range []string{`roles[primary eq "True"].value`, `roles[type eq "work"].value`, "roles.value"} {
			h.do(http.MethodPatch, "/Users/"+r.id(), patch(op("add", path, "OWNER")))
			check(path)
		}
		h.do(http.MethodPatch, "/Users/"+r.id(), patch(op("add", "", greedy)))
		check("everything at once")
	})
}

// Roles of Rollcall don't follow from names that a client may choose.
func TestGroupNamesGrantNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		for _, name := range []string{"OWNER", "Owners", "ADMIN", "Administrators", "AUDITOR"} {
			h.createGroup(name, id)
		}
		if u := h.row(id); u.Role != entuser.RoleLEARNER {
			h.Errorf("role is %s", u.Role)
		}
	})
}

func TestReadOnlyAttributesStay(t *testing.T) {
	onBoth(t, func(h *house) {
		group := h.createGroup("Wardens")
		body := person("ada")
		body["id"], body["groups"] = "mine", refs(group)
		body["meta"] = map[string]any{"created": "2001-01-01T00:00:00Z", "version": `W/"9"`, "location": "https://evil.test", "resourceType": "Group"}
		made := h.do(http.MethodPost, "/Users", body).want(http.StatusCreated)
		if made.id() == "mine" || made.at("groups") != nil || strings.Contains(made.text, "evil.test") || made.at("meta", "version") != `W/"1"` {
			h.Errorf("POST set what is read-only: %s", made.text)
		}
		put := h.do(http.MethodPut, "/Users/"+made.id(), body).want(http.StatusOK)
		if diff := cmp.Diff(made.body, put.body); diff != "" {
			h.Errorf("PUT set what is read-only:\n%s", diff)
		}
		for path, value := range map[string]any{
			"id": "mine", "groups": refs(group), "meta.created": "2001-01-01T00:00:00Z", "meta": map[string]any{"version": `W/"9"`},
			`groups[value eq "` + group + `"].display`: "x",
		} {
			h.do(http.MethodPatch, "/Users/"+made.id(), patch(op("replace", "title", "x"), op("replace", path, value))).refused(http.StatusBadRequest, "mutability", "")
		}
		if after := h.do(http.MethodGet, "/Users/"+made.id(), nil); !cmp.Equal(made.body, after.body) {
			h.Errorf("PATCH changed something:\n%s", cmp.Diff(made.body, after.body))
		}
		if got := h.members(group); len(got) != 0 {
			h.Errorf("somebody joined a group by their own groups attribute: %v", got)
		}
	})
}

// A password may come in any place; it is found nowhere afterwards.
func TestPasswordsAreKeptNowhere(t *testing.T) {
	onBoth(t, func(h *house) {
		const secret = "Hunter2-c4n4ry"
		id := h.create("ada")
		answers := []*reply{
			h.do(http.MethodPost, "/Users", with(person("bob"), "password", secret)),
			h.do(http.MethodPost, "/Users", with(person("cyd"), "PassWord", secret)),
			h.do(http.MethodPost, "/Users", with(person("dan"), "password", map[string]any{"value": secret})),
			h.do(http.MethodPost, "/Users", with(person("eve"), "urn:ietf:params:scim:schemas:core:2.0:User:password", secret)),
			h.do(http.MethodPost, "/Users", with(person("fay"), "urn:ietf:params:scim:schemas:core:2.0:User", map[string]any{"password": secret})),
			h.do(http.MethodPost, "/Users", `{"userName":"gil@example.test","p\u0061ssword":"`+secret+`"}`),
			h.do(http.MethodPost, "/Users", `{"userName":"","password":"`+secret+`"}`),
			h.do(http.MethodPost, "/Users", `{"userName":"hal","password":"`+secret+`"`),
			h.do(http.MethodPost, "/Users", `{"userName":"hal","pa\u0073sword":"`+secret),
			h.do(http.MethodPut, "/Users/"+id, with(person("ada"), "password", secret)),
			h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "password", secret))),
			h.do(http.MethodPatch, "/Users/"+id, patch(op("add", "", map[string]any{"password": secret, "title": "x"}))),
			h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "urn:ietf:params:scim:schemas:core:2.0:User:password", secret))),
			h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", `password[value eq "`+secret+`"]`, secret))),
			h.do(http.MethodPatch, "/Users/"+id, `{"Operations":[{"op":"replace","path":"\u0070assword","value":"`+secret+`"}]}`),
			h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "passwords.current", secret))),
			h.find("/Users", `password eq "`+secret+`"`),
			h.do(http.MethodPost, "/Users/.search", map[string]any{"filter": `password eq "` + secret + `"`}),
			h.do(http.MethodPost, "/Bulk", map[string]any{"Operations": []any{
				map[string]any{"method": "POST", "path": "/Users", "bulkId": "1", "data": with(person("ida"), "password", secret)},
				map[string]any{"method": "PATCH", "path": "/Users/" + id, "data": patch(op("replace", "password", secret))},
			}}),
			h.do(http.MethodGet, "/Users/"+id+"?attributes=password", nil),
		}
		for i, r := range answers {
			if strings.Contains(r.text, secret) || r.status >= 500 {
				h.Errorf("answer %d: %d %s", i, r.status, r.text)
			}
		}
		h.stop()
		for _, line := range h.dump("org_id = ?", tables(), h.org.ID) {
			if strings.Contains(line, secret) || strings.Contains(line, h.token) {
				h.Errorf("kept: %s", line)
			}
		}
		if strings.Contains(h.logs.String(), secret) || strings.Contains(h.logs.String(), h.token) || h.logs.String() == "" {
			h.Errorf("the server's log: %s", h.logs.String())
		}
	})
}

// A token that is pasted into the wrong place is not kept either.
func TestTokensAreKeptNowhere(t *testing.T) {
	onBoth(t, func(h *house) {
		h.do(http.MethodGet, "/Users?access_token="+h.token, nil)
		h.do(http.MethodGet, "/Users/"+h.token, nil)
		h.do(http.MethodGet, "/"+h.token, nil)
		h.do(http.MethodPost, "/Users", map[string]any{"displayName": h.token})
		h.find("/Users", `nonsense eq "`+h.token+`"`)
		h.do(http.MethodPatch, "/Users/"+h.token, patch(op("replace", h.token, h.token)), "adscimversion", "ActivityId: "+h.token)
		h.do(http.MethodGet, "/Users", nil, "Authorization", "Bearer  "+h.token, "User-Agent", h.token)
		h.stop()
		for _, line := range h.dump("org_id = ?", tables(), h.org.ID) {
			if strings.Contains(line, h.token) {
				h.Errorf("kept: %s", line)
			}
		}
		if strings.Contains(h.logs.String(), h.token) {
			h.Errorf("the server's log: %s", h.logs.String())
		}
	})
}
