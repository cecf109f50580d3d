package graph_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

// writeLog writes rows as they are; what they don't say is that of a successful read.
func (h *house) writeLog(org uuid.UUID, rows ...*ent.ProvisioningLog) []*ent.ProvisioningLog {
	h.Helper()
	for _, row := range rows {
		row.ID, row.OrgID = schema.NewID(), org
		if row.CreatedAt.IsZero() {
			row.CreatedAt = h.store.Now()
		}
		if row.Status == 0 {
			row.Status = http.StatusOK
		}
		if row.Method == "" {
			row.Method, row.Path = http.MethodGet, "/Users"
		}
		if row.Operation == "" {
			row.Operation = "Listed people: 0 of 0"
		}
	}
	h.write(org, func(ctx context.Context, tx *store.Tx) error { return tx.InsertLog(ctx, rows...) })
	return rows
}

const logList = `query($first: Int, $after: String, $where: ProvisioningLogWhere) { provisioningLogs(first: $first, after: $after, where: $where) {
	nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`

// found are the ids of a page of the log.
func found(r *reply) (ids []string) {
	r.Helper()
	for _, n := range r.ok().at("provisioningLogs", "nodes").([]any) {
		ids = append(ids, n.(map[string]any)["id"].(string))
	}
	return ids
}

