package sso_test

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/sso"
)

func randomText() string { return rand.Text() }

// logoutToken is one for the back channel, with claims beside what it has to have;
// nil takes one away.
func (p *provider) logoutToken(claims map[string]any) string {
	now := p.now()
	all := map[string]any{"iss": p.issuer, "aud": clientID, "iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(), "jti": rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	text, err := signToken(all, jose.RS256, p.key, (&jose.SignerOptions{}).WithType("logout+jwt").WithHeader("kid", p.kid))
	if err != nil {
		p.t.Error(err)
	}
	return text
}

func (o *oidcHouse) backChannel(token string) page {
	o.Helper()
	b := o.visitor()
	r := b.request(http.MethodPost, backChannelPath(o), "application/x-www-form-urlencoded", url.Values{"logout_token": {token}}.Encode())
	r.Header.Del("Sec-Fetch-Site") // a server, no browser
	return b.do(r)
}

func backChannelPath(o *oidcHouse) string {
	return strings.TrimSuffix(sso.CallbackPath(o.conn.ID), "callback") + "backchannel"
}

func frontChannelPath(o *oidcHouse) string {
	return strings.TrimSuffix(sso.CallbackPath(o.conn.ID), "callback") + "frontchannel"
}

// signedInAs is a browser of Grace's, with a session of that id at the provider.
func (o *oidcHouse) signedInAs(sid string) *browser {
	o.Helper()
	b := o.visitor()
	o.signIn(b, with(graces(), "sid", sid))
	b.signedIn(true)
	return b
}

func TestBackChannelLogout(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		one, two := o.signedInAs("there-1"), o.signedInAs("there-2")
		spent := o.provider.logoutToken(map[string]any{"sid": "nobody", "jti": "again"})
		if p := o.backChannel(spent); p.StatusCode != http.StatusOK {
			o.Errorf("an unknown session: %d", p.StatusCode)
		}
		there := func(more map[string]any) string {
			claims := map[string]any{"sid": "there-1"}
			maps.Copy(claims, more)
			return o.provider.logoutToken(claims)
		}
		ago := func(d time.Duration) int64 { return o.store.Now().Add(-d).Unix() }
		idToken := map[string]any{"iss": o.provider.issuer, "aud": clientID, "sub": "grace-1", "sid": "there-1", "iat": ago(0), "exp": ago(-time.Minute), "jti": "x"}
		for what, token := range map[string]string{
			"nothing":                      "",
			"typ of an ID token":           o.provider.signed(maps.Clone(idToken), jose.RS256, o.provider.key),
			"a nonce":                      there(map[string]any{"nonce": "x"}),
			"an empty nonce":               there(map[string]any{"nonce": ""}),
			"no events":                    there(map[string]any{"events": nil}),
			"another event":                there(map[string]any{"events": map[string]any{"https://evil.test": map[string]any{}}}),
			"an old iat":                   there(map[string]any{"iat": ago(11 * time.Minute)}),
			"no iat":                       there(map[string]any{"iat": nil}),
			"an iat to come":               there(map[string]any{"iat": ago(-10 * time.Minute)}),
			"expired":                      there(map[string]any{"exp": ago(3 * time.Minute)}),
			"no exp":                       there(map[string]any{"exp": nil}),
			"no jti":                       there(map[string]any{"jti": nil}),
			"a repeated jti":               there(map[string]any{"jti": "again"}),
			"the same again":               spent,
			"another issuer":               there(map[string]any{"iss": "https://evil.test"}),
			"another application":          there(map[string]any{"aud": "another"}),
			"two applications":             there(map[string]any{"aud": []string{clientID, "another"}}),
			"neither session nor person":   there(map[string]any{"sid": nil}),
			"signed by somebody else":      signedLogout(o, otherKey(o.provider), jose.RS256),
			"a method that is not offered": signedLogout(o, o.provider.key, jose.RS512),
			"an event without its object":  there(map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": "now"}}),
			"an event of nothing":          there(map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": nil}}),
			"signed with the secret":       hs256(map[string]any{"iss": o.provider.issuer, "aud": clientID, "sid": "there-1"}, []byte("right")),
			"not signed":                   encoded(map[string]string{"alg": "none", "typ": "logout+jwt"}) + "." + encoded(idToken) + ".",
			"for the session of two names": there(map[string]any{"sid": []string{"there-1", "there-2"}}),
		} {
			p := o.backChannel(token)
			if p.StatusCode != http.StatusBadRequest || p.Header.Get("Cache-Control") != "no-store" {
				o.Errorf("%s: %d, want 400", what, p.StatusCode)
			}
		}
		one.signedIn(true)
		two.signedIn(true)

		if p := o.backChannel(there(nil)); p.StatusCode != http.StatusOK || p.Header.Get("Cache-Control") != "no-store" {
			o.Errorf("a good one: %d", p.StatusCode)
		}
		one.signedIn(false)
		two.signedIn(true)
		three := o.signedInAs("there-3")
		if p := o.backChannel(o.provider.logoutToken(map[string]any{"sub": "grace-1"})); p.StatusCode != http.StatusOK {
			o.Errorf("a person: %d", p.StatusCode)
		}
		two.signedIn(false)
		three.signedIn(false)
	})
}

func signedLogout(o *oidcHouse, key any, algorithm jose.SignatureAlgorithm) string {
	now := o.store.Now()
	text, err := signToken(map[string]any{"iss": o.provider.issuer, "aud": clientID, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": "y", "sid": "there-1",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}, algorithm, key,
		(&jose.SignerOptions{}).WithType("logout+jwt").WithHeader("kid", o.provider.kid))
	if err != nil {
		o.Error(err)
	}
	return text
}

func TestFrontChannelLogout(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		elsewhere := o.neighbour()
		one, two, theirs, local := o.signedInAs("there-1"), o.signedInAs("there-2"), elsewhere.signedInAs("there-1"), o.visitor()
		local.open(o.link(o.ada)) // has no session at a provider
		frame := func(q url.Values) {
			o.Helper()
			b := o.visitor() // whose cookies stay at home
			r := b.request(http.MethodGet, frontChannelPath(o)+"?"+q.Encode(), "", "")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Dest", "iframe")
			p := b.do(r)
			if p.StatusCode != http.StatusOK || p.text != "" || p.Header.Get("Cache-Control") != "no-store" || p.Header.Get("X-Frame-Options") != "" ||
				!strings.Contains(p.Header.Get("Content-Security-Policy"), "frame-ancestors "+o.provider.URL) || len(p.Cookies()) != 0 {
				o.Errorf("%v: %d %v %q", q, p.StatusCode, p.Header, p.text)
			}
		}
		frame(url.Values{})
		frame(url.Values{"sid": {""}})
		frame(url.Values{"sid": {"unknown"}})
		frame(url.Values{"sid": {"there-1"}, "iss": {"https://evil.test"}})
		for _, b := range []*browser{one, two, theirs, local} {
			b.signedIn(true)
		}
		frame(url.Values{"sid": {"there-1"}, "iss": {o.provider.issuer}})
		one.signedIn(false)
		two.signedIn(true)
		theirs.signedIn(true)
		frame(url.Values{"sid": {"there-2"}})
		two.signedIn(false)
		theirs.signedIn(true)
		local.signedIn(true)
	})
}

