package store

import (
	"context"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/internal/fault"
)

// Cursor is a place in an organization's feed of Events: just behind one of
// them. The zero Cursor is the beginning.
type Cursor struct {
	position int64
	event    uuid.UUID
}

// String is the form in which a reader keeps a Cursor; ParseCursor reads it.
func (c Cursor) String() string {
	if c == (Cursor{}) {
		return ""
	}
	return strconv.FormatInt(c.position, 10) + "." + c.event.String()
}

// ParseCursor reads what Cursor.String has written.
func ParseCursor(text string) (Cursor, error) {
	if text == "" {
		return Cursor{}, nil
	}
	position, id, _ := strings.Cut(text, ".")
	p, err := strconv.ParseInt(position, 10, 64)
	if err == nil && p >= 0 {
		if e, err := uuid.Parse(id); err == nil && len(id) == 36 {
			return Cursor{p, e}, nil
		}
	}
	return Cursor{}, fault.New(fault.Invalid, "%.80q is no place in the feed of events", text).On("after")
}

// maxEvents is how many Events one reading brings at most.
const maxEvents = 1000

// Events returns the next Events of the actor's organization behind a cursor, at
// most limit of them, and the cursor behind the last. A reader that goes on from
// there misses none and meets none twice, however writers overlap.
//
// Ids are made before the commit, and transactions commit in any order, so the
// order of the feed is the order of the writing transactions, and an Event is
// shown only when no older transaction can still commit: on PostgreSQL when it
// is below the oldest that runs; on SQLite, where one writes at a time, at once.
func (s *Store) Events(ctx context.Context, after Cursor, limit int) ([]*ent.Event, Cursor, error) {
	events, err := s.client.Event.Query().
		Where(func(sel *sql.Selector) {
			sel.Where(sql.P(func(b *sql.Builder) {
				b.WriteString("(").Ident(event.FieldPosition).Comma().Ident(event.FieldID).WriteString(") > (").
					Arg(after.position).Comma().Arg(after.event).WriteString(")")
				if s.Postgres() {
					b.WriteString(" AND ").Ident(event.FieldPosition).WriteString(" < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
				}
			}))
		}).
		Order(event.ByPosition(), event.ByID()).
		Limit(min(max(limit, 1), maxEvents)).
		All(ctx)
	if err != nil {
		return nil, after, translate(err)
	}
	if len(events) > 0 {
		last := events[len(events)-1]
		after = Cursor{last.Position, last.ID}
	}
	return events, after, nil
}
