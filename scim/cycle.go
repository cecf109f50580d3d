package scim

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

// cycles groups the requests of each connection and counts them. A cycle is named
// after the row of its first request.
type cycles struct {
	mu    sync.Mutex
	known map[uuid.UUID]cycle      // by connection
	sums  map[uuid.UUID]*ent.Cycle // what came since the counts were last taken
}

type cycle struct {
	id   uuid.UUID
	last time.Time
}

func newCycles() *cycles {
	return &cycles{known: map[uuid.UUID]cycle{}, sums: map[uuid.UUID]*ent.Cycle{}}
}

// of returns the cycle that a request belongs to. After a pause of its own the
// database is asked, for another replica may have heard the client meanwhile.
func (c *cycles) of(ctx context.Context, s *store.Store, connection, request uuid.UUID, now time.Time) uuid.UUID {
	c.mu.Lock()
	k, ok := c.known[connection]
	if ok && now.Sub(k.last) < entschema.CyclePause {
		k.last = now
		c.known[connection] = k
		c.mu.Unlock()
		return k.id
	}
	c.known[connection] = cycle{request, now}
	c.mu.Unlock()
	last, err := s.Read().ProvisioningLog.Query().Where(provisioninglog.ConnectionID(connection), provisioninglog.CycleIDNotNil()).
		Order(provisioninglog.ByID(orderNewest)).First(ctx)
	if err != nil || now.Sub(last.CreatedAt) >= entschema.CyclePause {
		return request
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[connection] = cycle{*last.CycleID, now}
	return *last.CycleID
}

// count adds an answered request to the sums of its cycle.
func (c *cycles) count(r *request, status int) {
	e := &r.entry
	if e.cycle == uuid.Nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := c.sums[e.cycle]
	if sum == nil {
		sum = &ent.Cycle{ID: e.cycle, OrgID: e.org, ConnectionID: *e.connection, Client: e.client, CreatedAt: r.start, EndedAt: r.start}
		c.sums[e.cycle] = sum
	}
	sum.Requests++
	if r.changed {
		sum.Writes++
	}
	if status >= http.StatusBadRequest {
		sum.Failures++
	}
	if r.start.After(sum.EndedAt) {
		sum.EndedAt = r.start
	} else if r.start.Before(sum.CreatedAt) {
		sum.CreatedAt = r.start
	}
}

// take empties the sums, in the order in which every replica writes them: two
// that write the same cycles don't wait for one another in a circle.
func (c *cycles) take() []*ent.Cycle {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sums) == 0 {
		return nil
	}
	taken := make([]*ent.Cycle, 0, len(c.sums))
	for _, sum := range c.sums {
		taken = append(taken, sum)
	}
	clear(c.sums)
	slices.SortFunc(taken, func(a, b *ent.Cycle) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return taken
}

// giveBack adds sums that could not be written to what came since.
func (c *cycles) giveBack(taken []*ent.Cycle) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range taken {
		if since := c.sums[t.ID]; since != nil {
			t.Requests, t.Writes, t.Failures = t.Requests+since.Requests, t.Writes+since.Writes, t.Failures+since.Failures
			if since.EndedAt.After(t.EndedAt) {
				t.EndedAt = since.EndedAt
			}
		}
		c.sums[t.ID] = t
	}
}
