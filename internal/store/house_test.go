package store_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// house is a store with one organization, in whose name ctx asks.
type house struct {
	*testing.T
	*store.Store
	org *ent.Organization
	ctx context.Context
}

// onBoth runs test with a house on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(h *house)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) { test(newHouse(t, s)) })
}

func newHouse(t *testing.T, s *store.Store) *house {
	t.Helper()
	org, _ := storetest.Organization(t, s, "acme")
	return &house{T: t, Store: s, org: org, ctx: actor.InOrg(t.Context(), org.ID)}
}

// onBothURLs runs test with the address of a migrated database of each kind.
func onBothURLs(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, database(t))
		})
	}
}

// connect opens the database at url once more, without migrating it.
func connect(t *testing.T, url string, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Connect(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// write fails the test unless the transaction succeeds.
func (h *house) write(fn func(context.Context, *store.Tx) error) {
	h.Helper()
	if err := h.Write(h.ctx, fn); err != nil {
		h.Fatal(err)
	}
}

// refused fails the test unless err is a fault of that kind.
func (h *house) refused(err error, code fault.Code) {
	h.Helper()
	if err == nil || fault.CodeOf(err) != code {
		h.Fatalf("got %v, want a fault of code %s", err, code)
	}
}

// person makes a person.
func (h *house) person(name string) *ent.User {
	h.Helper()
	var u *ent.User
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		u, err = tx.User.Create().SetUserName(name).Save(ctx)
		return err
	})
	return u
}

// user reads a person again.
func (h *house) user(id uuid.UUID) *ent.User {
	h.Helper()
	u, err := h.Read().User.Get(h.ctx, id)
	if err != nil {
		h.Fatal(err)
	}
	return u
}

// eventsOf are the Events of an entity, oldest first.
func (h *house) eventsOf(id uuid.UUID) []*ent.Event {
	h.Helper()
	events, err := h.Read().Event.Query().Where(event.EntityID(id)).Order(event.ByID()).All(h.ctx)
	if err != nil {
		h.Fatal(err)
	}
	return events
}

// lastData is what the newest Event of an entity says.
func (h *house) lastData(id uuid.UUID) schema.EventData {
	h.Helper()
	events := h.eventsOf(id)
	if len(events) == 0 {
		h.Fatal("there is no event")
	}
	return events[len(events)-1].Data
}
