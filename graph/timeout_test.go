package graph_test

import (
	"database/sql"
	"testing"

	"github.com/rollcall/rollcall/internal/store/storetest"
)

// TestQueriesThatTakeTooLongAreBrokenOff lets a query wait for a table that
// somebody else has locked. On SQLite readers never wait.
func TestQueriesThatTakeTooLongAreBrokenOff(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	h := newHouse(t, url, 8)
	c := h.with("users:read")
	h.ask(c, `{ users { nodes { id } } }`, nil).ok() // the credential is known

	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	lock, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.ExecContext(t.Context(), "LOCK TABLE departments IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	h.ask(h.with("departments:read"), `{ departments { nodes { id } } }`, nil).refused("TIMEOUT")

	// The statement is gone from the database too, though the lock is still held.
	for waiting := 1; waiting > 0; {
		err := db.QueryRowContext(t.Context(),
			"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	h.ask(h.with("departments:read"), `{ departments { nodes { id } } }`, nil).ok()
}
