package graph_test

import (
	"context"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

const daysQuery = `query($id: ID!, $last: Int!) { connection(id: $id) { days(last: $last) { date requests writes failures } } }`

func TestDaysOfAConnection(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		in, err := time.LoadLocation("Pacific/Auckland")
		if err != nil {
			h.Fatal(err)
		}
		h.ask(h.as(user.RoleOWNER), `mutation { updateOrganization(input: {timeZone: "Pacific/Auckland"}) { organization { id } } }`, nil).ok()
		now := h.store.Now().In(in)
		midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, in)
		cycle := func(from, to time.Time, requests, writes, failures int64) {
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				return tx.Cycle.Create().SetConnectionID(h.conn.ID).SetCreatedAt(from.UTC()).SetEndedAt(to.UTC()).
					SetRequests(requests).SetWrites(writes).SetFailures(failures).Exec(ctx)
			})
		}
		cycle(midnight.Add(-time.Hour), midnight.Add(-time.Minute), 50, 5, 1)
		cycle(midnight.Add(-time.Minute), midnight.Add(3*time.Minute), 101, 7, 0) // a quarter of it yesterday
		cycle(midnight, midnight, 3, 0, 3)
		cycle(midnight.AddDate(0, 0, -5), midnight.AddDate(0, 0, -5), 9, 9, 9) // before all that is asked for

		r := h.ask(c, daysQuery, vars{"id": h.conn.ID, "last": 3}).ok()
		r.is(midnight.AddDate(0, 0, -2).Format(time.DateOnly), "connection", "days", 0, "date").is(0, "connection", "days", 0, "requests").
			is(midnight.AddDate(0, 0, -1).Format(time.DateOnly), "connection", "days", 1, "date").
			is(75, "connection", "days", 1, "requests").is(7, "connection", "days", 1, "writes").is(1, "connection", "days", 1, "failures").
			is(now.Format(time.DateOnly), "connection", "days", 2, "date").
			is(79, "connection", "days", 2, "requests").is(5, "connection", "days", 2, "writes").is(3, "connection", "days", 2, "failures")
		if n := len(r.at("connection", "days").([]any)); n != 3 {
			h.Errorf("%d days", n)
		}
		h.ask(c, daysQuery, vars{"id": h.conn.ID, "last": 32}).refused("BAD_USER_INPUT").about("last")
		h.ask(h.with("connections:read"), daysQuery, vars{"id": h.conn.ID, "last": 14}).refused("FORBIDDEN")
	})
}
