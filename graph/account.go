package graph

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/pendinglink"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// maxWaiting is how many waiting accounts are listed.
const maxWaiting = 200

// accountsOf brings the accounts of people, the oldest in front.
func (l *loader) accountsOf(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID][]*ent.Identity, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.accounts, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().Identity.Query().Where(identity.UserIDIn(lacking...)).Order(identity.ByID()).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.accounts[id] = []*ent.Identity{}
		}
		for _, i := range found {
			l.accounts[i.UserID] = append(l.accounts[i.UserID], i)
		}
	}
	return picked(l.accounts, ids), nil
}

// unlinkAccount takes an account away and reads whose it was.
func (r *Resolver) unlinkAccount(ctx context.Context, id uuid.UUID) (*UserPayload, error) {
	i, err := r.store.Read().Identity.Query().Where(identity.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such account").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return r.changeUser(ctx, i.UserID, func(ctx context.Context, tx *store.Tx, _ uuid.UUID) error { return r.directory.Unlink(ctx, tx, id) })
}

// waitingAccounts are those that nobody has decided about, or those refused.
func (r *Resolver) waitingAccounts(ctx context.Context, refused bool) ([]*ent.PendingLink, error) {
	status := pendinglink.StatusWAITING
	if refused {
		status = pendinglink.StatusREFUSED
	}
	found, err := r.store.Read().PendingLink.Query().Where(pendinglink.StatusEQ(status)).Order(pendinglink.ByID(sql.OrderDesc())).Limit(maxWaiting).All(ctx)
	if err != nil {
		return nil, err
	}
	var people []uuid.UUID
	for _, p := range found {
		people = appendID(people, p.CandidateID)
	}
	_, err = requestOf(ctx).loader.peopleBy(ctx, people...)
	return found, err
}
