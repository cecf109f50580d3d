package store

import (
	"context"
	"reflect"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/cycle"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
)

// What most transactions make are rows that nothing in them reads again: a
// person, the e-mail addresses, the log row, the Event. These inserts wait in the
// transaction and travel together, at its end or before its next statement: on
// PostgreSQL as one statement, and where nothing came before it as one that is a
// transaction by itself. That is one round trip instead of six.

// insertTables are the tables whose inserts wait, with all their columns.
var insertTables = map[string][]string{
	user.Table: user.Columns, group.Table: group.Columns, email.Table: email.Columns, event.Table: event.Columns, provisioninglog.Table: provisioninglog.Columns,
	cycle.Table: cycle.Columns,
}

// inserts are the rows that wait, by table in the order of the first row.
type inserts []waitingRows

// waitingRows are rows of one table: a cell for each of its columns.
type waitingRows struct {
	table string
	rows  [][]any
	owner *hold // the connection that owns the rows, if one does
}

func (i *inserts) add(table string, row []any) {
	for n := range *i {
		if t := &(*i)[n]; t.table == table {
			t.rows = append(t.rows, row)
			return
		}
	}
	*i = append(*i, waitingRows{table: table, rows: [][]any{row}})
}

// holds is the connection that owns the waiting rows; nil: none does.
func (i inserts) holds() *hold {
	for _, t := range i {
		if t.owner != nil {
			return t.owner
		}
	}
	return nil
}

// hold ties the waiting rows of a table to the connection that owns them.
func (i inserts) hold(table string, owner hold) error {
	if held := i.holds(); held != nil && *held != owner {
		return fault.New(fault.Internal, "one transaction makes what two connections own")
	}
	for n := range i {
		if i[n].table == table {
			i[n].owner = &owner
		}
	}
	return nil
}

type waitKey struct{}

// CreateUser makes a person. The row waits with the other inserts, so a conflict
// shows when the transaction ends or goes on. So does ErrNotHeld: the transaction
// holds the connection that is to own the person.
func (tx *Tx) CreateUser(ctx context.Context, create *ent.UserCreate) (*ent.User, error) {
	return create.Save(context.WithValue(ctx, waitKey{}, true))
}

// CreateGroup makes a group, in the same way.
func (tx *Tx) CreateGroup(ctx context.Context, create *ent.GroupCreate) (*ent.Group, error) {
	return create.Save(context.WithValue(ctx, waitKey{}, true))
}

// CreateEmail makes an e-mail row of a person, in the same way.
func (tx *Tx) CreateEmail(ctx context.Context, create *ent.EmailCreate) error {
	return create.Exec(context.WithValue(ctx, waitKey{}, true))
}

// wait takes a create out of ent's hands: the row waits with the others, and ent
// gets the entity that it would have read back.
func (tx *Tx) wait(ctx context.Context, m mutation) (ent.Value, error) {
	var entity any
	table := user.Table
	switch m.Type() {
	case ent.TypeUser:
		entity = new(ent.User)
	case ent.TypeGroup:
		entity, table = new(ent.Group), group.Table
	case ent.TypeEmail:
		entity, table = new(ent.Email), email.Table
	}
	id, _ := m.ID()
	setColumn(entity, "id", id)
	for _, column := range m.Fields() {
		value, _ := m.Field(column)
		setColumn(entity, column, value)
	}
	if err := tx.insertRow(table, entity); err != nil {
		return nil, err
	}
	owner, owned := m.Field(user.FieldConnectionID) // of groups too
	if !owned {
		return entity, nil
	}
	h, err := holdOf(ctx, owner.(uuid.UUID))
	if err != nil {
		return nil, err
	}
	return entity, tx.pending.hold(table, h)
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
