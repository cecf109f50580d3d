package graph

import (
	"context"

	"github.com/rollcall/rollcall/ent"
)

// healthOf says how a connection is doing.
func (r *Resolver) healthOf(ctx context.Context, c *ent.Connection) (*ConnectionHealth, error) {
	return &ConnectionHealth{ConnectionID: c.ID, Status: HealthStatusWaiting, Problems: []*HealthProblem{}}, ctx.Err()
}
