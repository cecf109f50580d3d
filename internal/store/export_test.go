package store

import (
	"database/sql"
	"io/fs"
	"time"

	entsql "entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
)

// MaxPrepared is maxPrepared.
const MaxPrepared = maxPrepared

// UseMigrations gives the store other migrations than the embedded ones.
func (s *Store) UseMigrations(files fs.FS) { s.files = files }

// EnsureMigrated is what Open does about migrations.
var EnsureMigrated = (*Store).ensureMigrated

// DB is the pool of connections.
func (s *Store) DB() *sql.DB { return s.db }

// MigrationLock is migrationLock.
const MigrationLock = migrationLock

// PeopleText is the statement that looks for people by a column, without its arguments.
func PeopleText(s *Store, column string) string {
	b := s.builder()
	b.WriteString(selectAll.alone)
	PeopleQuery{Where: func(b *entsql.Builder) { b.WriteString("users." + column + " = ").Arg("x") }}.write(b, uuid.Nil)
	b.WriteString(" ORDER BY users.id LIMIT 101")
	return b.String()
}

// LookRarely has Changes depend on what it is told. It is called before the first Changes.
func (s *Store) LookRarely() { s.wake.every = time.Hour }

// WakeChannel is wakeChannel.
const WakeChannel = wakeChannel

// LookAt is lookAt.
const LookAt = lookAt
