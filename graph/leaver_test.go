package graph_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// Whoever says that somebody has left, and however: the next request of the session
// and of the personal token is refused, and the streams of both end.
func TestLeaversAreOutWhicheverWay(t *testing.T) {
	onBoth(t, func(h *house) {
		e, admin := h.entra(), h.as(user.RoleOWNER)
		after := h.end(h.with("events:read"))
		patch := func(op string) func(uuid.UUID) {
			return func(id uuid.UUID) {
				if status, body := e.send(http.MethodPatch, "Users/"+id.String(), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [`+op+`]}`); status/100 != 2 {
					h.Errorf("%s: status %d: %v", op, status, body)
				}
			}
		}
		by := func(mutation string) func(uuid.UUID) {
			return func(id uuid.UUID) { h.ask(admin, mutationOf(mutation), vars{"id": id}).ok() }
		}
		many := func(mutation string) func(uuid.UUID) {
			return func(id uuid.UUID) {
				h.ask(admin, `mutation($ids: [ID!]!) { `+mutation+`(ids: $ids) { succeeded } }`, vars{"ids": []uuid.UUID{id}}).ok().is(1, mutation, "succeeded")
			}
		}
		for name, leave := range map[string]func(uuid.UUID){
			"deactivateUser": by("deactivateUser"), "deleteUser": by("deleteUser"), "deactivateUsers": many("deactivateUsers"), "deleteUsers": many("deleteUsers"),
			"PATCH with a boolean":    patch(`{"op": "replace", "path": "active", "value": false}`),
			"PATCH with Entra's text": patch(`{"op": "Replace", "path": "active", "value": "False"}`),
			"PATCH without a path":    patch(`{"op": "replace", "value": {"active": false}}`),
			"PATCH that renames too":  patch(`{"op": "replace", "path": "userName", "value": "` + uuid.NewString() + `@acme.test"}, {"op": "replace", "path": "active", "value": false}`),
			"PUT": func(id uuid.UUID) {
				if status, body := e.send(http.MethodPut, "Users/"+id.String(), `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "`+h.userRow(id).UserName+`", "active": false}`); status != http.StatusOK {
					h.Errorf("PUT: status %d: %v", status, body)
				}
			},
			"DELETE": func(id uuid.UUID) {
				if status, body := e.send(http.MethodDelete, "Users/"+id.String(), ""); status != http.StatusNoContent {
					h.Errorf("DELETE: status %d: %v", status, body)
				}
			},
		} {
			id := e.provisions(uuid.NewString() + "@acme.test")
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(id).SetRole(user.RoleAUDITOR).Exec(ctx)
			})
			session := h.session(h.userRow(id))
			personal := h.ask(session, createPersonal, vars{"name": "mine", "scopes": []string{"events:read"}}).ok().bearer("createPersonalToken")
			var streams []*watcher
			for _, c := range []caller{session, personal} {
				h.ask(c, `{ viewer { id } }`, nil).ok()
				streams = append(streams, h.watch(c, watchEvents, vars{"after": after, "types": []string{"passkey.created"}}))
			}
			leave(id)
			out := func(what string, c caller) {
				if r := h.ask(c, `{ viewer { id } }`, nil); r.status != http.StatusUnauthorized {
					h.Errorf("%s: the %s is answered with %d: %s", name, what, r.status, r.text)
				}
			}
			out("session", session)
			h.pass(time.Second) // as long as a token is believed without a look at the database
			out("personal token", personal)
			for _, s := range streams {
				s.over()
			}
		}
	})
}
