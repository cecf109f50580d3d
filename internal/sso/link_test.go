package sso_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

func TestLink(t *testing.T) {
	onBoth(t, func(h *house) {
		link, b := h.link(h.ada), h.browser()
		for range 3 { // whoever looks into mail fetches links
			h.browser().get(link).want(h.T, http.StatusOK, "Sign in to acme as Ada &lt;b&gt;Lovelace&lt;/b&gt;")
		}
		if n := h.sessions(); n != 0 {
			h.Fatalf("reading a link starts %d sessions", n)
		}
		p := b.open(link).want(h.T, http.StatusSeeOther, "")
		if at := p.Header.Get("Location"); at != "/" {
			h.Errorf("it leads to %q", at)
		}
		c := p.cookie("__Host-session")
		if c == nil || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			h.Errorf("the session's cookie is %v", c)
		}
		if gone := p.cookie("__Host-link"); gone == nil || gone.MaxAge >= 0 {
			h.Errorf("the link's cookie stays: %v", gone)
		}
		b.signedIn(true)
		b.get(link).want(h.T, http.StatusNotFound, "Ask an administrator of your organization for a new one")
		s := h.store.Read().Session.Query().OnlyX(h.inOrg())
		if s.Address != "127.0.0.1" || !strings.Contains(s.Agent, "Go-http-client") {
			h.Errorf("the session is of %s with %s", s.Address, s.Agent)
		}
	})
}

func TestLinkIsBoundToTheBrowser(t *testing.T) {
	onBoth(t, func(h *house) {
		link, other := h.link(h.ada), h.link(h.person("bob@acme.test", "Bob"))
		b, stranger := h.browser(), h.browser()
		form := b.get(link).form()
		stranger.get(other)
		for name, p := range map[string]page{
			"form of another browser": stranger.post(link, form),
			"form of another link":    b.post(other, form),
			"no form":                 b.post(link, nil),
			"no cookie":               h.browser().post(link, form),
		} {
			if p.StatusCode != http.StatusForbidden || !strings.Contains(p.text, "The link has not been used") || p.cookie("__Host-session") != nil {
				h.Errorf("%s: %d %s", name, p.StatusCode, p.text)
			}
		}
		b.get(other) // a second link in another tab
		b.post(link, form).want(h.T, http.StatusSeeOther, "")
	})
}

func TestLinkRedeemedManyTimesAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		link, b := h.link(h.ada), h.browser()
		form := b.get(link).form()
		cookies := b.http.Jar.Cookies(&url.URL{Scheme: "https", Host: "rollcall.test", Path: "/"})
		var all sync.WaitGroup
		var in atomic.Int64
		for range 50 {
			all.Go(func() {
				req := b.request(http.MethodPost, link, "application/x-www-form-urlencoded", form.Encode())
				for _, c := range cookies {
					req.AddCookie(c)
				}
				res, err := b.http.Transport.RoundTrip(req)
				if err != nil {
					h.Error(err)
					return
				}
				_ = res.Body.Close()
				if res.StatusCode == http.StatusSeeOther {
					in.Add(1)
				}
			})
		}
		all.Wait()
		if in.Load() != 1 || h.sessions() != 1 {
			h.Errorf("%d of 50 came in, with %d sessions", in.Load(), h.sessions())
		}
	})
}

func TestSessionCookieIsNeverTakenOver(t *testing.T) {
	onBoth(t, func(h *house) {
		b, planted := h.browser(), "rcb_"+strings.Repeat("x", 49)
		b.give(access.SessionCookie, planted)
		b.open(h.link(h.ada))
		first := b.session()
		if first == planted {
			h.Error("a planted cookie became the session")
		}
		b.open(h.link(h.ada))
		if second := b.session(); second == first || h.sessions() != 1 {
			h.Errorf("the session stays the same, or beside the new one: %d sessions", h.sessions())
		}
		b.give(access.SessionCookie, first)
		b.signedIn(false)
	})
}

