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
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/user"
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

func TestPeopleOfRemovedConnectionsAreReleased(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		org, conn := storetest.Organization(t, s, "acme")
		d, in := directory.New(s), actor.InOrg(t.Context(), org.ID)
		write := func(do func(context.Context, *store.Tx) error) {
			t.Helper()
			if err := s.Write(in, do); err != nil {
				t.Fatal(err)
			}
		}
		late := func(name string) {
			write(func(ctx context.Context, tx *store.Tx) error {
				if err := tx.User.Create().SetUserName(name).SetConnectionID(conn.ID).Exec(ctx); err != nil {
					return err
				}
				return tx.Group.Create().SetDisplayName(name).SetConnectionID(conn.ID).Exec(ctx)
			})
		}
		owned := func() int {
			return s.Read().User.Query().Where(user.ConnectionIDNotNil()).CountX(in) + s.Read().Group.Query().Where(group.ConnectionIDNotNil()).CountX(in)
		}
		late("early")
		if err := releaseOrphans(t.Context(), s, d); err != nil || owned() != 2 {
			t.Fatalf("%d belong to the connection that is there (%v), want 2", owned(), err)
		}
		write(func(ctx context.Context, tx *store.Tx) error {
			_, err := d.RemoveConnection(ctx, tx, conn.ID, directory.KeepPeople)
			return err
		})
		late("late")
		if err := releaseOrphans(t.Context(), s, d); err != nil || owned() != 0 {
			t.Errorf("%d belong to a connection that is gone (%v)", owned(), err)
		}
		if n := s.Read().Event.Query().Where(event.KindIn("user.unlinked", "group.unlinked")).CountX(in); n != 4 {
			t.Errorf("%d Events tell of it, want 4", n)
		}
	})
}