// The session here dies first, whatever becomes of the provider.
func TestSignOutAtTheProvider(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		claims := graces()
		claims["login_hint"] = "hint-of-grace"
		o.signIn(b, claims)
		secret := b.session()

		cross := b.request(http.MethodGet, "/signout", "", "")
		cross.Header.Set("Sec-Fetch-Site", "cross-site")
		b.do(cross)
		forged := b.request(http.MethodPost, "/signout", "application/x-www-form-urlencoded", "")
		forged.Header.Set("Sec-Fetch-Site", "cross-site")
		forged.Header.Set("Origin", "https://evil.test")
		b.do(forged).want(o.T, http.StatusForbidden, "another site")
		b.signedIn(true)

		p := b.post("/signout?return_to=https://evil.test", url.Values{"return_to": {"https://evil.test"}, "post_logout_redirect_uri": {"https://evil.test"}})
		p.want(o.T, http.StatusOK, "You are signed out").want(o.T, http.StatusOK, o.provider.issuer+"/logout?")
		for _, part := range []string{"logout_hint=hint-of-grace", "post_logout_redirect_uri=" + url.QueryEscape(public+"/signin"), "client_id=" + clientID} {
			p.want(o.T, http.StatusOK, part)
		}
		// There is nothing to bring back (rp-init-logout-no-state), so a state that comes
		// all the same says nothing (-invalid-state).
		if strings.Contains(p.text, "evil") || strings.Contains(p.text, "state=") || p.Header.Get("Cache-Control") != "no-store" {
			o.Errorf("the page is %v\n%s", p.Header, p.text)
		}
		back := b.request(http.MethodGet, sso.AfterLogoutPath+"?state=evil", "", "")
		back.Header.Set("Sec-Fetch-Site", "cross-site")
		if p := b.do(back).want(o.T, http.StatusOK, "Your work e-mail address"); strings.Contains(p.text, "evil") || len(p.Cookies()) != 0 {
			o.Errorf("coming back shows %v\n%s", p.Header, p.text)
		}
		b.give("__Host-session", secret)
		b.signedIn(false) // the back button shows the sign-in page

		o.signIn(b, claims)
		b.signedIn(true)
		o.provider.change = func(map[string]any) {
			if n := o.sessions(); n != 0 {
				o.Errorf("the provider is asked while %d sessions live", n)
			}
		}
		o.pass(2 * time.Hour) // the document is read again
		b.post("/signout", nil)
		b.signedIn(false)

		o.provider.change = nil
		o.signIn(b, claims)
		o.provider.Close()
		o.pass(25 * time.Hour)
		b.post("/signout", nil).want(o.T, http.StatusSeeOther, "")
		b.signedIn(false)
		if n := o.sessions(); n != 0 {
			o.Errorf("%d sessions", n)
		}
	})
}

