package graph_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/graph"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

const watchEvents = `subscription($after: String, $types: [String!]) { eventsAdded(after: $after, types: $types) { cursor node { id type actorName } } }`

// replica is the house's organization behind another server with a store of its own.
func (h *house) replica(url string) (*house, *graph.Server) {
	h.Helper()
	s, err := store.Open(h.Context(), url, store.Options{})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = s.Close() })
	other := *h
	other.store, other.directory, other.access = s, directory.New(s), access.New(s)
	log := slog.New(slog.NewTextHandler(h.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	door := graph.New(graph.Options{Store: s, Directory: other.directory, Access: other.access, PublicURL: "https://rollcall.test", Log: log})
	other.server = httptest.NewServer(door)
	h.Cleanup(func() { door.Close(); other.server.Close() })
	return &other, door
}

// end is the cursor behind everything that was written.
func (h *house) end(c caller) string {
	h.Helper()
	h.settled()
	return h.ask(c, `{ auditTrail(first: 1) { edges { cursor } } }`, nil).ok().at("auditTrail", "edges", 0, "cursor").(string)
}

// wants expects the next events of a stream to be these.
func (w *watcher) wants(ids ...uuid.UUID) (cursor string) {
	w.Helper()
	for _, id := range ids {
		r := w.next().ok().is(id, "eventsAdded", "node", "id").is("Rollcall", "eventsAdded", "node", "actorName")
		cursor = r.at("eventsAdded", "cursor").(string)
	}
	return cursor
}

func TestStreamOfEventsGoesOnFromItsCursor(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read")
		after := h.end(c)
		in := h.in(h.org.ID)
		w := h.watch(c, watchEvents, vars{"after": after})
		first := h.note(in, "Group", "created", 250) // more than a stream reads at once
		w.wants(first...)
		second := h.note(in, "User", "created", 3)
		cursor := w.wants(second[:2]...)
		w.cancel()
		third := h.note(in, "Group", "deleted", 2)
		again := h.watch(c, watchEvents, vars{"after": cursor})
		again.wants(append(second[2:], third...)...)
		people := h.watch(c, watchEvents, vars{"after": after, "types": []string{"user.*"}})
		people.wants(second...)
		other, _ := h.organization("other")
		h.note(h.in(other.ID), "User", "created", 2)
		people.wants(h.note(in, "User", "deactivated", 1)...)
	})
}

// A stream without a cursor shows what comes from its beginning on; that it has
// begun is seen by what it shows.
func TestStreamOfEventsWithoutACursorBeginsNow(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read")
		in := h.in(h.org.ID)
		old := texts(h.note(in, "Group", "created", 3))
		h.settled()
		w := h.watch(c, watchEvents, nil)
		first := w.begun("eventsAdded", func() uuid.UUID { return h.note(in, "Group", "updated", 1)[0] }, "node", "id")
		if slices.Contains(old, first) {
			h.Error("the stream shows what was there before")
		}
	})
}

func TestStreamIsRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read", "log:read")
		for _, q := range []struct {
			operation, code string
			v               vars
		}{
			{watchEvents, "BAD_USER_INPUT", vars{"after": "nonsense"}},
			{watchEvents, "BAD_USER_INPUT", vars{"types": []string{"nonsense"}}},
			{`subscription($id: ID) { provisioningLogAdded(connectionId: $id) { id } }`, "NOT_FOUND", vars{"id": schema.NewID()}},
			{`subscription($id: ID) { connectionHealthChanged(connectionId: $id) { status } }`, "NOT_FOUND", vars{"id": schema.NewID()}},
			{`subscription { eventsAdded { cursor } provisioningLogAdded { id } }`, "BAD_REQUEST", nil},
			{`subscription { eventsAdded { nonsense } }`, "BAD_REQUEST", nil},
		} {
			w := h.watch(c, q.operation, q.v)
			w.next().refused(q.code)
			if rest := w.over(); len(rest) > 0 {
				h.Errorf("%s: goes on with %s", q.operation, rest[0].text)
			}
		}
		_, foreign := h.organization("other")
		h.watch(c, `subscription($id: ID) { provisioningLogAdded(connectionId: $id) { id } }`, vars{"id": foreign.ID}).next().refused("NOT_FOUND")
		h.watch(c, `subscription($id: ID) { connectionHealthChanged(connectionId: $id) { status } }`, vars{"id": foreign.ID}).next().refused("NOT_FOUND")
		h.watch(h.with("users:read"), watchEvents, nil).next().refused("FORBIDDEN")
		h.watch(h.as(user.RoleLEARNER), watchEvents, nil).next().refused("FORBIDDEN")
		h.ask(c, watchEvents, nil).refused("BAD_REQUEST") // without Accept: text/event-stream
	})
}

