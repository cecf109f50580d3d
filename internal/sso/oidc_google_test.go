package sso_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

// Anybody can make a personal account of Google's with an address that can be read
// once. Such an account makes nobody, and one of an organization only by an address
// of that organization, wherever the address comes from.
func TestGooglesAccountsByTheirOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.prove("acme.test")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Connection.UpdateOneID(o.conn.ID).SetKind(connection.KindGOOGLE).Exec(ctx)
		})
		o.configure(func(s *schema.SignOnSettings) { s.Create = true })
		for what, c := range map[string]struct {
			claims, userinfo map[string]any
			status           int
		}{
			"a personal account": {claims: map[string]any{"sub": "1", "email": "a+1@acme.test", "email_verified": true, "name": "A"}, status: http.StatusBadRequest},
			"another organization's": {claims: map[string]any{"sub": "2", "email": "b@acme.test", "email_verified": true, "name": "B", "hd": "evil.test"},
				status: http.StatusForbidden},
			"another organization's, by userinfo": {claims: map[string]any{"sub": "3", "hd": "evil.test"},
				userinfo: map[string]any{"sub": "3", "email": "c@acme.test", "email_verified": true, "name": "C"}, status: http.StatusForbidden},
			"its own": {claims: map[string]any{"sub": "4", "email": "d@acme.test", "email_verified": true, "name": "D", "hd": "acme.test"},
				status: http.StatusSeeOther},
			"its own, by userinfo": {claims: map[string]any{"sub": "5", "hd": "acme.test"},
				userinfo: map[string]any{"sub": "5", "email": "e@acme.test", "email_verified": true, "name": "E"}, status: http.StatusSeeOther},
		} {
			o.provider.user = c.userinfo
			b := o.visitor()
			if p := o.signIn(b, c.claims); p.StatusCode != c.status || (b.session() != "") != (c.status == http.StatusSeeOther) {
				o.Errorf("%s: %d with the session %q\n%s", what, p.StatusCode, b.session(), p.text)
			}
		}
	})
}
