package scim

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/internal/store"
)

// A provisioning client works in cycles: a burst of requests, then a pause (Entra
// about 40 minutes). cyclePause is the silence that ends a cycle.
const cyclePause = 5 * time.Minute

// cycles groups the requests of each connection. A cycle is named after the row
// of its first request.
type cycles struct {
	mu    sync.Mutex
	known map[uuid.UUID]cycle
}

type cycle struct {
	id   uuid.UUID
	last time.Time
}

func newCycles() *cycles { return &cycles{known: map[uuid.UUID]cycle{}} }

// of returns the cycle that a request belongs to. After a pause of its own the
// database is asked, for another replica may have heard the client meanwhile.
func (c *cycles) of(ctx context.Context, s *store.Store, connection, request uuid.UUID, now time.Time) uuid.UUID {
	c.mu.Lock()
	k, ok := c.known[connection]
	if ok && now.Sub(k.last) < cyclePause {
		k.last = now
		c.known[connection] = k
		c.mu.Unlock()
		return k.id
	}
	c.known[connection] = cycle{request, now}
	c.mu.Unlock()
	last, err := s.Read().ProvisioningLog.Query().Where(provisioninglog.ConnectionID(connection), provisioninglog.CycleIDNotNil()).
		Order(provisioninglog.ByID(orderNewest)).First(ctx)
	if err != nil || now.Sub(last.CreatedAt) >= cyclePause {
		return request
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[connection] = cycle{*last.CycleID, now}
	return *last.CycleID
}
