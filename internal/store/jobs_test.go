package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/riverqueue/river/rivermigrate"

	"github.com/rollcall/rollcall/internal/store"
)

// What waits for SQLite's one writer must leave the pool to those who read.
func TestRiverHasItsOwnConnectionOnSQLite(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/rollcall.db", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for range s.Pool().MaxOpenConnections {
		rows, err := s.Query(t.Context(), "SELECT 1")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
	}
	m, err := rivermigrate.New(s.Jobs(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // else it would wait for ever
	defer cancel()
	if _, err := m.Validate(ctx); err != nil {
		t.Errorf("River waits for a connection of the pool: %v", err)
	}
}

// A NOTIFY in a transaction would have all commits wait for one another.
func TestJobsAreInsertedWithoutANotify(t *testing.T) {
	onBoth(t, func(h *house) {
		if h.Jobs().SupportsListenNotify() {
			h.Error("River sends one with each job")
		}
	})
}
