package main

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const domainsEvery = time.Hour

// keepWatchingDomains looks for proved domains whose record hasn't been looked for
// within a day: now, and then once an hour.
func (s *server) keepWatchingDomains(ctx context.Context) {
	repeat(ctx, domainsEvery, func() {
		n, err := watchAllDomains(ctx, s.store, directory.New(s.store), s.lookupTXT)
		if err != nil && ctx.Err() == nil {
			s.log.Error("look for the records of proved domains", "err", err)
		}
		if n > 0 {
			s.log.Warn("proved e-mail domains have lost their TXT record, or count as unproved now; the console says which", "domains", n)
		}
	})
}

// watchAllDomains looks in every organization.
func watchAllDomains(ctx context.Context, s *store.Store, d *directory.Directory, lookup directory.LookupTXT) (int, error) {
	return inEachOrganization(ctx, s, func(ctx context.Context) (int, error) { return d.WatchDomains(ctx, lookup) })
}
