package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const domainsEvery = time.Hour

// keepWatchingDomains looks for proved domains whose record hasn't been looked for
// within a day: now, and then once an hour.
func (s *server) keepWatchingDomains(ctx context.Context) {
	tick := time.NewTicker(domainsEvery)
	defer tick.Stop()
	for {
		n, err := watchAllDomains(ctx, s.store, directory.New(s.store), s.lookupTXT)
		if err != nil && ctx.Err() == nil {
			s.log.Error("look for the records of proved domains", "err", err)
		}
		if n > 0 {
			s.log.Warn("proved e-mail domains have lost their TXT record, or count as unproved now; the console says which", "domains", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// watchAllDomains looks in every organization. One's error doesn't hold the others up.
func watchAllDomains(ctx context.Context, s *store.Store, d *directory.Directory, lookup directory.LookupTXT) (total int, failed error) {
	orgs, err := s.Read().Organization.Query().Where(organization.SuspendedAtIsNil()).Order(organization.ByID()).All(store.AcrossOrganizations(ctx))
	if err != nil {
		return 0, err
	}
	for _, org := range orgs {
		n, err := d.WatchDomains(actor.InOrg(ctx, org.ID), lookup)
		total += n
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", org.Slug, err))
		}
	}
	return total, failed
}
