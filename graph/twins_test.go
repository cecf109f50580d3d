package graph_test

import (
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/user"
)

const likelyDuplicates = `query($first: Int, $after: String) { likelyDuplicates(first: $first, after: $after) {
	totalCount pageInfo { hasNextPage endCursor } nodes { user { userName department { name } } twins { user { userName connection { name } } reasons } } } }`

// twinsIn spells what was answered: the local one, then each twin with its reasons.
func twinsIn(r *reply) (out []string) {
	for _, n := range r.at("likelyDuplicates", "nodes").([]any) {
		node := n.(map[string]any)
		text := node["user"].(map[string]any)["userName"].(string)
		for _, t := range node["twins"].([]any) {
			twin := t.(map[string]any)
			text += " = " + twin["user"].(map[string]any)["userName"].(string)
			for _, why := range twin["reasons"].([]any) {
				text += " " + why.(string)
			}
		}
		out = append(out, text)
	}
	return out
}

func TestLikelyDuplicates(t *testing.T) {
	onBoth(t, func(h *house) {
		c, e := h.as(user.RoleADMIN), h.entra()
		elsewhere, _ := h.organization("elsewhere")
		const enterprise = `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": `
		local := func(userName string, input vars) {
			h.Helper()
			input["userName"] = userName
			h.ask(c, `mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } } }`, vars{"input": input}).ok()
		}
		e.provisions("ada@corp.test", `"displayName": "Ada Lovelace"`, `"emails": [{"value": "Ada@acme.test", "primary": true}]`, enterprise+`{"employeeNumber": "7", "department": "Engines"}`)
		local("ADA@ACME.test", vars{"employeeNumber": "7", "displayName": "ADA LOVELACE"}) // its user name is her address
		e.provisions("grace@acme.test", `"displayName": "Grace Hopper"`, enterprise+`{"department": "Navy"}`)
		local("hopper", vars{"email": "GRACE@acme.test"})                                                                                                                                    // her user name is its address
		local("grace.h", vars{"displayName": "grace hopper", "departmentId": h.ask(c, `{ departments(search: "engines") { nodes { id } } }`, nil).ok().at("departments", "nodes", 0, "id")}) // somebody else, elsewhere
		local("bob1", vars{"email": "bob@acme.test"})
		local("bob2", vars{"email": "bob@ACME.test"})
		local("gone", vars{"email": "bob@acme.test"})
		e.provisions("twin1@acme.test", `"displayName": "Same"`)
		e.provisions("twin2@acme.test", `"displayName": "Same"`) // the directory's affair
		h.ask(c, mutationOf("deleteUser"), vars{"id": h.userNamed("gone")}).ok()
		h.personIn(elsewhere.ID, "bob@acme.test", user.RoleLEARNER)

		want := []string{
			"bob1 = bob2 EMAIL",
			"hopper = grace@acme.test EMAIL",
			"ADA@ACME.test = ada@corp.test EMAIL EMPLOYEE_NUMBER NAME",
		}
		all := h.ask(c, likelyDuplicates, vars{}).ok()
		if got := twinsIn(all); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		all.is(3, "likelyDuplicates", "totalCount")
		all.is("default", "likelyDuplicates", "nodes", 2, "twins", 0, "user", "connection", "name")

		var paged []string
		for after := any(nil); ; {
			page := h.ask(c, likelyDuplicates, vars{"first": 1, "after": after}).ok()
			paged = append(paged, twinsIn(page)...)
			if page.at("likelyDuplicates", "pageInfo", "hasNextPage") != true {
				break
			}
			after = page.at("likelyDuplicates", "pageInfo", "endCursor")
		}
		if strings.Join(paged, "\n") != strings.Join(want, "\n") {
			t.Errorf("page by page: %q", paged)
		}
		h.ask(c, likelyDuplicates, vars{"first": 0}).refused("BAD_USER_INPUT")
		h.ask(h.with("groups:read"), likelyDuplicates, vars{}).refused("FORBIDDEN")
	})
}

func TestLikelyDuplicatesAreFoundByIndexes(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		h.person("bob@acme.test", user.RoleLEARNER)
		h.entra().provisions("b@acme.test", `"emails": [{"value": "bob@acme.test"}]`)
		sent := h.statementsOf(func() { h.ask(c, likelyDuplicates, vars{}).ok() })
		if !h.store.Postgres() { // PostgreSQL scans a table as small as this
			for _, s := range sent {
				if what := h.sqliteComplaint(s, 0); what != "" {
					t.Errorf("%s:\n%s", what, s.query)
				}
			}
			for _, walk := range h.walks(sent) {
				t.Error(walk)
			}
		}
		if len(sent) > 12 {
			t.Errorf("%d statements for one page", len(sent))
		}
	})
}

func TestOwnedFields(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		const owned = `query($id: ID!) { user(id: $id) { ownedFields } }`
		sent := h.entra().provisions("ada@acme.test", `"displayName": "Ada"`,
			`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engines", "manager": {"value": "nobody-yet"}}`)
		h.ask(c, owned, vars{"id": sent}).ok().is([]any{"userName", "displayName", "departmentId", "managerId"}, "user", "ownedFields")
		for field, want := range map[string]string{"title": "", "displayName": "FORBIDDEN", "departmentId": "FORBIDDEN"} {
			r := h.ask(c, updateUser, vars{"id": sent, "input": vars{field: map[bool]any{true: "Countess", false: nil}[field == "title"]}})
			if want == "" {
				r.ok()
			} else {
				r.refused(want)
			}
		}
		h.ask(c, owned, vars{"id": sent}).ok().is([]any{"userName", "displayName", "departmentId", "managerId"}, "user", "ownedFields")
		local := h.person("bob@acme.test", user.RoleLEARNER)
		h.ask(c, owned, vars{"id": local.ID}).ok().is([]any{}, "user", "ownedFields")
	})
}
