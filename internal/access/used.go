package access

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	flushEvery  = time.Minute
	flushAtEnd  = 5 * time.Second
	maxUsedText = 300 // characters; browsers say at their end which they are
)

// use is one token's last use.
type use struct {
	at              time.Time
	address, client string
	of              *uuid.UUID // the SCIM client whose access token it is
}

// uses are the last uses that the database doesn't know yet: of tokens, and of
// sessions.
type uses struct {
	mu      sync.Mutex
	pending map[uuid.UUID]use
	seen    map[uuid.UUID]time.Time
}

// Used notes that a grant was used. It costs no query: Run writes the note
// within a minute.
func (a *Access) Used(g *Grant, at time.Time, address, client string) {
	a.uses.mu.Lock()
	defer a.uses.mu.Unlock()
	if at.After(a.uses.pending[g.Token.ID].at) {
		a.uses.pending[g.Token.ID] = use{at: at.UTC().Truncate(time.Microsecond), address: cut(address), client: cut(client), of: g.Token.ClientID}
	}
}

// Run writes the noted uses once a minute until ctx ends, and a last time then.
// What couldn't be written waits for the next minute; the error of the last
// time is returned.
func (a *Access) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = a.flush(ctx) // tried again in a minute
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushAtEnd)
			defer cancel()
			return a.flush(last)
		}
	}
}

// flush writes the notes. They are no change of the token that anybody made,
// so they go past the hook and leave no Event.
func (a *Access) flush(ctx context.Context) error {
	a.uses.mu.Lock()
	pending, seen := a.uses.pending, a.uses.seen
	a.uses.pending, a.uses.seen = map[uuid.UUID]use{}, nil
	a.uses.mu.Unlock()
	if len(pending) == 0 && len(seen) == 0 {
		return nil
	}
	err := a.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, id := range inOrder(pending) {
			query, args := a.lastUse(id, pending[id]).Query()
			if _, err := tx.ExecContext(ctx, query, args...); err != nil {
				return err
			}
		}
		if err := writeClientUses(ctx, tx, pending); err != nil {
			return err
		}
		return writeSeen(ctx, tx, seen)
	})
	if err != nil {
		a.restore(pending)
		a.uses.restoreSeen(seen)
	}
	return err
}

// writeClientUses notes uses of access tokens with the clients that got them.
func writeClientUses(ctx context.Context, tx *store.Tx, pending map[uuid.UUID]use) error {
	last := map[uuid.UUID]time.Time{}
	for _, u := range pending {
		if u.of != nil && u.at.After(last[*u.of]) {
			last[*u.of] = u.at
		}
	}
	for _, id := range inOrder(last) {
		if _, err := tx.Exec(ctx, "UPDATE scim_clients SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)", last[id], id, last[id]); err != nil {
			return err
		}
	}
	return nil
}

// inOrder are the ids of notes in the order that every replica keeps to: whoever
// writes the same rows the other way round would wait for ever.
func inOrder[T any](notes map[uuid.UUID]T) []uuid.UUID {
	return slices.SortedFunc(maps.Keys(notes), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
}

// lastUse is the statement that writes a use, unless another replica has
// written a later one.
func (a *Access) lastUse(id uuid.UUID, u use) *sql.UpdateBuilder {
	d := dialect.SQLite
	if a.store.Postgres() {
		d = dialect.Postgres
	}
	return sql.Dialect(d).Update(token.Table).
		Set(token.FieldLastUsedAt, u.at).Set(token.FieldLastUsedFrom, u.address).Set(token.FieldLastUsedBy, u.client).
		Where(sql.And(sql.EQ(token.FieldID, id),
			sql.Or(sql.IsNull(token.FieldLastUsedAt), sql.LT(token.FieldLastUsedAt, u.at))))
}

// restore puts notes back that no later use has replaced.
func (a *Access) restore(notes map[uuid.UUID]use) {
	a.uses.mu.Lock()
	defer a.uses.mu.Unlock()
	for id, u := range notes {
		if u.at.After(a.uses.pending[id].at) {
			a.uses.pending[id] = u
		}
	}
}

// cut shortens what a client says of itself.
func cut(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if r := []rune(text); len(r) > maxUsedText {
		return string(r[:maxUsedText])
	}
	return text
}
