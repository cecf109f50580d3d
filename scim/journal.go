package scim

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/internal/store"
)

// journal writes the log rows of requests that changed nothing: reads and
// refusals. The rows of changes go with their transaction. What does not fit
// into the queue is dropped and counted, so that a flood of reads can't hold up
// the writes. It also keeps the counts of the cycles.
type journal struct {
	store   *store.Store
	log     *slog.Logger
	rows    chan queued
	dropped atomic.Int64 // since the last batch
	lost    atomic.Int64 // in the batches before, and with batches that could not be written
	cycles  *cycles
}

type queued struct {
	row  *ent.ProvisioningLog
	slug string // of the address, where the organization isn't known
}

const (
	journalQueue = 8192
	journalBatch = 256
	journalPause = 100 * time.Millisecond
	cyclesEvery  = 10 // pauses; a crash forgets the counts of the last one
)

func newJournal(s *store.Store, log *slog.Logger) *journal {
	return &journal{store: s, log: log, rows: make(chan queued, journalQueue), cycles: newCycles()}
}

// add queues a row.
func (j *journal) add(row *ent.ProvisioningLog, slug string) {
	row.DurationUs = int(j.store.Now().Sub(row.CreatedAt).Microseconds())
	select {
	case j.rows <- queued{row, slug}:
	default:
		j.dropped.Add(1)
	}
}

// run writes batches until ctx ends, then what is left.
func (j *journal) run(ctx context.Context) error {
	tick := time.NewTicker(journalPause)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			for j.flush(ctx) {
			}
			j.flushCycles(ctx)
			return nil
		case <-tick.C:
			for j.flush(ctx) {
			}
			if n%cyclesEvery == 0 {
				j.flushCycles(ctx)
			}
		}
	}
}

// flushCycles adds what the cycles have come to since it was last called, in one
// statement for all of them.
func (j *journal) flushCycles(ctx context.Context) {
	sums := j.cycles.take()
	if len(sums) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := j.store.Write(ctx, func(_ context.Context, tx *store.Tx) error { return tx.AddToCycles(sums...) })
	if err != nil {
		j.log.Error("count the requests of cycles", "err", err)
		j.cycles.giveBack(sums)
	}
}

// flush writes one batch and says whether there may be more. The end of ctx
// doesn't cut it off: the rows have left the queue and would be lost.
func (j *journal) flush(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if n := j.dropped.Swap(0); n > 0 {
		j.lost.Add(n)
		j.log.Warn("provisioning log rows dropped: more reads and refusals than could be written", "rows", n)
	}
	batch := make([]*ent.ProvisioningLog, 0, journalBatch)
	n := 0
	for ; n < journalBatch; n++ {
		select {
		case q := <-j.rows:
			if q.row.OrgID = j.organizationOf(ctx, q); q.row.OrgID != uuid.Nil {
				batch = append(batch, q.row)
			}
			continue
		default:
		}
		break
	}
	if len(batch) > 0 {
		err := j.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.InsertLog(ctx, batch...) })
		if err != nil {
			j.lost.Add(int64(len(batch)))
			j.log.Error("write the provisioning log", "rows", len(batch), "err", err)
		}
	}
	return n == journalBatch
}

// organizationOf finds whose log a row belongs into: a failed credential is
// noted with the organization of the address, if there is one.
func (j *journal) organizationOf(ctx context.Context, q queued) uuid.UUID {
	if q.row.OrgID != uuid.Nil || q.slug == "" {
		return q.row.OrgID
	}
	id, err := j.store.Read().Organization.Query().Where(organization.Slug(q.slug)).OnlyID(store.AcrossOrganizations(ctx))
	if err != nil {
		return uuid.Nil
	}
	return id
}
