package store_test

import (
	"testing"

	"github.com/rollcall/rollcall/internal/store"
)

// Another replica migrates: this one waits, and then finds nothing to do.
func TestReplicaWaitsForAnotherThatMigrates(t *testing.T) {
	t.Parallel()
	url := emptyPostgres(t)
	other := connect(t, url, store.Options{})
	migrating, err := other.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = migrating.Close() }()
	if _, err := migrating.ExecContext(t.Context(), "SELECT pg_advisory_lock($1)", int64(store.MigrationLock)); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		s, err := store.Open(t.Context(), url, store.Options{MaxConns: 1})
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	for waiting := 0; waiting == 0; {
		const query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
		if err := other.DB().QueryRowContext(t.Context(), query).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-opened:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
	}
	if n := tables(t, other); n != 0 {
		t.Errorf("%d tables were made meanwhile", n)
	}
	if _, err := migrating.ExecContext(t.Context(), "SELECT pg_advisory_unlock($1)", int64(store.MigrationLock)); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}
