package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/web"
)

func get(t *testing.T, method string, s web.Status) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	web.Page(func(context.Context) web.Status { return s }).ServeHTTP(w, httptest.NewRequest(method, "/", nil))
	return w
}

var plain = web.Status{Version: "1.2.3", Database: "SQLite", PublicURL: "https://training.example"}

func TestPageShowsStateAndTenantURL(t *testing.T) {
	t.Parallel()
	w := get(t, http.MethodGet, plain)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	for _, want := range []string{">Ready<", "https://training.example/scim/v2/acme", "Version 1.2.3 · SQLite", "objectId", `href="/readyz"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, unwanted := range []string{"counts\"", "demonstration", "public https addresses only"} {
		if strings.Contains(w.Body.String(), unwanted) {
			t.Errorf("the page has %q", unwanted)
		}
	}
}

func TestPageCountsInADemonstration(t *testing.T) {
	t.Parallel()
	s := plain
	s.PublicURL = "http://127.0.0.1:8080"
	s.Demo = &web.Demo{Organization: "demo", Organizations: 1, People: 1500, Groups: 24, Requests: 1234567,
		LastRequest: time.Date(2026, 11, 22, 14, 3, 5, 0, time.FixedZone("", 3600))}
	body := get(t, http.MethodGet, s).Body.String()
	for _, want := range []string{"<dd>1,500</dd>", "<dd>1,234,567</dd>", ">organization<", "22 November 2026, 13:03:05 UTC",
		"http://127.0.0.1:8080/scim/v2/demo", "public https addresses only"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestPageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := plain
	s.Problem = "the database <b>doesn't</b> answer"
	w := get(t, http.MethodGet, s)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
	if body := w.Body.String(); !strings.Contains(body, ">Not ready<") || !strings.Contains(body, "&lt;b&gt;doesn&#39;t") {
		t.Error("the page doesn't say what is wrong, as text")
	}
}

func TestPageIsShutToOtherContent(t *testing.T) {
	t.Parallel()
	w := get(t, http.MethodGet, plain)
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	css := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(w.Body.String())
	if css == nil {
		t.Fatal("the page has no style")
	}
	sum := sha256.Sum256([]byte(css[1]))
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(w.Body.String(), "<script") || strings.Contains(w.Body.String(), " style=") {
		t.Error("the page holds what its own policy forbids")
	}
}

func TestPageCanOnlyBeRead(t *testing.T) {
	t.Parallel()
	if w := get(t, http.MethodPost, plain); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST is answered with %d", w.Code)
	}
	if w := get(t, http.MethodHead, plain); w.Code != http.StatusOK {
		t.Errorf("HEAD is answered with %d", w.Code)
	}
}
