package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/user"
)

func TestStrangersAndLearnersSeeNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, c := range []caller{{}, {"Authorization", "Bearer rca_nonsense"}, {"Cookie", "__Host-session=nonsense"}} {
			if r := h.ask(c, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED"); r.status != 401 {
				h.Errorf("status %d, want 401", r.status)
			}
		}
		learner := h.as(user.RoleLEARNER)
		h.ask(learner, `{ viewer { role scopes isManager organizationSlug } }`, nil).ok().
			is(map[string]any{"role": "LEARNER", "scopes": []any{}, "isManager": false, "organizationSlug": "acme"}, "viewer")
		h.ask(learner, `{ users { nodes { id } } }`, nil).refused("FORBIDDEN")
	})
}

func TestUsersArePagedBothWaysInEveryOrder(t *testing.T) {
	onBoth(t, func(h *house) {
		for i := range 7 {
			h.person(fmt.Sprintf("p%d@acme.test", i), user.RoleLEARNER)
		}
		c := h.with("users:read")
		for _, field := range []string{"CREATED", "USER_NAME", "DISPLAY_NAME"} {
			for _, direction := range []string{"ASC", "DESC"} {
				v := vars{"order": map[string]any{"field": field, "direction": direction}}
				const list = `query($order: UserOrder, $first: Int, $after: String, $last: Int, $before: String) {
					users(orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
						nodes { userName } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
				whole := names(h.ask(c, list, v).ok().is(7, "users", "totalCount"))
				var forward []string
				for v["first"] = 3; ; {
					r := h.ask(c, list, v).ok()
					forward = append(forward, names(r)...)
					if r.at("users", "pageInfo", "hasNextPage") == false {
						break
					}
					v["after"] = r.at("users", "pageInfo", "endCursor")
				}
				if !slices.Equal(forward, whole) {
					h.Errorf("%s %s forward: %v, want %v", field, direction, forward, whole)
				}
				delete(v, "first")
				delete(v, "after")
				var backward []string
				for v["last"] = 3; ; {
					r := h.ask(c, list, v).ok()
					backward = append(names(r), backward...)
					if r.at("users", "pageInfo", "hasPreviousPage") == false {
						break
					}
					v["before"] = r.at("users", "pageInfo", "startCursor")
				}
				if !slices.Equal(backward, whole) {
					h.Errorf("%s %s backward: %v, want %v", field, direction, backward, whole)
				}
			}
		}
	})
}

func names(r *reply) (out []string) {
	list, _ := r.at("users", "nodes").([]any)
	for _, n := range list {
		out = append(out, n.(map[string]any)["userName"].(string))
	}
	return out
}

func TestUsersAreFound(t *testing.T) {
	onBoth(t, func(h *house) {
		h.person("zoe.müller@acme.test", user.RoleADMIN)
		h.person("bob@acme.test", user.RoleLEARNER)
		h.entra().provisions("eva", `"title": "Secretary", "name": {"givenName": "Éva <R&D>", "familyName": "O'N\"eill", "formatted": "C:\\Éva"},
			"emails": [{"value": "eva@acme.test"}], "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "0042"}`)
		c := h.with("users:read")
		for _, q := range []struct{ args, want string }{
			{`search: "MÜLLER zoe"`, "zoe.müller@acme.test"},
			{`search: "%"`, ""},
			{`filter: "userName sw \"BOB\" and active eq true"`, "bob@acme.test"},
			{`where: {roles: [ADMIN]}`, "zoe.müller@acme.test"},
			{`where: {local: false}`, "eva"},
			{`search: "éVa"`, "eva"}, {`search: "o'n\"e"`, "eva"}, {`search: "r&d"`, "eva"}, {`search: "c:\\"`, "eva"}, {`search: "0042"`, "eva"},
			{`search: "secretary"`, ""}, {`search: "family_name"`, ""}, {`search: "eva@"`, "eva"},
		} {
			r := h.ask(c, `{ users(`+q.args+`) { totalCount nodes { userName } } }`, nil).ok()
			got := names(r)
			r.is(len(got), "users", "totalCount")
			if fmt.Sprint(got) != "["+q.want+"]" {
				h.Errorf("%s finds %v, want %s", q.args, got, q.want)
			}
		}
		h.ask(c, `{ users(filter: "userName zz") { nodes { userName } } }`, nil).refused("BAD_USER_INPUT")
	})
}

// TestLongNamesArePaged has names as long as SCIM lets them be.
func TestLongNamesArePaged(t *testing.T) {
	onBoth(t, func(h *house) {
		c, e := h.with("users:read"), h.entra()
		for _, letter := range []string{"a", "b", "c"} {
			e.provisions(letter, `"displayName": "`+letter+strings.Repeat("語", 1000)+`"`)
		}
		after := ""
		for _, letter := range []string{"a", "b", "c"} {
			r := h.ask(c, `query($after: String) { users(first: 1, after: $after, orderBy: {field: DISPLAY_NAME}) { nodes { userName } pageInfo { endCursor } } }`, vars{"after": after}).ok().
				is(letter, "users", "nodes", 0, "userName")
			after = r.at("users", "pageInfo", "endCursor").(string)
		}
	})
}
