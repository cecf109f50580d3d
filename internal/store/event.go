package store

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"

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
	"display_name_key", "name_key", "path_key", "manager_key", "credential_id", "credential", "secrets", "logout_hint", "logout_format", "id_token", "gives_role", "fits", "checked_at"}

// isAudited says whether changes of an entity become Events. E-mail rows are part
// of their person, and log rows and Events are nothing that things happen to. A
// rehearsal leaves one when it begins, which internal/directory notes.
func isAudited(entity string) bool {
	switch entity {
	case ent.TypeEmail, ent.TypeProvisioningLog, ent.TypeEvent, ent.TypeChallenge, ent.TypeCycle, ent.TypeRehearsal, ent.TypeSpent:
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
	return fieldOf(r, columnsOf(r.Type()), column)
}

func fieldOf(r reflect.Value, fields map[string]int, column string) any {
	i, ok := fields[column]
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

// insertEvents turns the change set into Events. An actor without an
// organization (the installation) leaves its events with what it made.
func (tx *Tx) insertEvents(ctx context.Context) error {
	a, _ := actor.From(ctx)
	for _, id := range tx.changes.order {
		c := tx.changes.changes[id]
		e := &ent.Event{
			ID: c.event, CreatedAt: tx.now, OrgID: a.Org, Kind: strings.ToLower(c.entity) + "." + c.verb, Entity: c.entity,
			EntityID: id, Actor: string(a.Kind), ActorID: nilID(a.ID), CorrelationID: nilID(a.Request),
			Data: schema.EventData{Before: c.before, After: c.after, Added: c.added, Removed: c.removed},
		}
		if c.entity == ent.TypeOrganization {
			e.OrgID = id
		}
		if err := tx.insertRow(event.Table, e); err != nil {
			return err
		}
	}
	return nil
}

func nilID(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
