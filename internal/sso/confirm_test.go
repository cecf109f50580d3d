package sso_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

// onBothUnasked is a house whose people may begin at the provider.
func onBothUnasked(t *testing.T, test func(s *samlHouse)) {
	t.Helper()
	onBothSAML(t, func(s *samlHouse) {
		s.configure(s.inOrg(), s.conn, func(o *schema.SignOnSettings) { o.ProviderInitiated = true })
		test(s)
	})
}

// unasked lets the provider, or anybody with its answer, send it to a browser. Browsers
// keep Lax cookies from a form of another site.
func (s *samlHouse) unasked(b *browser) page {
	s.Helper()
	was := b.session()
	b.give(access.SessionCookie, "")
	p := s.post(b, sso.ACSPath(s.conn.ID), s.answer(s.says("", "/people")))
	if b.session() != "" {
		s.Errorf("%d: somebody is signed in unasked", p.StatusCode)
	}
	b.give(access.SessionCookie, was)
	return p
}

// press presses the button of the page.
func (s *samlHouse) press(b *browser, asked page) page {
	s.Helper()
	return b.post(sso.ConfirmPath(s.conn.ID), asked.form())
}

// Another site that sends an answer replaces nobody's session: the person is asked, and
// only a yes ends the session that was there and begins the new one.
func TestTheProviderBeginsAndThePersonSaysYes(t *testing.T) {
	onBothUnasked(t, func(s *samlHouse) {
		b := s.browser()
		b.open(s.link(s.ada))
		adas := b.session()
		asked := s.unasked(b).want(s.T, http.StatusOK, "Sign in to acme as grace@acme.test")
		if b.signedIn(true); b.session() != adas || s.sessions() != 1 {
			s.Errorf("before she said yes there are %d sessions", s.sessions())
		}
		if p := s.press(b, asked); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/people" {
			s.Errorf("the button leads to %d %q\n%s", p.StatusCode, p.Header.Get("Location"), p.text)
		}
		if b.signedIn(true); b.session() == adas || s.sessions() != 1 {
			s.Errorf("afterwards there are %d sessions", s.sessions())
		}
		old := s.browser()
		old.give(access.SessionCookie, adas)
		old.signedIn(false)
	})
}

// The button works in the browser that was asked, on the site itself, once, for ten
// minutes, and for nothing that it wasn't made for.
func TestTheYesBelongsToItsBrowser(t *testing.T) {
	onBothUnasked(t, func(s *samlHouse) {
		refused := func(what string, b *browser, p page, status int) {
			s.Helper()
			if p.StatusCode != status || b.session() != "" {
				s.Errorf("%s: %d with the session %q\n%s", what, p.StatusCode, b.session(), p.text)
			}
		}
		b, other := s.browser(), s.browser()
		asked := s.unasked(b)
		refused("another browser", other, s.press(other, asked), http.StatusBadRequest)
		refused("after another browser has tried", b, s.press(b, asked), http.StatusBadRequest)

		asked = s.unasked(b)
		r := b.request(http.MethodPost, sso.ConfirmPath(s.conn.ID), "application/x-www-form-urlencoded", asked.form().Encode())
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Origin", "https://evil.test")
		refused("another site", b, b.do(r), http.StatusForbidden)
		s.pass(10 * time.Minute)
		refused("ten minutes later", b, s.press(b, asked), http.StatusBadRequest)

		asked = s.unasked(b)
		refused("for an answer", b, s.post(b, sso.ACSPath(s.conn.ID), s.answer(s.says("_request", asked.form().Get("state")))), http.StatusBadRequest)
		_, relay := s.leave(b, sso.StartPath(s.conn.ID))
		refused("what was begun here", b, b.post(sso.ConfirmPath(s.conn.ID), url.Values{"state": {relay}}), http.StatusBadRequest)
		refused("nothing", b, b.post(sso.ConfirmPath(s.conn.ID), nil), http.StatusBadRequest)
		refused("reading it", b, b.get(sso.ConfirmPath(s.conn.ID)), http.StatusMethodNotAllowed)

		s.press(b, s.unasked(b)).want(s.T, http.StatusSeeOther, "")
		if s.sessions() != 1 {
			s.Errorf("%d sessions", s.sessions())
		}
	})
}

