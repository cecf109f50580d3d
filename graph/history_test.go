package graph_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

const historyQuery = `query($id: ID!, $first: Int, $after: String) { user(id: $id) { history(first: $first, after: $after) {
	nodes { at summary event { id type actorName } log { id outcome method } } pageInfo { hasNextPage endCursor } } } }`

// summaries are those of a page of a person's history.
func summaries(r *reply) (out []string) {
	r.Helper()
	for _, n := range r.ok().at("user", "history", "nodes").([]any) {
		out = append(out, n.(map[string]any)["summary"].(string))
	}
	return out
}

func TestTheHistoryOfAPersonInWords(t *testing.T) {
	onBoth(t, func(h *house) {
		const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
		e := h.entra()
		boss := e.provisions("boss@acme.test", `"displayName": "The Boss"`)
		id := e.provisions("ada@acme.test", `"`+enterprise+`": {"department": "Sales"}`)
		e.patch(id, enterprise+":department", `"Finance"`)
		e.patch(id, enterprise+":manager", `{"value": "`+boss.String()+`"}`)
		e.patch(id, "title", `"Clerk"`)
		e.patch(id, "title", `"Clerk"`)
		e.patch(id, "nonsense", `"x"`)
		e.send(http.MethodPatch, "Users/"+id.String(), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "remove", "path": "title"}]}`)
		e.patch(id, "nickName", `"Addie"`)
		h.settle()
		h.pass(time.Minute)
		admin := h.session(h.person("admin@acme.test", user.RoleADMIN))
		h.ask(admin, `mutation($id: ID!) { deactivateUser(id: $id) { user { id } } }`, vars{"id": id}).ok()
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(id).SetRole(user.RoleAUDITOR).SetCompany("Acme").Exec(ctx)
		})
		c := h.with("all")
		by := " by the connection " + h.conn.Name
		r := h.ask(c, historyQuery, vars{"id": id}).ok()
		want := []string{
			"Role changed from LEARNER to AUDITOR; Company set to Acme by Rollcall",
			"Deactivated by admin@acme.test",
			"Other attributes changed" + by,
			"Title Clerk removed" + by,
			"Tried to change a person" + by + `; refused: User has no attribute "nonsense"`,
			"Nothing to change for ada@acme.test" + by,
			"Title set to Clerk" + by,
			"Manager set to The Boss" + by,
			"Department changed from Sales to Finance" + by,
			"Created" + by,
		}
		if got := summaries(r); !slices.Equal(got, want) {
			h.Fatalf("history:\n%q\nwant\n%q", got, want)
		}
		node := func(i int, path ...any) []any { return append([]any{"user", "history", "nodes", i}, path...) }
		r.is("user.created", node(9, "event", "type")...).is("CHANGED", node(9, "log", "outcome")...).
			is(nil, node(4, "event")...).is("REFUSED", node(4, "log", "outcome")...).is("UNCHANGED", node(5, "log", "outcome")...).
			is(nil, node(1, "log")...).is("admin@acme.test", node(1, "event", "actorName")...)

		var paged []string
		for v := (vars{"id": id, "first": 3}); ; {
			page := h.ask(c, historyQuery, v)
			paged = append(paged, summaries(page)...)
			if page.at("user", "history", "pageInfo", "hasNextPage") == false {
				break
			}
			v["after"] = page.at("user", "history", "pageInfo", "endCursor")
		}
		if !slices.Equal(paged, want) {
			h.Errorf("pages bring\n%q", paged)
		}
		h.ask(c, historyQuery, vars{"id": id, "after": "x"}).refused("BAD_USER_INPUT")
		h.ask(h.with("users:read"), historyQuery, vars{"id": id}).refused("FORBIDDEN")
	})
}

func TestTheHistorySaysWhyARoleIsGone(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		id := e.provisions("ada@acme.test")
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(id).SetRole(user.RoleADMIN).Exec(ctx)
		})
		e.send(http.MethodPatch, "Users/"+id.String(), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
			{"op": "replace", "value": {"userName": "gone-ada@acme.test", "active": false}}]}`)
		want := "Deactivated; Role changed from ADMIN to LEARNER, because the directory gave the account another user name; " +
			"User name changed from ada@acme.test to gone-ada@acme.test by the connection " + h.conn.Name
		if got := summaries(h.ask(h.with("all"), historyQuery, vars{"id": id, "first": 1})); got[0] != want {
			h.Errorf("history:\n%q\nwant\n%q", got[0], want)
		}
	})
}

func TestAHistoryCostsTheSameForAnyPage(t *testing.T) {
	onBoth(t, func(h *house) {
		e, c := h.entra(), h.with("all")
		id := e.provisions("ada@acme.test")
		for _, title := range []string{`"a"`, `"b"`, `"b"`, `"c"`, `"d"`} {
			e.patch(id, "title", title)
		}
		h.ask(c, `{ viewer { name } }`, nil)
		cost := func(first int) int {
			return h.statements(func() { h.ask(c, historyQuery, vars{"id": id, "first": first}).ok() })
		}
		if one, all := cost(1), cost(6); one != all || all > 6 {
			h.Errorf("a page of 1 costs %d statements, one of 6 %d", one, all)
		}
	})
}

func TestHistoryStaysInItsOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		other, _ := h.organization("beta")
		eve := h.personIn(other.ID, "eve@beta.test", user.RoleLEARNER)
		h.ask(h.with("all"), historyQuery, vars{"id": eve.ID}).ok().is(nil, "user")
	})
}
