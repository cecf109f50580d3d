package store

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"
	"sync"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/ent/cycle"
	"github.com/rollcall/rollcall/ent/event"
)

// command is SQL with its arguments.
type command struct {
	query string
	args  []any
	held  bool // it touches no row when its connection isn't held
}

// check errs when the command has found that its connection isn't held.
func (c command) check(res stdsql.Result) error {
	if !c.held {
		return nil
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = ErrNotHeld
	}
	return err
}

// commands are what the waiting rows come to: on PostgreSQL one statement for
// all tables.
func (i inserts) commands(postgres bool) []command {
	if len(i) == 0 {
		return nil
	}
	if postgres {
		return []command{i.onPostgres()}
	}
	all := make([]command, len(i))
	for n, t := range i {
		all[n] = command{query: insertSQLite(t.table), args: []any{t.json()}}
		if t.owner != nil {
			var b sql.Builder
			b.SetDialect(dialect.SQLite)
			t.owner.condition(&b)
			condition, args := b.Query()
			all[n] = command{all[n].query + " WHERE " + condition, append(all[n].args, args...), true}
		}
	}
	return all
}

var insertTexts sync.Map // the texts below, by what is in them

func insertText(key string, write func(*strings.Builder)) string {
	if known, ok := insertTexts.Load(key); ok {
		return known.(string)
	}
	var b strings.Builder
	write(&b)
	insertTexts.Store(key, b.String())
	return b.String()
}

func insertSQLite(table string) string {
	return insertText("sqlite "+table, func(b *strings.Builder) {
		columns := insertTables[table]
		b.WriteString(`INSERT INTO ` + table + ` ("` + strings.Join(columns, `", "`) + `") SELECT `)
		for n, column := range columns {
			if n > 0 {
				b.WriteString(", ")
			}
			if isPosition(table, column) {
				b.WriteString("(SELECT COALESCE(MAX(position), 0) + 1 FROM events WHERE org_id = value ->> '$.org_id')")
			} else {
				b.WriteString("value ->> '$." + column + "'")
			}
		}
		b.WriteString(" FROM json_each(?)" + onConflict(table, "MIN", "MAX"))
	})
}

// onConflict is how rows join those that are there: counts of cycles are added.
// WHERE keeps SQLite from reading ON as a part of FROM.
func onConflict(table, least, greatest string) string {
	if table != cycle.Table {
		return ""
	}
	return ` WHERE true ON CONFLICT (id) DO UPDATE SET created_at = ` + least + `(cycles.created_at, excluded.created_at), ` +
		`ended_at = ` + greatest + `(cycles.ended_at, excluded.ended_at), requests = cycles.requests + excluded.requests, ` +
		`writes = cycles.writes + excluded.writes, failures = cycles.failures + excluded.failures`
}

// isPosition says whether the database itself finds the value of a column.
func isPosition(table, column string) bool {
	return table == event.Table && column == event.FieldPosition
}

// onPostgres begins with the connection that is to be held, where there is one;
// then every INSERT selects from that row.
func (i inserts) onPostgres() command {
	var key strings.Builder
	key.WriteString("postgres")
	var args []any
	held := i.holds()
	if held != nil {
		key.WriteString(" held")
		args = append(args, held.connection, held.org)
	}
	for _, t := range i {
		key.WriteString(" " + t.table)
		if t.alone() {
			args = t.appendCells(args)
			continue
		}
		key.WriteString("s")
		args = append(args, t.json())
	}
	return command{insertText(key.String(), i.writePostgres), args, held != nil}
}

func (i inserts) writePostgres(b *strings.Builder) {
	arg, with := 0, "WITH"
	held := i.holds()
	if held != nil {
		var row sql.Builder
		row.SetDialect(dialect.Postgres)
		held.row(&row)
		text, args := row.Query()
		b.WriteString("WITH held AS (" + text + ")")
		arg, with = len(args), ","
	}
	for n, t := range i {
		last := n == len(i)-1
		if !last {
			b.WriteString(with + " t" + strconv.Itoa(n) + " AS (")
			with = ","
		}
		arg = t.writePostgres(b, arg, held != nil)
		if !last {
			b.WriteString(")")
		}
	}
}

// alone says whether a row is its table's only one. It comes as one argument for
// each cell, which PostgreSQL reads with less ado than JSON.
func (t waitingRows) alone() bool { return len(t.rows) == 1 }

