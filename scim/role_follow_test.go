package scim_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	entuser "github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/store"
)

// provider is the single sign-on of the house's connection, where people are known
// by the externalId that person gives them.
type provider struct {
	*house
	signOns *access.SignOns
}

func (h *house) provider(rules ...schema.RoleRule) *provider {
	h.Helper()
	box, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		h.Fatal(err)
	}
	p := &provider{h, access.NewSignOns(h.store, box)}
	p.configure(h.inOrg(), rules...)
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := p.signOns.AddSecret(ctx, tx, h.conn.ID, "secret", nil); err != nil {
			return err
		}
		_, err := p.signOns.Switch(ctx, tx, h.conn.ID, true, false)
		return err
	})
	return p
}

// configure saves rules in the name of somebody.
func (p *provider) configure(ctx context.Context, rules ...schema.RoleRule) {
	p.Helper()
	p.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := p.signOns.Configure(ctx, tx, p.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall", Roles: rules})
		return err
	})
}

// signIn is what the door of single sign-on does for somebody whose claim roles has
// these values.
func (p *provider) signIn(name string, roles ...string) {
	p.Helper()
	p.write(p.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		v, err := p.house.directory.Admit(ctx, tx, p.conn.ID, directory.Account{Issuer: "https://idp.test", Subject: name, ExternalID: "ext-" + name})
		if err != nil {
			return err
		}
		on := tx.SignOn.Query().Where(signon.ConnectionID(p.conn.ID)).OnlyX(ctx)
		if err := p.house.directory.ApplyRoles(ctx, tx, on, v, func(string) []string { return roles }); err != nil {
			return err
		}
		_, _, err = p.access.StartSession(ctx, tx, tx.User.GetX(ctx, v.User.ID), access.NewSession{Method: session.MethodOIDC, Connection: p.conn.ID, Identity: v.Identity.ID})
		return err
	})
}

// is expects the role and the number of sessions of somebody.
func (p *provider) is(id string, role entuser.Role, sessions int, when string) {
	p.Helper()
	n := p.store.Read().Session.Query().Where(session.UserID(uuid.MustParse(id))).CountX(p.inOrg())
	if got := p.row(id).Role; got != role || n != sessions {
		p.Errorf("%s: %s with %d sessions, want %s with %d", when, got, n, role, sessions)
	}
}

func inGroup(id string, role entuser.Role) schema.RoleRule {
	return schema.RoleRule{Group: uuid.MustParse(id), Role: string(role)}
}

func TestRolesFollowTheMembersOfGroups(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, bob, eve, olga := h.create("ada"), h.create("bob"), h.create("eve"), h.create("olga")
		auditors, other := h.createGroup("Auditors", ada, olga), h.createGroup("Other", ada)
		p := h.provider(schema.RoleRule{Claim: "roles", Value: "admin", Role: "ADMIN"}, inGroup(auditors, entuser.RoleAUDITOR))
		change := func(group, kind string, ids ...string) {
			h.Helper()
			h.do(http.MethodPatch, "/Groups/"+group, patch(op(kind, "members", refs(ids...)))).want(http.StatusNoContent)
		}
		p.signIn("ada")
		p.signIn("bob")
		p.signIn("olga")
		h.promote(olga, entuser.RoleOWNER)
		p.is(ada, entuser.RoleAUDITOR, 1, "signed in")

		change(other, "remove", ada)
		p.is(ada, entuser.RoleAUDITOR, 1, "out of a group that no rule names")
		change(auditors, "remove", ada, olga)
		p.is(ada, entuser.RoleLEARNER, 0, "out of the group")
		p.is(olga, entuser.RoleOWNER, 1, "an owner out of the group")
		events := h.events(ada)
		last := events[len(events)-1]
		if last.Kind != "user.role_changed" || last.Data.Before["role"] != "AUDITOR" || last.Data.After["role"] != "LEARNER" || last.Actor != string(actor.Token) {
			h.Errorf("the last event is %s by %s: %v", last.Kind, last.Actor, last.Data)
		}
		change(auditors, "add", ada, bob, eve)
		p.is(ada, entuser.RoleAUDITOR, 0, "in the group again")
		p.is(bob, entuser.RoleAUDITOR, 0, "in the group while signed in")
		p.is(eve, entuser.RoleLEARNER, 0, "in the group, never signed in")
		p.signIn("bob", "admin")
		h.do(http.MethodPut, "/Groups/"+auditors, map[string]any{"displayName": "Renamed", "members": refs(bob)}).want(http.StatusOK)
		p.is(ada, entuser.RoleLEARNER, 0, "replaced without")
		change(auditors, "remove", bob)
		p.is(bob, entuser.RoleADMIN, 1, "what a claim gave stays until the next sign-in")
		p.signIn("bob")
		p.is(bob, entuser.RoleLEARNER, 1, "signed in without the claim")
		change(auditors, "add", ada, bob)
		h.do(http.MethodDelete, "/Groups/"+auditors, nil).want(http.StatusNoContent)
		p.is(ada, entuser.RoleLEARNER, 0, "the group is deleted")
		p.is(bob, entuser.RoleLEARNER, 0, "the group is deleted")
	})
}

