package graph

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/actor"
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
		if err := requestOf(ctx).loader.fillNames(ctx, asked, events...); err != nil {
			return nil, false, err
		}
		more := next != at
		at = next
		return edges, more, nil
	}), nil
}

// connectionHealthChanged tells the health of connections, and again when it
// differs in what a viewer would notice.
func (r *Resolver) connectionHealthChanged(ctx context.Context, id *uuid.UUID) (<-chan *ConnectionHealth, error) {
	if err := r.mustHaveConnection(ctx, id); err != nil {
		return nil, err
	}
	who, _ := actor.From(ctx)
	board := r.boards.watch(ctx, who.Org)
	told := map[uuid.UUID]string{}
	var toldAt string
	return follow(ctx, r, func(ctx context.Context) ([]*ConnectionHealth, bool, error) {
		state, connections, healths, err := board.at(ctx, r)
		if err != nil || state == toldAt {
			return nil, false, err
		}
		now := map[uuid.UUID]string{}
		var changed []*ConnectionHealth
		for _, c := range connections {
			if id != nil && c.ID != *id {
				continue
			}
			h, err := healths[c.ID].get(ctx, func(ctx context.Context) (*ConnectionHealth, error) { return r.healthOf(ctx, c) })
			if err != nil {
				return nil, false, err
			}
			if now[c.ID] = noticeable(h); now[c.ID] != told[c.ID] {
				changed = append(changed, h)
			}
		}
		told, toldAt = now, state
		return changed, false, nil
	}), nil
}

// signedIn tells who is asking, and ends with the credential.
func (r *Resolver) signedIn(ctx context.Context) <-chan *Viewer {
	told := false
	return follow(ctx, r, func(ctx context.Context) ([]*Viewer, bool, error) {
		if told {
			return nil, false, nil
		}
		v, err := r.viewer(ctx)
		if err != nil {
			return nil, false, err
		}
		told = true
		return []*Viewer{v}, false, nil
	})
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
