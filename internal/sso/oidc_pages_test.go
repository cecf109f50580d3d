package sso_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

// saidNo is the provider's answer when it lets nobody in.
func (o *oidcHouse) saidNo(b *browser, code, description string) page {
	o.Helper()
	u, err := url.Parse(o.leave(b, "/"))
	if err != nil {
		o.Fatal(err)
	}
	return o.arrive(b, url.Values{"state": {u.Query().Get("state")}, "error": {code}, "error_description": {description}})
}

func TestPagesForWhatEntraSays(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		redirectURI := public + sso.CallbackPath(o.conn.ID)
		for _, c := range []struct{ number, code, title, admin string }{
			{"50011", "invalid_request", "The redirect URI differs", redirectURI},
			{"65001", "consent_required", "An administrator has to approve", "https://login.microsoftonline.com/" + tenant + "/adminconsent?client_id=" + clientID},
			{"90094", "consent_required", "An administrator has to approve", "/adminconsent?client_id="},
			{"65004", "access_denied", "You did not agree", ""},
			{"50105", "access_denied", "You are not assigned", "Assignment required to No"},
			{"700016", "unauthorized_client", "Microsoft doesn’t know this application", tenant},
			{"90002", "invalid_request", "Microsoft doesn’t know this application", "often swapped"},
			{"700054", "unsupported_response_type", "ID tokens are not switched on", "code flow"},
			{"7000215", "invalid_client", "The client secret is wrong", "secret’s ID"},
			{"7000222", "invalid_client", "The client secret has expired", "New client secret"},
			{"7000218", "invalid_client", "of the wrong type", "belongs under Web"},
			{"9002325", "invalid_request", "of the wrong type", "under Web"},
			{"9002326", "invalid_request", "of the wrong type", "under Web"},
			{"50020", "invalid_grant", "another organization’s account", ""},
			{"50194", "invalid_request", "another organization’s account", ""},
			{"53003", "access_denied", "A rule of your organization stopped this", ""},
			{"50076", "interaction_required", "Microsoft asks for a second factor", ""},
			{"50079", "interaction_required", "Microsoft asks for a second factor", ""},
			{"70008", "invalid_grant", "That took too long", ""},
			{"54005", "invalid_grant", "That was used already", ""},
			{"501481", "invalid_grant", "This answer belongs to another sign-in", ""},
			{"99999", "whatever", "Signing in didn’t work", ""},
			{"", "access_denied", "You did not agree, or may not use this", "assigned"},
			{"", "server_error", "Your identity provider has a problem", ""},
			{"", "temporarily_unavailable", "Your identity provider is busy", ""},
			{"", "something_new", "Signing in didn’t work", ""},
		} {
			text := "Something went wrong.\r\nTrace ID: 0a0a0a0a-1111-2222-3333-444444444444\r\nCorrelation ID: 0b0b0b0b-1111-2222-3333-444444444444\r\nTimestamp: 2026-08-01 10:00:00Z"
			if c.number != "" {
				text = "AADSTS" + c.number + ": " + text
			}
			b := o.visitor()
			p := o.saidNo(b, c.code, text)
			what := c.number + c.code
			for _, want := range []string{"<h1>" + c.title, c.admin, "0a0a0a0a-1111-2222-3333-444444444444", "0b0b0b0b-1111-2222-3333-444444444444", "SSO-PROVIDER", "Reference", "When",
				o.store.Now().UTC().Format("2006-01-02T15:"), "Copy all this", c.code} {
				if !strings.Contains(p.text, strings.ReplaceAll(want, "&", "&amp;")) && !(strings.HasPrefix(want, "<h1>") && strings.Contains(p.text, c.title)) {
					o.Errorf("%s: the page lacks %q\n%s", what, want, p.text)
				}
			}
			if p.StatusCode != http.StatusBadRequest || b.session() != "" || c.number != "" && !strings.Contains(p.text, "AADSTS"+c.number) {
				o.Errorf("%s: %d", what, p.StatusCode)
			}
		}
	})
}

