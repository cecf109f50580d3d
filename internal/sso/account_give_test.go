package sso_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

func alans() map[string]any { return map[string]any{"sub": "alan-7", "name": "Alan"} }

// usersWrite is somebody who may change people, but gives no roles.
func (h *house) usersWrite() context.Context {
	return actor.With(h.Context(), actor.Actor{Kind: actor.Token, Org: h.org.ID, Scopes: []string{"users:write"}})
}

// approve gives the one account that waits to a person.
func (o *oidcHouse) approve(ctx context.Context, to *ent.User) error {
	o.Helper()
	waiting := o.store.Read().PendingLink.Query().OnlyX(o.inOrg())
	return o.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := o.directory.ApproveAccount(ctx, tx, waiting.ID, to.ID)
		return err
	})
}

// approved is approve that works.
func (o *oidcHouse) approved(ctx context.Context, to *ent.User) {
	o.Helper()
	if err := o.approve(ctx, to); err != nil {
		o.Fatal(err)
	}
}

// given is a learner to whom somebody who gives no roles has given an account.
func (o *oidcHouse) given(name string, claims map[string]any) *ent.User {
	o.Helper()
	u := o.learner(name)
	o.signIn(o.visitor(), claims)
	o.approved(o.usersWrite(), u)
	return u
}

// adminsBy has a group give the role ADMIN to its one member.
func (o *oidcHouse) adminsBy(member *ent.User) *ent.Group {
	o.Helper()
	group := o.group("admins", member)
	o.configure(func(s *schema.SignOnSettings) { s.Roles = []schema.RoleRule{{Group: group.ID, Role: "ADMIN"}} })
	return group
}

func (o *oidcHouse) isNow(u *ent.User, role user.Role, when string) {
	o.Helper()
	if got := o.store.Read().User.GetX(o.inOrg(), u.ID).Role; got != role {
		o.Errorf("%s: %s is %s, want %s", when, u.UserName, got, role)
	}
}

// enters expects that an account signs in, or doesn't.
func (o *oidcHouse) enters(claims map[string]any, want bool, when string) {
	o.Helper()
	b := o.visitor()
	p := o.signIn(b, claims)
	if got := b.session() != ""; got != want {
		o.Errorf("%s: signed in is %v (%d)", when, got, p.StatusCode)
	}
}

func (o *oidcHouse) forbidden(err error, when string) {
	o.Helper()
	if fault.CodeOf(err) != fault.Forbidden {
		o.Errorf("%s: %v", when, err)
	}
}

// Whoever is in a group that gives a role gets accounts from an owner alone: by a
// decision, by a merge, and never by name.
func TestAccountsOfThoseWhomAGroupLifts(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.adminsBy(o.grace) // who has never signed in, and is a learner yet
		o.enters(alans(), false, "a stranger")
		o.forbidden(o.approve(o.usersWrite(), o.grace), "given to a member")
		other := o.learner("other@acme.test")
		o.approved(o.usersWrite(), other)
		o.forbidden(o.store.Write(o.usersWrite(), func(ctx context.Context, tx *store.Tx) error {
			return o.directory.Merge(ctx, tx, o.grace.ID, other.ID)
		}), "merged into a member")
		o.isNow(o.grace, user.RoleLEARNER, "refused")
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Merge(ctx, tx, o.grace.ID, other.ID) })
		o.enters(alans(), true, "merged by an owner")
		o.isNow(o.grace, user.RoleADMIN, "merged by an owner")

		alan, until := o.learner("alan@acme.test"), o.store.Now().Add(time.Hour)
		o.prove("acme.test")
		group := o.group("more admins", alan)
		o.configure(func(s *schema.SignOnSettings) {
			s.Roles, s.LinkUntil = []schema.RoleRule{{Group: group.ID, Role: "ADMIN"}}, &until
		})
		o.enters(map[string]any{"sub": "alan-8", "email": "alan@acme.test", "email_verified": true}, false, "by name")
	})
}

