package graph_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/rehearsal"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/graph"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	rehearse = `mutation($id: ID!, $users: Int! = 5) { rehearse(connectionId: $id, users: $users) { rehearsal { id state } } }`

	rehearsed = `query($id: ID!) { rehearsal(id: $id) { state cycle phase done total users groups createdAt endedAt problem report {
		requests created deleted wrong seconds cycles { name requests wrong } latency { request count p50 max }
		wrongAnswers { cycle phase method path requestBody status responseBody expected } } } }`
)

// rehearsed waits until a rehearsal has ended.
func (h *house) rehearsed(c caller, id any) *reply {
	h.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if r := h.ask(c, rehearsed, vars{"id": id}).ok(); r.at("rehearsal", "state") != "RUNNING" {
			return r
		}
		<-tick.C
	}
}

var aboutRehearsals = regexp.MustCompile(`(?m)^(.*(entity=Rehearsal|beat_at=).*)?\n`)

// untouched is all of the organization but the rehearsals themselves.
func (h *house) untouched(org uuid.UUID) string {
	h.Helper()
	return aboutRehearsals.ReplaceAllString(h.dump(org), "")
}

func TestRehearsalTouchesNothingAndLeavesNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			_, err := h.directory.UpdateConnection(ctx, tx, h.conn.ID, directory.ConnectionChange{Settings: func(s *schema.ConnectionSettings) {
				s.Domains, s.Revive = []string{"acme.test"}, true
			}})
			if err == nil {
				_, err = h.directory.DeclareAttribute(ctx, tx, h.conn, "User", "urn:scim:acme:User:Division", "string", false)
			}
			return err
		})
		h.person("ada@acme.test", "LEARNER")
		owner, operator := h.with("connections:write"), h.operator()
		before := h.untouched(h.org.ID)

		started := h.ask(owner, rehearse, vars{"id": h.conn.ID}).ok().is("RUNNING", "rehearse", "rehearsal", "state")
		id := started.at("rehearse", "rehearsal", "id")
		again := h.ask(owner, rehearse, vars{"id": h.conn.ID}).refused("CONFLICT")
		if !strings.Contains(again.Errors[0].Message, "goes on already") {
			h.Errorf("the second one hears %q", again.Errors[0].Message)
		}
		h.ask(operator, `{ organizations { totalCount nodes { slug } } }`, nil).ok().is(1, "organizations", "totalCount")
		h.ask(operator, `{ organizations(search: "acme") { totalCount } }`, nil).ok().is(1, "organizations", "totalCount")

		r := h.rehearsed(owner, id).is("DONE", "rehearsal", "state").is(nil, "rehearsal", "problem").
			is(0, "rehearsal", "report", "wrong").is("leavers", "rehearsal", "report", "cycles", 3, "name")
		if n, _ := r.at("rehearsal", "report", "created").(float64); n < 5 {
			h.Errorf("%v things were made: %s", n, r.text)
		}
		h.settle()
		if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(h.untouched(h.org.ID), "\n")); diff != "" {
			h.Errorf("the organization has changed:\n%s", diff)
		}
		row := h.store.Read().Rehearsal.GetX(h.in(h.org.ID), uuid.MustParse(id.(string)))
		if n := h.store.Read().Event.Query().Where(event.EntityID(row.ID)).CountX(h.in(h.org.ID)); n != 1 {
			h.Errorf("%d Events tell that it began, want 1", n)
		}
		h.pass(2 * time.Minute)
		h.purge()
		if left := anyLine.FindString(h.dump(row.Stage)); left != "" {
			h.Errorf("the copy has left %s", left)
		}
		h.ask(owner, `{ connections { rehearsal { id report { wrong } } } }`, nil).ok().is(id, "connections", 0, "rehearsal", "id")
	})
}

var anyLine = regexp.MustCompile(`(?m)^.*id=.*$`)

// purge does what a server does by itself: empty organizations go that are due.
func (h *house) purge() {
	h.Helper()
	for range 2 {
		due, err := h.directory.DueForPurge(h.Context())
		if err != nil {
			h.Fatal(err)
		}
		for _, org := range due {
			if _, _, err := h.directory.PurgeOrganization(actor.InOrg(h.Context(), org.ID)); err != nil {
				h.Fatal(err)
			}
		}
	}
}

func TestRehearsalOfADeadServerEndsAndLeavesNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.with("connections:write")
		var dead *ent.Rehearsal
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
			dead, err = h.directory.StartRehearsal(ctx, tx, h.conn.ID, 5)
			return err
		})
		_, err := h.directory.SetStage(h.in(h.org.ID), dead, func(ctx context.Context, tx *store.Tx, conn *ent.Connection) error {
			return tx.User.Create().SetUserName("eve").SetConnectionID(conn.ID).Exec(ctx)
		})
		if err != nil {
			h.Fatal(err)
		}
		h.ask(owner, rehearse, vars{"id": h.conn.ID}).refused("CONFLICT")
		h.pass(2 * time.Minute)
		r := h.ask(owner, rehearsed, vars{"id": dead.ID}).ok().is("FAILED", "rehearsal", "state")
		if problem, _ := r.at("rehearsal", "problem").(string); !strings.Contains(problem, "has stopped") {
			h.Errorf("the problem is %q", problem)
		}
		h.ask(h.operator(), `mutation($id: ID!) { suspendOrganization(id: $id) { organization { id } } }`, vars{"id": dead.Stage}).refused("NOT_FOUND")

		id := h.ask(owner, rehearse, vars{"id": h.conn.ID}).ok().at("rehearse", "rehearsal", "id")
		h.rehearsed(owner, id).is("DONE", "rehearsal", "state")
		h.settle()
		h.pass(directory.StageTime)
		h.purge()
		if n := h.store.Read().Organization.Query().Where(organization.RehearsalOfNotNil()).CountX(store.AcrossOrganizations(h.Context())); n != 0 {
			h.Errorf("%d copies are left", n)
		}
	})
}

