package directory

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// What becomes of the accounts at identity providers when a person, single sign-on or
// a connection goes.

// forgetIdentities unties a person who is deleted: the account at the provider may
// belong to whom the directory sends next under the same key. It returns the role that
// the person is left with.
func forgetIdentities(ctx context.Context, tx *store.Tx, u *ent.User) (user.Role, error) {
	role := u.Role
	if mayDoMore(u) {
		accounts, err := tx.Identity.Query().Where(identity.UserID(u.ID)).All(ctx)
		if err != nil {
			return "", err
		}
		role = roleWithout(u, accounts...)
	}
	gone, err := collectIDs(tx.Query(ctx, "DELETE FROM identities WHERE org_id = ? AND user_id = ? RETURNING id", u.OrgID, u.ID))
	for _, id := range gone {
		tx.Note(ent.TypeIdentity, id, "removed", map[string]any{"user_id": u.ID})
	}
	return role, err
}

// moveIdentities lets one person sign in with the accounts of another, because the
// actor says so. The role that rules gave for them does not come along.
func moveIdentities(ctx context.Context, tx *store.Tx, from, to *ent.User) error {
	if there, err := tx.Identity.Query().Where(identity.UserID(from.ID)).Exist(ctx); err != nil || !there {
		return err
	}
	how, err := mayGiveAccount(ctx, tx.Client, to)
	if err != nil {
		return err
	}
	moved, err := collectIDs(tx.Query(ctx, "UPDATE identities SET user_id = ?, how = ?, fits = NULL WHERE org_id = ? AND user_id = ? RETURNING id",
		to.ID, how, from.OrgID, from.ID))
	for _, id := range moved {
		tx.NoteUpdate(ent.TypeIdentity, id, map[string]any{"user_id": from.ID}, map[string]any{"user_id": to.ID, "how": how})
		tx.Name(id, "moved")
	}
	return err
}

// RemoveSignOn forgets how people sign in through a connection: settings, secrets, and
// whose account is whose. The sessions that began through it end, and so do the roles
// that its rules gave; the people stay. Errors: fault.NotFound, fault.Conflict when the
// organization requires single sign-on and has no other way of it.
func (d *Directory) RemoveSignOn(ctx context.Context, tx *store.Tx, connection uuid.UUID) error {
	on, err := lockSignOn(ctx, tx, connection)
	if err != nil {
		return err
	}
	if on == nil {
		return fault.New(fault.NotFound, "nobody can sign in through this connection; set single sign-on up first")
	}
	if err := d.takeRolesOf(ctx, tx, connection); err != nil {
		return err
	}
	return forgetSignOn(ctx, tx, on.OrgID, connection)
}

// lockSignOn takes how people sign in through a connection that is to be forgotten,
// nil when nobody can: whoever signs in holds it until the session is there. Errors:
// fault.Conflict when it is the only way in of an organization that requires single
// sign-on.
func lockSignOn(ctx context.Context, tx *store.Tx, connection uuid.UUID) (*ent.SignOn, error) {
	on, err := tx.SignOn.Query().Where(signon.ConnectionID(connection), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil || !on.Enabled {
		return on, err
	}
	org, err := lockOrganization(ctx, tx)
	if err != nil || !org.Settings.RequireSSO {
		return on, err
	}
	others, err := tx.SignOn.Query().Where(signon.Enabled(true), signon.ConnectionIDNEQ(connection)).Exist(ctx)
	if err == nil && !others {
		err = fault.New(fault.Conflict, "the organization requires single sign-on, and this connection is the only way of it; take the requirement back first")
	}
	return on, err
}

// takeRolesOf takes the roles away that rules gave for the accounts of a connection. It
// takes statements for those who lose one, and three for all others.
func (d *Directory) takeRolesOf(ctx context.Context, tx *store.Tx, connection uuid.UUID) error {
	accounts, err := tx.Identity.Query().Where(identity.ConnectionID(connection), identity.FitsNotNil(), func(s *sql.Selector) {
		u := sql.Table(user.Table)
		s.Where(sql.In(s.C(identity.FieldUserID), sql.Select(u.C(user.FieldID)).From(u).Where(sql.In(u.C(user.FieldRole), user.RoleADMIN, user.RoleAUDITOR))))
	}).All(ctx)
	if err != nil || len(accounts) == 0 {
		return err
	}
	of := map[uuid.UUID][]*ent.Identity{}
	ids := make([]uuid.UUID, len(accounts))
	for n, i := range accounts {
		ids[n], of[i.UserID] = i.UserID, append(of[i.UserID], i)
	}
	people, err := tx.User.Query().Where(d.store.Among(user.FieldID, ids), store.Lock).Order(user.ByID()).All(ctx)
	if err != nil {
		return err
	}
	for _, u := range people {
		if err := takeRole(ctx, tx, u, of[u.ID]...); err != nil {
			return err
		}
	}
	return nil
}

// forgetSignOn ends the sessions that began through a connection, and removes how
// people signed in through it.
func forgetSignOn(ctx context.Context, tx *store.Tx, org, connection uuid.UUID) error {
	for _, s := range []struct{ entity, verb, sql string }{
		{ent.TypeSession, "ended", "DELETE FROM sessions"},
		{ent.TypeIdentity, "removed", "DELETE FROM identities"},
		{ent.TypePendingLink, "removed", "DELETE FROM pending_links"},
		{ent.TypeSignOn, "removed", "DELETE FROM sign_ons"},
	} {
		ids, err := collectIDs(tx.Query(ctx, s.sql+" WHERE org_id = ? AND connection_id = ? RETURNING id", org, connection))
		if err != nil {
			return err
		}
		for _, id := range ids {
			tx.Note(s.entity, id, s.verb, nil)
		}
	}
	_, err := tx.Exec(ctx, "UPDATE domains SET connection_id = NULL WHERE org_id = ? AND connection_id = ?", org, connection)
	return err
}

func (r *removal) lockSignOn(ctx context.Context) error {
	_, err := lockSignOn(ctx, r.tx, r.conn.ID)
	return err
}

// takeRoles comes before the people go: their Events are to say that they went.
func (r *removal) takeRoles(ctx context.Context) error { return r.d.takeRolesOf(ctx, r.tx, r.conn.ID) }

// forgetSignOn also revokes the clients that got tokens for the connection, which the
// history of people names.
func (r *removal) forgetSignOn(ctx context.Context) error {
	if err := forgetSignOn(ctx, r.tx, r.conn.OrgID, r.conn.ID); err != nil {
		return err
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
	_, err = r.tx.Exec(ctx, "DELETE FROM spents WHERE org_id = ? AND connection_id = ?", r.conn.OrgID, r.conn.ID)
	return err
}
