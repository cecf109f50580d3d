package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// belongings is how many people an organization has, and how much of what hangs
// on them.
func belongings(t *testing.T, s *store.Store, org uuid.UUID) map[string]int {
	t.Helper()
	ctx, read := actor.InOrg(t.Context(), org), s.Read()
	return map[string]int{
		"people": read.User.Query().CountX(ctx), "emails": read.Email.Query().CountX(ctx), "passkeys": read.Passkey.Query().CountX(ctx),
		"sessions": read.Session.Query().CountX(ctx), "links": read.SignInLink.Query().CountX(ctx), "downloads": read.Download.Query().CountX(ctx),
		"challenges": read.Challenge.Query().CountX(ctx),
	}
}

func TestWhoWasDeletedLongAgoIsGone(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			var passed atomic.Int64
			s, err := store.Open(t.Context(), url(t), store.Options{MaxConns: 1, Clock: func() time.Time { return began.Add(time.Duration(passed.Load())) }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			testDeletedAreGone(t, s, func(d time.Duration) { passed.Add(int64(d)) })
		})
	}
}

func testDeletedAreGone(t *testing.T, s *store.Store, pass func(time.Duration)) {
	const day = 24 * time.Hour
	d, a := directory.New(s), access.New(s)
	acme, _ := storetest.Organization(t, s, "acme")
	globex, _ := storetest.Organization(t, s, "globex")
	do := func(org uuid.UUID, work func(context.Context, *store.Tx) error) {
		t.Helper()
		if err := s.Write(actor.InOrg(t.Context(), org), work); err != nil {
			t.Fatal(err)
		}
	}
	do(globex.ID, func(ctx context.Context, tx *store.Tx) error {
		return tx.Organization.UpdateOneID(globex.ID).SetSettings(schema.OrganizationSettings{DeletedDays: 7}).Exec(ctx)
	})
	people := map[uuid.UUID][]*ent.User{}
	for org, n := range map[uuid.UUID]int{acme.ID: 250, globex.ID: 3} {
		do(org, func(ctx context.Context, tx *store.Tx) error {
			people[org] = nil
			for i := range n {
				name := fmt.Sprintf("p%d@example.test", i)
				u, err := d.CreateLocal(ctx, tx, directory.Local{UserName: name, Email: name})
				if err != nil {
					return err
				}
				people[org] = append(people[org], u)
			}
			return tx.Passkey.Create().SetUserID(people[org][0].ID).SetName("phone").SetCredentialID(org[:]).SetCredential(schema.Document{}).Exec(ctx)
		})
		do(org, func(ctx context.Context, tx *store.Tx) error {
			if _, _, err := a.StartSession(ctx, tx, people[org][0], access.NewSession{Method: session.MethodLINK}); err != nil {
				return err
			}
			_, _, err := a.CreateLink(ctx, tx, people[org][0].ID)
			return err
		})
	}
	do(acme.ID, func(ctx context.Context, tx *store.Tx) error {
		err := tx.Download.Create().SetWhat("users").SetFormat("csv").SetHash([]byte("h")).SetExpiresAt(tx.Now().Add(time.Minute)).Exec(ctx)
		if err != nil {
			return err
		}
		return tx.Challenge.Create().SetPurpose("signin").SetHash([]byte("h")).SetData(schema.Document{}).SetExpiresAt(tx.Now().Add(time.Minute)).Exec(ctx)
	})
	// All but the last of each organization are deleted; of acme one a day later.
	remove := func(org uuid.UUID, users ...*ent.User) {
		t.Helper()
		for _, u := range users {
			do(org, func(ctx context.Context, tx *store.Tx) error { return d.Delete(ctx, tx, u.ID) })
		}
	}
	remove(acme.ID, people[acme.ID][:248]...)
	remove(globex.ID, people[globex.ID][:2]...)
	pass(day)
	remove(acme.ID, people[acme.ID][248])

	forget := func(want int) {
		t.Helper()
		if n, err := forgetOld(t.Context(), s, d, a); err != nil || n != want {
			t.Errorf("%d rows were deleted (%v), want %d", n, err, want)
		}
	}
	left := func(org uuid.UUID, people, emails, passkeys int) {
		t.Helper()
		want := map[string]int{"people": people, "emails": emails, "passkeys": passkeys, "sessions": 0, "links": 0, "downloads": 0, "challenges": 0}
		if diff := cmp.Diff(want, belongings(t, s, org)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	forget(2) // the download and the challenge: a deletion has ended sessions and links
	left(acme.ID, 250, 250, 1)
	pass(6*day - time.Second)
	forget(0)
	pass(time.Second)
	forget(2)
	left(globex.ID, 1, 1, 0)
	left(acme.ID, 250, 250, 1)
	pass(23 * day)
	forget(248)
	left(acme.ID, 2, 2, 0)
	pass(day)
	forget(1)
	left(acme.ID, 1, 1, 0)
	forget(0)
	if n := s.Read().User.Query().Where(user.DeletedAtIsNil()).CountX(actor.InOrg(t.Context(), acme.ID)); n != 1 {
		t.Errorf("%d people are left, want 1", n)
	}
	kinds := s.Read().Event.Query().Where(event.EntityID(people[globex.ID][0].ID)).Order(event.ByID()).
		Select(event.FieldKind).StringsX(actor.InOrg(t.Context(), globex.ID))
	if diff := cmp.Diff([]string{"user.created", "user.deleted", "user.purged"}, kinds); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