func TestReturnPath(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	for asked, want := range map[string]string{
		"":                             "/",
		"/people?filter=a%2Fb#top":     "/people?filter=a%2Fb#top",
		"/å":                           "/å",
		"//evil.test":                  "/",
		"///evil.test":                 "/",
		`/\evil.test`:                  "/",
		`\\evil.test`:                  "/",
		`/people\..\evil`:              "/",
		"https://evil.test":            "/",
		"https:evil.test":              "/",
		"javascript:alert(1)":          "/",
		"/\t/evil.test":                "/",
		"/\r\nSet-Cookie: a=b":         "/",
		"/%0d%0aX: y":                  "/%0d%0aX: y",
		"people":                       "/",
		" /people":                     "/",
		"/" + strings.Repeat("a", 3e3): "/",
		"/%zz":                         "/",
		"/signin/sso/x":                "/",
		"/./signin/sso/x":              "/",
		"/x/../signin/sso/x":           "/",
		"/x/%2E%2e/signin/sso/x":       "/",
		"/.//signin/sso/x":             "/",
		"/./signout":                   "/",
		"/signing/./x":                 "/signing/./x",
	} {
		link, b := h.link(h.ada), h.browser()
		form := b.get(link + "?return_to=" + url.QueryEscape(asked)).form()
		if got := form.Get("return_to"); got != want {
			t.Errorf("the form for %q holds %q, want %q", asked, got, want)
		}
		form.Set("return_to", asked) // whoever changes the form gets no further
		if got := b.post(link, form).Header.Get("Location"); got != want {
			t.Errorf("%q leads to %q, want %q", asked, got, want)
		}
	}
}

func TestOtherSitesCantPost(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	b := h.browser()
	b.open(h.link(h.ada))
	link := h.link(h.ada)
	form := b.get(link).form()
	for name, set := range map[string]func(http.Header){
		"cross-site":   func(head http.Header) { head.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":    func(head http.Header) { head.Set("Sec-Fetch-Site", "same-site") },
		"origin alone": func(head http.Header) { head.Del("Sec-Fetch-Site"); head.Set("Origin", "https://evil.test") },
		"null origin":  func(head http.Header) { head.Del("Sec-Fetch-Site"); head.Set("Origin", "null") },
		"http origin":  func(head http.Header) { head.Del("Sec-Fetch-Site"); head.Set("Origin", "http://rollcall.test") },
	} {
		for _, path := range []string{link, "/signout", "/signin/passkey/begin", "/signin/passkey/finish", "/passkeys/begin", "/passkeys/finish"} {
			req := b.request(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
			set(req.Header)
			b.do(req).want(t, http.StatusForbidden, "This came from another site")
		}
		if h.sessions() != 1 {
			t.Errorf("%s: %d sessions", name, h.sessions())
		}
	}
	b.signedIn(true)
	b.post(link, form).want(t, http.StatusSeeOther, "")
}

func TestWrongLinksAreLimitedAndTheRightOneIsNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	b, right := h.browser(), h.link(h.ada)
	wrong := "/signin/link/" + strings.Repeat("x", 53)
	for range 20 {
		b.get(wrong).want(t, http.StatusNotFound, "This link doesn’t work any more")
	}
	p := b.get(wrong).want(t, http.StatusTooManyRequests, "Wait a minute")
	if p.Header.Get("Retry-After") == "" {
		t.Error("it doesn't say when to come back")
	}
	b.open(right).want(t, http.StatusSeeOther, "")
	if n := strings.Count(h.log.String(), "sign-in refused"); n != 20 {
		t.Errorf("the log has %d refusals, want 20", n)
	}
}

func TestLinkRefusedForEveryReasonAlike(t *testing.T) {
	onBoth(t, func(h *house) {
		b := h.browser()
		used := h.link(h.ada)
		b.open(used)
		replaced := h.link(h.ada)
		expired := h.link(h.ada)
		h.pass(access.LinkLifetime)
		gone := h.person("gone@acme.test", "Gone")
		inactive := h.link(gone)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(gone.ID).SetActive(false).Exec(ctx)
		})
		pages := map[string]bool{}
		for _, link := range []string{used, replaced, expired, inactive, "/signin/link/x", used[:len(used)-1] + "!"} {
			pages[b.get(link).want(h.T, http.StatusNotFound, "").text] = true
			pages[b.post(link, nil).want(h.T, http.StatusNotFound, "").text] = true
		}
		if len(pages) != 1 {
			h.Errorf("%d different pages", len(pages))
		}
		for _, secret := range []string{used, replaced, expired, inactive} {
			if strings.Contains(h.log.String(), secret[len("/signin/link/"):]) {
				h.Error("the log holds a link")
			}
		}
	})
}

