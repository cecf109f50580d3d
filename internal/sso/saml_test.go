package sso_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/outbound"
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

func TestSingleLogoutEndsExactlyThatSession(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		path := sso.SLOPath(s.conn.ID)
		first, second, ada := s.browser(), s.browser(), s.browser()
		s.signIn(first, func(a *assertion) { a.session = "there-1" })
		s.signIn(second, func(a *assertion) { a.session = "there-2" })
		ada.open(s.link(s.ada))
		holds := func(one, two bool) {
			s.Helper()
			first.signedIn(one)
			second.signedIn(two)
			ada.signedIn(true)
		}
		bare := s.browser() // the provider's frames bring no cookie
		for name, p := range map[string]page{
			"unsigned by redirect":  bare.get(path + "?" + s.redirected(s.logout(path, "a", "grace-1", "there-1"), false)),
			"unsigned as a form":    s.post(bare, path, url.Values{"SAMLRequest": {inBase64(s.text(s.logout(path, "b", "grace-1", "there-1")))}}),
			"to another connection": bare.get(path + "?" + s.redirected(s.logout(sso.SLOPath(uuid.New()), "c", "grace-1", "there-1"), true)),
		} {
			if p.StatusCode != http.StatusBadRequest {
				s.Errorf("%s: %d\n%s", name, p.StatusCode, p.text)
			}
		}
		bare.get(path+"?"+s.redirected(s.logout(path, "d", "ada-1", "there-1"), true)).want(s.T, http.StatusSeeOther, "")
		holds(true, true)

		query := s.redirected(s.logout(path, "e", "grace-1", "there-1"), true)
		p := bare.get(path+"?"+query).want(s.T, http.StatusSeeOther, "")
		if _, to, relay := inflated(s.T, p.Header.Get("Location"), "SAMLResponse"); !strings.HasPrefix(p.Header.Get("Location"), idpLogout) || to != "_e" || relay != "back" {
			s.Errorf("the provider is answered at %q", p.Header.Get("Location"))
		}
		holds(false, true)
		bare.get(path+"?"+query).want(s.T, http.StatusBadRequest, "SSO-STATE")

		s.signIn(first, func(a *assertion) { a.session = "there-3" })
		request := s.logout(path, "f", "grace-1", "there-2")
		s.sign(request, nil)
		s.post(bare, path, url.Values{"SAMLRequest": {inBase64(s.text(request))}}).want(s.T, http.StatusSeeOther, "")
		holds(true, false)

		s.configure(s.inOrg(), s.conn, func(o *schema.SignOnSettings) { o.SignOutPost = true })
		p = bare.get(path+"?"+s.redirected(s.logout(path, "g", "grace-1", "there-3"), true)).want(s.T, http.StatusOK, "SAMLResponse")
		if policy := p.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action https://idp.test;") {
			s.Errorf("the browser may not carry the answer: %s", policy)
		}
		if script := bare.get("/signin/post.js"); !strings.HasPrefix(script.Header.Get("Content-Type"), "text/javascript") {
			s.Errorf("browsers don't run what comes as %s", script.Header.Get("Content-Type"))
		}
		holds(false, false)
	})
}

func TestSignOutOffersTheSAMLProvider(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		b := s.browser()
		s.signIn(b, nil)
		session := s.store.Read().Session.Query().OnlyX(s.inOrg()).ProviderSession
		p := b.post("/signout", nil).want(s.T, http.StatusOK, idpLogout+"?SAMLRequest=")
		b.signedIn(false)
		// The provider knows its own words again (Core §3.7.1).
		_, rest, _ := strings.Cut(p.text, `href="`+idpLogout)
		query, _, _ := strings.Cut(rest, `"`)
		request := unpacked(s.T, idpLogout+html.UnescapeString(query), "SAMLRequest")
		for _, want := range []string{`Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">grace-1</`, "SessionIndex>" + session + "</"} {
			if !strings.Contains(request, want) {
				s.Errorf("no %s in %s", want, request)
			}
		}
	})
}

// A provider names people when it signs them out as it likes to: without a Format the
// name is meant that its assertion had.
func TestSingleLogoutByNameWithoutFormat(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		const formats = "urn:oasis:names:tc:SAML:1.1:nameid-format:"
		path, bare := sso.SLOPath(s.conn.ID), s.browser()
		for i, format := range []string{"", formats + "unspecified", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"} {
			b := s.browser()
			s.signIn(b, func(a *assertion) { a.session = "there" })
			for _, name := range []string{"grace-2", "Grace-1", "grace-1"} {
				request := s.logout(path, fmt.Sprintf("%s%d", name, i), name, "there")
				id := request.FindElement("NameID")
				if id.RemoveAttr("Format"); format != "" {
					id.CreateAttr("Format", format)
				}
				bare.get(path+"?"+s.redirected(request, true)).want(s.T, http.StatusSeeOther, "")
				b.signedIn(name != "grace-1")
			}
		}
	})
}

func TestMetadataIsImported(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t), 1)
	document := fmt.Sprintf(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">`+
		`<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>%s</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`+
		`<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="%s"/>`+
		`<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="%s"/></IDPSSODescriptor></EntityDescriptor>`,
		idpEntity, inBase64(string(certified(t, keys()[0]).Raw)), idpLogout, idpSignIn)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metadata" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(document))
	}))
	t.Cleanup(server.Close)
	for name, c := range map[string]struct {
		document, address string
		networks          []netip.Prefix
		field, says       string
	}{
		"a document":                  {document: document},
		"an address":                  {address: server.URL + "/metadata", networks: loopback},
		"an address inside":           {address: strings.Replace(server.URL, "http:", "https:", 1), field: "metadata_url", says: "ROLLCALL_ALLOWED_NETWORKS"},
		"an address without TLS":      {address: server.URL + "/metadata", field: "metadata_url", says: "has to be https"},
		"an address with nothing":     {address: server.URL + "/else", networks: loopback, field: "metadata_url", says: "not with 200"},
		"a document that is none":     {document: "<html/>", field: "metadata"},
		"a document cut off":          {document: document[:len(document)/2], field: "metadata"},
		"an address that is no http:": {address: "file:///etc/passwd", networks: loopback, field: "metadata_url"},
	} {
		got, warnings, err := sso.ImportSAML(outbound.New(c.networks), h.store.Now)(t.Context(), c.document, c.address)
		if c.field != "" {
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.Invalid || f.Field != c.field || !strings.Contains(f.Message, c.says) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || got.EntityID != idpEntity || got.SignInURL != idpSignIn || got.SignOutURL != idpLogout || len(got.Certificates) != 1 || len(warnings) != 0 {
			t.Errorf("%s: %+v, %q, %v", name, got, warnings, err)
		}
	}
}
