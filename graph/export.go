package graph

import (
	"context"
	"strings"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// exportPage is how many rows of an export are read, and kept in memory, at a time.
const exportPage = 1000

// source is what an export is made of: columns, and rows that come page by page.
// next brings those behind the last ones and none at the end.
type source struct {
	columns []string
	next    func(context.Context) ([][]any, error)
}

// column is one value of each row.
type column[T any] struct {
	name  string
	value func(T) any // nil, a text, number, boolean or time in UTC, or what says itself how it is written
}

// sourceOf makes a source of columns and a function that reads the rows behind
// the last one; none at the beginning.
func sourceOf[T any](columns []column[T], read func(ctx context.Context, last *T) ([]T, error)) *source {
	s := &source{}
	for _, c := range columns {
		s.columns = append(s.columns, c.name)
	}
	var last *T
	s.next = func(ctx context.Context) ([][]any, error) {
		found, err := read(ctx, last)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		last = &found[len(found)-1]
		rows := make([][]any, len(found))
		for i, t := range found {
			rows[i] = make([]any, len(columns))
			for j, c := range columns {
				rows[i][j] = c.value(t)
			}
		}
		return rows, nil
	}
	return s
}

// The keys of Download.Filter.
const (
	exportFilter = "filter"
	exportSearch = "search"
	exportWhere  = "where"
	exportFrom   = "from"
	exportBefore = "before"
)

// createExport makes the link. What the caller may not read, or can't be read,
// is said now and not when the link is opened.
func (r *Resolver) createExport(ctx context.Context, input ExportInput) (*ExportPayload, error) {
	n := access.NewDownload{What: strings.ToLower(string(input.What)), Format: strings.ToLower(string(input.Format)), Filter: schema.Document{}}
	if err := input.check(); err != nil {
		return nil, err
	}
	if input.What == ExportKindUsers {
		l := userList{filter: strings.TrimSpace(deref(input.Filter)), search: strings.TrimSpace(deref(input.Search)), where: input.Where}
		if _, err := r.userConditions(ctx, l); err != nil {
			return nil, err
		}
		if err := keepUserList(n.Filter, l); err != nil {
			return nil, err
		}
	}
	for key, t := range map[string]*time.Time{exportFrom: input.From, exportBefore: input.Before} {
		if t != nil {
			n.Filter[key] = t.UTC().Format(time.RFC3339Nano)
		}
	}
	var secret string
	var made *ent.Download
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		secret, made, err = r.access.CreateDownload(ctx, tx, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &ExportPayload{URL: r.publicURL + downloadPath + secret, ExpiresAt: made.ExpiresAt}, nil
}

func (input ExportInput) check() error {
	timed := input.What != ExportKindUsers
	switch {
	case timed && strings.TrimSpace(deref(input.Filter)) != "":
		return fault.New(fault.Invalid, "a filter is for exports of users; narrow the log and events by from and before").On(exportFilter)
	case timed && strings.TrimSpace(deref(input.Search)) != "":
		return fault.New(fault.Invalid, "a search is for exports of users; narrow the log and events by from and before").On(exportSearch)
	case timed && input.Where != nil:
		return fault.New(fault.Invalid, "where is for exports of users; narrow the log and events by from and before").On(exportWhere)
	case !timed && input.From != nil:
		return fault.New(fault.Invalid, "from is for exports of the log and events; narrow users by a filter").On(exportFrom)
	case !timed && input.Before != nil:
		return fault.New(fault.Invalid, "before is for exports of the log and events; narrow users by a filter").On(exportBefore)
	case input.From != nil && input.Before != nil && !input.From.Before(*input.Before):
		return fault.New(fault.Invalid, "before must be later than from").On(exportBefore)
	}
	return nil
}

// exportOf is the source of what a link stands for. Errors: fault.Invalid when
// its filter doesn't hold any more, because it names an attribute that is gone.
func (r *Resolver) exportOf(ctx context.Context, d *access.Download) (*source, error) {
	text := func(key string) string { v, _ := d.Filter[key].(string); return v }
	span := timeSpan{from: parseTime(text(exportFrom)), before: parseTime(text(exportBefore))}
	switch d.What {
	case "users":
		l, err := keptUserList(d.Filter)
		if err != nil {
			return nil, err
		}
		return r.exportUsers(ctx, l)
	case "log":
		return r.exportLog(span), nil
	case "events":
		return r.exportEvents(span), nil
	}
	return nil, fault.New(fault.Internal, "a download of %q", d.What)
}

// timeSpan is from, inclusive, to before, exclusive; the zero time is no bound.
type timeSpan struct{ from, before time.Time }

// parseTime reads what createExport has written.
func parseTime(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text)
	return t
}
