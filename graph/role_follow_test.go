package graph_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// account lets a person sign in through the house's connection.
func (h *house) account(u *ent.User) {
	h.Helper()
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.PendingLink.Create().SetConnectionID(h.conn.ID).SetIssuer("https://idp.test").SetSubject(u.UserName).SetReason("unknown").SetLastAt(tx.Now()).Save(ctx)
		if err != nil {
			return err
		}
		_, err = h.directory.ApproveAccount(ctx, tx, p.ID, u.ID)
		return err
	})
}

// signInByAccount signs a person in with that account, by the rules.
func (h *house) signInByAccount(u *ent.User) {
	h.Helper()
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
		v, err := h.directory.Admit(ctx, tx, h.conn.ID, directory.Account{Issuer: "https://idp.test", Subject: u.UserName})
		if err != nil {
			return err
		}
		on := tx.SignOn.Query().Where(signon.ConnectionID(h.conn.ID)).OnlyX(ctx)
		return h.directory.ApplyRoles(ctx, tx, on, v, func(string) []string { return nil })
	})
}

// rules sets single sign-on up, with rules for roles, in an owner's name.
func (h *house) rules(rules ...vars) {
	h.Helper()
	h.ask(h.as(user.RoleOWNER), `mutation($c: ID!, $r: [RoleRuleInput!]!) {
		configureOidc(connectionId: $c, input: {issuer: "https://idp.test", clientId: "rollcall"}) { connection { id } }
		addClientSecret(connectionId: $c, secret: "secret") { connection { id } }
		updateSignOn(connectionId: $c, input: {roles: $r}) { connection { id } }
		switchSignOn(connectionId: $c, enabled: true) { connection { signOn { roles { groupId role } } } } }`, vars{"c": h.conn.ID, "r": rules}).ok()
}

func TestRolesFollowLocalGroups(t *testing.T) {
	onBoth(t, func(h *house) {
		owner, admin := h.as(user.RoleOWNER), h.as(user.RoleADMIN)
		ada, bob, eve := h.person("ada@acme.test", user.RoleLEARNER), h.person("bob@acme.test", user.RoleLEARNER), h.person("eve@acme.test", user.RoleLEARNER)
		boss := h.person("boss@acme.test", user.RoleOWNER)
		group := h.ask(owner, createGroup, vars{"name": "Auditors", "members": []uuid.UUID{ada.ID, boss.ID}}).ok().at("createGroup", "group", "id")
		h.rules(vars{"groupId": group, "role": "AUDITOR"})
		role := func(u *ent.User, want user.Role, when string) {
			h.Helper()
			if got := h.store.Read().User.GetX(h.in(h.org.ID), u.ID).Role; got != want {
				h.Errorf("%s: %s is %s, want %s", when, u.UserName, got, want)
			}
		}
		for _, u := range []*ent.User{ada, bob, boss} {
			h.account(u)
			h.signInByAccount(u)
		}
		role(ada, user.RoleAUDITOR, "signed in")
		h.session(ada)

		h.ask(admin, changeGroup, vars{"id": group, "remove": []uuid.UUID{ada.ID}}).refused("FORBIDDEN")
		h.ask(admin, deleteGroup, vars{"id": group}).refused("FORBIDDEN")
		role(ada, user.RoleAUDITOR, "refused")
		h.ask(admin, changeGroup, vars{"id": group, "remove": []uuid.UUID{boss.ID}}).ok()
		h.ask(owner, changeGroup, vars{"id": group, "remove": []uuid.UUID{ada.ID}}).ok()
		role(ada, user.RoleLEARNER, "out of the group")
		role(boss, user.RoleOWNER, "out of the group")
		if n := h.store.Read().Session.Query().Where(session.UserID(ada.ID)).CountX(h.in(h.org.ID)); n != 0 {
			h.Errorf("%d sessions of another role go on", n)
		}
		// Whoever may not give roles doesn't give them by a group, to those either who
		// have never signed in.
		for _, u := range []*ent.User{ada, eve} {
			h.ask(admin, changeGroup, vars{"id": group, "add": []uuid.UUID{u.ID}}).refused("FORBIDDEN")
		}
		h.ask(h.with("groups:write"), changeGroup, vars{"id": group, "add": []uuid.UUID{ada.ID}}).refused("FORBIDDEN")
		role(ada, user.RoleLEARNER, "refused")
		h.ask(owner, changeGroup, vars{"id": group, "add": []uuid.UUID{ada.ID, bob.ID}}).ok()
		role(ada, user.RoleAUDITOR, "put in by an owner")
		role(bob, user.RoleAUDITOR, "put in by an owner")

		const merge = `mutation($keep: ID!, $remove: ID!) { mergeUsers(keep: $keep, remove: $remove) { user { id } } }`
		twin := h.person("twin@acme.test", user.RoleLEARNER)
		h.ask(owner, changeGroup, vars{"id": group, "add": []uuid.UUID{twin.ID}}).ok()
		h.ask(admin, merge, vars{"keep": eve.ID, "remove": twin.ID}).refused("FORBIDDEN")
		h.account(eve)
		h.ask(owner, merge, vars{"keep": eve.ID, "remove": twin.ID}).ok()
		role(eve, user.RoleAUDITOR, "merged with a member")

		h.ask(owner, deleteGroup, vars{"id": group}).ok()
		for _, u := range []*ent.User{ada, bob, eve} {
			role(u, user.RoleLEARNER, "the group is deleted")
		}
	})
}