func TestARowOfTheLogSaysEverything(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		id := e.provisions("ada@acme.test", `"title": "Clerk"`)
		e.patch(id, "title", `"Fitter"`)
		e.patch(id, "title", `"Fitter"`)
		_, refused := e.send(http.MethodPost, "Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@acme.test"}`)
		h.settle()
		const all = `{ provisioningLogs { totalCount nodes { id createdAt durationMs operation outcome status scimType detail warnings method path client
			activity address connectionId tokenId cycleId targetId user { userName } changes { attribute old new } eventIds requestBody responseBody } } }`
		c := h.with("log:read", "users:read")
		r := h.ask(c, all, nil).ok().is(4, "provisioningLogs", "totalCount")
		for i, want := range []map[string]any{
			{"outcome": "REFUSED", "status": 409, "scimType": "uniqueness", "operation": "Tried to create ada@acme.test", "eventIds": []any{}, "user": nil, "targetId": nil},
			{"outcome": "UNCHANGED", "operation": "Nothing to change for ada@acme.test", "eventIds": []any{}, "changes": []any{}, "user": map[string]any{"userName": "ada@acme.test"}},
			{"outcome": "CHANGED", "changes": []any{map[string]any{"attribute": "title", "old": "Clerk", "new": "Fitter"}}, "scimType": nil, "detail": nil, "responseBody": nil},
			{"outcome": "CHANGED", "method": "POST", "path": "/Users", "targetId": id.String(), "connectionId": h.conn.ID.String(), "warnings": []any{}, "activity": nil},
		} {
			for field, value := range want {
				r.is(value, "provisioningLogs", "nodes", i, field)
			}
		}
		if events := h.events(id); len(events) != 2 {
			h.Errorf("%d events", len(events))
		} else {
			r.is([]string{events[1].ID.String()}, "provisioningLogs", "nodes", 2, "eventIds")
		}
		detail := refused["detail"].(string) // pasted whole, it finds the row
		if ids := found(h.ask(c, logList, vars{"where": vars{"reference": "Error: " + detail + "\n"}})); !slices.Equal(ids, []string{r.at("provisioningLogs", "nodes", 0, "id").(string)}) {
			h.Errorf("%q finds %v", detail, ids)
		}
		newest := r.at("provisioningLogs", "nodes", 0)
		one := h.ask(c, `query($id: ID!) { provisioningLog(id: $id) { id status detail requestBody responseBody } }`, vars{"id": newest.(map[string]any)["id"]}).ok()
		for _, field := range []string{"id", "status", "detail", "requestBody", "responseBody"} {
			one.is(newest.(map[string]any)[field], "provisioningLog", field)
		}
		h.ask(c, `query($id: ID!) { provisioningLog(id: $id) { id } }`, vars{"id": uuid.NewString()}).ok().is(nil, "provisioningLog")
		h.ask(h.with("users:read"), `{ provisioningLogs { totalCount } }`, nil).refused("FORBIDDEN")
	})
}

func TestTheLogIsSearched(t *testing.T) {
	onBoth(t, func(h *house) {
		began := h.store.Now()
		target, cycle, other := schema.NewID(), schema.NewID(), schema.NewID()
		of := func(id uuid.UUID) *uuid.UUID { return &id }
		rows := h.writeLog(h.org.ID,
			&ent.ProvisioningLog{CreatedAt: began.Add(-time.Hour), Operation: "Looked for ÄNNE Straße with 50% [off]"},
			&ent.ProvisioningLog{Method: "POST", Path: "/Users", Status: 201, Events: []uuid.UUID{target}, TargetID: &target, ConnectionID: &h.conn.ID, CycleID: &cycle},
			&ent.ProvisioningLog{Method: "PATCH", Path: "/Users", Events: []uuid.UUID{}, Changes: []schema.Change{}, ConnectionID: &h.conn.ID},
			&ent.ProvisioningLog{Method: "PATCH", Path: "/Users", Changes: []schema.Change{{Attribute: "title"}}, ConnectionID: &other},
			&ent.ProvisioningLog{Method: "POST", Path: "/Users", Status: 409, ScimType: "uniqueness", Activity: "5A3BDB2E-0F2C-4B1E-9C1B-8F3B0D9F2C11"},
			&ent.ProvisioningLog{Method: "PUT", Path: "/Users", Status: 501, Activity: "other one", TargetID: of(other), ConnectionID: &h.conn.ID},
		)
		c := h.with("log:read")
		for _, test := range []struct {
			where vars
			want  []int
		}{
			{vars{}, []int{5, 4, 3, 2, 1, 0}},
			{vars{"outcomes": []string{"CHANGED"}}, []int{3, 1}},
			{vars{"outcomes": []string{"UNCHANGED"}}, []int{2, 0}},
			{vars{"outcomes": []string{"REFUSED", "FAILED", "FAILED"}}, []int{5, 4}},
			{vars{"outcomes": []string{"FAILED", "CHANGED"}}, []int{5, 3, 1}},
			{vars{"outcomes": []string{}}, nil},
			{vars{"methods": []string{"post", "PUT"}}, []int{5, 4, 1}},
			{vars{"from": began}, []int{5, 4, 3, 2, 1}},
			{vars{"before": began.In(time.FixedZone("", -7*3600))}, []int{0}},
			{vars{"from": began.Add(-2 * time.Hour), "before": began.Add(-time.Hour)}, nil},
			{vars{"from": "0001-01-01T00:00:00Z", "before": "9999-12-31T00:00:00Z"}, []int{5, 4, 3, 2, 1, 0}},
			{vars{"operation": "strASSE"}, nil}, // one letter is not two
			{vars{"operation": " strAße  änne "}, []int{0}},
			{vars{"operation": "50% [OFF]"}, []int{0}},
			{vars{"operation": "LOOKED listed"}, nil},
			{vars{"operation": "%"}, []int{0}},
			{vars{"operation": ".*"}, nil},
			{vars{"operation": "*"}, nil},
			{vars{"targetId": target}, []int{1}},
			{vars{"connectionId": h.conn.ID}, []int{5, 2, 1}},
			{vars{"connectionId": h.conn.ID, "outcomes": []string{"REFUSED", "FAILED"}}, []int{5}},
			{vars{"cycleId": cycle}, []int{1}},
			{vars{"scimTypes": []string{"uniqueness", "mutability"}}, []int{4}},
			{vars{"reference": "5a3bdb2e-0f2c-4b1e-9c1b-8f3b0d9f2c11"}, []int{4}},
			{vars{"reference": " other one"}, []int{5}},
			{vars{"reference": rows[2].ID}, []int{2}},
			{vars{"reference": uuid.NewString()}, nil},
		} {
			var want []string
			for _, n := range test.want {
				want = append(want, rows[n].ID.String())
			}
			r := h.ask(c, logList, vars{"where": test.where})
			if got := found(r); !slices.Equal(got, want) {
				h.Errorf("%v finds %v, want %v", test.where, got, test.want)
			}
			r.is(len(want), "provisioningLogs", "totalCount")
		}
		for field, value := range map[string]any{"operation": fmt.Sprintf("%0201d", 0), "reference": " "} {
			r := h.ask(c, logList, vars{"where": vars{field: value}}).refused("BAD_USER_INPUT")
			if r.Errors[0].Extensions["field"] != field {
				h.Errorf("%s: %s", field, r.text)
			}
		}
	})
}

func TestTheLogIsPaged(t *testing.T) {
	onBoth(t, func(h *house) {
		var want []string
		for _, row := range h.writeLog(h.org.ID, slices.Collect(func(yield func(*ent.ProvisioningLog) bool) {
			for range 7 {
				_ = yield(new(ent.ProvisioningLog))
			}
		})...) {
			want = append([]string{row.ID.String()}, want...)
		}
		c := h.with("log:read")
		var got []string
		for v := (vars{"first": 3}); ; {
			r := h.ask(c, logList, v).ok().is(7, "provisioningLogs", "totalCount")
			got = append(got, found(r)...)
			if r.at("provisioningLogs", "pageInfo", "hasNextPage") == false {
				break
			}
			v["after"] = r.at("provisioningLogs", "pageInfo", "endCursor")
		}
		if !slices.Equal(got, want) {
			h.Errorf("pages bring %v, want %v", got, want)
		}
		for v, field := range map[string]vars{"first": {"first": 0}, "after": {"after": "x"}} {
			if r := h.ask(c, logList, field).refused("BAD_USER_INPUT"); r.Errors[0].Extensions["field"] != v {
				h.Errorf("%v: %s", field, r.text)
			}
		}
	})
}

func TestThePeopleOfAPageOfTheLogAreAskedForOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		for i := range 5 {
			e.provisions(fmt.Sprintf("p%d@acme.test", i), `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"}`)
		}
		c := h.with("log:read", "users:read")
		h.ask(c, `{ viewer { name } }`, nil) // the token is known
		for _, first := range []int{1, 5} {
			var r *reply
			n := h.statements(func() {
				r = h.ask(c, `query($first: Int) { provisioningLogs(first: $first) { totalCount nodes { user { userName department { name } } } } }`, vars{"first": first}).ok()
			})
			if n > 4 {
				h.Errorf("a page of %d costs %d statements", first, n)
			}
			r.is("Sales", "provisioningLogs", "nodes", first-1, "user", "department", "name")
		}
	})
}

