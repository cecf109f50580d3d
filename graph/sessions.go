package graph

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/passkey"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// sessionsOf brings the sessions of people that still hold, the newest in front.
func (l *loader) sessionsOf(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID][]*ent.Session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.sessions, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().Session.Query().Where(session.UserIDIn(lacking...), session.ExpiresAtGT(l.r.store.Now())).
			Order(session.ByID(sql.OrderDesc())).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.sessions[id] = []*ent.Session{}
		}
		for _, s := range found {
			l.sessions[s.UserID] = append(l.sessions[s.UserID], s)
		}
	}
	return picked(l.sessions, ids), nil
}

// passkeysOf brings the passkeys of people, the oldest in front.
func (l *loader) passkeysOf(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID][]*ent.Passkey, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.passkeys, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().Passkey.Query().Where(passkey.UserIDIn(lacking...)).Order(passkey.ByID()).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.passkeys[id] = []*ent.Passkey{}
		}
		for _, k := range found {
			l.passkeys[k.UserID] = append(l.passkeys[k.UserID], k)
		}
	}
	return picked(l.passkeys, ids), nil
}

// signedIn is who asks by a session: what is one's own to end or to rename can't
// be touched by a token. Nobody has the nil id, and nothing of theirs is there.
func signedIn(ctx context.Context) (person, current uuid.UUID) {
	if s := requestOf(ctx).grant.Session; s != nil {
		return s.UserID, s.ID
	}
	return uuid.Nil, uuid.Nil
}

// endOwnSession ends a session of the person who asks.
func (r *Resolver) endOwnSession(ctx context.Context, id uuid.UUID) (*EndSessionsPayload, error) {
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		person, _ := signedIn(ctx)
		own, err := tx.Session.Query().Where(session.ID(id), session.UserID(person)).Exist(ctx)
		if err != nil {
			return err
		}
		if !own {
			return fault.New(fault.NotFound, "there is no such session; it may have ended")
		}
		return r.access.EndSession(ctx, tx, id)
	})
	return &EndSessionsPayload{Ended: 1}, err
}

// endOwnSessions ends the other sessions of the person who asks.
func (r *Resolver) endOwnSessions(ctx context.Context) (out *EndSessionsPayload, err error) {
	person, current := signedIn(ctx)
	err = r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := r.access.EndSessions(ctx, tx, person, current)
		out = &EndSessionsPayload{Ended: n}
		return err
	})
	return out, err
}

// endSessionsOf ends all sessions of somebody whom the caller may change.
func (r *Resolver) endSessionsOf(ctx context.Context, id uuid.UUID) (out *EndSessionsPayload, err error) {
	err = r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := r.directory.Person(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := r.access.EndSessions(ctx, tx, u.ID, uuid.Nil)
		out = &EndSessionsPayload{Ended: n}
		return err
	})
	return out, err
}

// removePasskeysOf removes all passkeys of somebody whom the caller may change.
func (r *Resolver) removePasskeysOf(ctx context.Context, id uuid.UUID) (out *RemovePasskeysPayload, err error) {
	err = r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := r.directory.Person(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := r.access.RemovePasskeys(ctx, tx, u.ID)
		out = &RemovePasskeysPayload{Removed: n}
		return err
	})
	return out, err
}

// changePasskeys does something to the passkeys of the person who asks.
func (r *Resolver) changePasskeys(ctx context.Context, change func(ctx context.Context, tx *store.Tx, person uuid.UUID) error) (*PasskeyPayload, error) {
	person, _ := signedIn(ctx)
	if err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return change(ctx, tx, person) }); err != nil {
		return nil, err
	}
	keys, err := r.access.Passkeys(ctx, person)
	return &PasskeyPayload{Passkeys: keys}, err
}

// signOut ends the session that asks; one that has ended meanwhile is out too.
func (r *Resolver) signOut(ctx context.Context) (*SignOutPayload, error) {
	_, current := signedIn(ctx)
	if current == uuid.Nil {
		return &SignOutPayload{}, nil
	}
	if _, err := r.endOwnSession(ctx, current); err != nil && fault.CodeOf(err) != fault.NotFound {
		return nil, err
	}
	requestOf(ctx).clear(access.SessionCookie)
	return &SignOutPayload{Ended: true}, nil
}
