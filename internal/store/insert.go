package store

import (
	"context"
	"reflect"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/cycle"
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
	cycle.Table: cycle.Columns,
}

// inserts are the rows that wait, by table in the order of the first row.
type inserts []waitingRows

// waitingRows are rows of one table: a cell for each of its columns.
type waitingRows struct {
	table string
	rows  [][]any
}

func (i *inserts) add(table string, row []any) {
	for n := range *i {
		if t := &(*i)[n]; t.table == table {
			t.rows = append(t.rows, row)
			return
		}
	}
	*i = append(*i, waitingRows{table, [][]any{row}})
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
	row := make([]any, len(insertTables[table]))
	r := reflect.ValueOf(entity).Elem()
	fields := columnsOf(r.Type())
	for n, column := range insertTables[table] {
		var err error
		if row[n], err = cellOf(fieldOf(r, fields, column), tx.store.Postgres()); err != nil {
			return err
		}
	}
	tx.pending.add(table, row)
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

// AddToCycles adds sums to the rows of cycles, of any organizations; a cycle
// without a row gets one. Several replicas may add to the same.
func (tx *Tx) AddToCycles(sums ...*ent.Cycle) error {
	for _, sum := range sums {
		if err := tx.insertRow(cycle.Table, sum); err != nil {
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
