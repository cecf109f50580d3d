package store

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
)

// changeSet collects what a transaction does, one change for each entity.
type changeSet struct {
	order   []uuid.UUID
	changes map[uuid.UUID]*change
	vouched map[uuid.UUID]bool
}

type change struct {
	event          uuid.UUID
	entity, verb   string
	before, after  map[string]any
	added, removed []uuid.UUID
}

func newChangeSet() *changeSet {
	return &changeSet{changes: map[uuid.UUID]*change{}, vouched: map[uuid.UUID]bool{}}
}

func (s *changeSet) of(id uuid.UUID) *change {
	c := s.changes[id]
	if c == nil {
		c = &change{event: schema.NewID(), verb: "updated", before: map[string]any{}, after: map[string]any{}}
		s.changes[id] = c
		s.order = append(s.order, id)
	}
	return c
}

func (s *changeSet) events() []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(s.order))
	for _, id := range s.order {
		ids = append(ids, s.changes[id].event)
	}
	return ids
}

// silent are the columns that an Event doesn't repeat: they follow from others,
// say nothing, or are secret.
var silent = []string{"org_id", "created_at", "updated_at", "version", "folded", "hash", "user_name_key",
	"display_name_key", "name_key", "path_key", "manager_key"}

// isAudited says whether changes of an entity become Events. E-mail rows are part
// of their person, and log rows and Events are nothing that things happen to.
func isAudited(entity string) bool {
	switch entity {
	case ent.TypeEmail, ent.TypeProvisioningLog, ent.TypeEvent:
		return false
	}
	return true
}

// note adds a mutation to the change set.
func (s *changeSet) note(ctx context.Context, m mutation) error {
	if !isAudited(m.Type()) {
		return nil
	}
	ids, err := subjects(ctx, m)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c := s.of(id)
		c.entity = m.Type()
		switch {
		case m.Op().Is(ent.OpCreate):
			c.verb = "created"
			s.vouched[id] = true
		case m.Op().Is(ent.OpDelete | ent.OpDeleteOne):
			c.verb = "deleted"
			continue
		}
		c.collect(ctx, m)
	}
	return nil
}

func (c *change) collect(ctx context.Context, m mutation) {
	for _, column := range append(m.Fields(), m.ClearedFields()...) {
		if slices.Contains(silent, column) {
			continue
		}
		value := after(ctx, m, column)
		if !m.Op().Is(ent.OpCreate) {
			if _, known := c.before[column]; !known {
				c.before[column] = before(ctx, m, column)
			}
			c.after[column] = value
		} else if !isEmpty(value) {
			c.after[column] = value
		}
	}
}

func isEmpty(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || (r.Kind() == reflect.Map || r.Kind() == reflect.Slice) && r.Len() == 0
}

// subjects are the ids that a mutation is about.
func subjects(ctx context.Context, m mutation) ([]uuid.UUID, error) {
	if s, ok := subjectOf(ctx, m); ok {
		return []uuid.UUID{s.id}, nil
	}
	if id, ok := m.ID(); ok {
		return []uuid.UUID{id}, nil
	}
	return m.IDs(ctx)
}

// before is the value that a column has now: from the loaded row where the
// transaction brought one, else ent asks the database. nil for what is made.
func before(ctx context.Context, m mutation, column string) any {
	if m.Op().Is(ent.OpCreate) {
		return nil
	}
	if s, ok := subjectOf(ctx, m); ok {
		return columnOf(s.row, column)
	}
	if !m.Op().Is(ent.OpUpdateOne) {
		return nil
	}
	v, err := m.OldField(ctx, column)
	if err != nil {
		return nil
	}
	return v
}

// columnOf reads a column of a loaded row through its json tag, which ent names
// after the column.
func columnOf(row any, column string) any {
	r := reflect.ValueOf(row).Elem()
	i, ok := columnsOf(r.Type())[column]
	if !ok {
		return nil
	}
	f := r.Field(i)
	if f.Kind() == reflect.Pointer {
		if f.IsNil() {
			return nil
		}
		f = f.Elem()
	}
	return f.Interface()
}

var columns sync.Map // reflect.Type → map[string]int

func columnsOf(t reflect.Type) map[string]int {
	if known, ok := columns.Load(t); ok {
		return known.(map[string]int)
	}
	m := map[string]int{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		m[name] = i
	}
	columns.Store(t, m)
	return m
}

// insertEvents writes the change set in one statement. An actor without an
// organization (the installation) leaves its events with what it made.
func (s *Store) insertEvents(ctx context.Context, tx *Tx) error {
	if len(tx.changes.order) == 0 {
		return nil
	}
	a, _ := actor.From(ctx)
	d := s.url.dialect
	insert := sql.Dialect(d).Insert(event.Table).Columns(event.FieldID, event.FieldCreatedAt, event.FieldOrgID,
		event.FieldPosition, event.FieldKind, event.FieldEntity, event.FieldEntityID, event.FieldActor,
		event.FieldActorID, event.FieldCorrelationID, event.FieldData)
	for _, id := range tx.changes.order {
		c := tx.changes.changes[id]
		data, err := json.Marshal(schema.EventData{Before: c.before, After: c.after, Added: c.added, Removed: c.removed})
		if err != nil {
			return err
		}
		org := a.Org
		if c.entity == ent.TypeOrganization {
			org = id
		}
		insert.Values(c.event, tx.now, org, position(d, org, id), strings.ToLower(c.entity)+"."+c.verb, c.entity, id,
			string(a.Kind), nullable(a.ID), nullable(a.Request), string(data))
	}
	query, args := insert.Query()
	_, err := tx.ExecContext(ctx, query, args...)
	return err
}

// position is an Event's place in the feed. Ids are made before the commit, so
// their order is not the order in which readers come to see them. On PostgreSQL
// a transaction may get its number while it waits for a row that a later number
// then gets first; what happens to one entity keeps its order all the same, by
// standing no earlier than the Event before. A place behind one's own number is
// safe: readers wait there for every number below.
func position(d string, org, entity uuid.UUID) any {
	if d == dialect.Postgres {
		return sql.ExprFunc(func(b *sql.Builder) {
			b.WriteString("GREATEST(pg_current_xact_id()::text::bigint, (SELECT position FROM events WHERE org_id = ").Arg(org).
				WriteString(" AND entity_id = ").Arg(entity).WriteString(" ORDER BY id DESC LIMIT 1))")
		})
	}
	return sql.ExprFunc(func(b *sql.Builder) {
		b.WriteString("(SELECT COALESCE(MAX(position), 0) + 1 FROM events WHERE org_id = ").Arg(org).WriteString(")")
	})
}

func nullable(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id
}
