package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// running starts a whole server and returns it with its door.
func (sh *shell) running() (*running, *server) {
	sh.Helper()
	p := &program{env: sh.environment(), stdout: io.Discard, stderr: io.Discard}
	s, err := p.newServer(sh.Context(), serverOptions{})
	if err != nil {
		sh.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.run(sh.Context()) }()
	sh.Cleanup(func() {
		if err := <-ended; err != nil {
			sh.Error(err)
		}
	})
	r := &running{T: sh.T, address: s.listener.Addr().String()}
	if s.ops != nil {
		r.ops = s.ops.Addr().String()
	}
	return r, s
}

// visit is a request of the crawl.
type visit struct{ method, path, kind, credential, body string }

// TestEveryAnswerHasItsHeaders crawls all rooms of the door: a new one is crawled
// by itself. Pages, errors, downloads, answers to programs: what a browser must
// know of each stands in its headers.
func TestEveryAnswerHasItsHeaders(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.env[settingPublicURL] = "https://training.acme.test"
	sh.do("org", "create", "--slug", "acme")
	scim := strings.TrimSpace(sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "entra"))
	key := strings.TrimSpace(sh.do("token", "create", "--org", "acme", "--kind", "api", "--name", "desk", "--scopes", "all"))
	link := sh.invite("--email", "olga@acme.test")
	r, s := sh.running()

	export := func() string {
		_, text := r.ask(key, `mutation { createExport(input: {what: USERS}) { url } }`)
		var answer struct {
			Data struct{ CreateExport struct{ URL string } }
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Data.CreateExport.URL == "" {
			sh.Fatalf("export: %s", text)
		}
		return strings.TrimPrefix(answer.Data.CreateExport.URL, "https://training.acme.test")
	}
	visits := []visit{
		{"GET", "/nowhere", "", "", ""}, {"GET", "/.git/config", "", "", ""}, {"GET", "/index.html", "", "", ""},
		{"GET", "/scim/v2/acme/Users", "", scim, ""}, {"GET", "/scim/v2/acme/Users/none", "", scim, ""}, {"GET", "/scim/v2/acme/ServiceProviderConfig", "", "", ""},
		{"POST", "/scim/v2/acme/Users", "application/scim+json", scim, ada}, {"POST", "/scim/v2/acme/Users", "application/scim+json", scim, "{"},
		{"POST", "/graphql", "application/json", key, `{"query":"{viewer{name}}"}`}, {"POST", "/graphql", "application/json", key, `{"query":"{"}`},
		{"POST", "/graphql", "application/json", "wrong", `{}`}, {"POST", "/graphql", "text/plain", "", `{}`},
		{"GET", link, "", "", ""}, {"HEAD", export(), "", "", ""}, {"GET", export(), "", "", ""}, {"GET", "/signin/style.css", "", "", ""},
		{"GET", "/graphiql", "", key, ""}, {"GET", "/assets/../app.go", "", "", ""}, {"GET", "/assets/", "", "", ""},
	}
	for _, to := range s.http.Handler.(*door).routes {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			visits = append(visits, visit{method, to.path, "", "", ""})
			if to.below {
				visits = append(visits, visit{method, to.path + "/", "", "", ""}, visit{method, to.path + "/nowhere", "", key, ""})
			}
		}
	}
	for _, v := range visits {
		res := r.visit(v, http.Header{"Origin": {"https://evil.test"}, "Access-Control-Request-Method": {"POST"}})
		where := v.method + " " + v.path
		asset := strings.HasPrefix(v.path, "/assets/") && res.StatusCode == http.StatusOK
		if asset == strings.Contains(res.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: %d with Cache-Control %q", where, res.StatusCode, res.Header.Get("Cache-Control"))
		}
		explorer := v.path == "/graphiql" && res.StatusCode == http.StatusOK
		frames := "DENY"
		if explorer {
			frames = "SAMEORIGIN" // the console shows it in a frame; nobody else can
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": frames,
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000", "Server": "", "X-Powered-By": "",
			"Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": "", "Access-Control-Allow-Methods": "", "Access-Control-Allow-Headers": "",
		} {
			if got := res.Header.Values(name); strings.Join(got, ",") != want {
				t.Errorf("%s: %d with %s %q, want %q", where, res.StatusCode, name, got, want)
			}
		}
		checkPolicy(t, where, res.Header.Values("Content-Security-Policy"), explorer)
	}
}

// checkPolicy expects a Content-Security-Policy that lets nothing in from
// elsewhere and nothing run that stands in a page, and that no page may frame. The
// explorer's editor alone writes styles while it runs, and the explorer alone may
// be framed, by the console.
func checkPolicy(t *testing.T, where string, policies []string, explorer bool) {
	t.Helper()
	if len(policies) != 1 {
		t.Errorf("%s has %d policies: %q", where, len(policies), policies)
		return
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(policies[0], ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(part), " ")
		parts[name] = sources
	}
	for _, name := range []string{"default-src", "frame-ancestors", "base-uri", "object-src"} {
		sources, ok := parts[name]
		if !ok && name == "object-src" {
			sources = parts["default-src"] // stands for it
		}
		want := "'none'"
		if explorer && name == "frame-ancestors" {
			want = "'self'"
		}
		if sources != want {
			t.Errorf("%s: %s is %q in the policy %s", where, name, sources, policies[0])
		}
	}
	for name, sources := range parts {
		if explorer && name == "style-src" {
			sources = strings.ReplaceAll(sources, "'unsafe-inline'", "")
		}
		if strings.Contains(sources, "unsafe") || strings.Contains(sources, "*") || strings.Contains(sources, "http:") ||
			strings.Contains(sources, "data:") && name != "img-src" {
			t.Errorf("%s: %s is %q", where, name, sources)
		}
	}
}

// visit sends a request as a browser would whose user clicked on evil.test.
func (r *running) visit(v visit, header http.Header) *http.Response {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), v.method, "http://"+r.address+v.path, strings.NewReader(v.body))
	if err != nil {
		r.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if v.method == http.MethodGet || v.method == http.MethodHead || v.credential != "" {
		req.Header.Del("Origin")
	}
	if v.kind != "" {
		req.Header.Set("Content-Type", v.kind)
	}
	if v.credential != "" {
		req.Header.Set("Authorization", "Bearer "+v.credential)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		r.Fatalf("%s %s: %v", v.method, v.path, err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res
}

// ask sends a GraphQL operation.
func (r *running) ask(token, operation string) (int, string) {
	r.Helper()
	body, _ := json.Marshal(map[string]any{"query": operation})
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "http://"+r.address+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// Plain http makes no promise of https.
func TestNoHTTPSPromiseWithoutIt(t *testing.T) {
	t.Parallel()
	r, _ := inFolder(t).running()
	for _, path := range []string{"/", "/signin", "/nowhere", "/scim/v2/acme/Users"} {
		if got := r.visit(visit{"GET", path, "", "", ""}, nil).Header.Get("Strict-Transport-Security"); got != "" {
			t.Errorf("%s: Strict-Transport-Security is %q", path, got)
		}
	}
}
