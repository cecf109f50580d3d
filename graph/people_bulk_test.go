package graph_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
)

func TestBulk(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		ada, bob := h.person("ada@acme.test", user.RoleLEARNER).ID, h.person("bob@acme.test", user.RoleLEARNER).ID
		owner := h.person("owner@acme.test", user.RoleOWNER).ID
		globex, _ := h.organization("globex")
		foreign := h.personIn(globex.ID, "eve@globex.test", user.RoleLEARNER).ID
		sales := h.newDepartment("Sales")
		const fields = `{ succeeded failed results { id user { status department { name } } problem { code } } }`
		bulk := func(name string) string { return `mutation($ids: [ID!]!) { ` + name + `(ids: $ids) ` + fields + ` }` }
		ids := []any{bob, foreign, ada, bob, owner}
		result := func(id uuid.UUID, status, department, code any) map[string]any {
			out := map[string]any{"id": id, "user": nil, "problem": nil}
			if status != nil {
				out["user"] = map[string]any{"status": status, "department": department}
			} else {
				out["problem"] = map[string]any{"code": code}
			}
			return out
		}
		for _, done := range []struct{ name, status string }{{"deactivateUsers", "INACTIVE"}, {"reactivateUsers", "ACTIVE"}} {
			name, status := done.name, done.status
			h.ask(c, bulk(name), vars{"ids": ids}).ok().is(map[string]any{"succeeded": 2, "failed": 2, "results": []any{
				result(bob, status, nil, nil), result(foreign, nil, nil, "NOT_FOUND"), result(ada, status, nil, nil), result(owner, nil, nil, "FORBIDDEN"),
			}}, name)
		}
		const move = `mutation($ids: [ID!]!, $to: ID) { moveUsers(ids: $ids, departmentId: $to) ` + fields + ` }`
		in := map[string]any{"name": "Sales"}
		h.ask(c, move, vars{"ids": []any{ada, bob}, "to": sales.ID}).ok().
			is([]any{result(ada, "ACTIVE", in, nil), result(bob, "ACTIVE", in, nil)}, "moveUsers", "results")
		h.ask(c, move, vars{"ids": []any{ada}, "to": nil}).ok().is([]any{result(ada, "ACTIVE", nil, nil)}, "moveUsers", "results")
		h.ask(c, move, vars{"ids": []any{ada}, "to": bob}).refused("NOT_FOUND").about("departmentId")
		h.ask(h.as(user.RoleOWNER), `mutation($ids: [ID!]!) { changeRoles(ids: $ids, role: AUDITOR) { succeeded } }`, vars{"ids": []any{ada, foreign}}).ok().
			is(1, "changeRoles", "succeeded")
		h.ask(c, bulk("deleteUsers"), vars{"ids": []any{ada, bob}}).ok().is(2, "deleteUsers", "succeeded")
		if h.userRow(ada).Role != user.RoleAUDITOR || h.userRow(ada).DeletedAt == nil {
			h.Error("the bulk mutations left no trace")
		}
		many := make([]any, 1001)
		for i := range many {
			many[i] = uuid.New()
		}
		h.ask(c, bulk("deleteUsers"), vars{"ids": many}).refused("BAD_USER_INPUT").about("ids")
		h.ask(c, bulk("deleteUsers"), vars{"ids": many[:1000]}).ok().is(1000, "deleteUsers", "failed")
		h.ask(c, bulk("deleteUsers"), vars{"ids": []any{}}).ok().is([]any{}, "deleteUsers", "results")
	})
}

func TestBulkReadsItsAnswersAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("users:read", "users:write")
		cost := func(n int) int {
			ids := make([]any, n)
			for i := range ids {
				ids[i] = h.person(uuid.NewString()+"@acme.test", user.RoleLEARNER).ID
			}
			document := `mutation($ids: [ID!]!) { reactivateUsers(ids: $ids) { results { user { emails { value } groups { id } sessions { id } department { name } } } } }`
			return h.statements(func() { h.ask(c, document, vars{"ids": ids}).ok() })
		}
		h.ask(c, `{ viewer { name } }`, nil).ok()
		if one, ten := cost(1), cost(10); ten != one+9 { // what is as it was asked for costs one look
			h.Errorf("1 costs %d statements, 10 cost %d", one, ten)
		}
	})
}
