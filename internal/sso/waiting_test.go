package sso_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/pendinglink"
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
		if p := o.signIn(o.visitor(), map[string]any{"sub": "a real colleague"}); !strings.Contains(p.text, "now waits for a decision") {
			o.Errorf("the colleague is not told to wait:\n%s", p.text)
		}
		waits, err := o.store.Read().PendingLink.Query().Where(pendinglink.Subject("a real colleague")).OnlyID(o.inOrg())
		if err != nil {
			o.Fatalf("the colleague waits nowhere: %v", err)
		}
		if n := o.store.Read().Event.Query().Where(event.EntityID(waits)).CountX(o.inOrg()); n != 1 {
			o.Errorf("it left %d events, want 1", n)
		}
	})
}
