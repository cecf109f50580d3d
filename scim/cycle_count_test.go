package scim_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/cycle"
	entschema "github.com/rollcall/rollcall/ent/schema"
)

// counts is what a cycle has come to.
type counts struct {
	first                      int // the log row that began it
	requests, writes, failures int64
	ended                      int // the log row of its last request
}

func TestRequestsOfCyclesAreCounted(t *testing.T) {
	onBothAt(t, func(h *house, pass func(time.Duration)) {
		other := h.otherConnection(nil)
		id := h.create("ada")                                                                                    // 0 writes
		h.find("/Users", `userName eq "bob@example.test"`)                                                       // 1 reads
		h.do(http.MethodPost, "/Users", person("ada")).want(http.StatusConflict)                                 // 2 fails
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "title", "Fitter"))).want(http.StatusOK)        // 3 writes
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "title", "Fitter"))).want(http.StatusOK)        // 4 changes nothing
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "nonsense!", "x"))).want(http.StatusBadRequest) // 5 fails
		h.do(http.MethodGet, "/Users", nil, "Authorization", "Bearer rct_wrong").want(http.StatusUnauthorized)   // 6 is of no cycle
		h.as(other, http.MethodPost, "/Users", person("eve")).want(http.StatusCreated)                           // 7 another's
		pass(entschema.CyclePause)                                                                               //
		h.do(http.MethodPost, "/Bulk", bulkBody(0, create("/Users", "b", person("bob"))))                        // 8 and 9: the operation and the request
		h.create("cyd")                                                                                          // 10
		h.wantCycles(counts{0, 6, 2, 2, 5}, counts{7, 1, 1, 0, 7}, counts{8, 3, 2, 0, 10})
	})
}

// Counts of several replicas, and of the time before and after a restart, add up.
func TestCountsOfReplicasAddUp(t *testing.T) {
	onBothAt(t, func(h *house, _ func(time.Duration)) {
		h.create("ada")
		second := &house{T: h.T, store: h.store, directory: h.directory, access: h.access, logs: new(notes), tenant: h.tenant}
		second.serve()
		second.base = second.server.URL + "/scim/v2/acme"
		h.stop() // and has written
		second.create("bob")
		second.do(http.MethodPost, "/Users", person("bob")).want(http.StatusConflict)
		second.wantCycles(counts{0, 3, 2, 1, 2})
	})
}

// wantCycles compares the cycles of the organization, oldest first.
func (h *house) wantCycles(want ...counts) {
	h.Helper()
	rows := h.logged()
	cycles, err := h.store.Read().Cycle.Query().Order(cycle.ByID()).All(h.inOrg())
	if err != nil {
		h.Fatal(err)
	}
	if len(cycles) != len(want) {
		h.Fatalf("%d cycles, want %d: %v", len(cycles), len(want), cycles)
	}
	for i, w := range want {
		c := cycles[i]
		if c.ID != *rows[w.first].CycleID || c.Requests != w.requests || c.Writes != w.writes || c.Failures != w.failures {
			h.Errorf("cycle %d is %v, want %+v", i, c, w)
		}
		if !c.CreatedAt.Equal(rows[w.first].CreatedAt) || !c.EndedAt.Equal(rows[w.ended].CreatedAt) {
			h.Errorf("cycle %d went from %v to %v, want %v to %v", i, c.CreatedAt, c.EndedAt, rows[w.first].CreatedAt, rows[w.ended].CreatedAt)
		}
	}
}
