package graph_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

const (
	newUser  = `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "late@acme.test", "active": true`
	newGroup = `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Late"`
	mailed   = `, "emails": [{"type": "work", "primary": true, "value": "late@acme.test"}, {"type": "home", "value": "late@home.test"}]`
	patchOp  = `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "replace", "path": "displayName", "value": "Late"}]}`
)

// ends are the ways in which an administrator ends what a connection may do.
var ends = map[string]string{
	"paused":  `mutation($id: ID!) { pauseConnection(id: $id) { connection { enabled } } }`,
	"removed": `mutation($id: ID!) { removeConnection(id: $id, people: KEEP) { users groups } }`,
}

// The credential of a client is known for a second; the time of the house stands
// still, so it is known for good, and each of these writes gets past the door.
func TestWritesUnderWayFindTheirConnectionClosed(t *testing.T) {
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				e, owner := h.entra(), h.as(user.RoleOWNER)
				ada := e.provisions("ada@acme.test")
				staff := e.groups("Staff", ada)
				h.ask(owner, end, vars{"id": h.conn.ID}).ok()
				before := h.dump(h.org.ID)
				for _, write := range [][3]string{
					{http.MethodPost, "Users", newUser + "}"},
					{http.MethodPost, "Users", newUser + mailed + "}"},
					{http.MethodPost, "Users", newUser + `, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "New"}}`},
					{http.MethodPut, "Users/" + ada.String(), newUser + "}"},
					{http.MethodPatch, "Users/" + ada.String(), patchOp},
					{http.MethodDelete, "Users/" + ada.String(), ""},
					{http.MethodPost, "Groups", newGroup + "}"},
					{http.MethodPost, "Groups", newGroup + `, "members": [{"value": "` + ada.String() + `"}]}`},
					{http.MethodPut, "Groups/" + staff.String(), newGroup + "}"},
					{http.MethodPatch, "Groups/" + staff.String(), patchOp},
					{http.MethodDelete, "Groups/" + staff.String(), ""},
				} {
					if status, answer := e.send(write[0], write[1], write[2]); status != http.StatusUnauthorized {
						h.Errorf("%s %s %s: status %d: %v", write[0], write[1], write[2], status, answer)
					}
				}
				status, answer := e.send(http.MethodPost, "Bulk", `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
					{"method": "POST", "path": "/Users", "bulkId": "1", "data": `+newUser+`}}, {"method": "DELETE", "path": "/Users/`+ada.String()+`"}]}`)
				list, _ := answer["Operations"].([]any)
				for _, o := range list {
					if got := o.(map[string]any)["status"]; got != "401" {
						h.Errorf("an operation of a bulk request has status %v", got)
					}
				}
				if status != http.StatusOK || len(list) != 2 {
					h.Errorf("bulk: status %d: %v", status, answer)
				}
				if after := h.dump(h.org.ID); after != before {
					h.Errorf("somebody was written:\n%s\nwas\n%s", after, before)
				}
			})
		})
	}
}

// A write that has begun comes before the removal, which then finds what it made.
func TestRemovalsWaitForWritesUnderWay(t *testing.T) {
	onBoth(t, func(h *house) {
		e, owner := h.entra(), h.as(user.RoleOWNER)
		ada := e.provisions("ada@acme.test")
		made, changed, removed := make(chan int, 1), make(chan int, 1), make(chan *reply, 1)
		errUndone := errors.New("undone")
		err := h.store.Write(h.in(h.org.ID), func(ctx context.Context, tx *store.Tx) error {
			// Somebody has the name for now, and has the other person's row.
			if _, err := h.directory.CreateLocal(ctx, tx, directory.Local{UserName: "late@acme.test"}); err != nil {
				return err
			}
			if _, err := tx.User.Query().Where(user.ID(ada), store.Lock).Only(ctx); err != nil {
				return err
			}
			go func() {
				status, _ := e.send(http.MethodPost, "Users", newUser+mailed+"}")
				made <- status
			}()
			h.waits(1)
			go func() { changed <- e.patch(ada, "title", `"Clerk"`) }()
			h.waits(2)
			go func() { removed <- h.ask(owner, ends["removed"], vars{"id": h.conn.ID}) }()
			h.waits(3)
			return errUndone
		})
		if !errors.Is(err, errUndone) {
			h.Fatal(err)
		}
		r := (<-removed).ok()
		statusOfMade, statusOfChanged := <-made, <-changed
		if h.store.Postgres() { // on SQLite they come in any order
			r.is(2, "removeConnection", "users")
			if statusOfMade != http.StatusCreated || statusOfChanged != http.StatusOK {
				h.Errorf("the writes that had begun have status %d and %d", statusOfMade, statusOfChanged)
			}
			if late := h.userNamed("late@acme.test"); last(h.told(late)) != "user.unlinked by user" {
				h.Errorf("late has the Events %v", h.told(late))
			}
		}
		h.nobodyOwned()
	})
}

