package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// one runs a query of one number.
func one(ctx context.Context, s *store.Store, query string, args ...any) (n int, err error) {
	rows, err := s.Query(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// text is one of many statements that return their argument plus i.
func text(s *store.Store, i int) string {
	if s.Postgres() {
		return fmt.Sprintf("SELECT ?::int + %d", i)
	}
	return fmt.Sprintf("SELECT ? + %d", i)
}

func TestStatementsArePreparedOnceAndBounded(t *testing.T) {
	t.Parallel()
	s := connect(t, storetest.Postgres(t), store.Options{MaxConns: 1})
	kept := func() int {
		n, err := one(t.Context(), s, "SELECT count(*) FROM pg_prepared_statements WHERE statement NOT LIKE '%* 0'")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 3 {
		for i := range 10 {
			if n, err := one(t.Context(), s, text(s, i), 1); n != 1+i || err != nil {
				t.Fatal(n, err)
			}
		}
		if n := kept(); n != 10 {
			t.Errorf("%d statements are kept for 10 texts", n)
		}
	}
	busy := func() int { // the time when the statement that is used all the time was prepared
		if _, err := one(t.Context(), s, "SELECT ?::int * 0", 1); err != nil {
			t.Fatal(err)
		}
		n, err := one(t.Context(), s, "SELECT (extract(epoch FROM prepare_time) * 1000000)::bigint FROM pg_prepared_statements WHERE statement LIKE '%* 0'")
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		return n
	}
	first := busy()
	for i := range 2 * store.MaxPrepared {
		if _, err := one(t.Context(), s, text(s, i), 1); err != nil {
			t.Fatal(err)
		}
		if busy() != first {
			t.Fatal("the statement that is used all the time was prepared again")
		}
	}
	if n := kept(); n != store.MaxPrepared-1 {
		t.Errorf("%d statements are kept, want %d", n, store.MaxPrepared-1)
	}
}

// SQLite lets rows stay open while other statements run on the connection.
func TestOpenRowsOutliveTheirPlaceInTheCache(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Open(t, storetest.SQLite(t)))
	const count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n"
	h.write(func(ctx context.Context, tx *store.Tx) error {
		outer, err := tx.Query(ctx, count, 20)
		if err != nil {
			return err
		}
		defer func() { _ = outer.Close() }()
		for want := 1; outer.Next(); want++ {
			var got, sum int
			if err := outer.Scan(&got); err != nil || got != want {
				t.Fatalf("row %d, want %d: %v", got, want, err)
			}
			inner, err := tx.Query(ctx, count, 3) // the same text, while its rows are open
			if err != nil {
				return err
			}
			for inner.Next() {
				var n int
				if err := inner.Scan(&n); err != nil {
					return err
				}
				sum += n
			}
			if err := inner.Close(); err != nil || sum != 6 {
				t.Errorf("1+2+3 = %d, %v", sum, err)
			}
			for i := range 40 {
				if _, err := tx.Exec(ctx, text(h.Store, 1000*want+i), 1); err != nil {
					return err
				}
			}
		}
		return outer.Err()
	})
}

func TestCloseLeavesNoSQLiteFileOpen(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	s, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	newHouse(t, s).person("ada")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// The last connection that closes takes the write-ahead log along.
	if _, err := os.Stat(s.File() + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the write-ahead log is still there: %v", err)
	}
}

// Another replica migrates a table while this one has statements for it.
func TestStatementsSurviveAChangeOfTheirTable(t *testing.T) {
	onBothURLs(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		h := newHouse(t, s)
		other := connect(t, url, store.Options{})
		alter := func(statement string) {
			t.Helper()
			if _, err := other.DB().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		const query = "SELECT * FROM growing WHERE id = ?"
		read := func(rows interface {
			Columns() ([]string, error)
			Close() error
		}, err error) string {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = rows.Close() }()
			columns, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(columns, " ")
		}
		alter("CREATE TABLE growing (id integer)")
		for _, column := range []string{"a", "b", "c"} {
			if got := read(s.Query(h.ctx, query, 1)); strings.Contains(got, column) {
				t.Fatalf("columns %q", got)
			}
			alter("ALTER TABLE growing ADD COLUMN " + column + " integer")
			if got := read(s.Query(h.ctx, query, 1)); !strings.HasSuffix(got, column) {
				t.Errorf("columns %q lack %q", got, column)
			}
		}
		inTx := func() (got string, runs int) {
			h.write(func(ctx context.Context, tx *store.Tx) error {
				runs++
				rows, err := tx.Query(ctx, query, 1)
				if err != nil {
					return err
				}
				got = read(rows, nil)
				return nil
			})
			return got, runs
		}
		for range 8 { // each connection of the pool may know the old statement
			inTx()
		}
		alter("ALTER TABLE growing ADD COLUMN d integer")
		if got, runs := inTx(); !strings.HasSuffix(got, " d") || runs > 2 {
			t.Errorf("after %d runs the columns are %q", runs, got)
		}
	})
}

func TestManyShareFewConnections(t *testing.T) {
	onBothURLs(t, func(t *testing.T, url string) {
		s := connect(t, url, store.Options{MaxConns: 4})
		before := s.Statements()
		const workers, rounds = 16, 100
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				random := rand.New(rand.NewPCG(3, uint64(w)))
				for range rounds {
					i := random.IntN(store.MaxPrepared * 5 / 4)
					if n, err := one(t.Context(), s, text(s, i), w); n != w+i || err != nil {
						t.Errorf("%d + %d = %d, %v", w, i, n, err)
						return
					}
				}
			})
		}
		group.Wait()
		if n := s.Statements() - before; n != workers*rounds {
			t.Errorf("%d statements were counted, want %d", n, workers*rounds)
		}
	})
}
