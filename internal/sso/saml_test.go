package sso_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// leave begins a sign-in and returns the request's id and RelayState.
func (s *samlHouse) leave(b *browser, path string) (request, relay string) {
	s.Helper()
	p := b.get(path)
	to := p.Header.Get("Location")
	if p.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, idpSignIn+"?") {
		s.Fatalf("the sign-in begins with %d to %q\n%s", p.StatusCode, to, p.text)
	}
	request, _, relay = inflated(s.T, to, "SAMLRequest")
	return request, relay
}

// says is an assertion about Grace for the house's connection.
func (s *samlHouse) says(request, relay string) assertion {
	return assertion{acs: public + sso.ACSPath(s.conn.ID), audience: public + sso.MetadataPath(s.conn.ID), request: request, relay: relay,
		id: rand.Text(), subject: "grace-1", session: "there-" + rand.Text()}
}

// post sends a form as the provider's page does.
func (s *samlHouse) post(b *browser, path string, form url.Values) page {
	s.Helper()
	r := b.request(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://idp.test")
	return b.do(r)
}

// signIn is a whole sign-in; change may be nil.
func (s *samlHouse) signIn(b *browser, change func(*assertion)) page {
	s.Helper()
	a := s.says(s.leave(b, sso.StartPath(s.conn.ID)+"?return_to=/people"))
	if change != nil {
		change(&a)
	}
	return s.post(b, sso.ACSPath(s.conn.ID), s.answer(a))
}

func TestSignInBySAML(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		b := s.browser()
		var session string
		p := s.signIn(b, func(a *assertion) { session = a.session }).want(s.T, http.StatusSeeOther, "")
		if p.Header.Get("Location") != "/people" {
			s.Errorf("the answer leads to %q", p.Header.Get("Location"))
		}
		b.signedIn(true)
		i := s.store.Read().Identity.Query().OnlyX(s.inOrg())
		if i.UserID != s.grace.ID || i.How != "external_id" || i.Subject != "grace-1" || i.Issuer != idpEntity {
			s.Errorf("linked as %+v", i)
		}
		if r := s.store.Read().Session.Query().OnlyX(s.inOrg()); r.Method != "SAML" || r.ProviderSession != session {
			s.Errorf("the session is %+v", r)
		}
		b.get(sso.MetadataPath(s.conn.ID)).want(s.T, http.StatusOK, public+sso.ACSPath(s.conn.ID))
	})
}

func TestAnswersThatSAMLRefuses(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		second := s.connection("second")
		s.configure(s.inOrg(), second, nil)
		org, foreign := storetest.Organization(s.T, s.store, "globex")
		s.configure(actor.InOrg(s.Context(), org.ID), foreign, nil)
		for name, change := range map[string]func(*assertion){
			"for another connection": func(a *assertion) {
				a.acs, a.audience = public+sso.ACSPath(second.ID), public+sso.MetadataPath(second.ID)
			},
			"for another organization": func(a *assertion) {
				a.acs, a.audience = public+sso.ACSPath(foreign.ID), public+sso.MetadataPath(foreign.ID)
			},
			"the audience alone":      func(a *assertion) { a.audience = public + sso.MetadataPath(foreign.ID) },
			"to another request":      func(a *assertion) { a.request = "_other" },
			"to no request":           func(a *assertion) { a.request = "" },
			"signed by somebody else": func(a *assertion) { a.key = keys()[2] },
		} {
			b := s.browser()
			if p := s.signIn(b, change); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, "SAML-") {
				s.Errorf("%s: %d\n%s", name, p.StatusCode, p.text)
			}
			b.signedIn(false)
		}
		b := s.browser() // a good one, at the door of another connection
		form := s.answer(s.says(s.leave(b, sso.StartPath(s.conn.ID))))
		for _, conn := range []*ent.Connection{second, foreign} {
			s.post(b, sso.ACSPath(conn.ID), form).want(s.T, http.StatusBadRequest, "SSO-STATE")
			b.signedIn(false)
		}
		if n := s.sessions(); n != 0 {
			s.Errorf("%d sessions", n)
		}
	})
}

// connection makes another one in the house's organization.
func (s *samlHouse) connection(name string) (conn *ent.Connection) {
	s.Helper()
	s.write(func(ctx context.Context, tx *store.Tx) (err error) {
		conn, err = tx.Connection.Create().SetName(name).SetKind("GENERIC").SetSettings(schema.DefaultConnectionSettings()).Save(ctx)
		return err
	})
	return conn
}

