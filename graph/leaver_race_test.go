package graph_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
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

// Nobody has saved the connection as an owner would, so it signs learners in alone: also
// when somebody becomes an owner while the account is linked, or between that and the
// session.
func TestSigningInBesideANewOwner(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			if _, err := h.signOns.Configure(ctx, tx, h.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall"}); err != nil {
				return err
			}
			if _, err := h.signOns.AddSecret(ctx, tx, h.conn.ID, "secret", nil); err != nil {
				return err
			}
			on, err := h.signOns.Switch(ctx, tx, h.conn.ID, true, false)
			if err != nil {
				return err
			}
			settings := on.Settings
			settings.Vouched = false
			return tx.SignOn.UpdateOneID(on.ID).SetSettings(settings).Exec(ctx)
		})
		promote := func(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
			return h.directory.ChangeRole(ctx, tx, id, user.RoleOWNER, uuid.Nil)
		}
		provisioned := func(name string) uuid.UUID {
			id := e.provisions(name + "@acme.test")
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(id).SetExternalID(name).Exec(ctx)
			})
			return id
		}
		admit := func(name string) (v *directory.Verdict, err error) {
			err = h.store.Write(h.in(h.org.ID), func(ctx context.Context, tx *store.Tx) (err error) {
				v, err = h.directory.Admit(ctx, tx, h.conn.ID, directory.Account{Issuer: "https://idp.test", Subject: name, ExternalID: name})
				return err
			})
			return v, err
		}

		ada := provisioned("ada")
		done := make(chan error, 1)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			if err := promote(ctx, tx, ada); err != nil {
				return err
			}
			go func() { _, err := admit("ada"); done <- err }()
			h.waits(1)
			return nil
		})
		if err := <-done; err != nil && fault.CodeOf(err) != fault.Conflict {
			h.Fatal(err)
		}
		if n := h.store.Read().Identity.Query().CountX(h.in(h.org.ID)); n != 0 {
			h.Error("the account was linked to an owner")
		}

		bob := provisioned("bob")
		v, err := admit("bob")
		if err != nil || v.User == nil {
			h.Fatalf("a learner: %+v, %v", v, err)
		}
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return promote(ctx, tx, bob) })
		err = h.store.Write(h.in(h.org.ID), func(ctx context.Context, tx *store.Tx) error {
			_, _, err := h.access.StartSession(ctx, tx, v.User, access.NewSession{Method: session.MethodOIDC, Connection: h.conn.ID, Identity: v.Identity.ID})
			return err
		})
		if fault.CodeOf(err) != fault.Unauthenticated {
			h.Errorf("an owner is signed in: %v", err)
		}
	})
}