func TestCallerHasTwentyStreams(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read")
		after := h.end(c)
		var all []*watcher
		for range 20 {
			all = append(all, h.watch(c, watchEvents, vars{"after": after}))
		}
		ids := h.note(h.in(h.org.ID), "Group", "created", 1)
		for _, w := range all { // so that all have begun
			w.wants(ids...)
		}
		w := h.watch(c, watchEvents, vars{"after": after})
		w.next().refused("TOO_MANY_REQUESTS")
		w.over()
		h.watch(h.with("events:read"), watchEvents, vars{"after": after}).wants(ids...)
		all[7].cancel()
		for { // until the server has noticed
			if r := h.watch(c, watchEvents, vars{"after": after}).next(); len(r.Errors) == 0 {
				break
			}
		}
	})
}

func TestStreamEndsWithItsCredential(t *testing.T) {
	onBoth(t, func(h *house) {
		after := h.end(h.with("events:read"))
		ada := h.person("ada@acme.test", user.RoleOWNER)
		bob := h.person("bob@acme.test", user.RoleADMIN)
		carol := h.person("carol@acme.test", user.RoleADMIN)
		var tok *ent.Token
		var secret string
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
			secret, tok, err = h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindAPI, Name: "test", Scopes: []string{"events:read"}})
			return err
		})
		for name, end := range map[string]struct {
			caller caller
			do     func(context.Context, *store.Tx) error
		}{
			"its sessions are ended": {h.session(ada), func(ctx context.Context, tx *store.Tx) error {
				_, err := h.access.EndSessions(ctx, tx, ada.ID, uuid.Nil)
				return err
			}},
			"its person is deactivated": {h.session(bob), func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(bob.ID).SetActive(false).Exec(ctx)
			}},
			"its person has another role": {h.session(carol), func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(carol.ID).SetRole(user.RoleLEARNER).Exec(ctx)
			}},
			"its token is revoked": {caller{"Authorization", "Bearer " + secret}, func(ctx context.Context, tx *store.Tx) error {
				return h.access.RevokeToken(ctx, tx, tok.ID)
			}},
		} {
			before := h.note(h.in(h.org.ID), "Group", "created", 1)
			w := h.watch(end.caller, watchEvents, vars{"after": after, "types": []string{"group.*"}})
			w.wants(before...)
			quiet := h.watch(end.caller, watchEvents, vars{"after": after, "types": []string{"group.deleted"}})
			h.write(h.org.ID, end.do)
			late := texts(h.note(h.in(h.org.ID), "Group", "created", 1))
			quiet.over()
			for _, r := range w.over() {
				if slices.Contains(late, r.at("eventsAdded", "node", "id").(string)) {
					h.Errorf("%s: the stream still brought what happened afterwards", name)
				}
			}
			after = h.end(h.with("events:read"))
		}
	})
}

// Learners may watch nothing, but know when they are out.
func TestLearnersFollowTheirOwnSession(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleLEARNER)
		c := h.session(ada)
		w := h.watch(c, `subscription { signedIn { userName role scopes } }`, nil)
		if r := w.next(); r.at("signedIn", "userName") != "ada@acme.test" || r.at("signedIn", "role") != "LEARNER" {
			h.Errorf("the stream tells %s", r.text)
		}
		h.ask(h.as(user.RoleADMIN), `mutation($id: ID!) { deactivateUser(id: $id) { user { active } } }`, vars{"id": ada.ID}).ok()
		if rest := w.over(); len(rest) > 0 {
			h.Errorf("it tells again: %s", rest[0].text)
		}
		h.ask(c, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED")
	})
}

func TestStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	h := newHouse(t, url, 1)
	c := h.with("events:read")
	after := h.end(c)
	other, door := h.replica(url)
	w := other.watch(c, watchEvents, vars{"after": after})
	w.wants(h.note(h.in(h.org.ID), "Group", "created", 1)...)
	door.Close()
	w.over()
	other.watch(c, watchEvents, vars{"after": after}).over()
}

func TestChangeThroughOneReplicaIsSeenOnTheOther(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	h := newHouse(t, url, 8)
	c := h.with("events:read")
	after := h.end(c)
	other, _ := h.replica(url)
	w := h.watch(c, watchEvents, vars{"after": after})
	for range 3 {
		w.wants(other.note(h.in(h.org.ID), "Group", "created", 2)...)
	}
}

// A restart cuts all connections off. The stream stays, and brings what happened
// meanwhile and afterwards, once.
func TestStreamSurvivesARestartOfTheDatabase(t *testing.T) {
	t.Parallel()
	server, err := pgserver.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	url, err := server.CreateDatabase(t.Context(), "rollcall", "")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, url, 8)
	c := h.with("events:read")
	after := h.end(c)
	other, _ := h.replica(url)
	w := h.watch(c, watchEvents, vars{"after": after})
	for range 2 {
		w.wants(h.note(h.in(h.org.ID), "Group", "created", 2)...)
		if err := server.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		for other.store.Ping(t.Context()) != nil { // connections that were cut off
		}
		w.wants(other.note(h.in(h.org.ID), "Group", "updated", 2)...)
	}
}

const watchLog = `subscription($id: ID, $failed: Boolean) { provisioningLogAdded(connectionId: $id, failed: $failed) { id status user { userName } } }`

