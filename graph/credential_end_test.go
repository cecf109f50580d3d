package graph_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// What is said of the end is what the mails say: the credential with which the directory
// comes counts, not one that lies about.
func TestConnectionsSayWhenTheirDirectoryIsTurnedAway(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(user.RoleADMIN)
		is := func(when string, want any) {
			h.Helper()
			r := h.ask(admin, `{ connections { credentialsEnd { at unusedSpare } } }`, nil).ok()
			if got := r.at("connections", 0, "credentialsEnd"); want == nil && got != nil {
				h.Errorf("%s: %v", when, got)
			} else if want != nil {
				r.is(want, "connections", 0, "credentialsEnd", "unusedSpare")
			}
		}
		make := func(days int) (id uuid.UUID) {
			h.Helper()
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				_, t, err := h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Expires: time.Duration(days) * 24 * time.Hour})
				if err == nil {
					id = t.ID
				}
				return err
			})
			return id
		}
		used := func(id uuid.UUID) {
			h.Helper()
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				return tx.Token.UpdateOneID(id).SetLastUsedAt(tx.Now()).Exec(ctx)
			})
		}
		first := make(30)
		is("nobody has come", nil)
		used(first)
		is("it comes", false)
		second := make(365)
		is("another is just made", false)
		h.pass(7 * time.Hour)
		admin = h.as(user.RoleADMIN)
		is("it lies about", true)
		used(second)
		is("it is entered", false)
		h.ask(h.as(user.RoleLEARNER), `{ connections { credentialsEnd { at } } }`, nil).refused("FORBIDDEN")
	})
}

func TestSecretsSayWhetherTheyAreNeeded(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(user.RoleADMIN)
		needed := func(want ...bool) {
			h.Helper()
			r := h.ask(admin, `{ connections { signOn { secrets { needed } } } }`, nil).ok()
			for i, w := range want {
				r.is(w, "connections", 0, "signOn", "secrets", i, "needed")
			}
		}
		do := func(operation string, v vars) {
			h.Helper()
			v["c"] = h.conn.ID
			h.ask(admin, operation, v).ok()
		}
		in := func(days int) string { return h.store.Now().AddDate(0, 0, days).UTC().Format(time.RFC3339) }
		const add = `mutation($c: ID!, $ends: Time) { addClientSecret(connectionId: $c, secret: "a secret of the client", expiresAt: $ends) { connection { id } } }`
		do(`mutation($c: ID!, $ends: Time) { configureOidc(connectionId: $c, input: {issuer: "https://idp.test", clientId: "rollcall", secret: "another one", secretExpiresAt: $ends}) { connection { id } } }`, vars{"ends": in(5)})
		needed(true)
		for _, never := range []string{"9999-12-31T23:59:59-01:00", "10000-01-01T00:00:00Z", "tomorrow"} {
			h.ask(admin, add, vars{"c": h.conn.ID, "ends": never}).refused("BAD_USER_INPUT")
		}
		do(add, vars{"ends": in(100)})
		needed(false, true)
		do(`mutation($c: ID!) { makeSignOnKey(connectionId: $c) { connection { id } } }`, vars{})
		needed(false, true, false)
		do(`mutation($c: ID!) { configureOidc(connectionId: $c, input: {issuer: "https://idp.test", clientId: "rollcall", keyCredential: true}) { connection { id } } }`, vars{})
		needed(false, false, true)
	})
}
