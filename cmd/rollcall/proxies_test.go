package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/store"
)

func TestClientBehindProxies(t *testing.T) {
	t.Parallel()
	const xff, fwd = "X-Forwarded-For", "Forwarded"
	for name, c := range map[string]struct {
		trusted, peer string
		header        http.Header
		want          string
	}{
		"nobody is trusted":           {"", "127.0.0.1:1", http.Header{xff: {"198.51.100.7"}}, "127.0.0.1:1"},
		"a stranger says so":          {"10.0.0.5", "203.0.113.9:1", http.Header{xff: {"198.51.100.7"}}, "203.0.113.9:1"},
		"the proxy says so":           {"10.0.0.5", "10.0.0.5:1", http.Header{xff: {"198.51.100.7"}}, "198.51.100.7:0"},
		"the proxy says nothing":      {"10.0.0.5", "10.0.0.5:1", nil, "10.0.0.5:0"},
		"spoofed in front":            {"loopback", "127.0.0.1:1", http.Header{xff: {"192.0.2.1, 198.51.100.7"}}, "198.51.100.7:0"},
		"spoofed in another line":     {"loopback", "127.0.0.1:1", http.Header{xff: {"192.0.2.1", "198.51.100.7"}}, "198.51.100.7:0"},
		"spoofed as a proxy":          {"loopback,private", "127.0.0.1:1", http.Header{xff: {"192.0.2.1, 10.9.9.9, 198.51.100.7"}}, "198.51.100.7:0"},
		"two proxies":                 {"loopback,private", "127.0.0.1:1", http.Header{xff: {"192.0.2.1, 198.51.100.7, 10.0.0.3"}}, "198.51.100.7:0"},
		"two proxies, two lines":      {"loopback,private", "127.0.0.1:1", http.Header{xff: {"198.51.100.7", "10.0.0.3"}}, "198.51.100.7:0"},
		"a client of the inside":      {"private", "10.0.0.5:1", http.Header{xff: {"10.1.2.3"}}, "10.1.2.3:0"},
		"nonsense in front":           {"loopback", "127.0.0.1:1", http.Header{xff: {"' OR 1=1, 198.51.100.7"}}, "198.51.100.7:0"},
		"nonsense at the end":         {"loopback", "127.0.0.1:1", http.Header{xff: {"198.51.100.7, unknown"}}, "127.0.0.1:0"},
		"nonsense behind a proxy":     {"loopback,private", "127.0.0.1:1", http.Header{xff: {"unknown, 10.0.0.3"}}, "10.0.0.3:0"},
		"an empty place":              {"loopback", "127.0.0.1:1", http.Header{xff: {"198.51.100.7,"}}, "127.0.0.1:0"},
		"with a port":                 {"loopback", "127.0.0.1:1", http.Header{xff: {"198.51.100.7:4711"}}, "198.51.100.7:0"},
		"IPv6":                        {"::1", "[::1]:1", http.Header{xff: {"2001:db8::7"}}, "[2001:db8::7]:0"},
		"IPv6 with a port":            {"loopback", "[::1]:1", http.Header{xff: {"[2001:db8::7]:4711"}}, "[2001:db8::7]:0"},
		"IPv4 written as IPv6":        {"10.0.0.0/8", "[::ffff:10.0.0.5]:1", http.Header{xff: {"::ffff:198.51.100.7"}}, "198.51.100.7:0"},
		"Forwarded":                   {"loopback", "127.0.0.1:1", http.Header{fwd: {`for=192.0.2.1, For="[2001:db8::7]:4711";proto=http;host=evil.test`}}, "[2001:db8::7]:0"},
		"Forwarded, hidden":           {"loopback", "127.0.0.1:1", http.Header{fwd: {"for=_secret"}}, "127.0.0.1:0"},
		"Forwarded, quotes left open": {"loopback", "127.0.0.1:1", http.Header{fwd: {`for="192.0.2.1, for=198.51.100.7`}}, "198.51.100.7:0"},
		"both, and they agree":        {"loopback", "127.0.0.1:1", http.Header{xff: {"198.51.100.7"}, fwd: {"for=198.51.100.7"}}, "198.51.100.7:0"},
		"both, and they don't":        {"loopback", "127.0.0.1:1", http.Header{xff: {"198.51.100.7"}, fwd: {"for=192.0.2.1"}}, "127.0.0.1:1"},
		"other headers":               {"loopback", "127.0.0.1:1", http.Header{"X-Real-Ip": {"192.0.2.1"}, "Cf-Connecting-Ip": {"192.0.2.1"}}, "127.0.0.1:0"},
		"a header without an end":     {"loopback", "127.0.0.1:1", http.Header{xff: {strings.Repeat("127.0.0.1,", 6000) + "127.0.0.1"}}, "127.0.0.1:0"},
	} {
		trusted, err := parseProxies(c.trusted)
		if err != nil {
			t.Fatal(err)
		}
		r := &http.Request{RemoteAddr: c.peer, Header: c.header}
		if trusted.resolve(r); r.RemoteAddr != c.want {
			t.Errorf("%s: the client is %s, want %s", name, r.RemoteAddr, c.want)
		}
	}
}

