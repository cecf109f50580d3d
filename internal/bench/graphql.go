package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rollcall/rollcall/internal/bench/instance"
)

// reading is what integrators do over GraphQL, with documents such as they write.
type reading struct {
	Pages  load `json:"pages"`  // of 50 people with department, manager and groups
	Events load `json:"events"` // rows of the feed, by one reader in pages of 1000; the times are of a page
}

const usersPage = `query($after: String) { users(first: 50, after: $after) {
	nodes { id userName displayName email active department { name } manager { displayName } groups { displayName } }
	pageInfo { hasNextPage endCursor } } }`

const feedPage = `query($after: String) { events(first: 1000, after: $after) {
	nodes { id type createdAt entity entityId actor actorId correlationId before after }
	pageInfo { hasNextPage endCursor } } }`

// listing is a page of either list.
type listing struct {
	Nodes    []json.RawMessage
	PageInfo struct {
		HasNextPage bool
		EndCursor   *string
	}
}

// measureReading reads pages of people on each connection, and then the feed
// from its beginning to its end.
func measureReading(ctx context.Context, server *instance.Instance, pages int) (*reading, error) {
	token, err := server.Run(ctx, "token", "create", "--org", "acme", "--kind", "api", "--name", "bench", "--scopes", "users:read,events:read")
	if err != nil {
		return nil, err
	}
	r := &reading{Pages: load{Kind: "page of people"}, Events: load{Kind: "event of the feed"}}
	var took [concurrency][]float64
	began := time.Now()
	cpu, err := busy(server, func() error {
		all, ctx := errgroup.WithContext(ctx)
		for n := range concurrency {
			all.Go(func() (err error) {
				took[n], _, err = newClient(server.URL(), token).walk(ctx, "users", usersPage, pages/concurrency)
				return err
			})
		}
		return all.Wait()
	})
	if err != nil {
		return nil, err
	}
	times := slices.Concat(took[:]...)
	r.Pages.sum(times, len(times), time.Since(began), cpu)

	var rows int
	began = time.Now()
	cpu, err = busy(server, func() (err error) {
		times, rows, err = newClient(server.URL(), token).walk(ctx, "events", feedPage, 0)
		return err
	})
	r.Events.sum(times, rows, time.Since(began), cpu)
	return r, err
}

func (l *load) sum(times []float64, n int, took time.Duration, cpu float64) {
	slices.Sort(times)
	l.PerSecond, l.CPU = float64(n)/took.Seconds(), cpu/float64(max(n, 1))
	if len(times) > 0 {
		l.P50, l.P99 = times[len(times)/2], times[len(times)*99/100]
	}
}

// walk reads a list page by page: so many pages, beginning anew at its end, or 0
// for the whole list once. It returns the milliseconds of each page and the number
// of rows.
func (c *client) walk(ctx context.Context, list, query string, pages int) (times []float64, rows int, err error) {
	for after := (*string)(nil); pages == 0 || len(times) < pages; {
		body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"after": after}})
		if err != nil {
			return nil, 0, err
		}
		answer, took, err := c.ask(ctx, string(body))
		if err != nil {
			return nil, 0, err
		}
		var got struct {
			Data   map[string]listing
			Errors []struct{ Message string }
		}
		if err := json.Unmarshal(answer, &got); err != nil || len(got.Errors) > 0 {
			return nil, 0, fmt.Errorf("%s: %w: %.500s", list, errors.Join(err, errors.New("a wrong answer")), answer)
		}
		page := got.Data[list]
		times, rows = append(times, milliseconds(took)), rows+len(page.Nodes)
		if after = page.PageInfo.EndCursor; !page.PageInfo.HasNextPage {
			if pages == 0 {
				break
			}
			after = nil
		}
	}
	return times, rows, nil
}
