package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func TestOrganizationsArePurgedWhenTheirTimeHasCome(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		many := 1200 // more than two batches
		due := map[string]time.Duration{"acme": -time.Hour, "globex": time.Hour}
		for slug, in := range due {
			org, conn := storetest.Organization(t, s, slug)
			err := s.Write(actor.InOrg(t.Context(), org.ID), func(ctx context.Context, tx *store.Tx) error {
				boss, err := tx.User.Create().SetUserName("boss").Save(ctx)
				if err != nil {
					return err
				}
				rows := make([]*ent.UserCreate, many)
				for i := range rows {
					rows[i] = tx.User.Create().SetUserName(fmt.Sprint("p", i)).SetConnectionID(conn.ID).SetManagerID(boss.ID)
				}
				for chunk := range slices.Chunk(rows, 500) {
					if err := tx.User.CreateBulk(chunk...).Exec(ctx); err != nil {
						return err
					}
				}
				return tx.Organization.UpdateOneID(org.ID).SetSuspendedAt(tx.Now()).SetPurgeAt(tx.Now().Add(in)).Exec(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		across := store.AcrossOrganizations(t.Context())
		var log bytes.Buffer
		d := directory.New(s)
		for round, left := range []string{"acme globex", "globex", "globex"} {
			if err := purgeDue(t.Context(), d, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
				t.Fatal(err)
			}
			slugs := s.Read().Organization.Query().Order(organization.BySlug()).Select(organization.FieldSlug).StringsX(across)
			if got := strings.Join(slugs, " "); got != left {
				t.Errorf("after round %d there are %s, want %s", round+1, got, left)
			}
			if n := s.Read().User.Query().CountX(across); n != many+1 {
				t.Errorf("after round %d there are %d people, want those of one organization", round+1, n)
			}
		}
		if text := log.String(); strings.Count(text, `"organization purged"`) != 1 || strings.Count(text, "rows of a deleted organization purged") != 1 {
			t.Errorf("the log says:\n%s", text)
		}
	})
}
