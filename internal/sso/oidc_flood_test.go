package sso_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/sso"
)

// In the hybrid flow anybody can bring ID tokens that name keys which nobody knows.
// They make the server ask the provider for its keys once in 30 s at most, and keep
// nobody out.
func TestUnknownKeysInTheBrowsersHands(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, true)
		o.signIn(o.visitor(), graces())
		o.pass(time.Minute)
		o.provider.rotate()
		b := o.visitor()
		o.signIn(b, graces())
		b.signedIn(true)
		before := o.provider.keyFetches(0)
		flood := func() {
			for range 100 {
				b := o.visitor()
				answer := o.provider.answer(o.leave(b, "/"), graces())
				parts := strings.Split(answer.Get("id_token"), ".")
				answer.Set("id_token", encoded(map[string]string{"alg": "RS256", "typ": "JWT", "kid": randomText()})+"."+parts[1]+"."+parts[2])
				o.arrive(b, answer).want(o.T, http.StatusBadRequest, "SSO-SIGNATURE")
			}
		}
		o.pass(time.Minute)
		flood()
		if n := o.provider.keyFetches(before); n != 1 {
			o.Errorf("100 unknown keys cost %d fetches, want 1", n)
		}
		b = o.visitor()
		o.signIn(b, graces())
		b.signedIn(true)
		o.pass(31 * time.Second)
		flood()
		if n := o.provider.keyFetches(before); n != 2 {
			o.Errorf("after 31 s: %d fetches, want 2", n)
		}
		if n := len(o.refusals()); n != 10 {
			o.Errorf("200 forged answers leave %d events, want 10", n)
		}
		// Without a flow no token is looked at.
		for range 20 {
			b := o.visitor()
			o.pass(time.Minute)
			b.post(sso.CallbackPath(o.conn.ID), url.Values{"state": {"rcc_x"}, "code": {"x"}, "id_token": {o.provider.idToken(url.Values{}, graces(), "x")}}).
				want(o.T, http.StatusBadRequest, "SSO-STATE")
		}
		if n := o.provider.keyFetches(before); n != 2 {
			o.Errorf("tokens without a flow cost %d fetches", n-2)
		}
	})
}