// Providers want the ID token back when somebody signs out (id_token_hint). It is kept
// sealed, as long as the session, and where it is needed alone.
func TestIDTokenGoesBack(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		var last string
		o.provider.sign = func(claims map[string]any) string {
			last = o.provider.signed(claims, jose.RS256, o.provider.key)
			return last
		}
		b := o.browser()
		o.signIn(b, graces())
		kept := o.store.Read().Session.Query().OnlyX(o.inOrg())
		if !strings.HasPrefix(kept.IDToken, "s1.") || strings.Contains(kept.IDToken, strings.Split(last, ".")[1]) {
			o.Errorf("it is kept as %q", kept.IDToken)
		}
		for _, e := range o.store.Read().Event.Query().AllX(o.inOrg()) {
			if text := fmt.Sprint(e); strings.Contains(text, kept.IDToken) || strings.Contains(text, last) {
				o.Errorf("an event holds it: %s", text)
			}
		}
		if o.sealed(o.store, 8).IDToken(kept) != "" {
			o.Error("another installation's key opens it")
		}
		kept.IdentityID = &kept.ID
		if o.signOns.IDToken(kept) != "" {
			o.Error("another account's session opens it")
		}
		b.post("/signout", nil).want(o.T, http.StatusOK, "id_token_hint="+last+"&amp;")
		if n := o.sessions(); n != 0 || strings.Contains(o.log.String(), last) {
			o.Errorf("%d sessions, and a log of\n%s", n, o.log.String())
		}

		without := func(what string) {
			o.Helper()
			b := o.browser()
			o.signIn(b, with(graces(), "padding", strings.Repeat("x", 4000)))
			if kept := o.store.Read().Session.Query().OnlyX(o.inOrg()).IDToken; kept != "" {
				o.Errorf("%s is kept", what)
			}
			if p := b.post("/signout", nil); strings.Contains(p.text, "id_token_hint") {
				o.Errorf("%s goes back", what)
			}
			b.signedIn(false)
		}
		without("a token that is too long for an address")
		o.provider.change = func(document map[string]any) { delete(document, "end_session_endpoint") }
		o.pass(2 * time.Hour)
		o.provider.sign = nil
		b = o.browser()
		o.signIn(b, graces())
		if kept := o.store.Read().Session.Query().OnlyX(o.inOrg()).IDToken; kept != "" {
			o.Error("a token that nobody wants back is kept")
		}
	})
}

// Entra knows the account by its login_hint.
func TestEntrasIDTokenIsNotKept(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		b := o.browser()
		o.signIn(b, with(entras(gracesOID, "grace@acme.test"), "login_hint", "hint-of-grace"))
		if kept := o.store.Read().Session.Query().OnlyX(o.inOrg()).IDToken; kept != "" {
			o.Error("it is kept")
		}
		if p := b.post("/signout", nil).want(o.T, http.StatusOK, "logout_hint=hint-of-grace"); strings.Contains(p.text, "id_token_hint") {
			o.Error("it goes back")
		}
	})
}

// The issuer's host is part of a policy, and adds nothing else to it.
func TestAnIssuerWritesNoPolicy(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		for _, issuer := range []string{"https://idp.test;script-src*", "https://*", "https://a,b"} {
			o.configure(func(s *schema.SignOnSettings) { s.Issuer = issuer })
			p := o.visitor().get(sso.FrontChannelPath(o.conn.ID)).want(o.T, http.StatusOK, "")
			if policy := p.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors 'none'") {
				o.Errorf("%s: %s", issuer, policy)
			}
		}
	})
}