// What no owner vouches for gives no role, but what was given ends.
func TestRulesWithoutAnOwnerLiftNobody(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, bob := h.create("ada"), h.create("bob")
		auditors := h.createGroup("Auditors", ada)
		p := h.provider(inGroup(auditors, entuser.RoleAUDITOR))
		p.signIn("ada")
		p.signIn("bob")
		change := func(kind string, ids ...string) {
			h.do(http.MethodPatch, "/Groups/"+auditors, patch(op(kind, "members", refs(ids...)))).want(http.StatusNoContent)
		}
		weak := actor.With(h.Context(), actor.Actor{Kind: actor.Token, Org: h.org.ID, Scopes: []string{"connections:write"}})
		p.configure(weak, inGroup(auditors, entuser.RoleADMIN))
		change("add", bob)
		p.is(bob, entuser.RoleLEARNER, 1, "an administrator's own rule")
		p.is(ada, entuser.RoleAUDITOR, 1, "an administrator's own rule")
		change("remove", ada, bob)
		p.is(ada, entuser.RoleLEARNER, 0, "out of the group that gave the role")
		change("add", ada, bob)
		p.is(ada, entuser.RoleLEARNER, 0, "in the group again")
		p.configure(h.inOrg(), inGroup(auditors, entuser.RoleAUDITOR))
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := p.signOns.Switch(ctx, tx, h.conn.ID, false, false)
			return err
		})
		change("remove", ada)
		change("add", ada)
		p.is(ada, entuser.RoleLEARNER, 0, "in the group while nobody can sign in")
	})
}

// Two changes at once, and a sign-in beside them, leave the role that the groups say.
func TestRolesFollowAtOnceWithSignIns(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.create("ada")
		auditors := h.createGroup("Auditors")
		p := h.provider(inGroup(auditors, entuser.RoleAUDITOR))
		for range 5 {
			h.do(http.MethodPatch, "/Groups/"+auditors, patch(op("add", "members", refs(ada)))).want(http.StatusNoContent)
			h.atOnce(2, func(i int) {
				if i == 0 {
					p.signIn("ada")
					return
				}
				h.do(http.MethodPatch, "/Groups/"+auditors, patch(op("remove", "members", refs(ada)))).want(http.StatusNoContent)
			})
			if got := h.row(ada).Role; got != entuser.RoleLEARNER {
				h.Fatalf("out of the group, and %s", got)
			}
		}
	})
}

func TestStatementsOfGroupsThatGiveRoles(t *testing.T) {
	onBothAt(t, func(h *house, _ func(time.Duration)) { // the token is known for good
		ids := h.crowd(1000)
		group := h.filled("Auditors", ids[:10])
		h.provider(inGroup(group, entuser.RoleAUDITOR))
		h.quietly()
		for _, kind := range []string{"add", "remove"} {
			h.atMost(8, kind+" 900 people who have never signed in", func() {
				h.do(http.MethodPatch, "/Groups/"+group, patch(op(kind, "members", refs(slices.Clone(ids[100:])...)))).want(http.StatusNoContent)
			})
		}
	})
}
