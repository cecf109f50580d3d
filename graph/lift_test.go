package graph_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	makeScimToken = `mutation($c: ID!) { createScimToken(connectionId: $c, name: "x") { secret token { id } } }`
	turnToken     = `mutation($id: ID!) { rotateToken(id: $id) { secret } }`
	setRoles      = `mutation($c: ID!, $roles: [RoleRuleInput!]!) { updateSignOn(connectionId: $c, input: {roles: $roles}) { connection { id } } }`
	setUpSignOn   = `mutation($c: ID!) {
		configureOidc(connectionId: $c, input: {issuer: "https://idp.test", clientId: "rollcall"}) { connection { id } }
		addClientSecret(connectionId: $c, secret: "secret") { connection { id } }
		switchSignOn(connectionId: $c, enabled: true) { connection { id } } }`
)

// groupOf is a group that a connection owns.
func (h *house) groupOf(connection uuid.UUID, name string) *ent.Group {
	h.Helper()
	var g *ent.Group
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
		g, err = tx.Group.Create().SetDisplayName(name).SetConnectionID(connection).Save(ctx)
		return err
	})
	return g
}

// personOf is a learner whom a connection owns.
func (h *house) personOf(connection uuid.UUID, userName string) *ent.User {
	h.Helper()
	u := h.person(userName, user.RoleLEARNER)
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetConnectionID(connection).SetExternalID(userName).Exec(ctx)
	})
	return u
}

// givesAdmin has the rules of the house's connection make the members of a group
// administrators.
func (h *house) givesAdmin(owner caller, g *ent.Group) {
	h.Helper()
	h.ask(owner, setUpSignOn, vars{"c": h.conn.ID}).ok()
	h.ask(owner, setRoles, vars{"c": h.conn.ID, "roles": []vars{{"groupId": g.ID, "role": "ADMIN"}}}).ok()
}

// otherConnection is a second connection of the house's organization.
func (h *house) otherConnection() (c *ent.Connection) {
	h.Helper()
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = tx.Connection.Create().SetName("okta").SetKind("OKTA").SetSettings(h.conn.Settings).Save(ctx)
		return err
	})
	return c
}

