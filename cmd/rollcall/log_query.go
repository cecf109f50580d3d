package main

import (
	"context"
	"encoding/binary"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	// late is how long after its request a row may still appear: rows of reads
	// and refusals are written in batches, and commits overtake one another.
	late = 15 * time.Second

	maxRecent = 50_000
	maxPage   = 500
	maxPeople = 200
	maxRows   = 1000
)

// logChoice says which rows of the log are wanted.
type logChoice struct {
	connection, user, cycle string
	failed                  bool
	limit                   int
}

// logQuery finds them.
type logQuery struct {
	store *store.Store
	where []predicate.ProvisioningLog
	limit int
}

func (d *desk) logQuery(ctx context.Context, c logChoice) (*logQuery, error) {
	q := &logQuery{store: d.store, limit: c.limit}
	if c.connection != "" {
		conn, err := d.directory.Connection(ctx, c.connection)
		if err != nil {
			return nil, err
		}
		q.where = append(q.where, provisioninglog.ConnectionID(conn.ID))
	}
	if c.failed {
		q.where = append(q.where, provisioninglog.StatusGTE(400))
	}
	if c.cycle != "" {
		id, err := q.cycle(ctx, c.cycle)
		if err != nil {
			return nil, err
		}
		q.where = append(q.where, provisioninglog.CycleID(id))
	}
	if c.user != "" {
		people, err := d.people(ctx, c.user)
		if err != nil {
			return nil, err
		}
		q.where = append(q.where, provisioninglog.Or(provisioninglog.TargetIDIn(people...),
			provisioninglog.OperationContainsFold(c.user),
			provisioninglog.PathContainsFold(c.user), provisioninglog.PathContainsFold(url.QueryEscape(c.user))))
	}
	return q, nil
}

// cycle is the id of a cycle: "last" means the newest.
func (q *logQuery) cycle(ctx context.Context, which string) (uuid.UUID, error) {
	if which != "last" {
		id, err := uuid.Parse(which)
		if err != nil {
			return uuid.Nil, usage("--cycle is last or the id that rollcall log show names, not %q", which)
		}
		return id, nil
	}
	r, err := q.rows().Where(provisioninglog.CycleIDNotNil()).Order(ent.Desc(provisioninglog.FieldID)).First(ctx)
	if ent.IsNotFound(err) {
		return uuid.Nil, fault.New(fault.NotFound, "no client has provisioned anything yet")
	}
	if err != nil {
		return uuid.Nil, err
	}
	return *r.CycleID, nil
}

// people are the ids of those who have the text in a name or address, deleted
// ones among them.
func (d *desk) people(ctx context.Context, text string) ([]uuid.UUID, error) {
	key := store.Fold(text)
	ids, err := d.store.Read().User.Query().
		Where(user.Or(user.UserNameKeyContains(key), user.DisplayNameKeyContains(key), user.HasEmailsWith(email.ValueKeyContains(key)))).
		Order(user.ByID()).Limit(maxPeople + 1).IDs(ctx)
	if err == nil && len(ids) > maxPeople {
		return nil, fault.New(fault.Invalid, "more than %d people have %q in a name or address; give more of it", maxPeople, text)
	}
	return ids, err
}

func (q *logQuery) rows() *ent.ProvisioningLogQuery {
	return q.store.Read().ProvisioningLog.Query().Where(q.where...)
}

// newest returns the newest rows, oldest first.
func (q *logQuery) newest(ctx context.Context) ([]*ent.ProvisioningLog, error) {
	rows, err := q.rows().Order(ent.Desc(provisioninglog.FieldID)).Limit(q.limit).All(ctx)
	slices.Reverse(rows)
	return rows, err
}

// recent are the ids of the rows so young that others may still appear among them.
func (q *logQuery) recent(ctx context.Context) (map[uuid.UUID]bool, error) {
	ids, err := q.rows().Where(provisioninglog.IDGT(idAt(q.store.Now().Add(-late)))).
		Order(provisioninglog.ByID()).Limit(maxRecent).IDs(ctx)
	recent := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		recent[id] = true
	}
	return recent, err
}

// appeared returns the recent rows that aren't known, oldest first, and the ids
// of those that are now.
func (q *logQuery) appeared(ctx context.Context, known map[uuid.UUID]bool) ([]*ent.ProvisioningLog, map[uuid.UUID]bool, error) {
	recent, err := q.recent(ctx)
	if err != nil {
		return nil, nil, err
	}
	var fresh []uuid.UUID
	for id := range recent {
		if !known[id] {
			fresh = append(fresh, id)
		}
	}
	var rows []*ent.ProvisioningLog
	for page := range slices.Chunk(fresh, maxPage) {
		found, err := q.rows().Where(provisioninglog.IDIn(page...)).All(ctx)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, found...)
	}
	slices.SortFunc(rows, func(a, b *ent.ProvisioningLog) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return rows, recent, nil
}

// idAt is the lowest UUIDv7 of a point in time (RFC 9562 §5.7): ids are ordered
// by the time they were made at.
func idAt(t time.Time) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16)
	id[6], id[8] = 0x70, 0x80
	return id
}
