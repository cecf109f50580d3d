package main

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
)

// door sends each request to its room. It is no ServeMux: that would redirect
// paths that it finds untidy, and SCIM clients don't follow.
type door struct {
	scim, graph, download, sso, page, app, health http.Handler
	log                                           *slog.Logger
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &answer{ResponseWriter: w}
	defer d.recover(answer, r)
	switch path := r.URL.Path; {
	case under(path, "/scim"):
		d.scim.ServeHTTP(answer, r)
	case path == "/graphql":
		d.graph.ServeHTTP(answer, r)
	case under(path, "/download"):
		d.download.ServeHTTP(answer, r)
	case path == "/healthz" || path == "/readyz":
		d.health.ServeHTTP(answer, r)
	case under(path, "/signin"), under(path, "/signout"), under(path, "/passkeys"):
		d.sso.ServeHTTP(answer, r)
	case path == "/graphiql", under(path, "/assets"):
		d.app.ServeHTTP(answer, r)
	case path == "/":
		d.page.ServeHTTP(answer, r)
	default:
		http.NotFound(answer, r)
	}
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
	if w.begun {
		panic(http.ErrAbortHandler)
	}
	http.Error(w, "Something went wrong here. The server's log has the details.", http.StatusInternalServerError)
}

// answer knows whether it has begun.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(p)
}

// Flush sends what a stream has written so far.
func (a *answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController and http.MaxBytesReader reach the
// connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
