package sso_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// While single sign-on is required, neither the owner who is named for the bad day nor the
// only connection can be taken away.
func TestARequirementLeavesAWayIn(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		glass := o.person("glass@acme.test", "Glass")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RequireSSO(ctx, tx, true, []uuid.UUID{glass.ID})
			return err
		})
		err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, glass.ID) })
		if fault.CodeOf(err) != fault.Conflict {
			o.Errorf("the only break-glass owner can be deactivated: %v", err)
		}
		err = o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			return o.directory.ChangeRole(ctx, tx, glass.ID, user.RoleLEARNER, uuid.Nil)
		})
		if fault.CodeOf(err) != fault.Conflict {
			o.Errorf("and demoted: %v", err)
		}
		err = o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RemoveConnection(ctx, tx, o.conn.ID, directory.KeepPeople)
			return err
		})
		if fault.CodeOf(err) != fault.Conflict {
			o.Errorf("the only connection can be removed, and now nobody gets in: %v", err)
		}
	})
}

// Nor do they go with the connection that provisions them.
func TestARemovedConnectionLeavesAWayIn(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		glass := o.person("glass@acme.test", "Glass")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			c, err := o.directory.CreateConnection(ctx, tx, "other", "GENERIC", o.conn.Settings)
			if err != nil {
				return err
			}
			glass, err = tx.User.UpdateOneID(glass.ID).SetConnectionID(c.ID).Save(ctx)
			return err
		})
		remove := func(people directory.LeftPeople) error {
			return o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.RemoveConnection(ctx, tx, *glass.ConnectionID, people)
				return err
			})
		}
		require := func(named ...uuid.UUID) {
			o.Helper()
			o.write(func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.RequireSSO(ctx, tx, true, named)
				return err
			})
		}
		require(glass.ID)
		for _, people := range []directory.LeftPeople{directory.DeactivatePeople, directory.RemovePeople} {
			if err := remove(people); fault.CodeOf(err) != fault.Conflict {
				o.Errorf("the only break-glass owner goes with the connection: %v", err)
			}
		}
		b := o.visitor()
		b.open(o.link(glass))
		b.signedIn(true)
		require(glass.ID, o.ada.ID)
		if err := remove(directory.DeactivatePeople); err != nil {
			o.Errorf("another one is named: %v", err)
		}
	})
}

// A link that doesn't work ends nobody's session.
func TestARefusedLinkLeavesTheSession(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		b, link := o.visitor(), o.link(o.ada)
		o.signIn(b, graces())
		glass := o.person("glass@acme.test", "Glass")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RequireSSO(ctx, tx, true, []uuid.UUID{glass.ID})
			return err
		})
		b.open(link).want(o.T, http.StatusNotFound, "This link doesn’t work any more")
		b.signedIn(true)
	})
}
