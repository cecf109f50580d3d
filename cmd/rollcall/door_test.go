package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// named answers with its name and the path that it was given.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, name+" "+r.URL.Path)
	})
}

func TestDoorLeavesPathsAsTheyCame(t *testing.T) {
	t.Parallel()
	d := &door{log: slog.New(slog.DiscardHandler), routes: []route{
		{path: "/scim", below: true, room: named("scim")}, {path: "/readyz", room: named("health")}, {path: "/", room: named("page")},
	}}
	for path, want := range map[string]string{
		"/scim/v2/acme/Users":      "scim /scim/v2/acme/Users",
		"/scim/v2//acme/../Users/": "scim /scim/v2//acme/../Users/",
		"/scim":                    "scim /scim",
		"/readyz":                  "health /readyz",
		"/readyz/":                 "404 page not found\n",
		"/":                        "page /",
		"/scimitar":                "404 page not found\n",
	} {
		w := httptest.NewRecorder()
		d.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}, Header: http.Header{}})
		if w.Body.String() != want {
			t.Errorf("%s reaches %q, want %q", path, w.Body, want)
		}
	}
}

func TestDoorSurvivesPanics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	begin := false
	logger, _ := newLogger(&log, slog.LevelInfo)
	room := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if begin {
			_, _ = io.WriteString(w, "half an ans")
		}
		panic("boom")
	})
	d := &door{log: logger, headers: headersOf(""), routes: []route{{path: "/download", below: true, room: room}, {path: "/", room: room}}}
	const secret = "rcx_0000000000000000000000000000000000000000000000000"
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/download/"+secret, nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("a panic is answered with %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), "door_test.go") || strings.Contains(log.String(), secret) {
		t.Errorf("the log reads %s", &log)
	}
	begin = true
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("an answer that has begun ends with %v, want the connection cut", p)
		}
	}()
	d.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}

func TestReadiness(t *testing.T) {
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		h := &health{store: s}
		ask := func() (int, string) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			return w.Code, w.Body.String()
		}
		if code, body := ask(); code != http.StatusOK {
			t.Errorf("readyz: %d %s", code, body)
		}
		before := s.Statements()
		if _, _ = ask(); s.Statements() != before {
			t.Error("readyz looks for migrations again and again")
		}
		h.draining.Store(true)
		if code, body := ask(); code != http.StatusServiceUnavailable || body != "shutting down\n" {
			t.Errorf("readyz while draining: %d %s", code, body)
		}
		h.draining.Store(false)
		_ = s.Close()
		if code, body := ask(); code != http.StatusServiceUnavailable || !strings.Contains(body, "database") {
			t.Errorf("readyz without a database: %d %s", code, body)
		}
	})
}

func TestLoggerShowsNoTokenAndNoEndlessText(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, _ := newLogger(&out, slog.LevelInfo)
	secret := "rcs_" + strings.Repeat("x", 49)
	log.Info("scim", "path", "/scim/v2/acme?token="+secret, "client", "evil\n{}\u2028\x1b[2J", "long", strings.Repeat("å", 1<<20))
	text := out.String()
	if strings.Contains(text, secret) {
		t.Error("the log holds a token")
	}
	if strings.Count(text, "\n") != 1 || strings.ContainsAny(text, "\u2028\x1b") || len(text) > 2<<10 {
		t.Errorf("the log line is %d bytes: %.200s", len(text), text)
	}
}

// writes counts how often somebody writes.
type writes struct {
	bytes.Buffer
	n int
}

func (w *writes) Write(p []byte) (int, error) { w.n++; return w.Buffer.Write(p) }

func TestLogLinesThatComeTogetherAreWrittenTogether(t *testing.T) {
	t.Parallel()
	var out writes
	log, flush := newLogger(&out, slog.LevelInfo)
	log.Info("first")
	if !strings.Contains(out.String(), "first") {
		t.Errorf("a line on its own waits: %q", out.String())
	}
	const lines = 5000
	for i := range lines {
		log.Info("line", "n", i)
	}
	flush()
	text := out.String()
	if strings.Count(text, "\n") != lines+1 || !strings.Contains(text, `"n":4999}`) || out.n > lines/10 {
		t.Errorf("%d lines came in %d writes", strings.Count(text, "\n"), out.n)
	}
	at := -1
	for i := range lines {
		next := strings.Index(text, `"n":`+strconv.Itoa(i)+"}")
		if next <= at {
			t.Fatalf("line %d is missing or out of order", i)
		}
		at = next
	}
}
