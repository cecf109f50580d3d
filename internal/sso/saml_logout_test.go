package sso_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/sso"
)

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
