package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/cycle"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// liveBatch is how many things a stream reads at once: what a slow reader holds.
const liveBatch = 100

// eventsAdded follows the feed from a cursor on, or from its end.
func (r *Resolver) eventsAdded(ctx context.Context, after *string, types []string) (<-chan *EventEdge, error) {
	if len(types) > 0 {
		if _, err := store.OfKinds(types); err != nil {
			return nil, err
		}
	}
	at, err := cursorOf(after)
	if after == nil {
		at, err = r.store.EventsEnd(ctx)
	}
	if err != nil {
		return nil, err
	}
	asked, _ := selected(ctx).below("node")
	return follow(ctx, r, func(ctx context.Context) ([]*EventEdge, bool, error) {
		events, next, err := r.store.Events(ctx, at, liveBatch, types...)
		if err != nil {
			return nil, false, err
		}
		edges := make([]*EventEdge, len(events))
		for i, e := range events {
			edges[i] = edgeOf(e)
		}
		if err := requestOf(ctx).loader.fillActors(ctx, asked, events...); err != nil {
			return nil, false, err
		}
		more := next != at
		at = next
		return edges, more, nil
	}), nil
}

// healthEvery is the least time between two looks at the health of connections:
// one reads the log of a day.
const healthEvery = time.Second

// connectionHealthChanged tells the health of connections, and again when it
// differs in what a viewer would notice.
func (r *Resolver) connectionHealthChanged(ctx context.Context, id *uuid.UUID) (<-chan *ConnectionHealth, error) {
	if err := r.mustHaveConnection(ctx, id); err != nil {
		return nil, err
	}
	told := map[uuid.UUID]string{}
	var looked time.Time
	var lookedAt string
	return follow(ctx, r, func(ctx context.Context) ([]*ConnectionHealth, bool, error) {
		if time.Since(looked) < healthEvery {
			return nil, false, nil
		}
		query := r.store.Read().Connection.Query().Order(connection.ByName())
		if id != nil {
			query.Where(connection.ID(*id))
		}
		connections, err := query.All(ctx)
		if err != nil {
			return nil, false, err
		}
		state, err := r.stateOf(ctx, connections)
		if err != nil || state == lookedAt {
			return nil, false, err
		}
		now := map[uuid.UUID]string{}
		var changed []*ConnectionHealth
		for _, c := range connections {
			h, err := r.healthOf(ctx, c)
			if err != nil {
				return nil, false, err
			}
			if now[c.ID] = noticeable(h); now[c.ID] != told[c.ID] {
				changed = append(changed, h)
			}
		}
		looked, lookedAt = time.Now(), state
		clear(told)
		maps.Copy(told, now)
		return changed, false, nil
	}), nil
}

// stateOf changes when the health of connections may have: with the log, with the
// cycle that runs, with themselves, and each minute.
func (r *Resolver) stateOf(ctx context.Context, connections []*ent.Connection) (string, error) {
	newest, err := r.newestLog(ctx)
	if err != nil {
		return "", err
	}
	state := newest.String() + r.store.Now().Format(" 2006-01-02T15:04")
	running, err := r.store.Read().Cycle.Query().Order(cycle.ByID(sql.OrderDesc())).First(ctx)
	switch {
	case err == nil:
		state += fmt.Sprint(" ", running.ID, running.Requests, running.Failures)
	case !ent.IsNotFound(err):
		return "", err
	}
	for _, c := range connections {
		state += fmt.Sprint(" ", c.ID, c.Version)
	}
	return state, nil
}

// noticeable is what of a connection's health is told when it changes.
func noticeable(h *ConnectionHealth) string {
	var heard time.Time
	if h.LastHeardAt != nil {
		heard = h.LastHeardAt.Truncate(time.Minute)
	}
	type problem struct {
		Detail            string
		Requests, Targets int
	}
	problems := make([]problem, len(h.Problems))
	for i, p := range h.Problems {
		problems[i] = problem{p.Detail, p.Requests, p.Targets}
	}
	text, _ := json.Marshal([]any{h.Status, h.Failures, problems, heard}) // always encodes
	return string(text)
}

// mustHaveConnection errs where a connection is named that there isn't.
func (r *Resolver) mustHaveConnection(ctx context.Context, id *uuid.UUID) error {
	if id == nil {
		return nil
	}
	c, err := requestOf(ctx).loader.connectionBy(ctx, id)
	if err == nil && c == nil {
		return fault.New(fault.NotFound, "there is no such connection").On("connection_id")
	}
	return err
}
