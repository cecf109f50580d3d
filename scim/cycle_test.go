package scim_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// onBothAt is onBoth with a clock that the test moves. By itself it goes on by a
// microsecond whenever somebody looks, so that no two moments are the same.
func onBothAt(t *testing.T, test func(h *house, pass func(time.Duration))) {
	t.Helper()
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			var passed atomic.Int64
			s, err := store.Open(t.Context(), url(t), store.Options{Clock: func() time.Time { return began.Add(time.Duration(passed.Add(int64(time.Microsecond)))) }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			test(open(t, s), func(d time.Duration) { passed.Add(int64(d)) })
		})
	}
}

func TestRequestsAreGroupedIntoCycles(t *testing.T) {
	onBothAt(t, func(h *house, pass func(time.Duration)) {
		other := h.otherConnection(nil)
		h.create("ada") // cycle 0
		pass(4 * time.Minute)
		h.find("/Users", `userName eq "bob@example.test"`) // still 0
		pass(4 * time.Minute)
		h.create("bob")                                          // still 0
		h.as(other, http.MethodPost, "/Users", person("eve"))    // of its own
		h.do(http.MethodGet, "/Users", nil, "Authorization", "") // of none
		pass(36 * time.Minute)
		h.find("/Users", `userName eq "ada@example.test"`) // the next
		h.create("cyd")
		h.quietly() // as after a restart
		h.create("dan")
		pass(5 * time.Minute)
		h.create("fay")

		rows := h.logged()
		id := func(i int) *uuid.UUID { return &rows[i].ID }
		for i, want := range []*uuid.UUID{id(0), id(0), id(0), id(3), nil, id(5), id(5), id(5), id(8)} {
			got := rows[i].CycleID
			if (got == nil) != (want == nil) || got != nil && *got != *want {
				h.Errorf("row %d (%s) is in cycle %v, want %v", i, rows[i].Operation, got, want)
			}
		}
	})
}

func TestEntraIsRecognised(t *testing.T) {
	onBoth(t, func(h *house) {
		clients := []struct{ version, agent, client, activity string }{
			{"Version:1.0, ActivityId:5a3bdb2e-0f2c-4b1e-9c1b-8f3b0d9f2c11", "", "Microsoft Entra", "5a3bdb2e-0f2c-4b1e-9c1b-8f3b0d9f2c11"},
			{"1.0", "whatever", "Microsoft Entra", ""},
			{"", "Okta SCIM Client 1.0.0", "Okta", ""},
			{"", "JumpCloud SCIM", "JumpCloud", ""},
			{"", "curl/8", "curl/8", ""},
		}
		for _, c := range clients {
			h.do(http.MethodGet, "/Users", nil, "Adscimversion", c.version, "User-Agent", c.agent)
		}
		for i, row := range h.logged() {
			if c := clients[i]; row.Client != c.client || row.Activity != c.activity {
				h.Errorf("%q, %q is logged as client %q with activity %q", c.version, c.agent, row.Client, row.Activity)
			}
		}
	})
}
