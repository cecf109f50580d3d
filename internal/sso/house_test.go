package sso_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// loopback is where the identity providers of tests are.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

const public = "https://rollcall.test"

// house is a server with the sign-in pages, over a store with a clock that the
// test sets.
type house struct {
	*testing.T
	url       string // of the database
	store     *store.Store
	access    *access.Access
	directory *directory.Directory
	signOns   *access.SignOns
	org       *ent.Organization
	conn      *ent.Connection
	ada       *ent.User // an owner
	server    *httptest.Server
	log       *safeBuffer
	passed    *atomic.Int64
	visitors  *atomic.Int64
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(h *house)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(newHouse(t, storetest.SQLite(t), 1))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(newHouse(t, storetest.Postgres(t), 8))
	})
}

func newHouse(t *testing.T, databaseURL string, conns int) *house {
	t.Helper()
	h := &house{T: t, log: &safeBuffer{}, url: databaseURL, passed: new(atomic.Int64), visitors: new(atomic.Int64)}
	began := time.Now()
	clock := func() time.Time { return began.Add(time.Duration(h.passed.Load())) }
	s, err := store.Open(t.Context(), databaseURL, store.Options{MaxConns: conns, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h.store, h.access, h.directory = s, access.New(s), directory.New(s)
	h.org, h.conn = storetest.Organization(t, s, "acme")
	h.ada = h.person("ada@acme.test", "Ada <b>Lovelace</b>")
	h.signOns = h.signOnsOf(s)
	h.server = h.serve(public)
	return h
}

func (h *house) signOnsOf(s *store.Store) *access.SignOns { return h.sealed(s, 7) }

// sealed are the SignOns of an installation with another key.
func (h *house) sealed(s *store.Store, key byte) *access.SignOns {
	h.Helper()
	box, err := seal.New(bytes.Repeat([]byte{key}, 32))
	if err != nil {
		h.Fatal(err)
	}
	return access.NewSignOns(s, box)
}

// serve starts the door under a public URL.
func (h *house) serve(publicURL string) *httptest.Server {
	return h.serveWith(publicURL, outbound.New(loopback))
}

// serveWith starts the door with a client of its own for what it asks of others.
func (h *house) serveWith(publicURL string, client *http.Client) *httptest.Server {
	server := httptest.NewTLSServer(sso.New(sso.Options{Store: h.store, Access: h.access, Directory: h.directory, SignOns: h.signOns, Outbound: client,
		PublicURL: publicURL, Key: bytes.Repeat([]byte{7}, 32),
		Log: slog.New(slog.NewTextHandler(h.log, nil))}))
	h.Cleanup(server.Close)
	return server
}

func (h *house) pass(d time.Duration) { h.passed.Add(int64(d)) }

func (h *house) inOrg() context.Context { return actor.InOrg(h.Context(), h.org.ID) }

func (h *house) write(fn func(context.Context, *store.Tx) error) {
	h.Helper()
	if err := h.store.Write(h.inOrg(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) person(name, displayName string) *ent.User {
	h.Helper()
	var u *ent.User
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		u, err = h.directory.CreateLocal(ctx, tx, directory.Local{UserName: name, DisplayName: displayName, Email: name, Role: user.RoleOWNER})
		return err
	})
	return u
}

// link is the path of a new sign-in link.
func (h *house) link(u *ent.User) string {
	h.Helper()
	var secret string
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		secret, _, err = h.access.CreateLink(ctx, tx, u.ID)
		return err
	})
	return strings.TrimPrefix(access.LinkURL(public, secret), public)
}

func (h *house) sessions() int { return h.store.Read().Session.Query().CountX(h.inOrg()) }

// browser is a browser with a cookie jar, for which the server is public.
type browser struct {
	h      *house
	origin string
	http   *http.Client
}

func (h *house) browser() *browser { return h.browserAt(h.server, public) }

func (h *house) browserAt(server *httptest.Server, origin string) *browser {
	return h.browserFrom(nil, server, origin)
}

// visitor is a browser at an address of its own, for tests with more sign-ins than
// one address may begin within a minute.
func (h *house) visitor() *browser {
	n := h.visitors.Add(1)
	return h.browserFrom(&net.TCPAddr{IP: net.IPv4(127, 1, byte(n>>8), byte(n))}, h.server, public)
}

func (h *house) browserFrom(from net.Addr, server *httptest.Server, origin string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	dialer := &net.Dialer{LocalAddr: from}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the test's own server
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, server.Listener.Addr().String())
		},
	}
	h.Cleanup(transport.CloseIdleConnections)
	return &browser{h, origin, &http.Client{Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is an answer.
type page struct {
	*http.Response
	text string
}

func (b *browser) do(req *http.Request) page {
	b.h.Helper()
	res, err := b.http.Do(req)
	if err != nil {
		b.h.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.Fatal(err)
	}
	return page{res, string(text)}
}

// request is one as a browser sends it from a page of the site itself.
func (b *browser) request(method, path, kind, body string) *http.Request {
	b.h.Helper()
	req, err := http.NewRequestWithContext(b.h.Context(), method, b.origin+path, strings.NewReader(body))
	if err != nil {
		b.h.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return req
}

func (b *browser) get(path string) page {
	b.h.Helper()
	return b.do(b.request(http.MethodGet, path, "", ""))
}

func (b *browser) post(path string, form url.Values) page {
	b.h.Helper()
	return b.do(b.request(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode()))
}

func (b *browser) postJSON(path, body string) page {
	b.h.Helper()
	return b.do(b.request(http.MethodPost, path, "application/json", body))
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// form is what a page's form would send.
func (p page) form() url.Values {
	v := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(p.text, -1) {
		v.Set(field[1], field[2])
	}
	return v
}

// cookie is one that the answer sets.
func (p page) cookie(name string) *http.Cookie {
	for _, c := range p.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// open follows a link and presses the button.
func (b *browser) open(link string) page {
	b.h.Helper()
	return b.post(link, b.get(link).form())
}

// signedIn expects to be signed in, or not to be.
func (b *browser) signedIn(want bool) {
	b.h.Helper()
	if got := strings.Contains(b.get("/signin").text, "You are signed in"); got != want {
		b.h.Errorf("signed in: %v, want %v", got, want)
	}
}

// session is the secret that the browser holds.
func (b *browser) session() string { return b.cookieValue(access.SessionCookie) }

func (b *browser) cookieValue(name string) string {
	u, _ := url.Parse(b.origin)
	for _, c := range b.http.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// give puts a cookie into the browser.
func (b *browser) give(name, value string) {
	u, _ := url.Parse(b.origin)
	b.http.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true}})
}

func (p page) want(t *testing.T, status int, text string) page {
	t.Helper()
	if p.StatusCode != status || !strings.Contains(p.text, text) {
		t.Errorf("%s %s: %d, want %d and %q in\n%s", p.Request.Method, p.Request.URL.Path, p.StatusCode, status, text, p.text)
	}
	return p
}

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *safeBuffer) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Reset()
}
