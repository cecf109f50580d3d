package store

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/actor"
)

// People are read more often than everything else together, so their SELECT is
// written by hand: ent spends as much on building its text and on taking the
// rows apart as the rest of a request costs. The organization is added here as
// the interceptor adds it to ent's queries.

// PeopleQuery asks for people of the actor's organization that a connection
// provisions and that aren't deleted.
type PeopleQuery struct {
	Connection uuid.UUID
	// Where and Order write a condition and what stands behind ORDER BY. The
	// table is called users in them. Without them everybody passes, in any order.
	Where, Order  func(*sql.Builder)
	Limit, Offset int  // no Limit: all
	Groups        bool // bring the groups of each person along, in Edges.Groups, with id and display name
	// Sealed is for who only hands on what the directory gave: lists among the
	// attributes stay as they are stored, as json.RawMessage, and keys, links and
	// the role aren't read.
	Sealed bool
}

// People reads people outside a transaction. All their columns are set but for
// Folded, unless they are sealed.
func (s *Store) People(ctx context.Context, q PeopleQuery) ([]*ent.User, error) {
	if err := around(ctx); err != nil {
		return nil, err
	}
	return s.people(ctx, q, "", s.db.QueryContext)
}

// LockPeople reads people in the transaction, holds their connection and takes
// their rows for it, where the database has row locks. On SQLite the transaction
// itself is the lock. Errors: ErrNotHeld.
func (tx *Tx) LockPeople(ctx context.Context, q PeopleQuery) ([]*ent.User, error) {
	h, err := holdOf(ctx, q.Connection)
	if err != nil {
		return nil, err
	}
	where := q.Where
	q.Where = func(b *sql.Builder) {
		h.condition(b)
		if where != nil {
			b.WriteString(" AND ")
			b.Wrap(where)
		}
	}
	lock := ""
	if tx.store.Postgres() {
		lock = " FOR UPDATE"
	}
	found, err := tx.store.people(ctx, q, lock, tx.QueryContext)
	if err != nil || len(found) > 0 {
		return found, err
	}
	if err := tx.Hold(ctx, q.Connection); err != nil {
		return nil, err
	}
	return tx.store.people(ctx, q, lock, tx.QueryContext) // the connection may have been resumed meanwhile
}

// CountPeople is how many people q would find without its limits.
func (s *Store) CountPeople(ctx context.Context, q PeopleQuery) (n int, err error) {
	if err := around(ctx); err != nil {
		return 0, err
	}
	org, err := organizationOf(ctx)
	if err != nil {
		return 0, err
	}
	b := s.builder()
	b.WriteString("SELECT count(*)")
	q.write(b, org)
	text, args := b.Query()
	return n, s.db.QueryRowContext(ctx, text, args...).Scan(&n)
}

// organizationOf is whose rows the actor may see.
func organizationOf(ctx context.Context) (uuid.UUID, error) {
	a, ok := actor.From(ctx)
	if !ok {
		return uuid.Nil, errNoActor
	}
	return a.Org, nil
}

func (s *Store) builder() *sql.Builder {
	b := new(sql.Builder)
	b.SetDialect(s.url.dialect)
	return b
}

// write writes the statement from FROM to the condition.
func (q PeopleQuery) write(b *sql.Builder, org uuid.UUID) {
	b.WriteString(" FROM users WHERE users.org_id = ").Arg(org).
		WriteString(" AND " + q.connectionColumn(b) + " = ").Arg(q.Connection).
		WriteString(" AND users.deleted_at IS NULL")
	if q.Where != nil {
		b.WriteString(" AND (")
		q.Where(b)
		b.WriteString(")")
	}
}

// connectionColumn is the column of the connection. SQLite, which knows nothing of
// how selective an index is, would rather walk the connection's people than use
// the index of what a condition asks for; the plus keeps it from that.
func (q PeopleQuery) connectionColumn(b *sql.Builder) string {
	if q.Where != nil && b.Dialect() == dialect.SQLite {
		return "+users.connection_id"
	}
	return "users.connection_id"
}

// number writes a limit: as an argument, so that texts stay few, but for SQLite,
// which plans a statement anew whenever it is bound to another limit or the same.
func (s *Store) number(b *sql.Builder, n int) {
	if s.Postgres() {
		b.Arg(n)
		return
	}
	b.WriteString(strconv.Itoa(n))
}

type queryFunc func(ctx context.Context, query string, args ...any) (*stdsql.Rows, error)

func (s *Store) people(ctx context.Context, q PeopleQuery, lock string, query queryFunc) ([]*ent.User, error) {
	org, err := organizationOf(ctx)
	if err != nil {
		return nil, err
	}
	b := s.builder() // of what differs: to let it grow over the columns too would cost more than all else here
	q.write(b, org)
	if q.Order != nil {
		b.WriteString(" ORDER BY ")
		q.Order(b)
	}
	if q.Limit > 0 {
		s.number(b.WriteString(" LIMIT "), q.Limit)
		if q.Offset > 0 {
			s.number(b.WriteString(" OFFSET "), q.Offset)
		}
	}
	b.WriteString(lock)
	tail, args := b.Query()
	rows, err := query(ctx, s.selectPeople(q)+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	defer func() { _ = rows.Close() }()
	people, err := scanPeople(rows, q, org)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return people, nil
}

func (s *Store) selectPeople(q PeopleQuery) string {
	columns := selectAll
	if q.Sealed {
		columns = selectShown
	}
	switch {
	case !q.Groups:
		return columns.alone
	case s.Postgres():
		return columns.onPostgres
	}
	return columns.onSQLite
}

var selectAll, selectShown = selectTexts(len(personColumns)), selectTexts(shownColumns)

// selection is the beginning of a statement, without and with groups.
type selection struct{ alone, onPostgres, onSQLite string }

// selectTexts names the first n of personColumns.
func selectTexts(n int) selection {
	names := make([]string, n)
	for i, c := range personColumns[:n] {
		names[i] = "users." + c.name
	}
	text := "SELECT " + strings.Join(names, ", ")
	return selection{text, text + groupsOnPostgres, text + groupsOnSQLite}
}

const (
	// A list of texts, the id and the name behind it: a join, or a pair of JSON
	// values for each group, makes a look-up of one person cost twice as much on
	// PostgreSQL. A group that is gone is null.
	groupsOnPostgres = ", (SELECT to_json(ARRAY(SELECT m.group_id::text || (" + nameOfGroup +
		") FROM memberships m WHERE m.user_id = users.id)))"
	groupsOnSQLite = ", (SELECT json_group_array(m.group_id || (" + nameOfGroup + ")) FROM memberships m WHERE m.user_id = users.id)"
	nameOfGroup    = "SELECT g.display_name FROM groups g WHERE g.id = m.group_id AND g.deleted_at IS NULL"
)