func TestProvidersTextIsText(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		for name, text := range map[string]string{
			"a script": `<script>alert(1)</script><img src=x onerror=alert(2)>`,
			"an end":   `</dd></dl><h1>Enter your password</h1><form action="https://evil.test">`,
			"marks":    "left\u202eright\u2066x\u200fy\u061cz\ufeff\x00\x1b[31m",
			"long":     strings.Repeat("x", 40_000),
		} {
			p := o.saidNo(o.visitor(), text[:min(len(text), 1000)], text)
			if p.StatusCode != http.StatusBadRequest || len(p.text) > 8000 {
				o.Errorf("%s: %d with %d bytes", name, p.StatusCode, len(p.text))
			}
			for _, no := range []string{"<script>a", "<img", "<h1>Enter", "<form", "\u202e", "\u2066", "\u200f", "\u061c", "\ufeff", "\x00", "\x1b", strings.Repeat("x", 501)} {
				if strings.Contains(p.text, no) {
					o.Errorf("%s: the page holds %q", name, no)
				}
			}
		}
		b := o.visitor()
		state, _ := url.Parse(o.leave(b, "/"))
		p := o.arrive(b, url.Values{"state": {state.Query().Get("state")}, "error": {"access_denied"}, "error_description": {strings.Repeat("x", 100_000)}})
		if p.StatusCode != http.StatusBadRequest && p.StatusCode != http.StatusRequestEntityTooLarge || len(p.text) > 8000 {
			o.Errorf("100 kB: %d with %d bytes", p.StatusCode, len(p.text))
		}
	})
}

func TestWhereASignInLeads(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		for back, want := range map[string]string{
			"/people?tab=x&y=%2F#z": "/people?tab=x&y=%2F#z", "/": "/", "": "/", "people": "/",
			"//evil.test": "/", `/\evil.test`: "/", `\\evil.test`: "/", "https:evil.test": "/", "https://evil.test": "/", "javascript:alert(1)": "/", "data:text/html,x": "/",
			"/\t/evil.test": "/", "/\r\nSet-Cookie: x=y": "/", "/%0d%0aSet-Cookie:x": "/%0d%0aSet-Cookie:x", "/" + strings.Repeat("x", 10_000): "/", "/\xff": "/",
		} {
			b := o.visitor()
			p := o.arrive(b, o.provider.answer(o.leave(b, back), graces()))
			if got := p.Header.Get("Location"); p.StatusCode != http.StatusSeeOther || got != want || p.Header.Get("Set-Cookie") == "" || p.Header.Get("X") != "" {
				o.Errorf("%q leads with %d to %q, want %q", back, p.StatusCode, got, want)
			}
		}
	})
}

// The flow's cookie travels with a form from another site where the answer is one,
// and the session's never does.
func TestCookiesOfASignIn(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		p := b.get(sso.StartPath(o.conn.ID))
		if len(p.Cookies()) != 1 {
			o.Fatalf("cookies: %v", p.Cookies())
		}
		want := map[bool]http.SameSite{false: http.SameSiteLaxMode, true: http.SameSiteNoneMode}[o.hybrid()]
		c := p.Cookies()[0]
		if !strings.HasPrefix(c.Name, "__Host-sso_") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.MaxAge != 600 || c.SameSite != want || len(c.Value) != 43 {
			o.Errorf("the flow's cookie is %v", c)
		}
		u, _ := url.Parse(p.Header.Get("Location"))
		q := u.Query()
		if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("nonce")) < 43 || len(q.Get("state")) < 43 ||
			q.Get("scope") != "openid profile email" || q.Get("redirect_uri") != public+sso.CallbackPath(o.conn.ID) || q.Get("client_id") != clientID {
			o.Errorf("the request is %v", q)
		}
		if o.hybrid() != (q.Get("response_mode") == "form_post") || o.hybrid() != (q.Get("response_type") == "code id_token") {
			o.Errorf("the request is %v", q)
		}
		p = o.arrive(b, o.provider.answer(p.Header.Get("Location"), graces()))
		if s := p.cookie("__Host-session"); s == nil || !s.Secure || !s.HttpOnly || s.SameSite != http.SameSiteLaxMode || s.Path != "/" {
			o.Errorf("the session's cookie is %v", s)
		}
		if gone := p.cookie(c.Name); gone == nil || gone.MaxAge >= 0 {
			o.Errorf("the flow's cookie stays: %v", gone)
		}
		if p.Header.Get("Cache-Control") != "no-store" {
			o.Errorf("the answer is %v", p.Header)
		}
	})
}

// What comes by the other method than the flow's is no answer.
func TestAnswerByTheOtherMethod(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		var p page
		if o.hybrid() {
			p = b.get(sso.CallbackPath(o.conn.ID) + "?" + answer.Encode())
		} else {
			p = b.post(sso.CallbackPath(o.conn.ID), answer)
		}
		p.want(o.T, http.StatusBadRequest, "SSO-STATE")
		b.signedIn(false)
	})
}

