package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
)

const purgeEvery = time.Minute

// keepPurging deletes organizations for good whose grace time has ended: now, and
// then once a minute.
func (s *server) keepPurging(ctx context.Context) {
	repeat(ctx, purgeEvery, func() {
		if err := purgeDue(ctx, directory.New(s.store), s.log); err != nil && ctx.Err() == nil {
			s.log.Error("purge organizations", "err", err)
		}
	})
}

// purgeDue empties each organization that is due. One that it finds empty is gone
// then; so that takes two rounds at least.
func purgeDue(ctx context.Context, d *directory.Directory, log *slog.Logger) (failed error) {
	due, err := d.DueForPurge(ctx)
	if err != nil {
		return err
	}
	for _, org := range due {
		rows, gone, err := d.PurgeOrganization(actor.InOrg(ctx, org.ID))
		switch {
		case err != nil: // one organization doesn't hold the others up
			failed = errors.Join(failed, fmt.Errorf("%s: %w", org.Slug, err))
		case gone:
			log.Info("organization purged", "entity", "organization", "id", org.ID)
		default:
			log.Info("rows of a deleted organization purged", "entity", "organization", "id", org.ID, "rows", rows)
		}
	}
	return failed
}
