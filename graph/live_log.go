package graph

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/internal/store"
)

// The provisioning log has no order of commits, as the feed of Events has: the id
// of a row is made when its request comes, and the row is there when the request
// has been answered, that of a read some 100 ms later. So a row can turn up behind
// others that were shown. A stream therefore looks back from the newest row over
// what a request usually takes, now and then over what it takes at most, and
// remembers what it has shown. A request that takes longer than logFar, or whose
// server's clock is slow by more than that, can be missed by a stream; the log
// itself has it.
const (
	logNear  = 2 * time.Second
	logFar   = time.Minute
	farEvery = 5 * time.Second
	logIDs   = 1000    // looked at in one statement
	maxShown = 100_000 // ids remembered; beyond it a stream looks back less far
)

// logFollower is one stream of the log.
type logFollower struct {
	*Resolver
	where  []predicate.ProvisioningLog
	shown  map[uuid.UUID]bool
	floor  uuid.UUID // everything up to it is done with
	newest uuid.UUID // the newest row when it last came to the end
	moved  time.Time // when newest became what it is
	far    time.Time // when it last looked back far

	sweeping bool
	at, tail uuid.UUID // of the sweep: how far it is, and the newest row when it began
}

// provisioningLogAdded follows the log.
func (r *Resolver) provisioningLogAdded(ctx context.Context, conn *uuid.UUID, failed bool) (<-chan *ent.ProvisioningLog, error) {
	if err := r.mustHaveConnection(ctx, conn); err != nil {
		return nil, err
	}
	f := &logFollower{Resolver: r, shown: map[uuid.UUID]bool{}, moved: time.Now()}
	if conn != nil {
		f.where = append(f.where, provisioninglog.ConnectionID(*conn))
	}
	if failed {
		f.where = append(f.where, provisioninglog.StatusGTE(400))
	}
	if err := f.start(ctx); err != nil {
		return nil, err
	}
	asked := selected(ctx)
	return follow(ctx, r, func(ctx context.Context) ([]*ent.ProvisioningLog, bool, error) {
		rows, more, err := f.look(ctx)
		if err == nil && asked.has("user") {
			var people []uuid.UUID
			for _, l := range rows {
				people = appendID(people, l.TargetID)
			}
			_, err = requestOf(ctx).loader.peopleBy(ctx, people...)
		}
		return rows, more, err
	}), nil
}

// start takes what is there as shown.
func (f *logFollower) start(ctx context.Context) (err error) {
	if f.newest, err = f.newestLog(ctx); err != nil {
		return err
	}
	f.floor = before(f.newest, logFar)
	ids, err := f.query().Where(provisioninglog.IDGT(f.floor)).
		Order(provisioninglog.ByID(sql.OrderDesc())).Limit(maxShown).IDs(ctx)
	for _, id := range ids {
		f.shown[id] = true
	}
	if len(ids) == maxShown {
		f.floor = ids[len(ids)-1]
	}
	return err
}

func (f *logFollower) query() *ent.ProvisioningLogQuery {
	return f.store.Read().ProvisioningLog.Query().Where(f.where...)
}

// look brings the next rows that were not shown yet.
func (f *logFollower) look(ctx context.Context) ([]*ent.ProvisioningLog, bool, error) {
	if err := f.begin(ctx); err != nil {
		return nil, false, err
	}
	ids, err := f.query().Where(provisioninglog.IDGT(f.at)).Order(provisioninglog.ByID()).Limit(logIDs).IDs(ctx)
	if err != nil {
		return nil, false, err
	}
	at, more := f.at, len(ids) == logIDs
	var fresh []uuid.UUID
	for _, id := range ids {
		if len(fresh) == liveBatch {
			more = true
			break
		}
		if at = id; !f.shown[id] {
			fresh = append(fresh, id)
		}
	}
	var rows []*ent.ProvisioningLog
	if len(fresh) > 0 {
		rows, err = f.query().Where(provisioninglog.IDIn(fresh...)).Order(provisioninglog.ByID()).All(store.ByID(ctx))
		if err != nil {
			return nil, false, err
		}
	}
	for _, id := range fresh {
		f.shown[id] = true
	}
	f.at = at
	if !more {
		f.finish()
	}
	return rows, more, nil
}

// begin goes back to where the next sweep starts.
func (f *logFollower) begin(ctx context.Context) (err error) {
	if f.sweeping {
		return nil
	}
	if f.tail, err = f.newestLog(ctx); err != nil {
		return err
	}
	back := logNear
	if time.Since(f.far) > farEvery && time.Since(f.moved) < logFar+farEvery {
		back, f.far = logFar, time.Now()
	}
	f.sweeping, f.at = true, before(f.newest, back)
	if older(f.at, f.floor) {
		f.at = f.floor
	}
	return nil
}

// finish ends a sweep, and forgets what no other will come to.
func (f *logFollower) finish() {
	f.sweeping = false
	if f.tail != f.newest {
		f.newest, f.moved = f.tail, time.Now()
	}
	if done := before(f.newest, logFar); older(f.floor, done) {
		f.floor = done
	}
	for id := range f.shown {
		if older(id, f.floor) {
			delete(f.shown, id)
		}
	}
	if len(f.shown) <= maxShown {
		return
	}
	ids := make([]uuid.UUID, 0, len(f.shown))
	for id := range f.shown {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, compareIDs)
	for _, id := range ids[:len(ids)/2] {
		delete(f.shown, id)
		f.floor = id
	}
}

// newestLog is the id of the organization's newest row, nil when there is none.
func (r *Resolver) newestLog(ctx context.Context) (uuid.UUID, error) {
	id, err := r.store.Read().ProvisioningLog.Query().Order(provisioninglog.ByID(sql.OrderDesc())).FirstID(ctx)
	if ent.IsNotFound(err) {
		return uuid.Nil, nil
	}
	return id, err
}

// before is an id older than all that were made within d before another: the
// first 48 bits of a UUIDv7 are its time in milliseconds.
func before(id uuid.UUID, d time.Duration) (out uuid.UUID) {
	ms := int64(binary.BigEndian.Uint64(id[:8]) >> 16)
	binary.BigEndian.PutUint64(out[:8], uint64(max(0, ms-d.Milliseconds()))<<16)
	return out
}

func older(a, b uuid.UUID) bool { return compareIDs(a, b) < 0 }

func compareIDs(a, b uuid.UUID) int { return strings.Compare(string(a[:]), string(b[:])) }
