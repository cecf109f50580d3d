package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/migrate/migrations"
)

// Store is an open database.
type Store struct {
	url     databaseURL
	db      *sql.DB
	jobs    *sql.DB // River's connections
	client  *ent.Client
	clock   func() time.Time
	counter *counter
	files   fs.FS      // the migrations
	writer  sync.Mutex // SQLite has one writer: waiting here is cheaper than in its busy handler

	statistics statistics
	wake       wake
}

// Options are what Open leaves to its caller.
type Options struct {
	// MaxConns limits the pool; 0 means 4 on SQLite, and on PostgreSQL
	// four for each processor, from 8 to 32.
	MaxConns int
	// NoMigrate refuses a database whose migrations are behind instead of
	// applying them.
	NoMigrate bool
	// Clock is the time; nil means the machine's.
	Clock func() time.Time
	// Trace, where it is set, is told of each statement before it is sent: for
	// asking the database how it would run it. Calls may overlap.
	Trace func(query string, args []any)
}

// Open connects to the database at url (sqlite:PATH or postgres://…), applies
// the migrations that are missing, and returns the Store. Its errors are
// sentences for the operator and name the remedy.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	s, err := Connect(ctx, url, o)
	if err != nil {
		return nil, err
	}
	if err := s.ensureMigrated(ctx, o.NoMigrate); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Connect is Open without a look at the migrations: for the commands that
// report on them.
func Connect(ctx context.Context, url string, o Options) (*Store, error) {
	u, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	count := &counter{trace: o.Trace}
	connector, err := u.connector(count)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	conns := o.MaxConns
	if conns == 0 {
		conns = u.defaultConns()
	}
	// Prepared statements belong to a connection: one that is closed for being
	// idle takes them along.
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open database %s: %w; check ROLLCALL_DATABASE_URL and that %s", u.redacted(), err, u.precondition())
	}
	s := &Store{url: u, db: db, jobs: db, clock: o.Clock, counter: count, files: migrations.Files}
	if s.clock == nil {
		s.clock = time.Now
	}
	if !s.Postgres() {
		s.jobs = sql.OpenDB(connector)
		s.jobs.SetMaxOpenConns(1)
	}
	s.client = ent.NewClient(ent.Driver(root{entsql.OpenDB(u.dialect, db)}))
	s.client.Use(s.hook)
	s.client.Intercept(intercept())
	s.keepStatistics()
	s.startWaking()
	return s, nil
}

// Close ends the connections. Nobody may use the store any more.
func (s *Store) Close() error {
	s.stopWaking()
	s.stopStatistics()
	return errors.Join(s.jobs.Close(), s.db.Close())
}

// Read returns the client for queries. A mutation through it is refused.
func (s *Store) Read() *ent.Client { return s.client }

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error { return s.db.PingContext(ctx) }

// Postgres says whether the database is PostgreSQL.
func (s *Store) Postgres() bool { return s.url.dialect == dialect.Postgres }

// Redacted is the database's URL without its password.
func (s *Store) Redacted() string { return s.url.redacted() }

// Now is the time, UTC, cut to microseconds: what both databases can keep.
func (s *Store) Now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// Pool is how the connections to the database are used.
func (s *Store) Pool() sql.DBStats { return s.db.Stats() }

// Statements is how many statements were sent since Open, without BEGIN and COMMIT.
func (s *Store) Statements() int64 { return s.counter.statements.Load() }
