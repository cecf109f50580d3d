package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/store"
)

// see notes a request of a session. Run writes it within a minute, at most once
// a minute.
func (u *uses) see(id uuid.UUID, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.seen == nil {
		u.seen = map[uuid.UUID]time.Time{}
	}
	if at.After(u.seen[id]) {
		u.seen[id] = at
	}
}

// seenAt is when a session was last seen: by the database, or by this process
// since it last told the database.
func (u *uses) seenAt(s *ent.Session) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	if noted := u.seen[s.ID]; noted.After(s.SeenAt) {
		return noted
	}
	return s.SeenAt
}

// writeSeen goes past the hook: a request is no change that anybody made, and
// leaves no Event.
func writeSeen(ctx context.Context, tx *store.Tx, seen map[uuid.UUID]time.Time) error {
	for _, id := range inOrder(seen) {
		at := seen[id]
		if _, err := tx.Exec(ctx, "UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?", at, id, at); err != nil {
			return err
		}
	}
	return nil
}

func (u *uses) restoreSeen(notes map[uuid.UUID]time.Time) {
	for id, at := range notes {
		u.see(id, at)
	}
}
