package web

import (
	"bytes"
	"crypto/rand"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// ConsoleRooms are the first parts of the addresses of the console's pages, apart
// from /. src/app/router.tsx knows what lies below them.
var ConsoleRooms = []string{
	"people", "groups", "departments", "connections", "log", "audit", "tokens", "api", "settings", "account", "setup", "organizations",
}

// isConsole says whether a path is a page of the console.
func isConsole(path string) bool {
	room, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return path == "/" || slices.Contains(ConsoleRooms, room)
}

// consolePolicy lets the console load what this server has and ask it, and write
// style elements that carry the nonce of the answer.
const consolePolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'nonce-%'; font-src 'self'; " +
	"img-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// nonceMark is where index.html wants the nonce.
var nonceMark = []byte("{{nonce}}")

// console answers with the page that every address of the console is drawn in.
func (a *app) console(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	page, err := fs.ReadFile(a.files, "index.html")
	if err != nil {
		notBuilt.answer(w, http.StatusNotImplemented)
		return
	}
	nonce := rand.Text()
	h.Set("Content-Security-Policy", strings.Replace(consolePolicy, "%", nonce, 1))
	_, _ = w.Write(bytes.Replace(page, nonceMark, []byte(nonce), 1))
}
