package store

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/internal/actor"
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

// Events returns the next Events of the actor's organization behind a cursor, at
// most limit of them, and the cursor to go on from. A reader that goes on from
// there misses none and meets none twice, however writers overlap. When the
// cursor is the one that was asked with, nothing is new.
//
// With kinds (see OfKinds) only such Events come, and the cursor moves over the
// others. At most lookAt Events are looked at in one call, so that rare ones are
// found in steps: the page can then be empty though the cursor has moved.
//
// Ids are made before the commit, and transactions commit in any order, so the
// order of the feed is the order of the writing transactions, and an Event is
// shown only when no older transaction can still commit: on PostgreSQL when it
// is below the oldest that runs; on SQLite, where one writes at a time, at once.
func (s *Store) Events(ctx context.Context, after Cursor, limit int, kinds ...string) ([]*ent.Event, Cursor, error) {
	query := s.client.Event.Query().Where(s.Settled, after.behind).Order(event.ByPosition(), event.ByID()).Limit(max(limit, 1))
	end := after
	if len(kinds) > 0 {
		of, err := OfKinds(kinds)
		if err != nil {
			return nil, after, err
		}
		if end, err = s.ahead(ctx, after); err != nil || end == after {
			return nil, after, translate(err)
		}
		query.Where(of, end.upTo)
	}
	events, err := query.All(ctx)
	if err != nil {
		return nil, after, translate(err)
	}
	if len(events) == max(limit, 1) || len(kinds) == 0 && len(events) > 0 {
		end = CursorAt(events[len(events)-1])
	}
	return events, end, nil
}

// CursorAt is the place just behind an Event.
func CursorAt(e *ent.Event) Cursor { return Cursor{e.Position, e.ID} }

// EventsEnd is the end of the feed: what comes from now on is behind it.
func (s *Store) EventsEnd(ctx context.Context) (Cursor, error) {
	last, err := s.client.Event.Query().Where(s.Settled).
		Order(event.ByPosition(sql.OrderDesc()), event.ByID(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return Cursor{}, nil
	}
	if err != nil {
		return Cursor{}, err
	}
	return CursorAt(last), nil
}

// OfKinds keeps Events of these kinds, such as user.deactivated; user.* stands
// for all of them. Errors: fault.Invalid on types.
func OfKinds(kinds []string) (predicate.Event, error) {
	var exact []string
	var any []predicate.Event
	for _, kind := range kinds {
		if !kindForm.MatchString(kind) {
			return nil, fault.New(fault.Invalid, "%.80q is no kind of event: write entity and verb, as in user.deactivated, or user.* for all of them", kind).On("types")
		}
		if entity, all := strings.CutSuffix(kind, "*"); all {
			any = append(any, event.KindHasPrefix(entity))
		} else {
			exact = append(exact, kind)
		}
	}
	if len(kinds) > maxKinds {
		return nil, fault.New(fault.Invalid, "at most %d kinds of events can be asked for at once", maxKinds).On("types")
	}
	if len(exact) > 0 {
		any = append(any, event.KindIn(exact...))
	}
	return event.Or(any...), nil
}

var kindForm = regexp.MustCompile(`^[a-z]+\.([a-z_]+|\*)$`)

const (
	maxKinds = 50
	lookAt   = 10_000 // Events for those of some kinds
)

// Settled keeps Events before which none can come any more.
func (s *Store) Settled(sel *sql.Selector) {
	if s.Postgres() {
		sel.Where(sql.ExprP(sel.C(event.FieldPosition) + " < " + oldestRunning))
	}
}

// oldestRunning is the number of the oldest transaction that can still commit.
const oldestRunning = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

func (c Cursor) behind(sel *sql.Selector) { c.compare(sel, " > ") }
func (c Cursor) upTo(sel *sql.Selector)   { c.compare(sel, " <= ") }

// Before keeps the Events in front of a cursor.
func (c Cursor) Before(sel *sql.Selector) { c.compare(sel, " < ") }

func (c Cursor) compare(sel *sql.Selector, sign string) {
	sel.Where(sql.P(func(b *sql.Builder) {
		b.WriteString("(").Ident(sel.C(event.FieldPosition)).Comma().Ident(sel.C(event.FieldID)).WriteString(")" + sign + "(").
			Arg(c.position).Comma().Arg(c.event).WriteString(")")
	}))
}

// ahead is the place lookAt Events behind a cursor, or the end of the feed.
func (s *Store) ahead(ctx context.Context, after Cursor) (Cursor, error) {
	a, ok := actor.From(ctx)
	if !ok {
		return after, errNoActor
	}
	settled := ""
	if s.Postgres() {
		settled = " AND position < " + oldestRunning
	}
	rows, err := s.Query(ctx, `SELECT position, id FROM (
		SELECT position, id FROM events WHERE org_id = ? AND (position, id) > (?, ?)`+settled+`
		ORDER BY position, id LIMIT `+strconv.Itoa(lookAt)+`) AS looked_at
		ORDER BY position DESC, id DESC LIMIT 1`, a.Org, after.position, after.event)
	if err != nil {
		return after, err
	}
	defer func() { _ = rows.Close() }()
	end := after
	if rows.Next() {
		if err := rows.Scan(&end.position, &end.event); err != nil {
			return after, err
		}
	}
	return end, rows.Err()
}