// A write that comes while a removal is under way waits for it, and is refused.
func TestWritesWaitForTheRemovalUnderWay(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		ada := e.provisions("ada@acme.test")
		staff := e.groups("Staff", ada)
		status := make(chan int, 4)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			if _, err := h.directory.RemoveConnection(ctx, tx, h.conn.ID, directory.KeepPeople); err != nil {
				return err
			}
			for n, write := range [][3]string{
				{http.MethodPost, "Users", newUser + "}"}, {http.MethodPatch, "Users/" + ada.String(), patchOp},
				{http.MethodPost, "Groups", newGroup + "}"}, {http.MethodPatch, "Groups/" + staff.String(), patchOp},
			} {
				go func() {
					got, _ := e.send(write[0], write[1], write[2])
					status <- got
				}()
				h.waits(n + 1)
			}
			return nil
		})
		for range cap(status) {
			if got := <-status; got != http.StatusUnauthorized {
				h.Errorf("a write beside the removal has status %d, want 401", got)
			}
		}
		h.nobodyOwned()
		if n := h.store.Read().Event.Query().Where(event.EntityID(ada)).CountX(h.in(h.org.ID)); n != 2 {
			h.Errorf("ada has %d Events, want created and unlinked", n)
		}
	})
}

// waits returns once n statements wait for a lock. On SQLite a transaction is
// waited for before any statement, so there is nothing to see.
func (h *house) waits(n int) {
	h.Helper()
	for h.store.Postgres() && h.waiting() < n {
	}
}

// waiting is how many transactions wait for a lock on PostgreSQL.
func (h *house) waiting() (n int) {
	h.Helper()
	rows, err := h.store.Query(h.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
	if err != nil {
		h.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			h.Fatal(err)
		}
	}
	return n
}

func (h *house) nobodyOwned() {
	h.Helper()
	in := h.in(h.org.ID)
	people := h.store.Read().User.Query().Where(user.ConnectionIDNotNil()).CountX(in)
	groups := h.store.Read().Group.Query().Where(group.ConnectionIDNotNil()).CountX(in)
	if people+groups > 0 {
		h.Errorf("%d people and %d groups belong to a connection that is gone", people, groups)
	}
}

func (h *house) userNamed(userName string) uuid.UUID {
	h.Helper()
	id, err := h.store.Read().User.Query().Where(user.UserNameKey(store.Fold(userName))).OnlyID(h.in(h.org.ID))
	if err != nil {
		h.Fatal(err)
	}
	return id
}

// Writes that come while somebody waits for the connection don't overtake: a
// client that never rests could put its own pause off for ever.
func TestWritesDontOvertakeAPause(t *testing.T) {
	onBoth(t, func(h *house) {
		e, owner := h.entra(), h.as(user.RoleOWNER)
		ada, bob := e.provisions("ada@acme.test"), e.provisions("bob@acme.test")
		paused, changed := make(chan *reply, 1), make(chan int, 1)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.LockPeople(ctx, store.PeopleQuery{Connection: h.conn.ID, Where: func(b *sql.Builder) { b.WriteString("users.id = ").Arg(ada) }}); err != nil {
				return err
			}
			go func() { paused <- h.ask(owner, ends["paused"], vars{"id": h.conn.ID}) }()
			h.waits(1)
			go func() { changed <- e.patch(bob, "title", `"Clerk"`) }()
			h.waits(2)
			return nil
		})
		(<-paused).ok()
		if status := <-changed; h.store.Postgres() && status != http.StatusUnauthorized {
			h.Errorf("a write that came after the pause has status %d, want 401", status)
		}
	})
}

// A write that finds its connection paused, and resumed when it asks why nobody
// was there, must not take that for the person's absence.
func TestAWriteWhileTheConnectionIsResumed(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t) // on SQLite one comes after the other
	h := newHouse(t, url, 8)
	replica := storetest.Open(t, url)
	e, owner := h.entra(), h.as(user.RoleOWNER)
	ada := e.provisions("ada@acme.test")
	staff := e.groups("Staff", ada)
	for _, path := range []string{"Users/" + ada.String(), "Groups/" + staff.String()} {
		h.ask(owner, ends["paused"], vars{"id": h.conn.ID}).ok()
		asked := false
		resume := func(query string) {
			if !asked && strings.HasPrefix(query, "SELECT 1 AS held") {
				asked = true
				if err := replica.Write(h.in(h.org.ID), func(ctx context.Context, tx *store.Tx) error {
					return directory.New(replica).ResumeConnection(ctx, tx, h.conn.ID)
				}); err != nil {
					h.Error(err)
				}
			}
		}
		h.during(resume, func() {
			if status, answer := e.send(http.MethodPatch, path, patchOp); status >= 300 {
				h.Errorf("%s: status %d: %v", path, status, answer)
			}
		})
		if !asked {
			h.Errorf("%s: nobody asked why nothing was there", path)
		}
	}
}
