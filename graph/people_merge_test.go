package graph_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

func TestMergeUsers(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		sales := h.newDepartment("Sales")
		keep, remove := h.person("ada@acme.test", user.RoleLEARNER), h.person("lovelace@acme.test", user.RoleAUDITOR)
		boss, report := h.person("boss@acme.test", user.RoleLEARNER), h.person("report@acme.test", user.RoleLEARNER)
		update := func(id uuid.UUID, input vars) {
			h.Helper()
			h.ask(c, updateUser, vars{"id": id, "input": input}).ok()
		}
		update(keep.ID, vars{"displayName": "Ada", "email": nil, "managerId": remove.ID})
		update(remove.ID, vars{"displayName": "Lovelace", "title": "Countess", "departmentId": sales.ID, "managerId": boss.ID})
		update(report.ID, vars{"managerId": remove.ID})
		for name, ids := range map[string][]uuid.UUID{"Both": {keep.ID, remove.ID}, "Only": {remove.ID}} {
			h.localGroup(name, ids...)
		}
		session := h.session(remove)

		h.ask(c, mergeUsers, vars{"keep": keep.ID, "remove": keep.ID}).refused("BAD_USER_INPUT")
		h.ask(c, mergeUsers, vars{"keep": keep.ID, "remove": h.conn.ID}).refused("NOT_FOUND")
		r := h.ask(c, mergeUsers, vars{"keep": keep.ID, "remove": remove.ID}).ok()
		r.is(map[string]any{"id": keep.ID, "version": 3, "userName": "ada@acme.test", "displayName": "Ada", "title": "Countess", "email": "lovelace@acme.test",
			"emails": []any{map[string]any{"value": "lovelace@acme.test"}}, "department": map[string]any{"name": "Sales"}, "role": "LEARNER", "externalId": nil,
			"manager": map[string]any{"userName": "boss@acme.test"}, "groups": []any{map[string]any{"displayName": "Both"}, map[string]any{"displayName": "Only"}}},
			"mergeUsers", "user")
		if got := h.userRow(report.ID).ManagerID; got == nil || *got != keep.ID {
			h.Errorf("the report's manager is %v", got)
		}
		if h.userRow(remove.ID).DeletedAt == nil {
			h.Error("the other one is still there")
		}
		h.ask(session, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED")
		for id, want := range map[uuid.UUID][2]string{keep.ID: {"user.merged", remove.ID.String()}, remove.ID: {"user.deleted", keep.ID.String()}} {
			all := h.events(id)
			last := all[len(all)-1]
			named := last.Data.After["merged"]
			if named == nil {
				named = last.Data.After["merged_into"]
			}
			if last.Kind != want[0] || named != want[1] {
				h.Errorf("the event is %s with %v, want %v", last.Kind, last.Data.After, want)
			}
		}
		h.ask(c, mergeUsers, vars{"keep": keep.ID, "remove": remove.ID}).refused("NOT_FOUND")
		h.ask(c, mutationOf("restoreUser"), vars{"id": remove.ID}).ok() // a merge can be taken back
	})
}

// localGroup makes a group by hand.
func (h *house) localGroup(name string, members ...uuid.UUID) {
	h.Helper()
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
		g, err := tx.Group.Create().SetDisplayName(name).Save(ctx)
		if err != nil {
			return err
		}
		for _, id := range members {
			if _, err := tx.Exec(ctx, "INSERT INTO memberships (org_id, group_id, user_id, created_at) VALUES (?, ?, ?, ?)", h.org.ID, g.ID, id, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestMergeIntoAProvisionedPerson(t *testing.T) {
	onBoth(t, func(h *house) {
		c, e := h.as(user.RoleADMIN), h.entra()
		keep := e.provisions("ada@acme.test", `"displayName": "Ada"`)
		former := e.provisions("old@acme.test", `"title": "Clerk"`, `"externalId": "old"`)
		h.ask(c, mergeUsers, vars{"keep": keep, "remove": former}).refused("FORBIDDEN").says("default")
		h.ask(c, mutationOf("deleteUser"), vars{"id": former}).ok()
		h.ask(c, mutationOf("restoreUser"), vars{"id": former}).ok() // local now
		h.ask(c, mergeUsers, vars{"keep": keep, "remove": former}).ok().
			is(map[string]any{"id": keep, "version": 2, "userName": "ada@acme.test", "displayName": "Ada", "title": "Clerk", "email": nil, "emails": []any{},
				"department": nil, "manager": nil, "groups": []any{}, "role": "LEARNER", "externalId": nil}, "mergeUsers", "user")
	})
}
