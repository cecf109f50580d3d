package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	entsql "entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"github.com/lib/pq"
)

// Some statements are beyond ent: inserts from a select, unions, lists of ten
// thousand ids. They are written once for both databases, with ? for values, and
// name the organization themselves: the interceptor doesn't see them.

// Query runs a plain SELECT outside a transaction.
func (s *Store) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := around(ctx); err != nil {
		return nil, err
	}
	return s.db.QueryContext(ctx, s.rebind(query), args...)
}

// Query runs plain SQL that returns rows in the transaction.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.QueryContext(ctx, tx.store.rebind(query), args...)
}

// Exec runs plain SQL in the transaction and returns how many rows it touched.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int, error) {
	res, err := tx.ExecContext(ctx, tx.store.rebind(query), args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// In returns the SQL text that says a column's value is among ids, and its one
// argument. The text is the same for any number of ids.
func (s *Store) In(column string, ids []uuid.UUID) (string, any) {
	if s.Postgres() {
		return column + " = ANY(?::uuid[])", pq.Array(ids)
	}
	list, _ := json.Marshal(ids) // uuids always encode
	return column + " IN (SELECT value FROM json_each(?))", string(list)
}

// Among is In for ent's queries.
func (s *Store) Among(column string, ids []uuid.UUID) func(*entsql.Selector) {
	return func(sel *entsql.Selector) {
		text, list := s.In(sel.C(column), ids)
		before, after, _ := strings.Cut(text, "?")
		sel.Where(entsql.P(func(b *entsql.Builder) { b.WriteString(before).Arg(list).WriteString(after) }))
	}
}

// In is Store.In.
func (tx *Tx) In(column string, ids []uuid.UUID) (string, any) { return tx.store.In(column, ids) }

var rebound sync.Map // ? text → $n text; the texts are constants of this program

func (s *Store) rebind(query string) string {
	if !s.Postgres() {
		return query
	}
	if known, ok := rebound.Load(query); ok {
		return known.(string)
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	rebound.Store(query, b.String())
	return b.String()
}
