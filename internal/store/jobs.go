package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Jobs is how River, which runs what is to be done later, reaches the database. It
// writes every few seconds without standing in the line of writers. On SQLite it has a
// connection of its own, which is opened when River first asks: with those of the pool
// it would wait for a long transaction, and leave none to whoever wants to read.
func (s *Store) Jobs() riverdriver.Driver[*sql.Tx] { return s.jobsOf(s.jobs) }

func (s *Store) jobsOf(db *sql.DB) riverdriver.Driver[*sql.Tx] {
	if s.Postgres() {
		return unannounced{riverdatabasesql.New(db)}
	}
	return riversqlite.New(db)
}

// unannounced sends no NOTIFY with the jobs of a transaction, which would have all
// commits wait for one another. Nobody would hear it: River's workers look for jobs.
type unannounced struct{ riverdriver.Driver[*sql.Tx] }

// SupportsListenNotify implements riverdriver.Driver.
func (unannounced) SupportsListenNotify() bool { return false }

// SQL is the transaction as River wants it, to insert jobs that are there if, and only
// if, the transaction commits.
func (tx *Tx) SQL() (*sql.Tx, error) {
	if err := tx.lazy.ready(); err != nil {
		return nil, err
	}
	begun, ok := tx.lazy.tx.Tx.(*sql.Tx)
	if !ok {
		return nil, fmt.Errorf("the transaction is a %T", tx.lazy.tx.Tx)
	}
	return begun, nil
}

// riverStep makes or changes River's own tables. A newer River with further steps
// needs another such migration; a test says so.
func (s *Store) riverStep(version int64) *goose.Migration {
	m := goose.NewGoMigration(version, &goose.GoFunc{RunDB: s.migrateRiver}, nil)
	m.Source = fmt.Sprintf("%d_river.go", version)
	return m
}

// migrateRiver applies what River's tables lack. On SQLite another process may do the
// same: then each waits for the other's step, finds it done, and goes on.
func (s *Store) migrateRiver(ctx context.Context, db *sql.DB) error {
	m, err := rivermigrate.New(s.jobsOf(db), &rivermigrate.Config{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return err
	}
	for {
		before, err := m.ExistingVersions(ctx)
		if err != nil {
			return err
		}
		_, failure := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		if failure == nil {
			return nil
		}
		if after, err := m.ExistingVersions(ctx); err != nil || len(after) == len(before) {
			return failure
		}
	}
}
