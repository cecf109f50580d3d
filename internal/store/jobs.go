package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
// needs another such migration; a test says so. On SQLite, where nothing else keeps two
// processes apart, it is one transaction with the note that it was done. PostgreSQL has
// the migration lock, and takes some of River's steps in transactions of their own alone.
func (s *Store) riverStep(version int64) *goose.Migration {
	up := &goose.GoFunc{RunDB: s.migrateRiver}
	if !s.Postgres() {
		up = &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error { return s.migrateRiverTx(ctx, tx, version) }}
	}
	m := goose.NewGoMigration(version, up, nil)
	m.Source = fmt.Sprintf("%d_river.go", version)
	return m
}

func (s *Store) migrateRiver(ctx context.Context, db *sql.DB) error {
	m, err := s.riverMigrator(db)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// migrateRiverTx errs when another process was first, as the statements of other steps
// do: they find what they would make.
func (s *Store) migrateRiverTx(ctx context.Context, tx *sql.Tx, version int64) error {
	var done int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+goose.DefaultTablename+" WHERE version_id = ?", version).Scan(&done)
	if err != nil {
		return err
	}
	if done > 0 {
		return errors.New("another process was first")
	}
	m, err := s.riverMigrator(nil)
	if err != nil {
		return err
	}
	//lint:ignore SA1019 what can't be in one transaction are steps of PostgreSQL
	_, err = m.MigrateTx(ctx, tx, rivermigrate.DirectionUp, nil)
	return err
}

func (s *Store) riverMigrator(db *sql.DB) (*rivermigrate.Migrator[*sql.Tx], error) {
	return rivermigrate.New(s.jobsOf(db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}
