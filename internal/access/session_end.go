package access

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// EndSession ends a session of the actor's organization by its id. Errors:
// fault.NotFound when there is none.
func (a *Access) EndSession(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	s, err := tx.Session.Query().Where(session.ID(id), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return fault.New(fault.NotFound, "there is no such session; it may have ended").Because(err)
	}
	if err != nil {
		return err
	}
	return endSession(ctx, tx, s)
}

// EndSessions ends every session of a person but one, uuid.Nil for none spared,
// and returns how many that were.
func (a *Access) EndSessions(ctx context.Context, tx *store.Tx, user, but uuid.UUID) (int, error) {
	return endAll(ctx, tx, session.UserID(user), session.IDNEQ(but))
}

// endAll ends the sessions of the actor's organization that fit, and returns how many
// that were.
func endAll(ctx context.Context, tx *store.Tx, which ...predicate.Session) (int, error) {
	all, err := tx.Session.Query().Where(which...).Where(store.Lock).Order(session.ByID()).All(ctx)
	if err != nil {
		return 0, err
	}
	for _, s := range all {
		if err := endSession(ctx, tx, s); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// EndProviderSession ends the sessions that began with a session at an identity
// provider, by its id there.
func (a *Access) EndProviderSession(ctx context.Context, connection uuid.UUID, id string) error {
	return a.endFound(ctx, session.ConnectionID(connection), session.ProviderSession(id), session.ProviderSessionNEQ(""))
}

// EndAccountSessions ends the sessions that began with an account.
func (a *Access) EndAccountSessions(ctx context.Context, identity uuid.UUID) error {
	return a.endFound(ctx, session.IdentityID(identity))
}

// EndNamedSessions ends the sessions of a SAML connection that began for a NameID,
// all of them or those with one of the indexes.
func (a *Access) EndNamedSessions(ctx context.Context, connection uuid.UUID, name string, indexes []string) error {
	which := []predicate.Session{session.ConnectionID(connection), session.LogoutHint(name), session.LogoutHintNEQ("")}
	if len(indexes) > 0 {
		which = append(which, session.ProviderSessionIn(indexes...))
	}
	return a.endFound(ctx, which...)
}

// endFound looks before it writes: most messages about sessions find none.
func (a *Access) endFound(ctx context.Context, which ...predicate.Session) error {
	found, err := a.store.Read().Session.Query().Where(which...).Exist(ctx)
	if err != nil || !found {
		return err
	}
	return a.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := endAll(ctx, tx, which...)
		return err
	})
}

func endSession(ctx context.Context, tx *store.Tx, s *ent.Session) error {
	if err := tx.Session.DeleteOneID(s.ID).Exec(ctx); err != nil {
		return err
	}
	tx.Name(s.ID, "ended")
	return nil
}

// SignOut ends the session with that secret. A secret that opens nothing is no
// error: what its holder wants is so already.
func (a *Access) SignOut(ctx context.Context, secret string) error {
	s, err := a.sessionOf(ctx, secret)
	if err != nil || s == nil {
		return err
	}
	err = a.store.Write(as(ctx, s.OrgID, s.UserID), func(ctx context.Context, tx *store.Tx) error {
		return a.EndSession(ctx, tx, s.ID)
	})
	if fault.CodeOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// as returns a context in which a person acts who is signing in or out.
func as(ctx context.Context, org, person uuid.UUID) context.Context {
	return actor.With(ctx, actor.Actor{Kind: actor.User, ID: person, User: person, Org: org})
}