func (t waitingRows) appendCells(args []any) []any {
	for n, column := range insertTables[t.table] {
		if !isPosition(t.table, column) {
			args = append(args, t.rows[0][n])
		}
	}
	return args
}

// writePostgres writes the INSERT of one table and returns the number of its last
// argument; the first one comes after arg.
func (t waitingRows) writePostgres(b *strings.Builder, arg int, held bool) int {
	columns := insertTables[t.table]
	cells := map[string]string{}
	for _, column := range columns {
		cells[column] = `made."` + column + `"`
		if t.alone() && !isPosition(t.table, column) {
			arg++
			cells[column] = "$" + strconv.Itoa(arg)
		}
	}
	if t.table == event.Table {
		cells[event.FieldPosition] = postgresPosition(cells[event.FieldOrgID], cells[event.FieldEntityID])
	}
	values := make([]string, len(columns))
	for n, column := range columns {
		values[n] = cells[column]
	}
	b.WriteString(" INSERT INTO " + t.table + ` ("` + strings.Join(columns, `", "`) + `") SELECT ` + strings.Join(values, ", "))
	var from []string
	if held {
		from = append(from, "held")
	}
	if !t.alone() {
		arg++
		from = append(from, "json_populate_recordset(NULL::"+t.table+", $"+strconv.Itoa(arg)+") AS made")
	}
	if len(from) > 0 {
		b.WriteString(" FROM " + strings.Join(from, ", "))
	}
	b.WriteString(onConflict(t.table, "LEAST", "GREATEST"))
	return arg
}

// postgresPosition is an Event's place in the feed. Ids are made before the
// commit, so their order is not the order in which readers come to see them. A
// transaction may get its number while it waits for a row that a later number
// then gets first; what happens to one entity keeps its order all the same, by
// standing no earlier than the Event before. A place behind one's own number is
// safe: readers wait there for every number below.
func postgresPosition(org, entity string) string {
	return `GREATEST(pg_current_xact_id()::text::bigint, (SELECT earlier.position FROM events AS earlier
	WHERE earlier.org_id = ` + org + ` AND earlier.entity_id = ` + entity + ` ORDER BY earlier.id DESC LIMIT 1))`
}

// enoughToCopy are the rows of one table from which COPY is cheaper: half of
// what an INSERT costs PostgreSQL, but four round trips instead of one.
const enoughToCopy = 16

// isCopy says whether the waiting rows are for COPY.
func (i inserts) isCopy() bool {
	return len(i) == 1 && i[0].owner == nil && len(i[0].rows) >= enoughToCopy && i[0].table != event.Table && i[0].table != cycle.Table
}

// copyTo writes the rows in a transaction of their own. It goes to the driver
// directly: database/sql would look at each cell of each row anew. Connections
// that have died while nobody used them, as all do when the server is started
// anew, leave the pool; it has no more of them than its size.
func (t waitingRows) copyTo(ctx context.Context, db *stdsql.DB) error {
	for dead := 0; ; dead++ {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		begun := false
		err = conn.Raw(func(c any) error {
			full := c.(fullConn)
			tx, err := full.BeginTx(ctx, driver.TxOptions{})
			if err == nil {
				begun = true
				err = t.copyThrough(ctx, full, tx)
			}
			if err != nil {
				return errors.Join(err, driver.ErrBadConn) // the end of the connection undoes what was sent
			}
			return nil
		})
		err = errors.Join(err, conn.Close())
		if begun || ctx.Err() != nil || dead == db.Stats().MaxOpenConnections {
			return err
		}
	}
}

// copyStatement is how lib/pq takes the rows of COPY, one at a time, and none at
// the end.
type copyStatement interface {
	Exec(row []driver.Value) (driver.Result, error)
}

func (t waitingRows) copyThrough(ctx context.Context, conn fullConn, tx driver.Tx) error {
	prepared, err := conn.PrepareContext(ctx, "COPY "+t.table+` ("`+strings.Join(insertTables[t.table], `", "`)+`") FROM STDIN`)
	if err != nil {
		return err
	}
	st := prepared.(copyStatement)
	cells := make([]driver.Value, len(insertTables[t.table]))
	for _, row := range t.rows {
		for n, cell := range row {
			if text, ok := cell.(document); ok {
				cell = string(text)
			}
			cells[n] = cell
		}
		if _, err := st.Exec(cells); err != nil {
			return err
		}
	}
	if _, err := st.Exec(nil); err != nil {
		return err
	}
	return tx.Commit()
}
