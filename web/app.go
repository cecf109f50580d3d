package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io/fs"
	"net/http"
)

// explorerPolicy lets the explorer load what this server has and ask it, and
// nothing else. The editor in it writes style elements and attributes while it
// runs and knows no nonces, hence unsafe-inline for styles, on this page alone:
// so that the console need not allow it too, it shows the explorer in a frame.
// Only pages of this server may frame it.
const explorerPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; " +
	"style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

//go:embed notice.html
var noticeSource string

//go:embed notice.css
var style string

// policy allows a notice its own style sheet and nothing else.
var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

var noticePage = template.Must(template.New("notice").Parse(noticeSource))

// notice is a page that says why there is no other.
type notice struct {
	Title, What, Command string
	SignIn               bool
	Style                template.CSS
}

var (
	signInFirst = notice{Title: "Sign in first", SignIn: true,
		What: "The API explorer is for the administrators of an organization."}
	notForRole = notice{Title: "Not for your role", SignIn: true,
		What: "You are signed in, but your role has no part in administration. An owner of your organization can change that; or sign in as somebody else."}
	notNow = notice{Title: "Not at the moment",
		What: "The server can’t tell at the moment who you are. Wait a little, then load this page again."}
	notBuilt = notice{Title: "The console isn’t in this build", Command: "make build",
		What: "This program was built without its browser part. Build it where Node.js 20.19 or newer is, then start it again:"}
)

type app struct {
	files   fs.FS
	explore func(*http.Request) (status int)
}

// App returns the handler of what runs in the browser: the console, GraphiQL at
// /graphiql, and under /assets/ what they are made of. explore says with which
// status the explorer is answered: 200, 401 to strangers, 403 to people who may
// not, 503 while nobody can tell. The console is open: it asks the API who is there.
func App(explore func(*http.Request) (status int)) http.Handler {
	return &app{files: built, explore: explore}
}

// ServeHTTP implements http.Handler.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "This address can only be read.", http.StatusMethodNotAllowed)
		return
	}
	switch {
	case r.URL.Path == "/graphiql":
		a.explorer(w, r)
	case isConsole(r.URL.Path):
		a.console(w)
	default:
		a.asset(w, r)
	}
}

func (a *app) explorer(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	switch status := a.explore(r); status {
	case http.StatusOK:
	case http.StatusForbidden:
		notForRole.answer(w, status)
		return
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "5")
		notNow.answer(w, status)
		return
	default:
		h.Set("WWW-Authenticate", `Bearer realm="GraphQL"`)
		signInFirst.answer(w, http.StatusUnauthorized)
		return
	}
	page, err := fs.ReadFile(a.files, "graphiql.html")
	if err != nil {
		notBuilt.answer(w, http.StatusNotImplemented)
		return
	}
	h.Set("Content-Security-Policy", explorerPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN") // for browsers that know no frame-ancestors
	_, _ = w.Write(page)
}

func (n notice) answer(w http.ResponseWriter, status int) {
	n.Style = template.CSS(style)
	var body bytes.Buffer
	if err := noticePage.Execute(&body, n); err != nil {
		panic(err) // the door logs it
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