func TestRehearsalShowsWrongAnswers(t *testing.T) {
	onBoth(t, func(h *house) {
		var secret string
		inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			secret = r.Header.Get("Authorization")
			if r.Method == http.MethodPost {
				w.Header().Set("Content-Type", "application/scim+json")
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = w.Write([]byte(`{"detail":"out of order"}`))
				return
			}
			h.provisioning.ServeHTTP(w, r)
		}))
		h.Cleanup(inside.Close)
		h.serveWith(graph.Options{Inside: inside.URL})
		owner := h.with("connections:write")
		id := h.ask(owner, rehearse, vars{"id": h.conn.ID, "users": 25}).ok().at("rehearse", "rehearsal", "id")
		r := h.rehearsed(owner, id).is("DONE", "rehearsal", "state")
		first := []any{"rehearsal", "report", "wrongAnswers", 0}
		r.is("POST", append(first, "method")...).is("/Users", append(first, "path")...).is(500, append(first, "status")...).
			is(`{"detail":"out of order"}`, append(first, "responseBody")...).is([]string{"status 201, not 500"}, append(first, "expected")...)
		if n := len(r.at("rehearsal", "report", "wrongAnswers").([]any)); n != 20 {
			h.Errorf("%d wrong answers are shown, want 20", n)
		}
		if strings.Contains(string(r.text), strings.TrimPrefix(secret, "Bearer ")) || strings.Contains(string(r.text), inside.URL) {
			h.Errorf("the report tells too much: %s", r.text)
		}
	})
}

func TestRehearsalIsBrokenOffWithTheServer(t *testing.T) {
	onBoth(t, func(h *house) {
		asked := make(chan struct{}, 100)
		inside := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			<-r.Context().Done()
		}))
		h.Cleanup(inside.Close)
		api := h.serveWith(graph.Options{Inside: inside.URL})
		owner := h.with("connections:write")
		id := h.ask(owner, rehearse, vars{"id": h.conn.ID}).ok().at("rehearse", "rehearsal", "id")
		<-asked
		h.ask(owner, `mutation($id: ID!) { removeConnection(id: $id) { users } }`, vars{"id": schema.NewID()}).refused("NOT_FOUND")
		stopped, stop := context.WithCancel(h.Context())
		stop()
		if err := api.Run(stopped); err != nil {
			h.Fatal(err)
		}
		r := h.ask(owner, rehearsed, vars{"id": id}).ok().is("FAILED", "rehearsal", "state")
		if problem, _ := r.at("rehearsal", "problem").(string); !strings.Contains(problem, "was stopped") {
			h.Errorf("the problem is %q", problem)
		}
		h.ask(owner, rehearse, vars{"id": h.conn.ID}).refused("CONFLICT")
		if n := h.store.Read().Rehearsal.Query().Where(rehearsal.StateEQ(rehearsal.StateRUNNING)).CountX(h.in(h.org.ID)); n != 0 {
			h.Errorf("%d rehearsals go on", n)
		}
	})
}

func TestRehearsalOfManyOrTheRemoved(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.with("connections:write")
		for _, users := range []int{0, -1, 501} {
			r := h.ask(owner, rehearse, vars{"id": h.conn.ID, "users": users}).refused("BAD_USER_INPUT")
			if r.Errors[0].Extensions["field"] != "users" {
				h.Errorf("%d people: %s", users, r.text)
			}
		}
		h.ask(h.with("connections:read"), rehearse, vars{"id": h.conn.ID}).refused("FORBIDDEN")
		id := h.ask(owner, rehearse, vars{"id": h.conn.ID, "users": 1}).ok().at("rehearse", "rehearsal", "id")
		h.rehearsed(owner, id).is("DONE", "rehearsal", "state").is(0, "rehearsal", "report", "wrong")
		h.ask(owner, `mutation($id: ID!) { removeConnection(id: $id) { users } }`, vars{"id": h.conn.ID}).ok()
		h.ask(owner, rehearsed, vars{"id": id}).ok().is(nil, "rehearsal")
	})
}

// serveWith has another door in front of the house, with what o says beyond it.
func (h *house) serveWith(o graph.Options) *graph.Server {
	h.Helper()
	o.Store, o.Directory, o.Access, o.PublicURL = h.store, h.directory, h.access, "https://rollcall.test"
	api := graph.New(o)
	h.server = httptest.NewServer(api)
	h.Cleanup(h.server.Close)
	return api
}
