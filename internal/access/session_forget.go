package access

import (
	"context"

	"github.com/rollcall/rollcall/ent/challenge"
	"github.com/rollcall/rollcall/ent/download"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signinlink"
	"github.com/rollcall/rollcall/ent/spent"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// forgetBatch is how many rows of one kind a transaction of Forget deletes at most.
// Challenges, which leave no Events, go all at once.
const forgetBatch = 500

// Forget deletes the sessions, links, downloads, challenges and access tokens of the actor's
// organization whose time is over, and returns how many rows that were. They open nothing
// since; their Events remain.
func (a *Access) Forget(ctx context.Context) (total int, err error) {
	for {
		var done [5]int
		err := a.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			for i, forget := range []func(context.Context, *store.Tx) (int, error){forgetSessions, forgetLinks, forgetDownloads, forgetChallenges, forgetAccessTokens} {
				if done[i], err = forget(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return total, err
		}
		more := false
		for _, n := range done {
			total += n
			more = more || n >= forgetBatch
		}
		if !more {
			return total, nil
		}
	}
}

func forgetSessions(ctx context.Context, tx *store.Tx) (int, error) {
	over, err := tx.Session.Query().Where(session.ExpiresAtLTE(tx.Now()), store.Lock).Order(session.ByID()).Limit(forgetBatch).All(ctx)
	if err != nil {
		return 0, err
	}
	for _, s := range over {
		if err := tx.Session.DeleteOneID(s.ID).Exec(ctx); err != nil {
			return 0, err
		}
		tx.Name(s.ID, "expired")
	}
	return len(over), nil
}

func forgetLinks(ctx context.Context, tx *store.Tx) (int, error) {
	over, err := tx.SignInLink.Query().Where(signinlink.ExpiresAtLTE(tx.Now()), store.Lock).Order(signinlink.ByID()).Limit(forgetBatch).All(ctx)
	if err != nil {
		return 0, err
	}
	for _, l := range over {
		if err := tx.SignInLink.DeleteOneID(l.ID).Exec(ctx); err != nil {
			return 0, err
		}
		tx.Name(l.ID, "expired")
	}
	return len(over), nil
}

func forgetDownloads(ctx context.Context, tx *store.Tx) (int, error) {
	over, err := tx.Download.Query().Where(download.ExpiresAtLTE(tx.Now()), store.Lock).Order(download.ByID()).Limit(forgetBatch).All(ctx)
	if err != nil {
		return 0, err
	}
	for _, d := range over {
		if err := tx.Download.DeleteOneID(d.ID).Exec(ctx); err != nil {
			return 0, err
		}
		tx.Name(d.ID, "expired")
	}
	return len(over), nil
}

// forgetChallenges forgets messages of identity providers too: they are refused for
// their age from now on.
func forgetChallenges(ctx context.Context, tx *store.Tx) (int, error) {
	n, err := tx.Challenge.Delete().Where(challenge.ExpiresAtLTE(tx.Now())).Exec(ctx)
	if err != nil {
		return 0, err
	}
	spent, err := tx.Spent.Delete().Where(spent.ExpiresAtLTE(tx.Now())).Exec(ctx)
	return n + spent, err
}

// accessTokenKept is how long an access token that has expired is still told from one
// that nobody knows.
const accessTokenKept = day

// forgetAccessTokens leaves no Events: those that were made when the tokens were
// issued say when they end.
func forgetAccessTokens(ctx context.Context, tx *store.Tx) (int, error) {
	over, err := tx.Token.Query().Where(token.ClientIDNotNil(), token.ExpiresAtLTE(tx.Now().Add(-accessTokenKept))).
		Order(token.ByID()).Limit(forgetBatch).IDs(ctx)
	if err != nil || len(over) == 0 {
		return 0, err
	}
	among, list := tx.In("id", over)
	who, _ := actor.From(ctx)
	return tx.Exec(ctx, "DELETE FROM tokens WHERE org_id = ? AND "+among, who.Org, list)
}
