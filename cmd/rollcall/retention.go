package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	retentionEvery = time.Hour
	retentionBatch = 1000

	// installationDays is how long rows are kept that belong to no organization:
	// requests whose token nobody knows.
	installationDays = 90
)

// keepRetention deletes rows of the log that are older than their organization
// keeps them, people who can't be restored any more, and sessions and the like
// whose time is over: now, and then once an hour.
func (s *server) keepRetention(ctx context.Context) {
	repeat(ctx, retentionEvery, func() {
		n, err := forgetOld(ctx, s.store, directory.New(s.store), s.access)
		if err != nil && ctx.Err() == nil {
			s.log.Error("delete old rows", "err", err)
		}
		if n > 0 {
			s.log.Info("deleted old rows", "rows", n)
		}
	})
}

// forgetOld deletes what is past its time and returns how many rows that were. One
// organization's error doesn't hold the others up.
func forgetOld(ctx context.Context, s *store.Store, d *directory.Directory, a *access.Access) (int, error) {
	orgs, err := s.Read().Organization.Query().Order(organization.ByID()).All(store.AcrossOrganizations(ctx))
	if err != nil {
		return 0, err
	}
	total, failed := forgetOlder(actor.InOrg(ctx, actor.Installation), s, a, installationDays)
	for _, org := range orgs {
		within := actor.InOrg(ctx, org.ID)
		rows, err := forgetOlder(within, s, a, cmp.Or(org.Settings.LogDays, schema.DefaultOrganizationSettings().LogDays))
		people, errPeople := d.ForgetDeleted(within)
		total += rows + people
		if err := errors.Join(err, errPeople); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", org.Slug, err))
		}
	}
	return total, failed
}

// forgetOlder deletes the rows of one organization in small transactions, so
// that provisioning goes on meanwhile.
func forgetOlder(ctx context.Context, s *store.Store, a *access.Access, days int) (total int, err error) {
	if total, err = a.Forget(ctx); err != nil {
		return total, err
	}
	limit := idAt(s.Now().AddDate(0, 0, -days))
	for {
		var n int
		err := s.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			ids, err := tx.ProvisioningLog.Query().Where(provisioninglog.IDLT(limit)).
				Order(provisioninglog.ByID()).Limit(retentionBatch).IDs(ctx)
			if err != nil || len(ids) == 0 {
				n = 0
				return err
			}
			n, err = tx.ProvisioningLog.Delete().Where(provisioninglog.IDLTE(ids[len(ids)-1])).Exec(ctx)
			return err
		})
		total += n
		if err != nil || n < retentionBatch {
			return total, err
		}
	}
}
