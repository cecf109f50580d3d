package store

import (
	"context"
	stdsql "database/sql"

	"entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/internal/fault"
)

// root is the driver of the client that Read returns. Inside Write it refuses
// to work: what goes around the transaction would wait for it for ever on
// SQLite, and on PostgreSQL neither see nor undo what the transaction does.
type root struct{ *sql.Driver }

var errAround = fault.New(fault.Internal, "a statement went around the transaction that it runs in")

// around errs where ctx belongs to a transaction.
func around(ctx context.Context) error {
	if ctx.Value(txKey{}) != nil {
		return errAround
	}
	return nil
}

// Exec implements dialect.ExecQuerier.
func (r root) Exec(ctx context.Context, query string, args, v any) error {
	if err := around(ctx); err != nil {
		return err
	}
	return r.Driver.Exec(ctx, query, args, v)
}

// Query implements dialect.ExecQuerier.
func (r root) Query(ctx context.Context, query string, args, v any) error {
	if err := around(ctx); err != nil {
		return err
	}
	return r.Driver.Query(ctx, query, args, v)
}

// ExecContext is what ent's client uses for plain SQL.
func (r root) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	if err := around(ctx); err != nil {
		return nil, err
	}
	return r.Driver.ExecContext(ctx, query, args...)
}

// QueryContext is what ent's client uses for plain SQL.
func (r root) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	if err := around(ctx); err != nil {
		return nil, err
	}
	return r.Driver.QueryContext(ctx, query, args...)
}
