package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A request whose end two programs could see at different places, or that is made
// to fill the memory, is refused and the connection closed: nothing behind it is
// taken for a request of its own.
func TestAmbiguousRequestsEndTheConnection(t *testing.T) {
	t.Parallel()
	r, _ := inFolder(t).running()
	const head = "POST /scim/v2/acme/Users HTTP/1.1\r\nHost: x\r\n"
	const next = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" // smuggled
	var many strings.Builder
	for i := range 10_000 {
		many.WriteString("X-" + strconv.Itoa(i) + ": y\r\n")
	}
	for name, c := range map[string]struct {
		request string
		status  []int
	}{
		"two lengths":             {head + "Content-Length: 0\r\nContent-Length: 37\r\n\r\n" + next, []int{400}},
		"lengths in a list":       {head + "Content-Length: 0, 37\r\n\r\n" + next, []int{400}},
		"length below nothing":    {head + "Content-Length: -1\r\n\r\n" + next, []int{400}},
		"length with a sign":      {head + "Content-Length: +0\r\n\r\n" + next, []int{400}},
		"length and chunks":       {head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next, []int{400, 401}},
		"chunks twice":            {head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next, []int{400, 501}},
		"chunks of another kind":  {head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + next, []int{400, 501}},
		"chunks, then identity":   {head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + next, []int{400, 501}},
		"a chunk of no size":      {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + next, []int{400, 401}},
		"a chunk without an end":  {head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + next, []int{400, 401}},
		"a blank before a colon":  {head + "Content-Length : 0\r\n\r\n" + next, []int{400}},
		"a header over two lines": {head + "X: y\r\n z\r\nContent-Length\r\n\r\n" + next, []int{400}},
		"two hosts":               {head + "Host: y\r\n\r\n" + next, []int{400}},
		"no host":                 {"GET / HTTP/1.1\r\n\r\n" + next, []int{400}},
		"a header of 1 MB":        {head + "X: " + strings.Repeat("y", 1<<20) + "\r\n\r\n" + next, []int{431}},
		"10000 headers":           {head + many.String() + "\r\n" + next, []int{431}},
		"an address of 1 MB":      {"GET /" + strings.Repeat("y", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n" + next, []int{431}},
		"a line break in it":      {head + "X: y\rContent-Length: 0\r\n\r\n" + next, []int{400}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", r.address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // a guard against hanging, not a measure
			go func() { _, _ = io.WriteString(conn, c.request) }()
			in := bufio.NewReader(conn)
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatalf("no answer: %v", err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			found := false
			for _, status := range c.status {
				found = found || res.StatusCode == status
			}
			if !found {
				t.Errorf("the answer is %s, want %v", res.Status, c.status)
			}
			// An end by reset is an end too.
			if rest, _ := io.ReadAll(in); strings.Contains(string(rest), "HTTP/1.1 200") {
				t.Errorf("what stood behind it is answered: %.200q", rest)
			}
		})
	}
}

// After signing out the back button leads to nothing: no page was kept, and the
// old cookie opens none.
func TestNothingIsLeftAfterSigningOut(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.env[settingPublicURL] = "https://training.acme.test"
	sh.do("org", "create", "--slug", "acme")
	link := sh.invite("--email", "olga@acme.test")
	r, _ := sh.running()
	cookies := map[string]string{}
	browse := func(method, path, form string) (*http.Response, string) {
		sh.Helper()
		req, err := http.NewRequestWithContext(sh.Context(), method, "http://"+r.address+path, strings.NewReader(form))
		if err != nil {
			sh.Fatal(err)
		}
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range cookies {
			req.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			sh.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		for _, c := range res.Cookies() {
			if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				sh.Errorf("%s %s sets the cookie %v", method, path, c)
			}
			cookies[c.Name] = c.Value
		}
		if !strings.Contains(res.Header.Get("Cache-Control"), "no-store") {
			sh.Errorf("%s %s may be kept: %q", method, path, res.Header.Get("Cache-Control"))
		}
		return res, string(text)
	}
	_, page := browse(http.MethodGet, link, "")
	_, binding, _ := strings.Cut(page, `name="binding" value="`)
	binding, _, _ = strings.Cut(binding, `"`)
	if res, text := browse(http.MethodPost, link, "binding="+binding); res.StatusCode != http.StatusSeeOther {
		sh.Fatalf("sign in: %s %s", res.Status, text)
	}
	if res, _ := browse(http.MethodGet, "/graphiql", ""); res.StatusCode == http.StatusUnauthorized {
		sh.Error("nobody is signed in")
	}
	if _, text := browse(http.MethodGet, "/signin", ""); !strings.Contains(text, "olga@acme.test") {
		sh.Errorf("the page doesn't say who is signed in: %s", text)
	}
	kept := cookies["__Host-session"]
	if res, _ := browse(http.MethodPost, "/signout", ""); res.Header.Get("Location") != "/signin" {
		sh.Errorf("signing out leads to %q", res.Header.Get("Location"))
	}
	cookies["__Host-session"] = kept
	if res, text := browse(http.MethodGet, "/graphiql", ""); res.StatusCode != http.StatusUnauthorized || !strings.Contains(text, `href="/signin`) {
		sh.Errorf("afterwards the explorer answers %s", res.Status)
	}
	if _, text := browse(http.MethodGet, "/signin", ""); strings.Contains(text, "olga") {
		sh.Errorf("afterwards the page still knows who was signed in: %s", text)
	}
}
