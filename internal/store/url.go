package store

import (
	"database/sql/driver"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"
)

// DefaultURL is where the data is kept when nobody says otherwise.
const DefaultURL = "sqlite:rollcall-data/rollcall.db"

type databaseURL struct {
	dialect string
	dsn     string
	path    string // of the SQLite file
}

func parseURL(text string) (databaseURL, error) {
	if text == "" {
		text = DefaultURL
	}
	switch scheme, rest, _ := strings.Cut(text, ":"); scheme {
	case "sqlite":
		path := strings.TrimPrefix(rest, "//")
		if path == "" {
			return databaseURL{}, fmt.Errorf("the database URL %q has no file name; write sqlite:PATH", text)
		}
		return databaseURL{dialect: dialect.SQLite, path: path, dsn: sqliteDSN(path, "busy_timeout(5000)", "foreign_keys(1)")}, nil
	case "postgres", "postgresql":
		u, err := url.Parse(text)
		if err != nil {
			return databaseURL{}, fmt.Errorf("the database URL can't be read: it should look like postgres://user:password@host/database")
		}
		return databaseURL{dialect: dialect.Postgres, dsn: u.String()}, nil
	}
	return databaseURL{}, fmt.Errorf("the database URL must begin with sqlite: or postgres://")
}

// sqliteDSN names the pragmas under which SQLite loses nothing: a full sync at
// each commit, and BEGIN IMMEDIATE, for a read lock can't be upgraded while
// another connection writes.
func sqliteDSN(path, busyTimeout, foreignKeys string) string {
	q := "_pragma=" + busyTimeout + "&_pragma=" + foreignKeys + "&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_txlock=immediate&_time_format=sqlite"
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q
}

func (u databaseURL) defaultConns() int {
	if u.dialect == dialect.SQLite {
		return 4
	}
	return min(max(8, 4*runtime.GOMAXPROCS(0)), 32)
}

func (u databaseURL) connector(c *counter) (driver.Connector, error) {
	if u.dialect == dialect.Postgres {
		base, err := pq.NewConnector(u.dsn)
		if err != nil {
			return nil, fmt.Errorf("the database URL can't be read: %w", err)
		}
		return &preparing{base: base, counter: c}, nil
	}
	if err := os.MkdirAll(filepath.Dir(u.path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the database: %w", err)
	}
	makePrivate(u.path)
	return &preparing{base: sqliteConnector{u.dsn}, counter: c}, nil
}

// makePrivate makes the file of a new database for its owner alone; SQLite gives
// the files beside it the same mode. Where it can't be made SQLite says why.
func makePrivate(path string) {
	if f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		_ = f.Close()
	}
}

// precondition is what must hold for the database to open.
func (u databaseURL) precondition() string {
	if u.dialect == dialect.SQLite {
		return "its folder can be written to"
	}
	return "the server runs"
}

func (u databaseURL) redacted() string {
	if u.dialect == dialect.SQLite {
		return "sqlite:" + u.path
	}
	p, err := url.Parse(u.dsn)
	if err != nil {
		return "postgres://…"
	}
	if q := p.Query(); q.Has("password") {
		q.Set("password", "xxxxx")
		p.RawQuery = q.Encode()
	}
	return p.Redacted()
}

// File returns the path of the SQLite file, "" on PostgreSQL.
func (s *Store) File() string { return s.url.path }

// FileOf returns the path of the SQLite file that a database URL names, "" for
// PostgreSQL.
func FileOf(databaseURL string) (string, error) {
	u, err := parseURL(databaseURL)
	return u.path, err
}
