package store

import (
	"context"
	stdsql "database/sql"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// lazyTx is a transaction that begins with its first statement and carries the
// inserts that wait. One that comes to nothing but a single statement never
// begins: the statement is a transaction by itself.
type lazyTx struct {
	root    root
	ctx     context.Context // of the transaction: a commit has none of its own
	tx      *sql.Tx         // nil until the first statement
	pending *inserts
}

type beginningKey struct{}

// Tx implements dialect.Driver for Write.
func (r root) Tx(ctx context.Context) (dialect.Tx, error) {
	tx, ok := ctx.Value(beginningKey{}).(*Tx)
	if !ok {
		return nil, errAround
	}
	tx.lazy = &lazyTx{root: r, ctx: ctx, pending: tx.pending}
	return tx.lazy, nil
}

// ready begins the transaction and sends what waits, so that the next statement
// sees it.
func (l *lazyTx) ready() error {
	if l.tx == nil {
		tx, err := l.root.Driver.Tx(l.ctx)
		if err != nil {
			return err
		}
		l.tx = tx.(*sql.Tx)
	}
	return l.flush()
}

func (l *lazyTx) flush() error {
	if len(*l.pending) == 0 {
		return nil
	}
	all := l.pending.commands(l.root.Dialect() == dialect.Postgres)
	*l.pending = nil
	for _, st := range all {
		res, err := l.tx.ExecContext(l.ctx, st.query, st.args...)
		if err == nil {
			err = st.check(res)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Exec implements dialect.ExecQuerier.
func (l *lazyTx) Exec(ctx context.Context, query string, args, v any) error {
	if err := l.ready(); err != nil {
		return err
	}
	return l.tx.Exec(ctx, query, args, v)
}

// Query implements dialect.ExecQuerier.
func (l *lazyTx) Query(ctx context.Context, query string, args, v any) error {
	if err := l.ready(); err != nil {
		return err
	}
	return l.tx.Query(ctx, query, args, v)
}

// ExecContext is what plain SQL goes through.
func (l *lazyTx) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	if err := l.ready(); err != nil {
		return nil, err
	}
	return l.tx.ExecContext(ctx, query, args...)
}

// QueryContext is what plain SQL goes through.
func (l *lazyTx) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	if err := l.ready(); err != nil {
		return nil, err
	}
	return l.tx.QueryContext(ctx, query, args...)
}

// Commit sends what waits and makes everything last. When it fails, nothing has
// happened.
func (l *lazyTx) Commit() error {
	if l.tx == nil {
		if l.root.Dialect() == dialect.Postgres && l.pending.isCopy() {
			return (*l.pending)[0].copyTo(l.ctx, l.root.DB())
		}
		all := l.pending.commands(l.root.Dialect() == dialect.Postgres)
		switch len(all) {
		case 0:
			return nil
		case 1:
			res, err := l.root.Driver.ExecContext(l.ctx, all[0].query, all[0].args...)
			if err == nil {
				err = all[0].check(res)
			}
			return err
		}
	}
	if err := l.ready(); err != nil {
		_ = l.Rollback() // the failure is what there is to say
		return err
	}
	return l.tx.Commit()
}

// Rollback forgets everything.
func (l *lazyTx) Rollback() error {
	if l.tx == nil {
		return nil
	}
	return l.tx.Rollback()
}
