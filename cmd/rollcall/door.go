package main

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// door sends each request to its room. It is no ServeMux: that would redirect
// paths that it finds untidy, and SCIM clients don't follow.
type door struct {
	routes  []route
	headers []header
	proxies proxies
	log     *slog.Logger
}

// route is an address and the room that answers there.
type route struct {
	path  string
	below bool // and what is under it
	room  http.Handler
	done  func(r *http.Request, status int, took time.Duration) // counts an answer; nil: nobody does
}

// header is one that every answer has, unless its room says otherwise.
type header struct {
	name  string
	value []string // shared by the answers: a room replaces it and never writes into it
}

// headersOf are the headers of every answer of a server that is reached at a
// public URL. They are what suits an answer to a program; a room that shows pages
// sets another Content-Security-Policy.
func headersOf(publicURL string) []header {
	all := []header{
		{"Cache-Control", []string{"no-store"}},
		{"Content-Security-Policy", []string{"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
		{"Referrer-Policy", []string{"no-referrer"}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"X-Frame-Options", []string{"DENY"}},
	}
	if strings.HasPrefix(publicURL, "https://") {
		all = append(all, header{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	return all
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &answer{ResponseWriter: w}
	var done func(*http.Request, int, time.Duration)
	began := time.Now()
	defer func() { // after recover, which may still answer
		if done != nil {
			done(r, answer.status, time.Since(began))
		}
	}()
	defer d.recover(answer, r)
	d.proxies.resolve(r)
	h := w.Header()
	for _, g := range d.headers {
		h[g.name] = g.value
	}
	if len(r.TransferEncoding) > 0 {
		// It may have had a Content-Length too, which net/http passes over in silence.
		// A proxy that goes by that takes the rest for another request, maybe of
		// somebody else (RFC 9112 §6.1): nothing that follows is read.
		h.Set("Connection", "close")
	}
	for i := range d.routes {
		to := &d.routes[i]
		if r.URL.Path != to.path && !(to.below && under(r.URL.Path, to.path)) {
			continue
		}
		done = to.done
		to.room.ServeHTTP(answer, r)
		return
	}
	http.NotFound(answer, r)
}

// under says whether a path is that of a room, or begins with it.
func under(path, room string) bool {
	rest, ok := strings.CutPrefix(path, room)
	return ok && (rest == "" || rest[0] == '/')
}

// recover ends a request that panicked: with 500, or where the answer has begun
// by cutting the connection.
func (d *door) recover(w *answer, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	d.log.Error("request panicked", "path", r.URL.Path, "err", p, "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	http.Error(w, "Something went wrong here. The server's log has the details.", http.StatusInternalServerError)
}

// answer knows whether it has begun, and with which status.
type answer struct {
	http.ResponseWriter
	status int // 0: not begun
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(p)
}

// Flush sends what a stream has written so far.
func (a *answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController and http.MaxBytesReader reach the
// connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
