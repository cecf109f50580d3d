package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/lib/pq"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

// rung waits for a bell.
func rung(t *testing.T, bell <-chan struct{}, why string) {
	t.Helper()
	select {
	case <-bell:
	case <-time.After(30 * time.Second):
		t.Fatalf("nobody rang: %s", why)
	}
}

// department writes something.
func department(t *testing.T, s *store.Store, org context.Context, name string) {
	t.Helper()
	err := s.Write(org, func(ctx context.Context, tx *store.Tx) error { return tx.Department.Create().SetName(name).Exec(ctx) })
	if err != nil {
		t.Fatal(err)
	}
}

// awaitDepartment waits for rings until a department is there.
func awaitDepartment(t *testing.T, s *store.Store, org context.Context, bell <-chan struct{}, name string) {
	t.Helper()
	for {
		rung(t, bell, "waiting for "+name)
		found, err := s.Read().Department.Query().All(org)
		if err != nil {
			continue // the server is down
		}
		for _, d := range found {
			if d.Name == name {
				return
			}
		}
	}
}

func TestCommitsOfThisProcessRing(t *testing.T) {
	onBoth(t, func(h *house) {
		h.LookRarely()
		bell, stop := h.Changes()
		defer stop()
		for _, name := range []string{"one", "two", "three"} {
			department(h.T, h.Store, h.ctx, name)
			awaitDepartment(h.T, h.Store, h.ctx, bell, name)
		}
	})
}

func TestCommitsOfOthersAreFound(t *testing.T) {
	onBothURLs(t, func(t *testing.T, url string) {
		h := newHouse(t, storetest.Open(t, url))
		other := connect(t, url, store.Options{})
		if h.Postgres() {
			h.LookRarely() // NOTIFY it must be
		}
		bell, stop := h.Changes()
		defer stop()
		rung(t, bell, "it listens") // on SQLite: it looks by itself
		for _, name := range []string{"one", "two", "three"} {
			department(t, other, h.ctx, name)
			awaitDepartment(t, h.Store, h.ctx, bell, name)
		}
	})
}

func TestCommitsNotifyOthersBesideThePool(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	listener := pq.NewListener(url, time.Millisecond, time.Second, nil)
	defer func() { _ = listener.Close() }()
	if err := listener.Listen(store.WakeChannel); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, storetest.Open(t, url)) // nobody watches it
	before := h.Statements()
	department(t, h.Store, h.ctx, "one")
	wrote := h.Statements() - before
	select {
	case n := <-listener.Notify:
		if n == nil || n.Extra != "" {
			t.Errorf("notified with %v, want nothing in it", n)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("no NOTIFY came")
	}
	if after := h.Statements() - before; after != wrote {
		t.Errorf("the change took %d statements, %d with the NOTIFY: it went through the pool", wrote, after)
	}
}

func TestRingsSurviveARestartOfTheDatabase(t *testing.T) {
	t.Parallel()
	server, err := pgserver.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	url, err := server.CreateDatabase(t.Context(), "rollcall", "")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, storetest.Open(t, url))
	other := connect(t, url, store.Options{})
	h.LookRarely()
	bell, stop := h.Changes()
	defer stop()
	department(t, other, h.ctx, "before")
	awaitDepartment(t, h.Store, h.ctx, bell, "before")
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	for other.Ping(t.Context()) != nil { // connections that were cut off
	}
	department(t, other, h.ctx, "after")
	awaitDepartment(t, h.Store, h.ctx, bell, "after")
	department(t, other, h.ctx, "later")
	awaitDepartment(t, h.Store, h.ctx, bell, "later")
}
