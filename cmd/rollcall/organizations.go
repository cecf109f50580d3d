package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// inEachOrganization does something in every organization that is not suspended, and
// adds up what it counts. One's error doesn't hold the others up.
func inEachOrganization(ctx context.Context, s *store.Store, do func(context.Context) (int, error)) (total int, failed error) {
	orgs, err := s.Read().Organization.Query().Where(organization.SuspendedAtIsNil()).Order(organization.ByID()).All(store.AcrossOrganizations(ctx))
	if err != nil {
		return 0, err
	}
	for _, org := range orgs {
		n, err := do(actor.InOrg(ctx, org.ID))
		total += n
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", org.Slug, err))
		}
	}
	return total, failed
}
