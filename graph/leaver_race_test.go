package graph_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// by is what a request of a person does once the door has let it in.
func (h *house) by(u *ent.User, do func(context.Context, *store.Tx) error) error {
	ctx := actor.With(h.Context(), actor.Actor{Kind: actor.User, ID: u.ID, User: u.ID, Org: u.OrgID, Role: string(u.Role), Scopes: access.ScopesOf(u.Role)})
	return h.store.Write(ctx, do)
}

func mine(u *ent.User) access.NewToken {
	return access.NewToken{Kind: token.KindAPI, User: u.ID, Name: "mine", Scopes: []string{"users:read"}}
}

// A personal token that is made, or rotated, while its owner is locked out is revoked like
// the others: it doesn't wait for the person to come back.
func TestPersonalTokensMadeWhileTheOwnerLeaves(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleAUDITOR)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.directory.Deactivate(ctx, tx, ada.ID) })
		err := h.by(ada, func(ctx context.Context, tx *store.Tx) error {
			_, _, err := h.access.CreateToken(ctx, tx, mine(ada))
			return err
		})
		if fault.CodeOf(err) != fault.Unauthenticated {
			h.Errorf("somebody who is locked out makes a token: %v", err)
		}

		bob := h.person("bob@acme.test", user.RoleAUDITOR)
		var old *ent.Token
		if err := h.by(bob, func(ctx context.Context, tx *store.Tx) (err error) {
			_, old, err = h.access.CreateToken(ctx, tx, mine(bob))
			return err
		}); err != nil {
			h.Fatal(err)
		}
		out := make(chan error, 1)
		if err := h.by(bob, func(ctx context.Context, tx *store.Tx) error {
			if _, _, err := h.access.RotateToken(ctx, tx, old.ID, 0); err != nil {
				return err
			}
			go func() {
				out <- h.store.Write(h.in(h.org.ID), func(ctx context.Context, tx *store.Tx) error { return h.directory.Deactivate(ctx, tx, bob.ID) })
			}()
			h.waits(1)
			return nil
		}); err != nil {
			h.Fatal(err)
		}
		if err := <-out; err != nil {
			h.Fatal(err)
		}
		if n := h.store.Read().Token.Query().Where(token.UserIDIn(ada.ID, bob.ID), token.RevokedAtIsNil()).CountX(h.in(h.org.ID)); n != 0 {
			h.Errorf("%d personal tokens are not revoked", n)
		}
	})
}

// Single sign-on is never required with nobody left for the day on which it fails.
func TestRequiringSingleSignOnBesideALeavingOwner(t *testing.T) {
	onBoth(t, func(h *house) {
		h.person("olga@acme.test", user.RoleOWNER)
		glass := h.person("glass@acme.test", user.RoleOWNER)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			if _, err := h.signOns.Configure(ctx, tx, h.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall"}); err != nil {
				return err
			}
			if _, err := h.signOns.AddSecret(ctx, tx, h.conn.ID, "secret", nil); err != nil {
				return err
			}
			_, err := h.signOns.Switch(ctx, tx, h.conn.ID, true, false)
			return err
		})
		required := make(chan error, 1)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			if err := h.directory.Deactivate(ctx, tx, glass.ID); err != nil {
				return err
			}
			go func() {
				required <- h.store.Write(h.in(h.org.ID), func(ctx context.Context, tx *store.Tx) error {
					_, err := h.directory.RequireSSO(ctx, tx, true, []uuid.UUID{glass.ID})
					return err
				})
			}()
			for h.store.Postgres() && len(required) == 0 && h.waiting() == 0 {
			}
			return nil
		})
		if err := <-required; fault.CodeOf(err) != fault.Invalid {
			h.Errorf("single sign-on is required, and nobody gets in without: %v", err)
		}
	})
}
