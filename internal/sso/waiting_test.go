package sso_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// However many strangers wait, whoever comes next waits too, and leaves an event.
func TestAColleagueWaitsAmongAThousandStrangers(t *testing.T) {
	onBoth(t, func(h *house) {
		if h.store.Postgres() {
			return // a thousand sign-ins by the same statements
		}
		o := newOIDCHouse(h, false)
		for i := range 1000 {
			o.write(func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.Admit(ctx, tx, o.conn.ID, directory.Account{Issuer: "i", Subject: "s" + itoa(i/100) + "." + pad(i%100)})
				return err
			})
		}
		before := o.store.Read().Event.Query().CountX(o.inOrg())
		p := o.signIn(o.visitor(), map[string]any{"sub": "a real colleague"})
		n := o.store.Read().PendingLink.Query().CountX(o.inOrg())
		if o.store.Read().Event.Query().CountX(o.inOrg()) == before {
			o.Errorf("%d wait; the colleague is told %v to wait for a decision, but waits nowhere, without an event", n, strings.Contains(p.text, "now waits for a decision"))
		}
	})
}