// What changes between the question and the yes counts.
func TestWhatChangesBeforeTheYesCounts(t *testing.T) {
	onBothUnasked(t, func(s *samlHouse) {
		unasked := func(o *schema.SignOnSettings) { o.ProviderInitiated = true }
		for _, c := range []struct {
			what, says string
			do         func()
		}{
			{"no more beginning at the provider", "SAML-UNSOLICITED", func() { s.configure(s.inOrg(), s.conn, nil) }},
			{"another provider", "SAML-ISSUER", func() {
				s.configure(s.inOrg(), s.conn, func(o *schema.SignOnSettings) { unasked(o); o.EntityID = "https://another.test" })
			}},
			{"switched off", "SSO-CONNECTION-OFF", func() {
				s.write(func(ctx context.Context, tx *store.Tx) error {
					_, err := s.signOns.Switch(ctx, tx, s.conn.ID, false, false)
					return err
				})
			}},
		} {
			b := s.visitor()
			asked := s.unasked(b)
			c.do()
			if p := s.press(b, asked); !strings.Contains(p.text, c.says) || b.session() != "" {
				s.Errorf("%s: %d with the session %q\n%s", c.what, p.StatusCode, b.session(), p.text)
			}
			s.configure(s.inOrg(), s.conn, unasked)
		}
		b := s.visitor()
		asked := s.unasked(b)
		s.write(func(ctx context.Context, tx *store.Tx) error { return s.directory.Deactivate(ctx, tx, s.grace.ID) })
		if s.press(b, asked).want(s.T, http.StatusForbidden, "SSO-"); b.session() != "" {
			s.Error("a deactivated person is signed in")
		}
	})
}

// One yes that comes to two replicas at once is one sign-in.
func TestTheYesCountsOnce(t *testing.T) {
	onBothUnasked(t, func(s *samlHouse) {
		b := s.browser()
		form := s.unasked(b).form()
		in := s.twins(8, b, func(twin *browser) { twin.post(sso.ConfirmPath(s.conn.ID), form) })
		if in != 1 || s.sessions() != 1 {
			s.Errorf("%d browsers and %d sessions", in, s.sessions())
		}
	})
}

var notOnOrAfter = regexp.MustCompile(`NotOnOrAfter="[^"]*"`)

// An assertion that the provider makes valid for ever counts once too, and for a day.
func TestAnEndlessAssertionCountsOnce(t *testing.T) {
	onBothUnasked(t, func(s *samlHouse) {
		form := s.answer(s.says("", "/people"))
		raw, err := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
		if err != nil {
			s.Fatal(err)
		}
		root := s.parse(notOnOrAfter.ReplaceAllString(string(raw), `NotOnOrAfter="9999-12-31T23:59:59Z"`))
		a := root.FindElement("Assertion")
		a.RemoveChild(a.FindElement("Signature"))
		s.sign(a, nil)
		form.Set("SAMLResponse", inBase64(s.text(root)))
		s.post(s.browser(), sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusOK, "Sign in to acme")
		s.post(s.browser(), sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusBadRequest, "SSO-STATE")
		if _, err := s.access.Forget(s.inOrg()); err != nil {
			s.Fatal(err)
		}
		s.post(s.browser(), sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusBadRequest, "SSO-STATE")
		s.pass(25 * time.Hour)
		s.post(s.browser(), sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusBadRequest, "SAML-CLOCK")
	})
}

// Whoever sends a browser here with answers of their own stops no sign-in of its person.
func TestUnaskedAnswersEndNoFlow(t *testing.T) {
	onBothUnasked(t, func(s *samlHouse) {
		b := s.browser()
		mine := s.says(s.leave(b, sso.StartPath(s.conn.ID)))
		for range 6 {
			s.post(b, sso.ACSPath(s.conn.ID), s.answer(s.says("", "/people"))).want(s.T, http.StatusOK, "Sign in to acme")
		}
		s.post(b, sso.ACSPath(s.conn.ID), s.answer(mine)).want(s.T, http.StatusSeeOther, "")
	})
}
