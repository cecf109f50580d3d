package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Directory applies the rules to a store.
type Directory struct{ store *store.Store }

// New returns the rules over s.
func New(s *store.Store) *Directory { return &Directory{store: s} }

// organizationOf is the organization that the actor works for.
func organizationOf(ctx context.Context) (uuid.UUID, error) {
	a, ok := actor.From(ctx)
	if !ok || a.Org == actor.Installation {
		return uuid.Nil, fault.New(fault.Internal, "nobody said for which organization this is")
	}
	return a.Org, nil
}
