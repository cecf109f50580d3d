package main

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/domain"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// One organization's name server that fails doesn't hold the others up.
func TestDomainsOfAllOrganizationsAreWatched(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		d := directory.New(s)
		across := store.AcrossOrganizations(t.Context())
		for _, slug := range []string{"acme", "broken", "globex"} {
			org, _ := storetest.Organization(t, s, slug)
			err := s.Write(actor.InOrg(t.Context(), org.ID), func(ctx context.Context, tx *store.Tx) error {
				c, err := d.ClaimDomain(ctx, tx, slug+".test")
				if err != nil {
					return err
				}
				if _, err := d.ProveDomain(ctx, tx, c.ID, []string{c.Challenge}); err != nil {
					return err
				}
				return tx.Domain.UpdateOneID(c.ID).SetCheckedAt(tx.Now().Add(-25 * time.Hour)).Exec(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		failing := &net.DNSError{Err: "server misbehaving", IsTemporary: true}
		worse, err := watchAllDomains(t.Context(), s, d, func(_ context.Context, name string) ([]string, error) {
			if name == "_rollcall.broken.test" {
				return nil, failing
			}
			return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		})
		if worse != 2 || !errors.Is(err, failing) {
			t.Errorf("%d domains, %v; want 2 and what failed", worse, err)
		}
		missing := s.Read().Domain.Query().Where(domain.MissingAtNotNil()).Order(domain.ByName()).Select(domain.FieldName).StringsX(across)
		if len(missing) != 2 || missing[0] != "acme.test" || missing[1] != "globex.test" {
			t.Errorf("without a record are %v", missing)
		}
	})
}
