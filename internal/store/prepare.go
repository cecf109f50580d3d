package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// ent builds the text of each statement anew and sends it unprepared, which
// costs PostgreSQL a parse and a plan, and lib/pq a second round trip. The
// connector below keeps the prepared form of each text, per connection: worth
// 3× on lookups.

// counter counts the statements, and passes them on where somebody traces them.
type counter struct {
	statements atomic.Int64
	trace      func(query string, args []any)
}

func (c *counter) sent(query string, args []driver.NamedValue) {
	c.statements.Add(1)
	if c.trace == nil {
		return
	}
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	c.trace(query, values)
}

type preparing struct {
	base    driver.Connector
	counter *counter
}

func (p *preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.base.Connect(ctx)
	if err != nil {
		return nil, err
	}
	_, embedded := p.base.(sqliteConnector)
	return &preparedConn{fullConn: c.(fullConn), counter: p.counter, cache: newStatementCache(), embedded: embedded}, nil
}

func (p *preparing) Driver() driver.Driver { return p.base.Driver() }

// fullConn is what the connections of both drivers offer.
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

// preparedConn is a connection that prepares each text once. database/sql lets
// one goroutine at a time into it, with the rows that it returned.
type preparedConn struct {
	fullConn
	counter  *counter
	cache    *statementCache
	embedded bool // SQLite
	inTx     bool
}

// CheckNamedValue lets the driver judge a value where it wants to.
func (c *preparedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.fullConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// BeginTx notes that a failure now spoils more than one statement.
func (c *preparedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.fullConn.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	c.inTx = true
	return preparedTx{tx, c}, nil
}

type preparedTx struct {
	driver.Tx
	conn *preparedConn
}

func (t preparedTx) Commit() error   { t.conn.inTx = false; return t.Tx.Commit() }
func (t preparedTx) Rollback() error { t.conn.inTx = false; return t.Tx.Rollback() }

// Close closes the statements first where the database is in this process:
// SQLite keeps the file open for as long as one of them lives. A server forgets
// them with the session.
func (c *preparedConn) Close() error {
	if c.embedded {
		c.cache.clear()
	}
	return c.fullConn.Close()
}

func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (res driver.Result, err error) {
	keepable(args)
	c.counter.sent(query, args)
	err = c.run(ctx, query, args, func(st *statement) error {
		if st == nil {
			res, err = c.fullConn.ExecContext(ctx, query, args)
		} else {
			res, err = st.ExecContext(ctx, args)
		}
		return err
	})
	return res, err
}

func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	keepable(args)
	c.counter.sent(query, args)
	err = c.run(ctx, query, args, func(st *statement) error {
		if st == nil {
			rows, err = c.fullConn.QueryContext(ctx, query, args)
			return err
		}
		if rows, err = st.QueryContext(ctx, args); err == nil {
			rows = st.lend(rows)
		}
		return err
	})
	return rows, err
}

// run has do use the prepared form of query; nil where there is none to use:
// without arguments a text may hold many statements, and one whose rows are
// being read can't start again. A statement that no longer fits the tables,
// because another replica has migrated them, is prepared anew and runs again;
// in a transaction, which PostgreSQL has given up by then, Write does that.
func (c *preparedConn) run(ctx context.Context, query string, args []driver.NamedValue, do func(*statement) error) error {
	if len(args) == 0 {
		return do(nil)
	}
	for again := false; ; again = true {
		st, err := c.cache.get(ctx, c.fullConn, query)
		if err != nil {
			return err
		}
		if err = do(st); st == nil || !isStale(err) {
			return err
		}
		c.cache.drop(st)
		if c.inTx || again {
			return err
		}
	}
}

// isStale says whether a prepared statement has outlived the tables that it was
// planned for, or was forgotten by the server.
func isStale(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && (e.Code == "0A000" || e.Code == "26000")
}

// keepable turns times into what both databases keep. SQLite compares them as
// text, so they must be of one zone.
func keepable(args []driver.NamedValue) {
	for i := range args {
		if t, ok := args[i].Value.(time.Time); ok {
			args[i].Value = t.UTC().Truncate(time.Microsecond)
		}
	}
}
