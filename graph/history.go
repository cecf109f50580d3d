package graph

import (
	"bytes"
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// historyOf is one page of what happened to a person: Events, and those rows of
// the provisioning log that made none, in one list by id, for all ids begin with
// the time. Its statements are as many for any page.
func (r *Resolver) historyOf(ctx context.Context, person uuid.UUID, w window) (*HistoryConnection, error) {
	asked := selected(ctx).nodes()
	ofLog, _ := asked.below("log")
	events := r.store.Read().Event.Query().Where(event.EntityID(person))
	events.Modify(w.byID(true))
	happened, err := events.All(ctx)
	if err != nil {
		return nil, err
	}
	requests := r.store.Read().ProvisioningLog.Query().Where(provisioninglog.TargetID(person), withoutEventOf(person))
	requests.Modify(w.byID(true))
	rows, err := withoutBodies(requests, ofLog).All(ctx)
	if err != nil {
		return nil, err
	}
	entries := merged(happened, rows)
	page := &HistoryConnection{}
	page.Nodes, page.PageInfo = pageOf(w, entries, func(e *HistoryEntry) place { return byID(e.id()) })
	t := &teller{loader: requestOf(ctx).loader, entries: page.Nodes}
	if err := t.prepare(ctx, ofLog); err != nil {
		return nil, err
	}
	for _, e := range page.Nodes {
		if e.Summary, err = t.tell(ctx, e); err != nil {
			return nil, err
		}
	}
	return page, t.fill(ctx, asked)
}

// withoutEventOf keeps rows that made no Event of the person: the others are
// shown with it.
func withoutEventOf(person uuid.UUID) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString(`NOT EXISTS (SELECT 1 FROM events AS e WHERE e.org_id = provisioning_logs.org_id AND e.entity_id = `).
				Arg(person).WriteString(` AND e.correlation_id = provisioning_logs.id)`)
		}))
	}
}

func merged(events []*ent.Event, rows []*ent.ProvisioningLog) []*HistoryEntry {
	entries := make([]*HistoryEntry, 0, len(events)+len(rows))
	for _, e := range events {
		entries = append(entries, &HistoryEntry{At: e.CreatedAt, Event: e})
	}
	for _, l := range rows {
		entries = append(entries, &HistoryEntry{At: l.CreatedAt, Log: l})
	}
	slices.SortFunc(entries, func(a, b *HistoryEntry) int {
		x, y := a.id(), b.id()
		return bytes.Compare(y[:], x[:])
	})
	return entries
}

// id is the entry's place in time.
func (e *HistoryEntry) id() uuid.UUID {
	if e.Event != nil {
		return e.Event.ID
	}
	return e.Log.ID
}

// teller puts the entries of a page into words. It knows the names of everything
// that they mention.
type teller struct {
	loader  *loader
	entries []*HistoryEntry
}

// prepare brings the rows that made the events, and asks once for each kind of
// name.
func (t *teller) prepare(ctx context.Context, ofLog selection) error {
	var requests, people, departments, tokens []uuid.UUID
	for _, e := range t.entries {
		if e.Event == nil {
			continue
		}
		requests = appendID(requests, e.Event.CorrelationID)
		switch actor.Kind(e.Event.Actor) {
		case actor.User:
			people = appendID(people, e.Event.ActorID)
		case actor.Token:
			tokens = appendID(tokens, e.Event.ActorID)
		}
		for _, side := range []map[string]any{e.Event.Data.Before, e.Event.Data.After} {
			people = appendID(appendID(appendID(people, idIn(side, "manager_id")), idIn(side, "merged")), idIn(side, "merged_into"))
			departments = appendID(departments, idIn(side, "department_id"))
		}
	}
	if err := t.attach(ctx, requests, ofLog); err != nil {
		return err
	}
	if _, err := t.loader.peopleBy(ctx, people...); err != nil {
		return err
	}
	if _, err := t.loader.departmentsBy(ctx, departments...); err != nil {
		return err
	}
	_, err := t.loader.tokensBy(ctx, tokens...)
	return err
}

// attach gives the events the rows of the requests that made them.
func (t *teller) attach(ctx context.Context, ids []uuid.UUID, ofLog selection) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := withoutBodies(t.loader.r.store.Read().ProvisioningLog.Query().Where(provisioninglog.IDIn(ids...)), ofLog).All(store.ByID(ctx))
	if err != nil {
		return err
	}
	by := map[uuid.UUID]*ent.ProvisioningLog{}
	for _, l := range rows {
		by[l.ID] = l
	}
	for _, e := range t.entries {
		if e.Event != nil && e.Event.CorrelationID != nil {
			e.Log = by[*e.Event.CorrelationID]
		}
	}
	return nil
}

// fill asks once for what hangs on the events and rows.
func (t *teller) fill(ctx context.Context, asked selection) error {
	var events []*ent.Event
	var rows []*ent.ProvisioningLog
	for _, e := range t.entries {
		if e.Event != nil {
			events = append(events, e.Event)
		}
		if e.Log != nil {
			rows = append(rows, e.Log)
		}
	}
	ofEvent, _ := asked.below("event")
	if err := t.loader.fillNames(ctx, ofEvent, events...); err != nil {
		return err
	}
	ofLog, _ := asked.below("log")
	return t.loader.fillLog(ctx, ofLog, rows...)
}

// idIn reads an id among the values of an event.
func idIn(values map[string]any, column string) *uuid.UUID {
	text, _ := values[column].(string)
	id, err := uuid.Parse(text)
	if err != nil {
		return nil
	}
	return &id
}
