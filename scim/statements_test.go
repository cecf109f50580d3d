package scim_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/rollcall/rollcall/scim"
)

// quietly moves the house to a service whose background work doesn't run: what
// it sends to the database is what the requests cost.
func (h *house) quietly() {
	h.Helper()
	h.stop()
	h.server = httptest.NewServer(scim.New(scim.Options{
		Store: h.store, Directory: h.directory, Access: h.access, PublicURL: "https://rollcall.test",
		Key: bytes.Repeat([]byte{7}, 32), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}))
	h.Cleanup(h.server.Close)
	h.base = h.server.URL + "/scim/v2/" + h.org.Slug
	h.do(http.MethodGet, "/Users?count=0", nil).want(http.StatusOK) // the token and the cycle are known from here on
}

// statements is how many statements a call sends.
func (h *house) statements(call func()) int64 {
	before := h.store.Statements()
	call()
	return h.store.Statements() - before
}

func (h *house) atMost(most int64, what string, call func()) {
	h.Helper()
	if n := h.statements(call); n > most {
		h.Errorf("%s: %d statements, want at most %d", what, n, most)
	}
}

func TestStatementsOfPeople(t *testing.T) {
	onBothAt(t, func(h *house, _ func(time.Duration)) { // the token is known for good
		h.quietly()
		boss := h.create("boss")
		var id string
		h.atMost(5, "create: one to match, four in the transaction", func() { id = h.create("ada") })
		h.atMost(5, "create with a manager", func() {
			h.do(http.MethodPost, "/Users", with(person("bob"), enterprise, map[string]any{
				"department": "yard", "manager": map[string]any{"value": boss},
			})).want(http.StatusCreated)
		})
		h.atMost(1, "create of somebody who is here", func() {
			h.do(http.MethodPost, "/Users", person("ada")).want(http.StatusConflict)
		})
		for _, filter := range []string{`userName eq "ADA@example.test"`, `externalId eq "ext-ada"`, `id eq "` + id + `"`, `emails[type eq "work"].value eq "ada@example.test"`} {
			h.atMost(1, filter, func() {
				if r := h.find("/Users", filter); r.body["totalResults"] != 1.0 {
					h.Errorf("%s finds %s", filter, r.text)
				}
			})
		}
		h.atMost(1, "GET", func() { h.do(http.MethodGet, "/Users/"+id, nil).want(http.StatusOK) })
		two := patch(op("replace", "title", "Fitter"), op("replace", "displayName", "Ada L"))
		h.atMost(4, "PATCH of two attributes", func() { h.do(http.MethodPatch, "/Users/"+id, two).want(http.StatusOK) })
		h.atMost(2, "PATCH that changes nothing", func() { h.do(http.MethodPatch, "/Users/"+id, two).want(http.StatusOK) })
		h.atMost(5, "deactivation: one more looks for what lets the person in", func() {
			h.do(http.MethodPatch, "/Users/"+id, patch(op("Replace", "active", "False"))).want(http.StatusOK)
		})
	})
}

func TestStatementsOfGroups(t *testing.T) {
	onBothAt(t, func(h *house, _ func(time.Duration)) { // the token is known for good
		ids := h.crowd(6000)
		small, large := h.filled("Small", ids[:10]), h.filled("Large", ids[:5000])
		h.quietly()
		for name, group := range map[string]string{"10 members": small, "5,000 members": large} {
			for _, k := range []int{1, 100, 1000} {
				news := refs(ids[5000 : 5000+k]...)
				change := func(operation map[string]any) func() {
					return func() {
						h.do(http.MethodPatch, "/Groups/"+group, patch(operation)).want(http.StatusNoContent)
					}
				}
				what := fmt.Sprintf("%d in a group of %s", k, name)
				h.atMost(5, "add "+what, change(op("Add", "members", news)))
				h.atMost(3, "add again "+what, change(op("Add", "members", news)))
				h.atMost(5, "add old and new "+what, change(op("Add", "members", append(news, refs(ids[5999])...))))
				h.atMost(5, "remove "+what, change(op("Remove", "members", append(news, refs(ids[5999])...))))
				h.atMost(3, "remove again "+what, change(op("Remove", "members", news)))
			}
		}
		h.atMost(1, "GET without members", func() { h.do(http.MethodGet, "/Groups/"+large+"?excludedAttributes=members", nil).want(http.StatusOK) })
		h.atMost(2, "GET of 5,000 members", func() { h.do(http.MethodGet, "/Groups/"+large, nil).want(http.StatusOK) })
		h.atMost(1, "membership probe", func() {
			probe := queryEscape(fmt.Sprintf(`id eq %q and members eq %q`, large, ids[0]))
			if r := h.do(http.MethodGet, "/Groups?attributes=id&filter="+probe, nil); r.body["totalResults"] != 1.0 {
				h.Errorf("membership probe: %s", r.text)
			}
		})
	})
}
