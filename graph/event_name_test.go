package graph_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// The trail says whom and what each event is about, also when it is gone, in as
// many statements for a page of any length.
func TestTheAuditTrailNamesWhatItIsAbout(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		group := h.ask(owner, `mutation { createGroup(displayName: "Night shift") { group { id } } }`, nil).ok().at("createGroup", "group", "id")
		h.ask(owner, `mutation($id: ID!) { renameGroup(id: $id, displayName: "Day shift") { group { id } } }`, vars{"id": group}).ok()
		h.ask(owner, `mutation($id: ID!) { deleteGroup(id: $id) { id } }`, vars{"id": group}).ok()
		department := h.ask(owner, `mutation { createDepartment(name: "Harbour") { department { id } } }`, nil).ok().at("createDepartment", "department", "id")
		h.ask(owner, `mutation($id: ID!) { removeDepartment(id: $id) { id } }`, vars{"id": department}).ok()
		key := h.ask(owner, `mutation { createApiToken(name: "nightly", scopes: ["users:read"]) { token { id } } }`, nil).ok().at("createApiToken", "token", "id")
		ada := h.person("ada@acme.test", user.RoleLEARNER)
		h.ask(owner, `mutation($id: ID!) { createSignInLink(userId: $id) { url } }`, vars{"id": ada.ID}).ok()
		h.settled()
		c := h.with("events:read")
		named := func(types string, id any) string {
			r := h.ask(c, `query($where: AuditWhere) { auditTrail(where: $where) { nodes { entityName } } }`, vars{"where": vars{"types": []string{types}, "entityId": id}}).ok()
			name, _ := r.at("auditTrail", "nodes", 0, "entityName").(string)
			return name
		}
		for types, of := range map[string]struct {
			id   any
			want string
		}{
			"group.created": {group, "Day shift"}, "group.deleted": {group, "Day shift"}, "department.created": {department, "Harbour"},
			"token.created": {key, "nightly"}, "user.created": {ada.ID, "ada@acme.test"}, "signinlink.created": {nil, "ada@acme.test"},
		} {
			if got := named(types, of.id); got != of.want {
				h.Errorf("%s is about %q, want %q", types, got, of.want)
			}
		}

		all := func() int {
			return h.statements(func() {
				h.ask(c, `{ auditTrail(first: 200) { nodes { entityName actorName } } }`, nil).ok()
			})
		}
		few := all()
		for i := range 20 {
			h.person(fmt.Sprintf("p%d@acme.test", i), user.RoleLEARNER)
			_ = h.store.Write(h.in(h.org.ID), func(ctx context.Context, tx *store.Tx) error {
				_, err := h.directory.CreateDepartment(ctx, tx, fmt.Sprintf("Pier %d", i))
				return err
			})
		}
		h.settled()
		if many := all(); many > few {
			h.Errorf("a page takes %d statements, and %d when it is longer", few, many)
		}
	})
}