// Where there are several organizations, the page names nobody's provider unasked.
func TestVisitorsAreNotToldWhoIsHere(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		o.neighbour()
		b.get("/signin?org=acme").want(o.T, http.StatusOK, "Sign in with Microsoft")
		if p := b.get("/signin"); strings.Contains(p.text, "Sign in with Microsoft") {
			o.Error("a visitor is told which organizations there are")
		}
	})
}

func TestTryingAgainKeepsTheDeepLink(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		b := o.visitor()
		u, _ := url.Parse(o.leave(b, "/people?q=x&status=ACTIVE"))
		p := o.arrive(b, url.Values{"state": {u.Query().Get("state")}, "error": {"access_denied"}})
		p.want(o.T, http.StatusBadRequest, "Try again").want(o.T, http.StatusBadRequest, "return_to=%2Fpeople%3Fq%3Dx%26status%3DACTIVE")
	})
}

// An administrator sees what would happen, and nothing happens.
func TestTestSignIn(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		path := sso.TestPath(o.conn.ID)
		o.browser().get(path).want(o.T, http.StatusSeeOther, "")
		learner := o.visitor()
		o.signIn(learner, entras(gracesOID, "grace@acme.test"))
		learner.get(path).want(o.T, http.StatusForbidden, "You may not test this")
		stranger := o.neighbourOwner()
		stranger.get(path).want(o.T, http.StatusForbidden, "You may not test this")

		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Switch(ctx, tx, o.conn.ID, false, false) // a test comes before
			return err
		})
		owner := o.visitor()
		owner.open(o.link(o.ada))
		secret := owner.session()
		for _, c := range []struct {
			claims  map[string]any
			verdict string
		}{
			{entras(gracesOID, "grace@acme.test"), "grace@acme.test would be signed in."},
			{entras(strangerOID, "grace@acme.test"), "refused until an administrator decides"},
			{with(entras(strangerOID, "<b>x</b>@acme.test"), "extra", []int{1}), "nobody here has this account’s id"},
		} {
			p := owner.get(path)
			to := p.Header.Get("Location")
			if !strings.Contains(to, "prompt=select_account") {
				o.Fatalf("the test begins with %d to %q", p.StatusCode, to)
			}
			p = o.arrive(owner, o.provider.answer(to, c.claims)).want(o.T, http.StatusOK, c.verdict).want(o.T, http.StatusOK, c.claims["oid"].(string))
			p.want(o.T, http.StatusOK, "comes back to <code>"+public+"/signin</code>")
			if strings.Contains(p.text, "<b>x") || owner.session() != secret {
				o.Errorf("the page is %s", p.text)
			}
		}
		failed, _ := url.Parse(owner.get(path).Header.Get("Location"))
		p := o.arrive(owner, url.Values{"state": {failed.Query().Get("state")}, "error": {"access_denied"}})
		for _, want := range []string{"The test failed.", `href="` + path + `"`, "/connections/" + o.conn.ID.String() + "?tab=signon"} {
			p.want(o.T, http.StatusBadRequest, want)
		}
		if strings.Contains(p.text, "Try again") || owner.session() != secret {
			o.Errorf("a failed test leads to a sign-in: %s", p.text)
		}
		if n := o.store.Read().PendingLink.Query().CountX(o.inOrg()); n != 0 || o.sessions() != 2 {
			o.Errorf("the tests left %d accounts waiting and %d sessions", n, o.sessions())
		}

		// One that fails is told of beside everybody's, and who may not set the
		// connection up any more sees nothing.
		for range 2 {
			p := o.arrive(owner, o.provider.answer(owner.get(path).Header.Get("Location"), with(entras(gracesOID, "grace@acme.test"), "ver", "1.0")))
			if told := o.told(p); told["code"] != "SSO-CLAIMS" || told["test"] != true {
				o.Errorf("of a test the event says %v", told)
			}
		}
		to := owner.get(path).Header.Get("Location")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.ada.ID).SetRole(user.RoleAUDITOR).Exec(ctx)
		})
		p = o.arrive(owner, o.provider.answer(to, entras(gracesOID, "grace@acme.test"))).want(o.T, http.StatusForbidden, "You may not test this")
		if strings.Contains(p.text, gracesOID) {
			o.Errorf("an auditor sees what came:\n%s", p.text)
		}
	})
}

// neighbourOwner is an owner of another organization.
func (o *oidcHouse) neighbourOwner() *browser {
	other := o.neighbour()
	b := o.visitor()
	b.open(other.link(other.ada))
	b.signedIn(true)
	return b
}
