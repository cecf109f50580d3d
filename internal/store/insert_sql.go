package store

import (
	"context"
	stdsql "database/sql"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/rollcall/rollcall/ent/cycle"
	"github.com/rollcall/rollcall/ent/event"
)

// command is SQL with its arguments.
type command struct {
	query string
	args  []any
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
		all[n] = command{insertSQLite(t.table), []any{t.json()}}
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

func (i inserts) onPostgres() command {
	var key strings.Builder
	key.WriteString("postgres")
	var args []any
	for _, t := range i {
		key.WriteString(" " + t.table)
		if t.alone() {
			args = t.appendCells(args)
			continue
		}
		key.WriteString("s")
		args = append(args, t.json())
	}
	return command{insertText(key.String(), i.writePostgres), args}
}

func (i inserts) writePostgres(b *strings.Builder) {
	arg := 0
	for n, t := range i {
		last := n == len(i)-1
		if !last {
			b.WriteString([]string{"WITH", ","}[min(n, 1)] + " t" + strconv.Itoa(n) + " AS (")
		}
		arg = t.writePostgres(b, arg)
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
func (t waitingRows) writePostgres(b *strings.Builder, arg int) int {
	columns := insertTables[t.table]
	from := map[string]string{}
	for _, column := range columns {
		from[column] = `made."` + column + `"`
		if t.alone() && !isPosition(t.table, column) {
			arg++
			from[column] = "$" + strconv.Itoa(arg)
		}
	}
	if t.table == event.Table {
		from[event.FieldPosition] = postgresPosition(from[event.FieldOrgID], from[event.FieldEntityID])
	}
	values := make([]string, len(columns))
	for n, column := range columns {
		values[n] = from[column]
	}
	b.WriteString(" INSERT INTO " + t.table + ` ("` + strings.Join(columns, `", "`) + `") SELECT ` + strings.Join(values, ", "))
	if !t.alone() {
		arg++
		b.WriteString(" FROM json_populate_recordset(NULL::" + t.table + ", $" + strconv.Itoa(arg) + ") AS made")
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
	return len(i) == 1 && len(i[0].rows) >= enoughToCopy && i[0].table != event.Table && i[0].table != cycle.Table
}

// copyTo writes the rows in a transaction of their own.
func (t waitingRows) copyTo(ctx context.Context, db *stdsql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	st, err := tx.PrepareContext(ctx, "COPY "+t.table+` ("`+strings.Join(insertTables[t.table], `", "`)+`") FROM STDIN`)
	if err == nil {
		err = errors.Join(t.copyThrough(ctx, st), st.Close())
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (t waitingRows) copyThrough(ctx context.Context, st *stdsql.Stmt) error {
	for _, row := range t.rows {
		if _, err := st.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	_, err := st.ExecContext(ctx)
	return err
}