// What is counted has an end, so that a large log answers as a small one.
func TestTheCountOfTheLogEnds(t *testing.T) {
	onBoth(t, func(h *house) {
		rows := make([]*ent.ProvisioningLog, 10_003)
		for i := range rows {
			rows[i] = new(ent.ProvisioningLog)
		}
		h.writeLog(h.org.ID, rows...)
		h.ask(h.with("log:read"), `{ provisioningLogs(first: 1) { totalCount } }`, nil).ok().is(10_000, "provisioningLogs", "totalCount")
	})
}

func TestTheLogStaysInItsOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		other, conn := h.organization("beta")
		target := h.personIn(other.ID, "eve@beta.test", "LEARNER").ID
		row := h.writeLog(other.ID, &ent.ProvisioningLog{TargetID: &target, ConnectionID: &conn.ID, Activity: "theirs"})[0]
		h.write(other.ID, func(_ context.Context, tx *store.Tx) error {
			return tx.AddToCycles(&ent.Cycle{ID: row.ID, OrgID: other.ID, ConnectionID: conn.ID, CreatedAt: tx.Now(), EndedAt: tx.Now(), Requests: 1})
		})
		own := h.writeLog(h.org.ID, &ent.ProvisioningLog{TargetID: &target})[0] // as nobody could have made it
		c := h.with("all")
		for _, where := range []vars{{"targetId": target, "connectionId": conn.ID}, {"cycleId": row.ID}, {"reference": row.ID}, {"reference": "theirs"}, {"connectionId": conn.ID}} {
			if ids := found(h.ask(c, logList, vars{"where": where})); ids != nil {
				h.Errorf("%v finds %v", where, ids)
			}
		}
		h.ask(c, `query($id: ID!) { provisioningLog(id: $id) { id } }`, vars{"id": row.ID}).ok().is(nil, "provisioningLog")
		h.ask(c, `query($id: ID!) { provisioningLog(id: $id) { user { id } } }`, vars{"id": own.ID}).ok().is(nil, "provisioningLog", "user")
		h.ask(c, `query($id: ID) { all: provisioningCycles { totalCount } theirs: provisioningCycles(connectionId: $id) { totalCount nodes { id } } }`, vars{"id": conn.ID}).ok().
			is(0, "all", "totalCount").is([]any{}, "theirs", "nodes")
	})
}

func TestCycles(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		e.provisions("ada@acme.test")
		h.pass(90 * time.Second)
		e.send(http.MethodGet, "Users", "")
		e.send(http.MethodGet, "Users?filter=nonsense", "")
		h.pass(40 * time.Minute)
		e.provisions("bob@acme.test")
		h.settle()
		const list = `query($first: Int, $after: String, $connection: ID) { provisioningCycles(first: $first, after: $after, connectionId: $connection) {
			nodes { id seconds running requests writes failures connectionId client startedAt endedAt } totalCount pageInfo { hasNextPage endCursor } } }`
		c := h.with("log:read")
		r := h.ask(c, list, vars{"connection": h.conn.ID}).ok().is(2, "provisioningCycles", "totalCount")
		r.is(true, "provisioningCycles", "nodes", 0, "running").is(1, "provisioningCycles", "nodes", 0, "writes")
		for field, want := range map[string]any{"running": false, "requests": 3, "writes": 1, "failures": 1, "seconds": 90, "client": "Go-http-client/1.1", "connectionId": h.conn.ID} {
			r.is(want, "provisioningCycles", "nodes", 1, field)
		}
		if ids := found(h.ask(c, logList, vars{"where": vars{"cycleId": r.at("provisioningCycles", "nodes", 1, "id")}})); len(ids) != 3 {
			h.Errorf("%d rows in the cycle, want 3", len(ids))
		}
		page := h.ask(c, list, vars{"first": 1}).ok().is(true, "provisioningCycles", "pageInfo", "hasNextPage")
		h.ask(c, list, vars{"first": 1, "after": page.at("provisioningCycles", "pageInfo", "endCursor")}).ok().
			is(r.at("provisioningCycles", "nodes", 1, "id"), "provisioningCycles", "nodes", 0, "id").is(false, "provisioningCycles", "pageInfo", "hasNextPage")
		h.pass(5 * time.Minute)
		h.ask(c, list, nil).ok().is(false, "provisioningCycles", "nodes", 0, "running")
	})
}
