package directory

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// What becomes of the accounts at identity providers when a person or a
// connection goes.

// forgetIdentities unties a person who is deleted: the account at the provider may
// belong to whom the directory sends next under the same key.
func forgetIdentities(ctx context.Context, tx *store.Tx, u *ent.User) error {
	gone, err := collectIDs(tx.Query(ctx, "DELETE FROM identities WHERE org_id = ? AND user_id = ? RETURNING id", u.OrgID, u.ID))
	for _, id := range gone {
		tx.Note(ent.TypeIdentity, id, "removed", map[string]any{"user_id": u.ID})
	}
	return err
}

// moveIdentities lets one person sign in with the accounts of another.
func moveIdentities(ctx context.Context, tx *store.Tx, from, to *ent.User) error {
	if there, err := tx.Identity.Query().Where(identity.UserID(from.ID)).Exist(ctx); err != nil || !there {
		return err
	}
	if err := mayGiveAccount(ctx, to); err != nil {
		return err
	}
	moved, err := collectIDs(tx.Query(ctx, "UPDATE identities SET user_id = ? WHERE org_id = ? AND user_id = ? RETURNING id", to.ID, from.OrgID, from.ID))
	for _, id := range moved {
		tx.NoteUpdate(ent.TypeIdentity, id, map[string]any{"user_id": from.ID}, map[string]any{"user_id": to.ID})
		tx.Name(id, "moved")
	}
	return err
}

// keepAWayIn refuses to remove the only way of signing in of an organization that
// requires single sign-on.
func (r *removal) keepAWayIn(ctx context.Context) error {
	org, err := lockOrganization(ctx, r.tx)
	if err != nil || !org.Settings.RequireSSO {
		return err
	}
	others, err := r.tx.SignOn.Query().Where(signon.Enabled(true), signon.ConnectionIDNEQ(r.conn.ID)).Exist(ctx)
	if err == nil && !others {
		err = fault.New(fault.Conflict, "the organization requires single sign-on, and %s is the only way of it; take the requirement back first", r.conn.Name)
	}
	return err
}

// forgetSignOn ends the sessions that began through the connection, removes how
// people signed in through it, and revokes the clients that got tokens for it, which
// the history of people names.
func (r *removal) forgetSignOn(ctx context.Context) error {
	// Taken first: whoever signs in holds it until the session is there.
	on, err := r.tx.SignOn.Query().Where(signon.ConnectionID(r.conn.ID), store.Lock).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return err
	}
	if on != nil && on.Enabled {
		if err := r.keepAWayIn(ctx); err != nil {
			return err
		}
	}
	for _, s := range []struct{ entity, verb, sql string }{
		{ent.TypeSession, "ended", "DELETE FROM sessions"},
		{ent.TypeIdentity, "removed", "DELETE FROM identities"},
		{ent.TypePendingLink, "removed", "DELETE FROM pending_links"},
		{ent.TypeSignOn, "removed", "DELETE FROM sign_ons"},
	} {
		ids, err := collectIDs(r.tx.Query(ctx, s.sql+" WHERE org_id = ? AND connection_id = ? RETURNING id", r.conn.OrgID, r.conn.ID))
		if err != nil {
			return err
		}
		for _, id := range ids {
			r.tx.Note(s.entity, id, s.verb, nil)
		}
	}
	revoked, err := collectIDs(r.tx.Query(ctx, "UPDATE scim_clients SET revoked_at = ? WHERE org_id = ? AND connection_id = ? AND revoked_at IS NULL RETURNING id",
		r.tx.Now(), r.conn.OrgID, r.conn.ID))
	if err != nil {
		return err
	}
	for _, id := range revoked {
		r.tx.NoteUpdate(ent.TypeScimClient, id, map[string]any{"revoked_at": nil}, map[string]any{"revoked_at": r.tx.Now()})
		r.tx.Name(id, "revoked")
	}
	for _, sql := range []string{"DELETE FROM spents", "UPDATE domains SET connection_id = NULL"} {
		if _, err := r.tx.Exec(ctx, sql+" WHERE org_id = ? AND connection_id = ?", r.conn.OrgID, r.conn.ID); err != nil {
			return err
		}
	}
	return nil
}
