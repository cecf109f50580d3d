package graph

import (
	"context"
	"net/http"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/cycle"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/provisioninglog"
)

// mostCounted is where the count of log rows ends: a log has millions, and nobody
// reads on to the last of them.
const mostCounted = 10_000

// listLog answers provisioningLogs: one statement, one more for the total, and
// one for each kind of what hangs on the people.
func (r *Resolver) listLog(ctx context.Context, w window, where *ProvisioningLogWhere) (*ProvisioningLogConnection, error) {
	conditions, err := r.logConditions(ctx, where)
	if err != nil {
		return nil, err
	}
	query := func() *ent.ProvisioningLogQuery { return r.store.Read().ProvisioningLog.Query().Where(conditions...) }
	asked := selected(ctx)
	q := query()
	q.Modify(w.byID(true))
	rows, err := withoutBodies(q, asked.nodes()).All(ctx)
	if err != nil {
		return nil, err
	}
	page := &ProvisioningLogConnection{Edges: []*ProvisioningLogEdge{}, Nodes: []*ent.ProvisioningLog{}}
	rows, page.PageInfo = pageOf(w, rows, func(l *ent.ProvisioningLog) place { return byID(l.ID) })
	for _, l := range rows {
		page.Nodes = append(page.Nodes, l)
		page.Edges = append(page.Edges, &ProvisioningLogEdge{Cursor: byID(l.ID).String(), Node: l})
	}
	if asked.has("totalCount") {
		if page.TotalCount, err = query().Order(upTo(mostCounted)).Aggregate(ent.Count()).Int(ctx); err != nil {
			return nil, err
		}
	}
	return page, requestOf(ctx).loader.fillLog(ctx, asked.nodes(), page.Nodes...)
}

// upTo turns a query into one for its first rows, so that counting them ends
// there. As an order it comes after all conditions.
func upTo(most int) provisioninglog.OrderOption {
	return func(s *sql.Selector) {
		rows := s.Clone().Select(s.C(provisioninglog.FieldID)).Limit(most)
		*s = *sql.Dialect(s.Dialect()).Select().From(rows.As("rows"))
	}
}

// withoutBodies leaves out the large columns where nobody asks for them.
func withoutBodies(q *ent.ProvisioningLogQuery, s selection) *ent.ProvisioningLogQuery {
	if !s.has("requestBody") && !s.has("responseBody") {
		q.Select(slimLog...)
	}
	return q
}

var slimLog = func() (columns []string) {
	for _, c := range provisioninglog.Columns {
		if c != provisioninglog.FieldRequestBody && c != provisioninglog.FieldResponseBody {
			columns = append(columns, c)
		}
	}
	return columns
}()

// fillLog asks once for the people that rows are about.
func (l *loader) fillLog(ctx context.Context, s selection, rows ...*ent.ProvisioningLog) error {
	var targets []uuid.UUID
	for _, row := range rows {
		targets = appendID(targets, row.TargetID)
	}
	return l.fillPeople(ctx, s, "user", targets)
}

// findLog brings one row, nil when there is none.
func (r *Resolver) findLog(ctx context.Context, id uuid.UUID) (*ent.ProvisioningLog, error) {
	l, err := r.store.Read().ProvisioningLog.Query().Where(provisioninglog.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return l, err
}

// outcomeOf is how a request ended.
func outcomeOf(l *ent.ProvisioningLog) LogOutcome {
	switch {
	case l.Status >= http.StatusInternalServerError:
		return LogOutcomeFailed
	case l.Status >= http.StatusBadRequest:
		return LogOutcomeRefused
	case len(l.Events) > 0 || len(l.Changes) > 0:
		return LogOutcomeChanged
	}
	return LogOutcomeUnchanged
}

// listCycles answers provisioningCycles.
func (r *Resolver) listCycles(ctx context.Context, w window, connection *uuid.UUID) (*CycleConnection, error) {
	var conditions []predicate.Cycle
	if connection != nil {
		conditions = append(conditions, cycle.ConnectionID(*connection))
	}
	query := func() *ent.CycleQuery { return r.store.Read().Cycle.Query().Where(conditions...) }
	q := query()
	q.Modify(w.byID(true))
	rows, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	page := &CycleConnection{Edges: []*CycleEdge{}, Nodes: []*ent.Cycle{}}
	rows, page.PageInfo = pageOf(w, rows, func(c *ent.Cycle) place { return byID(c.ID) })
	for _, c := range rows {
		page.Nodes = append(page.Nodes, c)
		page.Edges = append(page.Edges, &CycleEdge{Cursor: byID(c.ID).String(), Node: c})
	}
	if selected(ctx).has("totalCount") {
		page.TotalCount, err = query().Count(ctx)
	}
	return page, err
}

// filled is a text of a row, nil where there is none.
func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
