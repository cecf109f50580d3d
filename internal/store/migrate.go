package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3"

	"github.com/rollcall/rollcall/ent/migrate/migrations"
	"github.com/rollcall/rollcall/internal/fault"
)

// migrationLock is the PostgreSQL advisory lock under which replicas migrate:
// one does it, the others wait.
const migrationLock = 0x726f6c6c63616c6c // "rollcall"

// Migration is one step of the tables' history.
type Migration struct {
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

// Migrations lists the steps that this program knows, oldest first.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	p, err := s.migrator()
	if err != nil {
		return nil, err
	}
	states, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	out := make([]Migration, len(states))
	for i, st := range states {
		out[i] = Migration{Name: st.Source.Path, Applied: st.State == goose.StateApplied}
	}
	return out, nil
}

// Pending is how many migrations are missing.
func (s *Store) Pending(ctx context.Context) (int, error) {
	all, err := s.Migrations(ctx)
	n := 0
	for _, m := range all {
		if !m.Applied {
			n++
		}
	}
	return n, err
}

// Migrate applies what is missing and returns the names of what it applied.
func (s *Store) Migrate(ctx context.Context) (applied []string, err error) {
	p, err := s.migrator()
	if err != nil {
		return nil, err
	}
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := unlock(); err == nil {
			err = e
		}
	}()
	results, err := p.Up(ctx)
	if err != nil {
		if n, e := s.Pending(ctx); e == nil && n == 0 {
			return nil, nil // another process has migrated the same SQLite file
		}
		return nil, fmt.Errorf("migrate: %w; the step was rolled back and the data is as it was", err)
	}
	for _, r := range results {
		applied = append(applied, r.Source.Path)
	}
	return applied, nil
}

func (s *Store) ensureMigrated(ctx context.Context, refuse bool) error {
	p, err := s.migrator()
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil || !pending {
		return err
	}
	if refuse {
		return fault.New(fault.Precondition, "the database's migrations are behind; run: rollcall migrate up")
	}
	_, err = s.Migrate(ctx)
	return err
}

func (s *Store) migrator() (*goose.Provider, error) {
	d, folder := goose.DialectSQLite3, "sqlite"
	if s.Postgres() {
		d, folder = goose.DialectPostgres, "postgres"
	}
	files, err := fs.Sub(migrations.Files, folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(d, s.db, files, goose.WithDisableGlobalRegistry(true))
}

func (s *Store) lockMigrations(ctx context.Context) (unlock func() error, err error) {
	if s.url.dialect != dialect.Postgres {
		return func() error { return nil }, nil
	}
	var conn *sql.Conn
	if conn, err = s.db.Conn(ctx); err != nil {
		return nil, err
	}
	if _, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("wait for other replicas to migrate: %w", err)
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
		if e := conn.Close(); err == nil {
			err = e
		}
		return err
	}, nil
}
