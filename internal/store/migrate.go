package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/pressly/goose/v3"

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

// Migrations lists the steps that this program knows, oldest first. It changes
// nothing, not even an empty database.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	known, _, err := s.history(ctx)
	return known, err
}

// history compares the steps that this program knows with those that the
// database has had: newer ones come from a newer program.
func (s *Store) history(ctx context.Context) (known []Migration, newer []int64, err error) {
	p, err := s.migrator(s.db)
	if err != nil {
		return nil, nil, err
	}
	applied, err := s.applied(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read the migrations: %w", err)
	}
	for _, source := range p.ListSources() {
		known = append(known, Migration{Name: source.Path, Applied: applied[source.Version]})
		delete(applied, source.Version)
	}
	return known, slices.Sorted(maps.Keys(applied)), nil
}

// missing is how many migrations are to be applied. A database of a newer
// program is none to work on.
func (s *Store) missing(ctx context.Context) (int, error) {
	known, newer, err := s.history(ctx)
	if err != nil {
		return 0, err
	}
	if len(newer) > 0 {
		return 0, fault.New(fault.Precondition, "the database was migrated by a newer Rollcall (step %d is unknown to this one): "+
			"start that version, or restore a backup from before", newer[0])
	}
	return pending(known), nil
}

func pending(known []Migration) (n int) {
	for _, m := range known {
		if !m.Applied {
			n++
		}
	}
	return n
}

// Pending is how many migrations are missing.
func (s *Store) Pending(ctx context.Context) (int, error) {
	known, err := s.Migrations(ctx)
	return pending(known), err
}

// Migrate applies what is missing and returns the names of what it applied.
func (s *Store) Migrate(ctx context.Context) (applied []string, err error) {
	db, err := s.migrationDB()
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if s.Postgres() {
		unlock, err := lockMigrations(ctx, db)
		if err != nil {
			return nil, err
		}
		defer unlock()
	}
	for {
		before, err := s.missing(ctx)
		if err != nil || before == 0 {
			return applied, err
		}
		p, err := s.migrator(db)
		if err != nil {
			return applied, err
		}
		results, failure := p.Up(ctx)
		if partly, ok := errors.AsType[*goose.PartialError](failure); ok {
			results = partly.Applied
		}
		for _, r := range results {
			applied = append(applied, r.Source.Path)
		}
		if failure == nil {
			return applied, nil
		}
		// Another process may be migrating the same SQLite file. Each waits for
		// the other's step and then finds it done.
		if after, err := s.missing(ctx); err != nil || after == before {
			return applied, fmt.Errorf("migrate: %w; the step was rolled back and the data is as it was", failure)
		}
	}
}

func (s *Store) ensureMigrated(ctx context.Context, refuse bool) error {
	missing, err := s.missing(ctx)
	if err != nil || missing == 0 {
		return err
	}
	if refuse {
		return fault.New(fault.Precondition, "the database's migrations are behind; run: rollcall migrate up")
	}
	_, err = s.Migrate(ctx)
	return err
}

func (s *Store) migrator(db *sql.DB) (*goose.Provider, error) {
	d, folder := goose.DialectSQLite3, "sqlite"
	if s.Postgres() {
		d, folder = goose.DialectPostgres, "postgres"
	}
	files, err := fs.Sub(s.files, folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(d, db, files, goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(s.riverStep(20261122190000)))
}

// applied returns the versions of the migrations that the database has had.
func (s *Store) applied(ctx context.Context) (map[int64]bool, error) {
	exists := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '" + goose.DefaultTablename + "'"
	if s.Postgres() {
		exists = "SELECT count(to_regclass('" + goose.DefaultTablename + "'))"
	}
	applied := map[int64]bool{}
	var n int
	if err := s.db.QueryRowContext(ctx, exists).Scan(&n); err != nil || n == 0 {
		return applied, err
	}
	rows, err := s.db.QueryContext(ctx, "SELECT version_id FROM "+goose.DefaultTablename+" WHERE version_id > 0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		applied[version] = true
	}
	return applied, rows.Err()
}

// migrationDB opens the connections that migrate. SQLite changes many things of
// a table only by making it anew, and with foreign keys on, dropping the old one
// would take along what refers to it; they can't be switched off inside a
// transaction. It also waits longer there for another process that migrates.
func (s *Store) migrationDB() (*sql.DB, error) {
	u := s.url
	if !s.Postgres() {
		u.dsn = sqliteDSN(u.path, "busy_timeout(60000)", "foreign_keys(0)")
	}
	connector, err := u.connector(new(counter))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(3) // goose's, River's, and the lock's
	return db, nil
}

func lockMigrations(ctx context.Context, db *sql.DB) (unlock func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("wait for other replicas to migrate: %w", err)
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
		_ = conn.Close()
	}, nil
}
