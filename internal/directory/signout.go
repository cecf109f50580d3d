package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/passkey"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signinlink"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/store"
)

// signOut ends all that lets a person in: sessions, links that nobody has used,
// and personal tokens. Passkeys stay and count again on return, as memberships
// do. The person's row is locked, and whoever signs in locks it first, so that
// nothing new begins meanwhile.
func signOut(ctx context.Context, tx *store.Tx, u *ent.User) error {
	sessions, links, tokens, err := admissions(ctx, tx, u)
	if err != nil {
		return err
	}
	if sessions {
		err = endSessions(ctx, tx, u, uuid.Nil)
	}
	if err == nil && links {
		err = endLinks(ctx, tx, u)
	}
	if err == nil && tokens {
		err = revokeTokens(ctx, tx, u)
	}
	return err
}

// admissions says with one statement what a person could come in with. Most have
// nothing when the directory deactivates them.
func admissions(ctx context.Context, tx *store.Tx, u *ent.User) (sessions, links, tokens bool, err error) {
	rows, err := tx.Query(ctx, `SELECT
		EXISTS (SELECT 1 FROM sessions WHERE org_id = ? AND user_id = ?),
		EXISTS (SELECT 1 FROM sign_in_links WHERE org_id = ? AND user_id = ? AND used_at IS NULL),
		EXISTS (SELECT 1 FROM tokens WHERE user_id = ? AND revoked_at IS NULL)`,
		u.OrgID, u.ID, u.OrgID, u.ID, u.ID)
	if err != nil {
		return false, false, false, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(&sessions, &links, &tokens); err != nil {
			return false, false, false, err
		}
	}
	return sessions, links, tokens, rows.Err()
}

func endSessions(ctx context.Context, tx *store.Tx, u *ent.User, but uuid.UUID) error {
	all, err := tx.Session.Query().Where(session.UserID(u.ID), session.IDNEQ(but), store.Lock).Order(session.ByID()).All(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := tx.Session.DeleteOneID(s.ID).Exec(ctx); err != nil {
			return err
		}
		tx.Name(s.ID, "ended")
	}
	return nil
}

func endLinks(ctx context.Context, tx *store.Tx, u *ent.User) error {
	all, err := tx.SignInLink.Query().Where(signinlink.UserID(u.ID), signinlink.UsedAtIsNil(), store.Lock).Order(signinlink.ByID()).All(ctx)
	if err != nil {
		return err
	}
	for _, l := range all {
		if err := tx.SignInLink.DeleteOneID(l.ID).Exec(ctx); err != nil {
			return err
		}
		tx.Name(l.ID, "ended")
	}
	return nil
}

func removePasskeys(ctx context.Context, tx *store.Tx, u *ent.User) error {
	all, err := tx.Passkey.Query().Where(passkey.UserID(u.ID), store.Lock).Order(passkey.ByID()).All(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := tx.Passkey.DeleteOneID(p.ID).Exec(ctx); err != nil {
			return err
		}
		tx.Name(p.ID, "removed")
	}
	return nil
}

func revokeTokens(ctx context.Context, tx *store.Tx, u *ent.User) error {
	all, err := tx.Token.Query().Where(token.UserID(u.ID), token.RevokedAtIsNil(), store.Lock).Order(token.ByID()).All(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if err := tx.Token.UpdateOneID(t.ID).SetRevokedAt(tx.Now()).Exec(ctx); err != nil {
			return err
		}
		tx.Name(t.ID, "revoked")
	}
	return nil
}
