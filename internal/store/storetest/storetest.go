package storetest

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

// Both runs test on SQLite and on PostgreSQL, each with an empty, migrated
// database. It fails where there is no PostgreSQL.
func Both(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, Open(t, SQLite(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Open(t, Postgres(t)))
	})
}

// Open opens the database at url until the test ends. On SQLite it allows one
// connection: whoever leaves a transaction to read or write beside it hangs.
func Open(t *testing.T, url string) *store.Store {
	t.Helper()
	o := store.Options{MaxConns: 1}
	if file, _ := store.FileOf(url); file == "" {
		o.MaxConns = 8
	}
	s, err := store.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// SQLite returns the URL of a database file that goes with the test.
func SQLite(t *testing.T) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "rollcall.db")
}

var (
	template = sync.OnceValues(makeTemplate)
	serial   atomic.Int64
)

// Postgres returns the URL of a migrated database that goes with the test.
func Postgres(t *testing.T) string {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	server, err := pgserver.Shared()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("%s_%d", from, serial.Add(1))
	url, err := server.CreateDatabase(t.Context(), name, from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.DropDatabase(context.WithoutCancel(t.Context()), name) })
	return url
}

// makeTemplate migrates one database that the others are copied from. Its name
// is the process's own, for several test programs may share a server.
func makeTemplate() (string, error) {
	server, err := pgserver.Shared()
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	name := "t" + schema.NewID().String()[24:]
	url, err := server.CreateDatabase(ctx, name, "")
	if err != nil {
		return "", err
	}
	s, err := store.Open(ctx, url, store.Options{MaxConns: 2})
	if err != nil {
		return "", err
	}
	return name, s.Close()
}

// Organization makes an organization with a connection of kind ENTRA named default.
func Organization(t *testing.T, s *store.Store, slug string) (*ent.Organization, *ent.Connection) {
	t.Helper()
	var org *ent.Organization
	var conn *ent.Connection
	id := schema.NewID()
	err := s.Write(actor.InOrg(t.Context(), id), func(ctx context.Context, tx *store.Tx) (err error) {
		if org, err = tx.Organization.Create().SetID(id).SetSlug(slug).SetName(slug).Save(ctx); err != nil {
			return err
		}
		conn, err = tx.Connection.Create().SetName("default").SetKind("ENTRA").
			SetSettings(schema.DefaultConnectionSettings()).Save(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return org, conn
}
