package sso_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// HEAD begins no sign-in.
func TestHEADBeginsNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		b := o.visitor()
		p := b.do(b.request(http.MethodHead, sso.StartPath(o.conn.ID), "", ""))
		if n := o.store.Read().Challenge.Query().CountX(o.inOrg()); n != 0 {
			o.Errorf("HEAD: %d, %d flows begun", p.StatusCode, n)
		}
	})
}

// An issuer that lets accounts of every organization in, or is no issuer, is refused.
func TestIssuersOfEverybodysAccounts(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, issuer := range []string{"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", "https://idp.test/x?y=1",
			"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"} {
			err := h.store.Write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := h.signOns.Configure(ctx, tx, h.conn.ID, "OIDC", schema.SignOnSettings{Issuer: issuer, ClientID: clientID})
				return err
			})
			if err == nil {
				h.Errorf("%s is taken", issuer)
			}
		}
	})
}

// A provider whose discovery hangs, while all else works, signs people in by what it
// said before.
func TestADiscoveryThatHangsKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	o := newOIDCHouse(newHouse(t, storetest.SQLite(t), 1), false)
	o.signIn(o.visitor(), graces())
	o.pass(2 * time.Hour)
	hung := make(chan struct{})
	defer close(hung)
	o.provider.change = func(map[string]any) { <-hung }
	b := o.visitor()
	o.signIn(b, graces())
	b.signedIn(true)
}

// Browsers keep the session's cookie from a form of another site, so that the flow says
// which session the new one replaces.
func TestAFormOfTheProviderEndsTheEarlierSession(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, true)
		b := o.browser()
		o.signIn(b, graces())
		old := b.session()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		b.give(access.SessionCookie, "") // as browsers do: Lax doesn't travel with a cross-site POST
		o.arrive(b, answer)
		if b.session() == old || b.session() == "" {
			o.Fatal("no new session")
		}
		if n := o.sessions(); n != 1 {
			o.Errorf("%d sessions, want 1: the old one still opens", n)
		}
	})
}
