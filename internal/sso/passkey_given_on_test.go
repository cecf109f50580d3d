package sso_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// A record that the directory gives to somebody else is not opened by what the one before
// has left: a passkey, and an account that an administrator has approved.
func TestARecordThatIsGivenOnIsNotOpenedByTheLeaversKeys(t *testing.T) {
	for name, give := range map[string]func(o *oidcHouse, externalID string) int{
		"revived": func(o *oidcHouse, externalID string) int {
			return o.directorySends(http.MethodPost, o.grace, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+o.grace.UserName+`","externalId":"`+externalID+`","active":true}`)
		},
		"reactivated": func(o *oidcHouse, externalID string) int {
			return o.directorySends(http.MethodPatch, o.grace, patch(`{"op":"replace","value":{"externalId":"`+externalID+`","active":true}}`))
		},
		"changed, then reactivated": func(o *oidcHouse, externalID string) int {
			o.directoryRenames(o.grace, externalID)
			return o.directorySends(http.MethodPatch, o.grace, patch(`{"op":"replace","path":"active","value":true}`))
		},
		"emptied, then reactivated": func(o *oidcHouse, externalID string) int {
			if externalID == "grace-1" {
				return http.StatusOK
			}
			o.directorySends(http.MethodPatch, o.grace, patch(`{"op":"remove","path":"externalId"}`))
			return o.directorySends(http.MethodPatch, o.grace, patch(`{"op":"replace","value":{"externalId":"`+externalID+`","active":true}}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				o := newOIDCHouse(h, false)
				o.write(func(ctx context.Context, tx *store.Tx) error {
					settings := o.conn.Settings
					settings.Revive = true
					return tx.Connection.UpdateOneID(o.conn.ID).SetSettings(settings).Exec(ctx)
				})
				o.signIn(o.visitor(), alans())
				o.approved(o.usersWrite(), o.grace)
				_, key := o.keyed(o.grace)
				for _, id := range []string{"grace-1", "newcomer-1"} {
					o.directorySends(http.MethodPatch, o.grace, patch(`{"op":"replace","path":"active","value":false}`))
					if status := give(o, id); status >= 300 {
						o.Fatalf("%s: %d", id, status)
					}
					if name == "emptied, then reactivated" && id == "grace-1" {
						continue
					}
					same := id == "grace-1"
					b := o.browser()
					b.useKey(key)
					b.signedIn(same)
					o.enters(alans(), same, "an approved account, of "+id)
				}
			})
		})
	}
}

// A passkey that somebody was about to make is not made once that session has ended.
func TestAPasskeyIsNotMadeWithASessionThatHasEnded(t *testing.T) {
	for name, end := range map[string]func(ctx context.Context, h *house, tx *store.Tx) error{
		"another role": func(ctx context.Context, h *house, tx *store.Tx) error {
			return h.directory.ChangeRole(ctx, tx, h.ada.ID, user.RoleADMIN, uuid.Nil)
		},
		"ended by an administrator": func(ctx context.Context, h *house, tx *store.Tx) error {
			_, err := h.access.EndSessions(ctx, tx, h.ada.ID, uuid.Nil)
			return err
		},
		"away and back": func(ctx context.Context, h *house, tx *store.Tx) error {
			if err := h.directory.Deactivate(ctx, tx, h.ada.ID); err != nil {
				return err
			}
			return h.directory.Reactivate(ctx, tx, h.ada.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				h.person("olga@acme.test", "Olga")
				h.write(func(ctx context.Context, tx *store.Tx) error {
					return h.directory.ChangeRole(ctx, tx, h.ada.ID, user.RoleLEARNER, uuid.Nil)
				})
				b, key := h.browser(), newAuthenticator(h.T)
				b.open(h.link(h.ada))
				// The door asks who is signed in; then this happens, and then the passkey is kept.
				g, err := h.access.AuthenticateSession(h.Context(), b.session())
				if err != nil {
					h.Fatal(err)
				}
				ceremonies, err := h.access.Ceremonies(public)
				if err != nil {
					h.Fatal(err)
				}
				options, secret, err := ceremonies.BeginRegistration(h.Context(), g)
				if err != nil {
					h.Fatal(err)
				}
				h.write(func(ctx context.Context, tx *store.Tx) error { return end(ctx, h, tx) })
				answer, _ := json.Marshal(key.create(readAsked(h.T, text(options))))
				if _, err := ceremonies.FinishRegistration(h.Context(), g, secret, "Desk key", answer); err == nil {
					h.Error("the passkey is kept")
				}
				b = h.browser()
				b.useKey(key)
				b.signedIn(false)
			})
		})
	}
}