// An account that a name or an administrator has made a learner's waits for an owner
// before that person does more.
func TestAccountsOfLearnersWhoComeToMore(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		alan := o.given("alan@acme.test", alans())
		o.enters(alans(), true, "a learner")

		// By hand: the account goes.
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return o.directory.ChangeRole(ctx, tx, alan.ID, user.RoleAUDITOR, uuid.Nil)
		})
		if n := o.events("identity.unlinked"); n != 1 {
			o.Errorf("%d events of accounts that were taken away, want 1", n)
		}
		o.enters(alans(), false, "made an auditor")
		o.approved(o.inOrg(), alan)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return o.directory.ChangeRole(ctx, tx, alan.ID, user.RoleADMIN, uuid.Nil)
		})
		o.enters(alans(), true, "approved by an owner, made an administrator")
		how := o.store.Read().Identity.Query().Where(identity.UserID(alan.ID)).OnlyX(o.inOrg()).How
		if how != "approved_by_owner" {
			o.Errorf("linked as %s", how)
		}

		// By a group: the account waits.
		eves := map[string]any{"sub": "eve-9", "name": "Eve"}
		eve := o.given("eve@acme.test", eves)
		o.enters(eves, true, "a learner")
		o.adminsBy(eve)
		o.enters(eves, false, "in a group that gives a role")
		o.isNow(eve, user.RoleLEARNER, "in a group that gives a role")
		if n := o.store.Read().Identity.Query().Where(identity.UserID(eve.ID)).CountX(o.inOrg()); n != 0 {
			o.Errorf("%d accounts", n)
		}
		o.forbidden(o.approve(o.usersWrite(), eve), "in a group that gives a role")
		o.approved(o.inOrg(), eve)
		o.enters(eves, true, "approved by an owner")
		o.isNow(eve, user.RoleADMIN, "approved by an owner")
	})
}

// What the provider says of an account itself needs no owner: the role is the account's.
func TestRolesByClaimKeepTheAccount(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		alan := o.given("alan@acme.test", alans())
		o.configure(func(s *schema.SignOnSettings) {
			s.Roles = []schema.RoleRule{{Claim: "roles", Value: "admin", Role: "ADMIN"}}
		})
		for range 2 {
			o.enters(with(alans(), "roles", "admin"), true, "by claim")
			o.isNow(alan, user.RoleADMIN, "by claim")
		}
	})
}

// A role that rules gave goes with the person who is deleted, and doesn't come back.
func TestRestoredWithoutTheRoleOfAGroup(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.adminsBy(o.grace)
		o.enters(graces(), true, "in the group")
		o.isNow(o.grace, user.RoleADMIN, "in the group")
		for _, do := range []func(context.Context, *store.Tx, uuid.UUID) error{o.directory.Delete, o.directory.Restore, o.directory.Reactivate} {
			if err := o.store.Write(o.usersWrite(), func(ctx context.Context, tx *store.Tx) error { return do(ctx, tx, o.grace.ID) }); err != nil {
				o.Fatal(err)
			}
		}
		o.isNow(o.grace, user.RoleLEARNER, "restored, in no group")
	})
}

// Whoever removes single sign-on reads afterwards whose accounts, and whose roles, went.
func TestRemovedSignOnLeavesEvents(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.adminsBy(o.grace)
		o.enters(graces(), true, "in the group")
		o.signIn(o.visitor(), alans())
		b := o.visitor()
		o.signIn(b, graces())
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.RemoveSignOn(ctx, tx, o.conn.ID) })
		b.signedIn(false)
		o.isNow(o.grace, user.RoleLEARNER, "without single sign-on")
		last := o.store.Read().Event.Query().Where(event.KindIn("identity.removed", "pendinglink.removed", "signon.removed", "user.role_changed", "session.ended")).
			Order(event.ByID()).AllX(o.inOrg())
		var kinds []string
		for _, e := range last {
			kinds = append(kinds, e.Kind)
		}
		for kind, want := range map[string]int{"identity.removed": 1, "pendinglink.removed": 1, "signon.removed": 1, "user.role_changed": 2} {
			if n := len(slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return k != kind })); n != want {
				o.Errorf("%d of %s, want %d: %v", n, kind, want, kinds)
			}
		}
	})
}

// A directory gives an auditor no other externalId, by which an account would be theirs.
func TestAuditorsKeepTheirIdentity(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.grace.ID).SetRole(user.RoleAUDITOR).Exec(ctx)
		})
		if status := o.directoryRenames(o.grace, "alan-7"); status != http.StatusConflict {
			o.Errorf("%d", status)
		}
		o.enters(alans(), false, "with an auditor's externalId")
	})
}