func TestProviderInitiatedIsASetting(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		unasked := func(b *browser, relay string) page {
			return s.post(b, sso.ACSPath(s.conn.ID), s.answer(s.says("", relay)))
		}
		b := s.browser()
		unasked(b, "/people").want(s.T, http.StatusBadRequest, "SSO-STATE")
		b.signedIn(false)
		s.configure(s.inOrg(), s.conn, func(o *schema.SignOnSettings) { o.ProviderInitiated = true })
		for relay, want := range map[string]string{"/people": "/people", "https://evil.test/": "/", "//evil.test": "/", "": "/",
			"/" + strings.Repeat("x", 10<<10): "/", strings.Repeat("x", 10<<10): "/", "<script>alert(1)</script>": "/", "javascript:alert(1)": "/"} {
			b := s.browser()
			asked := unasked(b, relay).want(s.T, http.StatusOK, "Sign in to acme as grace@acme.test")
			b.signedIn(false)
			if strings.Contains(asked.text, "alert(1)") {
				s.Errorf("the page says what the RelayState is:\n%s", asked.text)
			}
			if p := b.post(sso.ConfirmPath(s.conn.ID), asked.form()); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != want {
				s.Errorf("RelayState %.40q: %d to %q\n%s", relay, p.StatusCode, p.Header.Get("Location"), p.text)
			}
			b.signedIn(true)
		}
		// What answers a request is no answer to nobody's.
		if p := s.post(s.browser(), sso.ACSPath(s.conn.ID), s.answer(s.says("_request", ""))); p.StatusCode != http.StatusBadRequest {
			s.Errorf("an answer to a request: %d\n%s", p.StatusCode, p.text)
		}
	})
}

func TestReplayedAssertion(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		b := s.browser()
		form := s.answer(s.says(s.leave(b, sso.StartPath(s.conn.ID))))
		s.post(b, sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusSeeOther, "")
		s.post(b, sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusBadRequest, "SSO-STATE")

		s.configure(s.inOrg(), s.conn, func(o *schema.SignOnSettings) { o.ProviderInitiated = true })
		before := s.sessions()
		form = s.answer(s.says("", ""))
		var all sync.WaitGroup
		got := make([]int, 6)
		for i := range got {
			b := s.browser()
			all.Go(func() {
				p := s.post(b, sso.ACSPath(s.conn.ID), form)
				if got[i] = p.StatusCode; got[i] == http.StatusOK {
					b.post(sso.ConfirmPath(s.conn.ID), p.form()).want(s.T, http.StatusSeeOther, "")
				}
			})
		}
		all.Wait()
		in := 0
		for _, status := range got {
			if status == http.StatusOK {
				in++
			} else if status != http.StatusBadRequest {
				s.Errorf("a replay is answered with %d", status)
			}
		}
		if n := s.sessions() - before; in != 1 || n != 1 {
			s.Errorf("of %d at once %d were let in, with %d sessions", len(got), in, n)
		}
		s.post(s.browser(), sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusBadRequest, "SSO-STATE")
	})
}

func TestTestOfSAML(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		start := sso.TestPath(s.conn.ID)
		s.browser().get(start).want(s.T, http.StatusSeeOther, "")
		learner := s.browser()
		s.signIn(learner, nil)
		learner.get(start).want(s.T, http.StatusForbidden, "You may not test this")

		b := s.browser()
		b.open(s.link(s.ada))
		before, sessions := b.session(), s.sessions()
		a := s.says(s.leave(b, start))
		a.subject = "nobody-1"
		p := s.post(b, sso.ACSPath(s.conn.ID), s.answer(a)).want(s.T, http.StatusOK, "until an administrator decides")
		if !strings.Contains(p.text, "nobody-1") || !strings.Contains(p.text, "grace@acme.test") {
			s.Errorf("the page doesn't show what came:\n%s", p.text)
		}
		s.post(b, sso.ACSPath(s.conn.ID), s.answer(s.says(s.leave(b, start)))).want(s.T, http.StatusOK, "grace@acme.test would be signed in")
		if b.session() != before || s.sessions() != sessions || s.store.Read().PendingLink.Query().CountX(s.inOrg()) != 0 {
			s.Error("a test left something behind")
		}
	})
}

func TestDeactivatedStaysOutBySAML(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		b := s.browser()
		s.signIn(b, nil)
		s.write(func(ctx context.Context, tx *store.Tx) error { return s.directory.Deactivate(ctx, tx, s.grace.ID) })
		b.signedIn(false)
		s.signIn(b, nil).want(s.T, http.StatusForbidden, "SSO-DEACTIVATED")
		b.signedIn(false)
		s.write(func(ctx context.Context, tx *store.Tx) error { return s.directory.Reactivate(ctx, tx, s.grace.ID) })
		s.signIn(b, nil)
		b.signedIn(true)
	})
}

// A session lasts no longer than the provider's, and no longer than the organization
// lets one last.
func TestSessionEndsWithTheProviders(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		in := func(until time.Duration) *browser {
			b := s.browser()
			s.signIn(b, func(a *assertion) { a.until = s.store.Now().Add(until) })
			b.signedIn(until > 0)
			return b
		}
		short, long := in(20*time.Minute), in(30*24*time.Hour)
		in(0)
		if n := s.store.Read().Session.Query().Where(session.ExpiresAtGT(s.store.Now().Add(7 * 24 * time.Hour))).CountX(s.inOrg()); n != 0 {
			s.Errorf("%d sessions last for more than a week", n)
		}
		for range 19 {
			s.pass(time.Minute)
			short.signedIn(true)
		}
		s.pass(time.Minute)
		short.signedIn(false)
		for range 15 {
			long.signedIn(true)
			s.pass(11 * time.Hour)
		}
		s.pass(3 * time.Hour) // a week
		long.signedIn(false)
	})
}