// A group can take a role as well as give one: whoever may not give roles puts nobody
// into it whose role would change.
func TestAGroupThatTakesTheRole(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		ada, bob := h.person("ada@acme.test", user.RoleLEARNER), h.person("bob@acme.test", user.RoleLEARNER)
		admins := h.ask(owner, createGroup, vars{"name": "Admins", "members": []uuid.UUID{ada.ID}}).ok().at("createGroup", "group", "id")
		guests := h.ask(owner, createGroup, vars{"name": "Guests", "members": []uuid.UUID{}}).ok().at("createGroup", "group", "id")
		h.rules(vars{"groupId": guests, "role": "LEARNER"}, vars{"groupId": admins, "role": "ADMIN"})
		for _, u := range []*ent.User{ada, bob} {
			h.account(u)
			h.signInByAccount(u)
		}
		weak := h.with("groups:write")
		h.ask(weak, changeGroup, vars{"id": guests, "add": []uuid.UUID{ada.ID}}).refused("FORBIDDEN").says("has the role ADMIN")
		h.ask(weak, changeGroup, vars{"id": guests, "add": []uuid.UUID{bob.ID}}).ok()
		if got := h.userRow(ada.ID).Role; got != user.RoleADMIN {
			h.Errorf("refused, and %s", got)
		}
	})
}

// Whoever takes an own account away gives up the role that it brought.
func TestOwnAccountUnlinked(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleLEARNER)
		group := h.ask(h.as(user.RoleOWNER), createGroup, vars{"name": "Admins", "members": []uuid.UUID{ada.ID}}).ok().at("createGroup", "group", "id")
		h.rules(vars{"groupId": group, "role": "ADMIN"})
		h.account(ada)
		h.signInByAccount(ada)
		me := h.session(ada)
		account := h.ask(me, `query($id: ID!) { user(id: $id) { accounts { id } } }`, vars{"id": ada.ID}).ok().at("user", "accounts", 0, "id")
		h.ask(me, `mutation($id: ID!) { unlinkAccount(id: $id) { user { id } } }`, vars{"id": account}).ok()
		h.ask(me, `{ viewer { role } }`, nil).refused("UNAUTHENTICATED")
		if got := h.userRow(ada.ID).Role; got != user.RoleLEARNER {
			h.Errorf("without the account, and still %s", got)
		}
	})
}
