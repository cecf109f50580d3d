package sso_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
)

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	link := h.link(h.ada)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/signin", 200}, {http.MethodHead, "/signin", 200}, {http.MethodPut, "/signin", 405},
		{http.MethodGet, link, 200}, {http.MethodDelete, link, 405}, {http.MethodPost, link, 403},
		{http.MethodGet, "/signin/link/x", 404}, {http.MethodGet, "/signin/link", 404}, {http.MethodGet, "/signin/else", 404},
		{http.MethodGet, "/signout", 200}, {http.MethodPost, "/signout", 303},
		{http.MethodGet, "/passkeys", 404}, {http.MethodGet, "/passkeys/begin", 405}, {http.MethodPost, "/passkeys/begin", 415},
		{http.MethodGet, "/signin/style.css", 200}, {http.MethodGet, "/signin/script.js", 200}, {http.MethodGet, "/signin/page.go", 404},
	} {
		b := h.browser()
		p := b.do(b.request(c.method, c.path, "", ""))
		if p.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, p.StatusCode, c.status)
		}
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000", "Access-Control-Allow-Origin": "",
		} {
			if got := p.Header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.path, name, got, want)
			}
		}
		policy := p.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "script-src 'self'", "style-src 'self'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s %s: the policy lacks %s: %s", c.method, c.path, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(p.text, "<style") || strings.Contains(p.text, "style=") || strings.Contains(p.text, "onclick") {
			t.Errorf("%s %s: something stands in the page that belongs in a file", c.method, c.path)
		}
		if html := strings.HasPrefix(p.Header.Get("Content-Type"), "text/html"); html && c.status >= 400 && !strings.Contains(p.text, `href="/signin"`) {
			t.Errorf("%s %s: the error page leads nowhere: %s", c.method, c.path, p.text)
		}
		if c.status == 405 && p.Header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", c.method, c.path)
		}
	}
}

func TestSignOut(t *testing.T) {
	onBoth(t, func(h *house) {
		b, other := h.browser(), h.browser()
		b.open(h.link(h.ada))
		other.open(h.link(h.ada))
		secret := b.session()
		b.get("/signout").want(h.T, http.StatusOK, "Sign out")
		b.signedIn(true)
		p := b.post("/signout", nil).want(h.T, http.StatusSeeOther, "")
		if c := p.cookie("__Host-session"); p.Header.Get("Location") != "/signin" || c == nil || c.MaxAge >= 0 || c.Value != "" {
			h.Errorf("it leads to %q with the cookie %v", p.Header.Get("Location"), c)
		}
		b.give(access.SessionCookie, secret) // kept by somebody
		b.signedIn(false)
		other.signedIn(true)
		b.post("/signout", nil).want(h.T, http.StatusSeeOther, "")
		if h.sessions() != 1 {
			h.Errorf("%d sessions, want the other browser's", h.sessions())
		}
	})
}

func TestSessionsGrowOldThroughThePages(t *testing.T) {
	onBoth(t, func(h *house) {
		b := h.browser()
		b.open(h.link(h.ada)) // an owner
		h.pass(59 * time.Minute)
		b.signedIn(true)
		h.pass(time.Hour)
		b.signedIn(false)
		b.postJSON("/passkeys/begin", "{}").want(h.T, http.StatusUnauthorized, "sign in again")
	})
}

func TestPublicURLThatLosesCookies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	b := h.browserAt(h.serve("http://training.acme.test"), public)
	link := h.link(h.ada)
	for _, path := range []string{"/signin", link} {
		p := b.get(path).want(t, http.StatusOK, "keep nobody signed in without https")
		if strings.Contains(p.text, "<button") {
			t.Errorf("%s offers a button that can't work", path)
		}
		if p.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s promises https", path)
		}
	}
	if !strings.Contains(h.log.String(), "ROLLCALL_PUBLIC_URL") {
		t.Errorf("the log doesn't say so: %s", h.log)
	}
}

func TestPublicURLWithoutPasskeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	b := h.browserAt(h.serve("http://127.0.0.1:8080"), public)
	p := b.get("/signin").want(t, http.StatusOK, "on your own machine under localhost.")
	if strings.Contains(p.text, "passkey\"") || strings.Contains(p.text, "keep nobody signed in") {
		t.Errorf("the page offers passkeys or complains: %s", p.text)
	}
	b.postJSON("/signin/passkey/begin", "{}").want(t, http.StatusConflict, "on your own machine under localhost.")
	b.open(h.link(h.ada)).want(t, http.StatusSeeOther, "")
	if h.log.String() != "" {
		t.Errorf("the log complains: %s", h.log)
	}
	h.browserAt(h.serve("http://localhost:8080"), public).get("/signin").want(t, http.StatusOK, `id="passkey"`)
}

func TestHostHeaderMakesNoDifference(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	b := h.browser()
	for _, path := range []string{"/signin", h.link(h.ada), "/signin/link/x"} {
		req := b.request(http.MethodGet, path, "", "")
		req.Host = "evil.test"
		req.Header.Set("X-Forwarded-Host", "evil.test")
		req.Header.Set("Forwarded", "host=evil.test;proto=http")
		if p := b.do(req); strings.Contains(p.text, "evil") || strings.Contains(p.Header.Get("Location"), "evil") {
			t.Errorf("%s repeats a host that anybody can send: %s", path, p.text)
		}
	}
}

// Browsers run no script that comes under another type.
func TestScriptsComeAsScripts(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, f := range []string{"script.js", "copy.js", "post.js"} {
			p := h.browser().get("/signin/" + f)
			if k := p.Header.Get("Content-Type"); !strings.HasPrefix(k, "text/javascript") {
				h.Errorf("%s is %s with %s", f, k, p.Header.Get("X-Content-Type-Options"))
			}
		}
	})
}
