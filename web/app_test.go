package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// pack compresses as the build does.
func pack(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const script = "export const name = 'Rollcall';"

// ask sends one request to an app with a small build, or none, and a caller to
// whom the explorer answers with status.
func ask(t *testing.T, isBuilt bool, status int, method, path string, header http.Header) *http.Response {
	t.Helper()
	files := fstest.MapFS{".keep": {}}
	if isBuilt {
		files["index.html"] = &fstest.MapFile{Data: []byte(`<meta name="style-nonce" content="{{nonce}}"><title>Rollcall</title>`)}
		files["graphiql.html"] = &fstest.MapFile{Data: []byte("<title>API explorer</title>")}
		files["assets/main-1.js.gz"] = &fstest.MapFile{Data: pack(t, script)}
		files["assets/main-1.js.map"] = &fstest.MapFile{Data: []byte("{}")}
		files["assets/icon-1.ttf"] = &fstest.MapFile{Data: []byte("font")}
	}
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path, r.Header = path, header
	w := httptest.NewRecorder()
	(&app{files: files, explore: func(*http.Request) int { return status }}).ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestExplorerIsForAdministrators(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		isBuilt  bool
		who      int
		status   int
		contains string
	}{
		{"administrator", true, 200, 200, "<title>API explorer</title>"},
		{"stranger", true, 401, 401, `href="/signin?return_to=%2Fgraphiql"`},
		{"learner", true, 403, 403, "no part in administration"},
		{"somebody while nobody can tell", true, 503, 503, "load this page again"},
		{"stranger without a build", false, 401, 401, "Sign in first"},
		{"administrator without a build", false, 200, 501, "<code>make build</code>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := ask(t, c.isBuilt, c.who, http.MethodGet, "/graphiql", nil)
			body := bodyOf(t, r)
			if r.StatusCode != c.status || !strings.Contains(body, c.contains) {
				t.Errorf("status %d, want %d with %q in:\n%s", r.StatusCode, c.status, c.contains, body)
			}
			policy := r.Header.Get("Content-Security-Policy")
			frames, old := "frame-ancestors 'none'", "DENY"
			if c.status == http.StatusOK {
				frames, old = "frame-ancestors 'self'", "SAMEORIGIN" // the console frames it
			}
			for _, want := range []string{"default-src 'none'", "base-uri 'none'", frames} {
				if !strings.Contains(policy, want) {
					t.Errorf("the policy %q lacks %q", policy, want)
				}
			}
			if strings.Contains(policy, "unsafe-eval") || c.status != 200 && strings.Contains(policy, "unsafe") {
				t.Errorf("the policy %q allows too much", policy)
			}
			for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
				"X-Frame-Options": old, "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin"} {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestAssetsAreKeptForAYear(t *testing.T) {
	t.Parallel()
	for encoding, want := range map[string]string{"gzip, br": "gzip", "br": "", "": ""} {
		r := ask(t, true, 401, http.MethodGet, "/assets/main-1.js", http.Header{"Accept-Encoding": {encoding}})
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Encoding") != want {
			t.Fatalf("to %q: status %d, encoded as %q", encoding, r.StatusCode, r.Header.Get("Content-Encoding"))
		}
		body := bodyOf(t, r)
		if want == "gzip" {
			plain, err := unpack([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			body = string(plain)
		}
		if body != script {
			t.Errorf("to %q the script is %q", encoding, body)
		}
		for name, want := range map[string]string{"Cache-Control": "public, max-age=31536000, immutable",
			"Content-Type": "text/javascript; charset=utf-8", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
	if r := ask(t, true, 401, http.MethodGet, "/assets/icon-1.ttf", nil); bodyOf(t, r) != "font" || r.Header.Get("Content-Type") != "font/ttf" {
		t.Error("a font isn't served as one")
	}
	if r := ask(t, true, 401, http.MethodHead, "/assets/main-1.js", nil); r.StatusCode != http.StatusOK || bodyOf(t, r) != "" {
		t.Errorf("HEAD is answered with %d", r.StatusCode)
	}
}

func TestNothingButAssetsIsServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/assets", "/assets/", "/assets/main-1.js.map", "/assets/main-1.js.gz", "/assets/none.js",
		"/assets/../graphiql.html", "/assets/../app.js", "/assets//main-1.js", "/assets/.keep"} {
		if r := ask(t, true, 200, http.MethodGet, path, nil); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s is answered with %d", path, r.StatusCode)
		}
	}
	if r := ask(t, true, 200, http.MethodPost, "/graphiql", nil); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered with %d", r.StatusCode)
	}
}

func TestEveryAddressOfTheConsoleIsTheSamePage(t *testing.T) {
	t.Parallel()
	nonces := map[string]bool{}
	for _, path := range []string{"/", "/people", "/people/01a2", "/log/", "/settings"} {
		r := ask(t, true, 401, http.MethodGet, path, nil)
		body, policy := bodyOf(t, r), r.Header.Get("Content-Security-Policy")
		_, rest, _ := strings.Cut(body, `content="`)
		nonce, _, _ := strings.Cut(rest, `"`)
		if r.StatusCode != http.StatusOK || len(nonce) < 20 || !strings.Contains(policy, "style-src 'self' 'nonce-"+nonce+"';") {
			t.Errorf("%s: status %d with the policy %q and the page %s", path, r.StatusCode, policy, body)
		}
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the policy is %q, the cache control %q", path, policy, r.Header.Get("Cache-Control"))
		}
		nonces[nonce] = true
	}
	if len(nonces) != 5 {
		t.Errorf("the nonces of 5 answers are %v", nonces)
	}
	if r := ask(t, true, 200, http.MethodGet, "/peopleandmore", nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("an address beside it is answered with %d", r.StatusCode)
	}
	if r := ask(t, false, 200, http.MethodGet, "/", nil); r.StatusCode != http.StatusNotImplemented || !strings.Contains(bodyOf(t, r), "make build") {
		t.Errorf("without a build the console is answered with %d", r.StatusCode)
	}
}
