package sso_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/sso"
)

var wayOn = regexp.MustCompile(`<a class="button way[^"]*" href="([^"]+)"`)

// from opens an address as a page of elsewhere does: site is what the browser says of it
// (Sec-Fetch-Site), "" when it is too old to say anything.
func (b *browser) from(site, method, path string, form url.Values) page {
	b.h.Helper()
	r := b.request(method, path, "application/x-www-form-urlencoded", form.Encode())
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Set("Referer", "https://evil.test/page")
	if site != "" {
		r.Header.Set("Sec-Fetch-Site", site)
	}
	if method == http.MethodPost {
		r.Header.Set("Origin", "https://evil.test")
	}
	return b.do(r)
}

// Others may send people to the start of a sign-in (OpenID Connect Core §4,
// 3rd-party-init-login), and it goes no further before they press the button. Which
// provider it is, and where it leads, is not theirs to say.
func TestThirdPartyInitiatedLogin(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		start := sso.StartPath(o.conn.ID)
		said := url.Values{"iss": {"https://evil.test"}, "login_hint": {"grace@acme.test"}, "target_link_uri": {"https://evil.test/home"},
			"return_to": {"//evil.test"}, "prompt": {"none"}, "redirect_uri": {"https://evil.test"}, "client_id": {"evil"}, "id_token_hint": {"evil"}, "request_uri": {"https://evil.test"}}
		begun := func(what string) {
			o.Helper()
			if n := o.store.Read().Challenge.Query().CountX(o.inOrg()); n != 0 {
				o.Errorf("%s begins %d flows", what, n)
			}
		}
		in := o.visitor()
		in.open(o.link(o.ada))
		secret := in.session()
		for _, site := range []string{"cross-site", "same-site", "none", ""} {
			for what, b := range map[string]*browser{"a stranger": o.visitor(), "an owner": in} {
				p := b.from(site, http.MethodGet, start+"?"+said.Encode(), nil)
				p.want(o.T, http.StatusOK, "You sign in with your work account")
				if strings.Contains(p.text, "evil") || len(p.Cookies()) != 0 || p.Header.Get("X-Frame-Options") != "DENY" || p.Header.Get("Refresh") != "" ||
					!strings.Contains(p.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
					o.Errorf("%s from %q is shown %v\n%s", what, site, p.Header, p.text)
				}
			}
			if p := o.visitor().from(site, http.MethodPost, start, said); p.StatusCode != http.StatusForbidden && p.StatusCode != http.StatusMethodNotAllowed || len(p.Cookies()) != 0 {
				o.Errorf("a form from %q: %d with %v", site, p.StatusCode, p.Cookies())
			}
		}
		begun("opening it")
		if in.signedIn(true); in.session() != secret {
			o.Error("the session is another one")
		}

		// Who presses the button goes to the connection's provider, and then to the page here
		// that was asked for.
		b := o.visitor()
		said.Set("return_to", "/people")
		on := wayOn.FindStringSubmatch(b.from("cross-site", http.MethodGet, start+"?"+said.Encode(), nil).text)
		if on == nil {
			o.Fatal("there is no button")
		}
		authorize := b.get(strings.ReplaceAll(on[1], "&amp;", "&")).Header.Get("Location")
		if !strings.HasPrefix(authorize, o.provider.issuer+"/authorize?") || strings.Contains(authorize, "evil") || strings.Contains(authorize, "prompt=") ||
			!strings.Contains(authorize, "login_hint=grace%40acme.test") {
			o.Errorf("the button leads to %s", authorize)
		}
		if p := o.arrive(b, o.provider.answer(authorize, graces())); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/people" {
			o.Errorf("the sign-in leads with %d to %q", p.StatusCode, p.Header.Get("Location"))
		}
		b.signedIn(true)

		// What looks like no name is not handed on.
		for _, hint := range []string{"grace acme", "x\r\ny", strings.Repeat("x", 255)} {
			p := o.visitor().from("cross-site", http.MethodGet, start+"?"+url.Values{"login_hint": {hint}}.Encode(), nil)
			if p.want(o.T, http.StatusOK, "You sign in"); strings.Contains(p.text, "login_hint") {
				o.Errorf("%q is handed on", hint)
			}
		}
	})
}

// Session management by frames of the provider (OpenID Connect Session Management 1.0)
// is not offered: its check_session_iframe stands on no page and may stand on none, and
// the session_state of an answer counts for nothing.
func TestNoFrameOfTheProvider(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		o.provider.change = func(document map[string]any) { document["check_session_iframe"] = o.provider.issuer + "/check-session" }
		o.configure(func(s *schema.SignOnSettings) {}) // reads it
		b := o.visitor()
		answer := o.provider.answer(o.leave(b, "/people"), graces())
		answer.Set("session_state", "there.salt")
		landed := o.arrive(b, answer)
		if landed.StatusCode != http.StatusSeeOther || landed.Header.Get("Location") != "/people" {
			o.Errorf("a session_state leads with %d to %q\n%s", landed.StatusCode, landed.Header.Get("Location"), landed.text)
		}
		replayed := o.arrive(b, answer).want(o.T, http.StatusBadRequest, "SSO-STATE")
		for what, p := range map[string]page{"the answer": landed, "a refusal": replayed, "who is signed in": b.get("/signin"), "the way to sign out": b.get("/signout"),
			"signed out": b.post("/signout", nil), "the sign-in": b.get("/signin?org=acme")} {
			if policy := p.Header.Get("Content-Security-Policy"); strings.Contains(p.text, "frame") || strings.Contains(p.text, "check-session") ||
				!strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "frame-src") || strings.Contains(policy, "child-src") {
				o.Errorf("%s may frame the provider: %q\n%s", what, policy, p.text)
			}
		}
		b.signedIn(false)
	})
}