// TestDeactivation goes the way of the SCIM door.
func TestDeactivationEndsWhatLetsAPersonIn(t *testing.T) {
	onBoth(t, func(h *house) {
		for name, leave := range map[string]func(context.Context, *store.Tx, string) error{
			"deactivated": func(ctx context.Context, tx *store.Tx, name string) error {
				u := tx.User.Query().Where(user.UserName(name), store.Lock).OnlyX(ctx)
				was, next := directory.ProfileOf(u), directory.ProfileOf(u)
				next.Active = false
				_, err := h.directory.Update(ctx, tx, h.conn, u, was, next)
				return err
			},
			"deleted": func(ctx context.Context, tx *store.Tx, name string) error {
				return h.directory.Remove(ctx, tx, tx.User.Query().Where(user.UserName(name), store.Lock).OnlyX(ctx))
			},
		} {
			who := h.person(name+"@acme.test", name)
			b := h.browser()
			b.open(h.link(who)).want(h.T, http.StatusSeeOther, "")
			link := h.link(who)
			var personal string
			h.write(func(ctx context.Context, tx *store.Tx) (err error) {
				personal, _, err = h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindAPI, User: who.ID, Name: "mine", Scopes: []string{"users:read"}})
				return err
			})
			before := h.store.Now()
			h.pass(time.Second)
			h.write(func(ctx context.Context, tx *store.Tx) error { return leave(ctx, tx, who.UserName) })
			b.signedIn(false)
			b.get(link).want(h.T, http.StatusNotFound, "")
			h.pass(time.Second)
			if _, err := h.access.Authenticate(h.Context(), personal, token.KindAPI); err == nil {
				h.Errorf("%s: the personal token works on", name)
			}
			if h.sessions() != 0 {
				h.Errorf("%s: %d sessions are left", name, h.sessions())
			}
			kinds := map[string]int{}
			for _, e := range h.store.Read().Event.Query().Where(event.CreatedAtGT(before)).AllX(h.inOrg()) {
				kinds[e.Kind]++
			}
			want := map[string]int{"user." + name: 1, "session.ended": 1, "signinlink.ended": 1, "token.revoked": 1}
			if diff := cmp.Diff(want, kinds); diff != "" {
				h.Errorf("%s: events of the transaction (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestSignInDuringDeactivation(t *testing.T) {
	onBoth(t, func(h *house) {
		for range 10 {
			who := h.person("eve@acme.test", "Eve")
			link, b := h.link(who), h.browser()
			form := b.get(link).form()
			var both sync.WaitGroup
			both.Go(func() { b.post(link, form) })
			both.Go(func() {
				h.write(func(ctx context.Context, tx *store.Tx) error {
					return h.directory.Remove(ctx, tx, tx.User.Query().Where(user.ID(who.ID), store.Lock).OnlyX(ctx))
				})
			})
			both.Wait()
			if h.sessions() != 0 {
				h.Fatalf("%d sessions outlive the deletion", h.sessions())
			}
		}
	})
}
