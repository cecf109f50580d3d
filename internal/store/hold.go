package store

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/internal/fault"
)

// What a connection owns is written by transactions that hold the connection:
// they share its row, while whoever pauses or removes it takes the row for itself
// (LockConnection) and so comes before or after them, never in between. The hold
// costs no statement of its own: it rides on the look-up, or on the inserts, that
// come first. On SQLite the transaction itself is the lock.

// queueHere is where those who share a connection and who want it for themselves
// stand in one line, each until the end of its transaction. The row alone has no
// line: share locks overtake who wants it for itself, for as long as new ones come.
const (
	queueHere    = "(hashtextextended(connections.id::text, 0))"
	queueToShare = "pg_advisory_xact_lock_shared" + queueHere
	queueToTake  = "pg_advisory_xact_lock" + queueHere
)

// ErrNotHeld is the error of a transaction whose connection was paused or removed.
var ErrNotHeld = fault.New(fault.Unauthenticated, "the connection was paused or removed meanwhile; nothing was changed")

// hold is a connection of an organization.
type hold struct{ org, connection uuid.UUID }

// holdOf is a connection of the actor's organization.
func holdOf(ctx context.Context, connection uuid.UUID) (hold, error) {
	org, err := organizationOf(ctx)
	return hold{org, connection}, err
}

// row is a SELECT of 1 that takes the connection's row: none where the connection
// isn't there or isn't enabled. The database looks at the row anew after it has
// waited for the lock.
func (h hold) row(b *sql.Builder) {
	b.WriteString("SELECT 1 AS held FROM connections WHERE connections.id = ").Arg(h.connection).
		WriteString(" AND connections.org_id = ").Arg(h.org).WriteString(" AND connections.enabled")
	if b.Dialect() == dialect.Postgres {
		b.WriteString(" AND " + queueToShare + " IS NOT NULL FOR SHARE")
	}
}

// condition is true while the connection is held. It depends on nothing else in
// the statement, so the database takes the connection before any other row.
func (h hold) condition(b *sql.Builder) {
	b.WriteString("EXISTS (")
	h.row(b)
	b.WriteString(")")
}

// Held makes an ent query of a transaction find nothing unless it holds the
// connection; Hold then says whether it can be held. If it can, it may have been
// resumed meanwhile, and the query is to be asked again.
func Held(ctx context.Context, connection uuid.UUID) func(*sql.Selector) {
	return func(s *sql.Selector) {
		h, err := holdOf(ctx, connection)
		if err != nil {
			s.AddError(err)
			return
		}
		s.Where(sql.P(h.condition))
	}
}

// LockConnection takes a connection of the actor's organization for the
// transaction alone: once those who hold it are done, and before those who come
// later. Errors: ent's not found.
func (tx *Tx) LockConnection(ctx context.Context, id uuid.UUID) (*ent.Connection, error) {
	if tx.store.Postgres() {
		org, err := organizationOf(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := tx.Exec(ctx, "SELECT "+queueToTake+" FROM connections WHERE id = ? AND org_id = ?", id, org); err != nil {
			return nil, fmt.Errorf("lock connection %s: %w", id, err)
		}
	}
	return tx.Connection.Query().Where(connection.ID(id), Lock).Only(ctx)
}

// Hold holds a connection with a statement of its own. Errors: ErrNotHeld.
func (tx *Tx) Hold(ctx context.Context, connection uuid.UUID) error {
	h, err := holdOf(ctx, connection)
	if err != nil {
		return err
	}
	b := tx.store.builder()
	h.row(b)
	query, args := b.Query()
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("hold connection %s: %w", connection, err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return fmt.Errorf("hold connection %s: %w", connection, err)
		}
		return ErrNotHeld
	}
	return nil
}
