package store

import (
	"database/sql"
	"io/fs"
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
