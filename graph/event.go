package graph

import (
	"context"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// How long a page of the feed is. It is read by machines.
const (
	defaultEvents = 100
	maxEvents     = 1000
)

// searchTime is how long one request looks for events of rare kinds: the page is
// then empty, and says that there is more.
const searchTime = 2 * time.Second

// listEvents is a page of the feed.
func (r *Resolver) listEvents(ctx context.Context, after *string, types []string, first *int) (*EventConnection, error) {
	limit := defaultEvents
	if first != nil {
		if *first < 1 {
			return nil, fault.New(fault.Invalid, "first must be 1 or more").On("first")
		}
		limit = min(*first, maxEvents)
	}
	from, err := cursorOf(after)
	if err != nil {
		return nil, err
	}
	var events []*ent.Event
	at, more, began := from, false, time.Now()
	for {
		found, next, err := r.store.Events(ctx, at, limit+1-len(events), types...)
		if err != nil {
			return nil, err
		}
		events = append(events, found...)
		if len(events) > limit {
			events, more = events[:limit], true
			at = store.CursorAt(events[limit-1])
			break
		}
		end := next == at || len(types) == 0
		at = next
		if end {
			break
		}
		if time.Since(began) > searchTime {
			more = true
			break
		}
	}
	return r.eventPage(ctx, events, &PageInfo{HasNextPage: more, HasPreviousPage: from != store.Cursor{}, EndCursor: new(at.String())})
}

func cursorOf(text *string) (store.Cursor, error) { return store.ParseCursor(deref(text)) }

func (r *Resolver) eventPage(ctx context.Context, events []*ent.Event, info *PageInfo) (*EventConnection, error) {
	page := &EventConnection{Edges: []*EventEdge{}, Nodes: []*ent.Event{}, PageInfo: info}
	for _, e := range events {
		page.Nodes = append(page.Nodes, e)
		page.Edges = append(page.Edges, edgeOf(e))
	}
	if len(events) > 0 {
		info.StartCursor = &page.Edges[0].Cursor
	}
	return page, requestOf(ctx).loader.fillNames(ctx, selected(ctx).nodes(), events...)
}

func edgeOf(e *ent.Event) *EventEdge { return &EventEdge{Cursor: store.CursorAt(e).String(), Node: e} }

// listAudit is a page of the same feed from its end. What the feed still holds
// back isn't in it either, so that its cursors are good for both.
func (r *Resolver) listAudit(ctx context.Context, first *int, after *string, where *AuditWhere) (*EventConnection, error) {
	w, err := windowOf(first, nil, nil, nil)
	if err != nil {
		return nil, err
	}
	from, err := cursorOf(after)
	if err != nil {
		return nil, err
	}
	conditions, err := where.conditions()
	if err != nil {
		return nil, err
	}
	query := r.store.Read().Event.Query().Where(r.store.Settled).Where(conditions...)
	if from != (store.Cursor{}) {
		query.Where(from.Before)
	}
	events, err := query.Order(newest(where != nil && where.EntityID != nil)).Limit(w.limit + 1).All(ctx)
	if err != nil {
		return nil, err
	}
	info := &PageInfo{HasNextPage: len(events) > w.limit, HasPreviousPage: from != store.Cursor{}}
	events = events[:min(len(events), w.limit)]
	if len(events) > 0 {
		info.EndCursor = new(edgeOf(events[len(events)-1]).Cursor)
	}
	return r.eventPage(ctx, events, info)
}

// newest sorts Events by their place in the feed, the last in front. Those of one
// entity are few and have an index of their own: the plus keeps SQLite from walking
// over the whole feed instead, which is in that order.
func newest(ofEntity bool) event.OrderOption {
	return func(s *sql.Selector) {
		position := s.C(event.FieldPosition)
		if ofEntity && s.Dialect() == dialect.SQLite {
			position = "+" + position
		}
		s.OrderExpr(sql.Raw(position+" DESC"), sql.Raw(s.C(event.FieldID)+" DESC"))
	}
}

func (where *AuditWhere) conditions() (conditions []predicate.Event, err error) {
	if where == nil {
		return nil, nil
	}
	add := func(p predicate.Event) { conditions = append(conditions, p) }
	if len(where.Types) > 0 {
		of, err := store.OfKinds(where.Types)
		if err != nil {
			return nil, err
		}
		add(of)
	}
	if where.EntityID != nil {
		add(event.EntityID(*where.EntityID))
	}
	if where.ActorID != nil {
		add(event.ActorID(*where.ActorID))
	}
	if where.CorrelationID != nil {
		add(event.CorrelationID(*where.CorrelationID))
	}
	if where.Reference != nil {
		request := access.RequestOf(*where.Reference)
		if request == uuid.Nil {
			return nil, fault.New(fault.Invalid, "a reference is eight letters and figures, as in K7QW2MZA").On("reference")
		}
		add(event.CorrelationID(request))
	}
	if where.From != nil {
		add(event.CreatedAtGTE(where.From.UTC()))
	}
	if where.Before != nil {
		add(event.CreatedAtLT(where.Before.UTC()))
	}
	return conditions, nil
}

// actorName is the name of who did something, nil when nobody knows it any more.
func (l *loader) actorName(ctx context.Context, e *ent.Event) (*string, error) {
	kind := actor.Kind(e.Actor)
	switch {
	case kind == actor.System:
		return new("Rollcall"), nil
	case e.ActorID == nil:
		return nil, nil
	case kind == actor.User:
		u, err := one(l.peopleBy(ctx, *e.ActorID))(*e.ActorID)
		if u == nil {
			return nil, err
		}
		return new(access.NameOf(u)), err
	}
	t, err := one(l.tokensBy(ctx, *e.ActorID))(*e.ActorID)
	if t == nil {
		return nil, err
	}
	return &t.Name, err
}

// fieldsOf are columns with their values, the columns spelled as in this schema.
func fieldsOf(columns map[string]any) any {
	if len(columns) == 0 {
		return nil
	}
	fields := make(map[string]any, len(columns))
	for column, value := range columns {
		if settings, ok := value.(map[string]any); ok && column == "settings" {
			value = fieldsOf(settings)
		}
		fields[camel(column)] = value
	}
	return fields
}