// Whoever has a credential of a directory whose groups give roles can make
// administrators, so whoever may not do that makes none, in no way.
func TestCredentialsOfADirectoryThatGivesRolesAreForThoseWhoGiveRoles(t *testing.T) {
	onBoth(t, func(h *house) {
		owner, admin := h.as(user.RoleOWNER), h.as(user.RoleADMIN)
		api, more := h.with("tokens:write", "users:write", "connections:write"), h.with("tokens:write", "users:write", "connections:write", "roles:write")
		g, other := h.groupOf(h.conn.ID, "Admins"), h.otherConnection()

		// Before there is a rule, an administrator makes all of them.
		old := h.ask(admin, makeScimToken, vars{"c": h.conn.ID}).ok().at("createScimToken", "token", "id")
		client := h.ask(admin, createClient, vars{"c": h.conn.ID, "name": "x"}).ok().at("createScimClient", "client", "id")
		secret := h.ask(admin, addSecret, vars{"id": client}).ok().at("addScimClientSecret", "client", "secrets").([]any)[0].(map[string]any)["id"]
		link := h.holder(h.ask(admin, makeLink, vars{"id": h.conn.ID}).ok().at("createSetUpLink", "link").(string))
		h.ask(link, makeToken, nil).ok()

		h.givesAdmin(owner, g)
		federation := vars{"issuer": "https://idp.test", "subject": "x", "audience": "y"}
		for _, c := range []caller{admin, api} {
			for _, ask := range []struct {
				mutation string
				of       vars
			}{
				{makeScimToken, vars{"c": h.conn.ID}},
				{turnToken, vars{"id": old}},
				{makeLink, vars{"id": h.conn.ID}},
				{createClient, vars{"c": h.conn.ID, "name": "y"}},
				{addSecret, vars{"id": client}},
				{setFederation, vars{"id": client, "f": federation}},
			} {
				h.ask(c, ask.mutation, ask.of).refused("FORBIDDEN")
			}
			h.ask(c, makeScimToken, vars{"c": other.ID}).ok() // which gives none
		}
		if r := h.ask(link, makeToken, nil).refused("FORBIDDEN"); r.Errors[0].Message != "groups of this connection give people roles, so its token takes a link that an owner has made; ask whoever sent you this one" {
			h.Errorf("the holder of an administrator's link reads %s", r.text)
		}
		// It stays so while the rule is away for a moment: an owner may put it back.
		h.ask(owner, setRoles, vars{"c": h.conn.ID, "roles": []vars{}}).ok()
		h.ask(admin, makeScimToken, vars{"c": h.conn.ID}).refused("FORBIDDEN")
		h.ask(owner, setRoles, vars{"c": h.conn.ID, "roles": []vars{{"groupId": g.ID, "role": "ADMIN"}}}).ok()

		// What ends a credential stays open to them.
		h.ask(admin, removeSecret, vars{"id": client, "secret": secret}).ok()
		h.ask(admin, setFederation, vars{"id": client, "f": nil}).ok()
		h.ask(owner, addSecret, vars{"id": client}).ok()

		for _, c := range []caller{owner, more} {
			h.ask(h.holder(h.ask(c, makeLink, vars{"id": h.conn.ID}).ok().at("createSetUpLink", "link").(string)), makeToken, nil).ok()
			made := h.ask(c, createClient, vars{"c": h.conn.ID, "name": "z"}).ok().at("createScimClient", "client", "id")
			h.ask(c, setFederation, vars{"id": made, "f": federation}).ok()
			h.ask(c, revokeClient, vars{"id": made}).ok()
			made = h.ask(c, makeScimToken, vars{"c": h.conn.ID}).ok().at("createScimToken", "token", "id")
			h.ask(c, turnToken, vars{"id": made}).ok()
		}
		h.ask(h.setUp(h.conn.ID), makeToken, nil).ok() // a link of the command line
		h.ask(admin, `mutation($id: ID!) { revokeToken(id: $id) { token { id } } }`, vars{"id": old}).ok()
		h.ask(admin, revokeClient, vars{"id": client}).ok()
	})
}

// A directory gives roles by its own groups and its own rules, and by no others.
func TestADirectoryGivesNoRoleByTheGroupsOfAnother(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		friend := h.personOf(h.conn.ID, "friend@acme.test")
		g, other := h.groupOf(h.conn.ID, "Admins"), h.otherConnection()
		h.givesAdmin(owner, g)
		h.account(friend)
		h.signInByAccount(friend)
		add := func(by uuid.UUID) error {
			ctx := actor.With(h.Context(), actor.Actor{Kind: actor.Token, Org: h.org.ID, Connection: by})
			return h.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
				g, err := tx.Group.Query().Where(group.ID(g.ID)).Only(ctx)
				if err != nil {
					return err
				}
				_, err = h.directory.ChangeMembers(ctx, tx, g, directory.MemberChange{Kind: directory.AddMembers, IDs: []string{friend.ID.String()}})
				return err
			})
		}
		role := func(want user.Role) {
			h.Helper()
			if got := h.store.Read().User.GetX(h.in(h.org.ID), friend.ID).Role; got != want {
				h.Errorf("%s is %s, want %s", friend.UserName, got, want)
			}
		}
		if err := add(other.ID); fault.CodeOf(err) != fault.Forbidden {
			h.Errorf("another directory adds to the group: %v", err)
		}
		foreign := entra{h, h.token(h.org.ID, access.NewToken{Kind: token.KindScim, Connection: other.ID, Name: "okta"})}
		const member = `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "add", "path": "members", "value": [{"value": "`
		if got, body := foreign.send(http.MethodPatch, "Groups/"+g.ID.String(), member+friend.ID.String()+`"}]}]}`); got != http.StatusNotFound {
			h.Errorf("status %d: %v", got, body)
		}
		role(user.RoleLEARNER)
		if err := add(h.conn.ID); err != nil {
			h.Error(err)
		}
		role(user.RoleADMIN)
	})
}