// The address stands in the provisioning log, with sessions and tokens, and
// limits are for it alone.
func TestAddressThroughTheProxy(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.env[settingProxies] = " loopback "
		sh.env[settingPublicURL] = "https://training.acme.test"
		sh.do("org", "create", "--slug", "acme")
		token := strings.TrimSpace(sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "entra"))
		key := strings.TrimSpace(sh.do("token", "create", "--org", "acme", "--kind", "api", "--name", "desk", "--scopes", "all"))
		link := sh.invite("--email", "olga@acme.test")
		r := sh.serve()
		send := func(method, path, from, bearer, body string) *http.Response {
			sh.Helper()
			req, err := http.NewRequestWithContext(sh.Context(), method, "http://"+r.address+path, strings.NewReader(body))
			if err != nil {
				sh.Fatal(err)
			}
			req.Header.Set("X-Forwarded-For", "192.0.2.66, "+from) // the first is spoofed
			req.Header.Set("X-Forwarded-Proto", "http")
			req.Header.Set("X-Forwarded-Host", "evil.test")
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+bearer)
			if bearer == "" {
				req.Header.Del("Authorization")
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				sh.Fatal(err)
			}
			sh.Cleanup(func() { _ = res.Body.Close() })
			return res
		}
		if res := send(http.MethodPost, "/scim/v2/acme/Users", "198.51.100.1", token, ada); res.StatusCode != http.StatusCreated ||
			!strings.HasPrefix(res.Header.Get("Location"), "https://training.acme.test/") {
			sh.Errorf("create: %s, %s", res.Status, res.Header.Get("Location"))
		}
		ask := func(from, bearer string) int {
			return send(http.MethodPost, "/graphql", from, bearer, `{"query":"{viewer{name}}"}`).StatusCode
		}
		if status := ask("198.51.100.2", key); status != http.StatusOK {
			sh.Errorf("graphql: %d", status)
		}
		for range 30 {
			_ = ask("198.51.100.3", "wrong")
		}
		if one, other := ask("198.51.100.3", "wrong"), ask("198.51.100.4", "wrong"); one != http.StatusTooManyRequests || other != http.StatusUnauthorized {
			sh.Errorf("after many wrong tokens of one client it is answered with %d and another with %d", one, other)
		}
		// Links count by network too, and spoofing another one is of no use.
		wrong := link[:len(link)-1] + map[bool]string{true: "a", false: "b"}[link[len(link)-1] != 'a']
		for range 30 {
			_ = send(http.MethodGet, wrong, "198.51.100.5", "", "")
		}
		if one, other := send(http.MethodGet, wrong, "198.51.100.5", "", ""), send(http.MethodGet, wrong, "198.51.100.6", "", ""); one.StatusCode != http.StatusTooManyRequests || other.StatusCode != http.StatusNotFound {
			sh.Errorf("after many wrong links of one client it is answered with %s and another with %s", one.Status, other.Status)
		}
		r.end()

		rows, err := sh.store().Read().ProvisioningLog.Query().All(store.AcrossOrganizations(sh.Context()))
		if err != nil || len(rows) != 1 || rows[0].Address != "198.51.100.1" {
			sh.Errorf("the log holds %v (%v)", rows, err)
		}
		tokens, err := sh.store().Read().Token.Query().All(store.AcrossOrganizations(sh.Context()))
		if err != nil {
			sh.Fatal(err)
		}
		from := map[string]string{}
		for _, t := range tokens {
			if t.LastUsedFrom != nil {
				from[t.Name] = *t.LastUsedFrom
			}
		}
		if from["entra"] != "198.51.100.1" || from["desk"] != "198.51.100.2" {
			sh.Errorf("the tokens were last used from %v", from)
		}
	})
}

func TestProxiesThatCantBeTrusted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"10.0.0.5:8080":       `"10.0.0.5:8080" is no address and no network`,
		"proxy.internal":      `"proxy.internal" is no address and no network`,
		"loopback,10.0.0/8":   `"10.0.0/8" is no address and no network`,
		"10.0.0.0/33":         `is no address and no network`,
		"all":                 `is no address and no network`,
		"fe80::1%eth0":        `is no address and no network`,
		"::ffff:10.0.0.0/104": `is no address and no network`,
		"0.0.0.0/0":           `"0.0.0.0/0" trusts everybody`,
		"::/0":                `"::/0" trusts everybody`,
	} {
		sh := inFolder(t)
		sh.env[settingProxies] = text
		sh.fails(exitFailed, settingProxies+": ", "serve")
		sh.fails(exitFailed, want, "serve")
	}
}
