package store

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/user"
)

// What most transactions make are rows that nothing in them reads again: a
// person, the e-mail addresses, the log row, the Event. These inserts wait in the
// transaction and travel together, at its end or before its next statement: on
// PostgreSQL as one statement, and where nothing came before it as one that is a
// transaction by itself. That is one round trip instead of six.

// insertTables are the tables whose inserts wait, with all their columns.
var insertTables = map[string][]string{
	user.Table: user.Columns, email.Table: email.Columns, event.Table: event.Columns, provisioninglog.Table: provisioninglog.Columns,
}

// inserts are the rows that wait, as JSON lists by table.
type inserts struct {
	tables []string // in the order of their first row
	rows   map[string][]byte
}

func (i *inserts) add(table string, row []byte) {
	if i.rows == nil {
		i.rows = map[string][]byte{}
	}
	list, known := i.rows[table]
	if !known {
		i.tables = append(i.tables, table)
		list = append(make([]byte, 0, len(row)+2), '[')
	} else {
		list = append(list[:len(list)-1], ',')
	}
	i.rows[table] = append(append(list, row...), ']')
}

// command is SQL with its arguments.
type command struct {
	query string
	args  []any
}

// commands are what the waiting rows come to.
func (i *inserts) commands(postgres bool) []command {
	if len(i.tables) == 0 {
		return nil
	}
	if !postgres {
		all := make([]command, len(i.tables))
		for n, table := range i.tables {
			all[n] = command{insertSQLite(table), []any{string(i.rows[table])}}
		}
		return all
	}
	one := command{query: insertPostgres(i.tables)}
	for _, table := range i.tables {
		one.args = append(one.args, string(i.rows[table]))
	}
	return []command{one}
}

var insertTexts sync.Map // the texts below, by the tables' names

func insertSQLite(table string) string {
	return insertText("sqlite "+table, func(b *strings.Builder) {
		columns := insertTables[table]
		b.WriteString(`INSERT INTO ` + table + ` ("` + strings.Join(columns, `", "`) + `") SELECT `)
		for n, column := range columns {
			if n > 0 {
				b.WriteString(", ")
			}
			if table == event.Table && column == event.FieldPosition {
				b.WriteString("(SELECT COALESCE(MAX(position), 0) + 1 FROM events WHERE org_id = value ->> '$.org_id')")
			} else {
				b.WriteString("value ->> '$." + column + "'")
			}
		}
		b.WriteString(" FROM json_each(?)")
	})
}

func insertPostgres(tables []string) string {
	return insertText("postgres "+strings.Join(tables, " "), func(b *strings.Builder) {
		for n, table := range tables {
			columns := `"` + strings.Join(insertTables[table], `", "`) + `"`
			values := columns
			if table == event.Table {
				values = strings.Replace(columns, `"`+event.FieldPosition+`"`, postgresPosition, 1)
			}
			insert := "INSERT INTO " + table + " (" + columns + ") SELECT " + values +
				" FROM json_populate_recordset(NULL::" + table + ", $" + strconv.Itoa(n+1) + ") AS made"
			switch {
			case n == len(tables)-1:
				b.WriteString(" " + insert)
			case n == 0:
				b.WriteString("WITH t0 AS (" + insert + ")")
			default:
				b.WriteString(", t" + strconv.Itoa(n) + " AS (" + insert + ")")
			}
		}
	})
}

func insertText(key string, write func(*strings.Builder)) string {
	if known, ok := insertTexts.Load(key); ok {
		return known.(string)
	}
	var b strings.Builder
	write(&b)
	insertTexts.Store(key, b.String())
	return b.String()
}

type waitKey struct{}

// CreateUser makes a person. The row waits with the other inserts, so a conflict
// shows when the transaction ends or goes on.
func (tx *Tx) CreateUser(ctx context.Context, create *ent.UserCreate) (*ent.User, error) {
	return create.Save(context.WithValue(ctx, waitKey{}, true))
}

// CreateEmail makes an e-mail row of a person, in the same way.
func (tx *Tx) CreateEmail(ctx context.Context, create *ent.EmailCreate) error {
	return create.Exec(context.WithValue(ctx, waitKey{}, true))
}

// wait takes a create out of ent's hands: the row waits with the others, and ent
// gets the entity that it would have read back.
func (tx *Tx) wait(m mutation) (ent.Value, error) {
	var entity any
	table := user.Table
	switch m.Type() {
	case ent.TypeUser:
		entity = new(ent.User)
	case ent.TypeEmail:
		entity, table = new(ent.Email), email.Table
	}
	id, _ := m.ID()
	setColumn(entity, "id", id)
	for _, column := range m.Fields() {
		value, _ := m.Field(column)
		setColumn(entity, column, value)
	}
	return entity, tx.insertRow(table, entity)
}

// insertRow adds an entity to the waiting inserts of its table.
func (tx *Tx) insertRow(table string, entity any) error {
	row := []byte{'{'}
	var err error
	for _, column := range insertTables[table] {
		value := columnOf(entity, column)
		if isAbsent(value) {
			continue
		}
		if len(row) > 1 {
			row = append(row, ',')
		}
		row = append(append(append(row, '"'), column...), '"', ':')
		if row, err = appendColumn(row, value, tx.store.Postgres()); err != nil {
			return err
		}
	}
	tx.pending.add(table, append(row, '}'))
	return nil
}

// InsertLog writes rows of the provisioning log, of any organizations.
func (tx *Tx) InsertLog(_ context.Context, rows ...*ent.ProvisioningLog) error {
	for _, row := range rows {
		if err := tx.insertRow(provisioninglog.Table, row); err != nil {
			return err
		}
	}
	return nil
}

// setColumn sets the field of an entity that a column is read into.
func setColumn(entity any, column string, value any) {
	r := reflect.ValueOf(entity).Elem()
	i, ok := columnsOf(r.Type())[column]
	if !ok || value == nil {
		return
	}
	f, v := r.Field(i), reflect.ValueOf(value)
	if f.Kind() == reflect.Pointer && v.Kind() != reflect.Pointer {
		p := reflect.New(f.Type().Elem())
		p.Elem().Set(v)
		v = p
	}
	f.Set(v)
}

// isAbsent says whether a value is NULL: nil, or a list or document that nobody made.
func isAbsent(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || (r.Kind() == reflect.Map || r.Kind() == reflect.Slice) && r.IsNil()
}
