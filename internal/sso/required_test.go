package sso_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
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
		if err == nil {
			o.Errorf("the only break-glass owner can be deactivated")
		}
		err = o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			return o.directory.ChangeRole(ctx, tx, glass.ID, user.RoleLEARNER, uuid.Nil)
		})
		if err == nil {
			o.Errorf("and demoted")
		}
		err = o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RemoveConnection(ctx, tx, o.conn.ID, directory.KeepPeople)
			return err
		})
		if err == nil {
			b := o.visitor()
			b.open(o.link(o.ada))
			b.signedIn(true)
			o.Errorf("the only connection can be removed, and now nobody gets in")
		}
	})
}