// journal writes rows as a request that came some time ago does.
func (h *house) journal(ids []uuid.UUID, set func(*ent.ProvisioningLog)) {
	h.Helper()
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
		for _, id := range ids {
			row := &ent.ProvisioningLog{ID: id, OrgID: h.org.ID, CreatedAt: tx.Now(), ConnectionID: &h.conn.ID,
				Method: http.MethodGet, Path: "/Users", Operation: "looked", Status: 200}
			if set != nil {
				set(row)
			}
			if err := tx.InsertLog(ctx, row); err != nil {
				return err
			}
		}
		return nil
	})
}

// ids are ids in their order.
func ids(n int) (out []uuid.UUID) {
	for range n {
		out = append(out, schema.NewID())
	}
	return out
}

func TestStreamOfTheLogSkipsNoneWhoeverIsWrittenFirst(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("log:read", "users:read")
		ada := h.person("ada@acme.test", user.RoleLEARNER)
		usual, slow := ids(310), ids(5)
		for i := range slow { // requests of 20 seconds
			binary.BigEndian.PutUint64(slow[i][:8], binary.BigEndian.Uint64(slow[i][:8])-20_000<<16)
		}
		w := h.watch(c, watchLog, nil)
		w.begun("provisioningLogAdded", func() uuid.UUID {
			id := schema.NewID()
			h.journal([]uuid.UUID{id}, nil)
			return id
		}, "id")
		wants := func(ids []uuid.UUID) {
			h.Helper()
			for _, id := range ids {
				w.next().ok().is(id, "provisioningLogAdded", "id")
			}
		}
		h.journal(usual[100:], nil)
		wants(usual[100:])
		h.journal(usual[:100], nil) // written later, though they came earlier
		wants(usual[:100])
		h.journal(slow, func(l *ent.ProvisioningLog) { l.TargetID = &ada.ID })
		for _, id := range slow {
			w.next().ok().is(id, "provisioningLogAdded", "id").is("ada@acme.test", "provisioningLogAdded", "user", "userName")
		}
	})
}

// begun writes until a stream shows something, and takes all that it then shows:
// what is written from here on comes next.
func (w *watcher) begun(field string, write func() uuid.UUID, path ...any) (first string) {
	w.Helper()
	path = append([]any{field}, path...)
	var written []string
	for len(written) < 5000 {
		written = append(written, write().String())
		select {
		case r := <-w.answers:
			first, _ = r.ok().at(path...).(string)
			for _, id := range written[slices.Index(written, first)+1:] {
				w.next().ok().is(id, path...)
			}
			return first
		default:
		}
	}
	w.Fatal("the stream shows nothing")
	return ""
}

func TestStreamOfTheLogShowsWhatIsAskedFor(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("log:read", "users:read")
		row := func(set func(*ent.ProvisioningLog)) uuid.UUID {
			id := schema.NewID()
			h.journal([]uuid.UUID{id}, set)
			return id
		}
		good := func() uuid.UUID { return row(nil) }
		bad := func() uuid.UUID { return row(func(l *ent.ProvisioningLog) { l.Status = 409 }) }
		elsewhere := schema.NewID()
		for _, q := range []struct {
			v    vars
			want []bool // of a row of another connection that failed, a good and a bad one of this
		}{
			{nil, []bool{true, true, true}}, {vars{"failed": true}, []bool{true, false, true}},
			{vars{"id": h.conn.ID}, []bool{false, true, true}}, {vars{"id": h.conn.ID, "failed": true}, []bool{false, false, true}},
		} {
			w := h.watch(c, watchLog, q.v)
			w.begun("provisioningLogAdded", bad, "id")
			rows := []uuid.UUID{row(func(l *ent.ProvisioningLog) { l.Status, l.ConnectionID = 500, &elsewhere }), good(), bad()}
			for i, id := range rows {
				if q.want[i] {
					w.next().ok().is(id, "provisioningLogAdded", "id")
				}
			}
		}
	})
}

func TestStreamOfHealthTellsWhatChanged(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("log:read")
		all := h.watch(c, `subscription { connectionHealthChanged { connectionId status } }`, nil)
		one := h.watch(c, `subscription($id: ID) { connectionHealthChanged(connectionId: $id) { connectionId status } }`, vars{"id": h.conn.ID})
		becomes := func(id uuid.UUID, status string, streams ...*watcher) {
			h.Helper()
			for _, w := range streams {
				w.next().ok().is(map[string]any{"connectionId": id, "status": status}, "connectionHealthChanged")
			}
		}
		becomes(h.conn.ID, "WAITING", all, one)
		enable := func(enabled bool) {
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				return tx.Connection.UpdateOneID(h.conn.ID).SetEnabled(enabled).Exec(ctx)
			})
		}
		enable(false)
		becomes(h.conn.ID, "PAUSED", all, one)
		var second *ent.Connection
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
			second, err = tx.Connection.Create().SetName("zweite").SetKind("OKTA").SetSettings(schema.DefaultConnectionSettings()).Save(ctx)
			return err
		})
		becomes(second.ID, "WAITING", all)
		enable(true)
		becomes(h.conn.ID, "WAITING", all, one)
	})
}
