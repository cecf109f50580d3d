package store

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
)

// maxPrepared limits the statements that one connection keeps. Texts are few;
// only lists of varying length make new ones.
const maxPrepared = 256

// fullStmt is what the statements of both drivers offer.
type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// statement is the prepared form of a text. It is busy while rows of it are read.
type statement struct {
	fullStmt
	query string
	busy  bool
}

// lend marks the statement busy until the rows are closed.
func (st *statement) lend(rows driver.Rows) driver.Rows {
	st.busy = true
	return lentRows{rows, st}
}

type lentRows struct {
	driver.Rows
	of *statement
}

func (r lentRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}

// statementCache holds the statements of one connection. The one that was used
// longest ago makes room for a new one.
type statementCache struct {
	byQuery map[string]*list.Element
	recent  list.List // of *statement, the last used in front
}

func newStatementCache() *statementCache {
	return &statementCache{byQuery: map[string]*list.Element{}}
}

// get returns the statement for query, prepared when it is new; nil when it is
// busy.
func (c *statementCache) get(ctx context.Context, conn driver.ConnPrepareContext, query string) (*statement, error) {
	if e, ok := c.byQuery[query]; ok {
		st := e.Value.(*statement)
		if st.busy {
			return nil, nil
		}
		c.recent.MoveToFront(e)
		return st, nil
	}
	c.makeRoom()
	prepared, err := conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := prepared.(fullStmt)
	if !ok {
		_ = prepared.Close()
		return nil, errors.New("the database driver's statements take no context")
	}
	st := &statement{fullStmt: full, query: query}
	c.byQuery[query] = c.recent.PushFront(st)
	return st, nil
}

// makeRoom closes the statement that was used longest ago, but none whose rows
// are being read.
func (c *statementCache) makeRoom() {
	for e := c.recent.Back(); e != nil && c.recent.Len() >= maxPrepared; e = e.Prev() {
		if st := e.Value.(*statement); !st.busy {
			c.drop(st)
			return
		}
	}
}

func (c *statementCache) drop(st *statement) {
	if e, ok := c.byQuery[st.query]; ok {
		c.recent.Remove(e)
		delete(c.byQuery, st.query)
	}
	_ = st.Close()
}

func (c *statementCache) clear() {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		_ = e.Value.(*statement).Close()
	}
	c.byQuery = map[string]*list.Element{}
	c.recent.Init()
}
