package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"

	"modernc.org/sqlite"
)

// sqliteConnector opens connections to one file.
type sqliteConnector struct{ dsn string }

func (sqliteConnector) Driver() driver.Driver { return &sqlite.Driver{} }

// Connect waits for others that open the same new file: SQLite's busy timeout
// doesn't hold for the change to the write-ahead log, which the first of them
// makes.
func (s sqliteConnector) Connect(ctx context.Context) (driver.Conn, error) {
	limit, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for {
		c, err := s.Driver().Open(s.dsn)
		if err == nil || !isBusy(err) {
			return c, err
		}
		select {
		case <-limit.Done():
			return nil, errors.Join(err, ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// isBusy says whether another connection holds the lock (SQLITE_BUSY, with any
// of its extended codes).
func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == 5
}
