package scim

import (
	"context"
	"sync"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/actor"
)

var orderNewest = sql.OrderDesc()

// waitingManagers are the organizations in which somebody was given a manager
// lately: two that were provisioned at the same moment don't see each other.
type waitingManagers struct {
	mu   sync.Mutex
	orgs map[uuid.UUID]bool
}

func newWaitingManagers() *waitingManagers { return &waitingManagers{orgs: map[uuid.UUID]bool{}} }

func (w *waitingManagers) add(org uuid.UUID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.orgs[org] = true
}

func (w *waitingManagers) take() map[uuid.UUID]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	orgs := w.orgs
	w.orgs = map[uuid.UUID]bool{}
	return orgs
}

func (s *Server) resolveManagers(ctx context.Context) {
	for org := range s.waiting.take() {
		if _, err := s.directory.ResolveManagers(actor.InOrg(ctx, org)); err != nil {
			s.log.Error("resolve managers", "id", org, "err", err)
		}
	}
}

// noteSeen lists attributes that nobody has declared, once each.
func (s *Server) noteSeen(r *request) {
	if !r.logged {
		return
	}
	for _, a := range r.undeclared {
		if !s.types.firstTime(r.conn.ID, r.entry.endpoint, a) {
			continue
		}
		resource := "User"
		if r.entry.endpoint == "Groups" {
			resource = "Group"
		}
		if err := s.directory.SawAttribute(r.ctx, r.conn, resource, a.urn, a.name); err != nil {
			s.log.Error("note an attribute", "request", r.id, "err", err)
		}
	}
}
