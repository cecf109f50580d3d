package sso

import (
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/sso/oidc"
	"github.com/rollcall/rollcall/internal/sso/saml"
	"github.com/rollcall/rollcall/internal/store"
)

// Options are what New needs. All but Log are required.
type Options struct {
	Store     *store.Store
	Access    *access.Access
	Directory *directory.Directory
	SignOns   *access.SignOns
	Outbound  *http.Client // to identity providers
	PublicURL string       // where browsers reach the server, without a slash at the end
	Key       []byte       // the installation's secret key
	Log       *slog.Logger
}

// door is the handler of New.
type door struct {
	store      *store.Store
	access     *access.Access
	directory  *directory.Directory
	signOns    *access.SignOns
	oidc       *oidc.Client
	now        func() time.Time
	publicURL  string
	ceremonies *access.Ceremonies // nil where browsers refuse passkeys
	noPasskeys string             // why, for people
	log        *slog.Logger
	key        []byte // of bindings
	secure     bool   // the public URL is https
	insecure   string // why browsers drop the cookies, "" when they keep them
	wrong      *access.Limiter
	begun      *access.Limiter
	refusals   *refusals
}

// New returns the handler of /signin, /signout and /passkeys.
func New(o Options) http.Handler {
	d := &door{store: o.Store, access: o.Access, directory: o.Directory, signOns: o.SignOns, publicURL: o.PublicURL, now: o.Store.Now,
		oidc: oidc.New(o.Outbound, o.Store.Now), log: o.Log, key: bindingKey(o.Key),
		secure: strings.HasPrefix(o.PublicURL, "https://"), insecure: Insecure(o.PublicURL),
		wrong: access.NewLimiter(wrongPerMinute), begun: access.NewLimiter(begunPerMinute), refusals: newRefusals(o.Store.Now)}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.insecure != "" {
		d.log.Warn("nobody can sign in: the public URL is neither https nor localhost, so browsers drop the cookie; "+
			"put a proxy with https before the server and set ROLLCALL_PUBLIC_URL", "open", o.PublicURL)
	}
	var err error
	if d.ceremonies, err = o.Access.Ceremonies(o.PublicURL); err != nil {
		d.ceremonies, d.noPasskeys = nil, sentence(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /signin", d.signIn)
	mux.HandleFunc("GET /signin/link/{secret}", d.showLink)
	mux.HandleFunc("POST /signin/link/{secret}", d.redeemLink)
	mux.HandleFunc("POST /signin/passkey/begin", d.beginSignIn)
	mux.HandleFunc("POST /signin/passkey/finish", d.finishSignIn)
	mux.HandleFunc("GET /signout", d.askSignOut)
	mux.HandleFunc("POST /signout", d.signOut)
	mux.HandleFunc("POST /passkeys/begin", d.beginRegistration)
	mux.HandleFunc("POST /passkeys/finish", d.finishRegistration)
	mux.Handle("GET /signin/style.css", asset("style.css"))
	mux.Handle("GET /signin/script.js", asset("script.js"))
	mux.Handle("GET /signin/copy.js", asset("copy.js"))
	mux.Handle("GET /signin/post.js", asset("post.js"))
	mux.HandleFunc("POST /signin/find", d.find)
	mux.HandleFunc("GET /signin/sso/{connection}", notByHEAD(d.start))
	mux.HandleFunc("GET /signin/sso/{connection}/test", notByHEAD(d.test))
	mux.HandleFunc("POST /signin/sso/{connection}/confirm", d.confirm)
	mux.HandleFunc("GET /signin/oidc/{connection}/callback", notByHEAD(d.callback))
	mux.HandleFunc("POST /signin/oidc/{connection}/callback", d.callback)
	mux.HandleFunc("GET /signin/oidc/{connection}/frontchannel", notByHEAD(d.frontChannel))
	mux.HandleFunc("POST /signin/oidc/{connection}/backchannel", d.backChannel)
	mux.HandleFunc("GET /signin/saml/{connection}/metadata", d.samlMetadata)
	mux.HandleFunc("POST /signin/saml/{connection}/acs", d.acs)
	mux.HandleFunc("GET /signin/saml/{connection}/slo", notByHEAD(d.samlLogout))
	mux.HandleFunc("POST /signin/saml/{connection}/slo", d.samlLogout)
	for path, methods := range map[string]string{
		"/signin": "GET, HEAD", "/signin/link/{secret}": "GET, HEAD, POST", "/signout": "GET, HEAD, POST",
		"/signin/passkey/begin": "POST", "/signin/passkey/finish": "POST", "/passkeys/begin": "POST", "/passkeys/finish": "POST",
		"/signin/find": "POST", "/signin/sso/{connection}": "GET, HEAD", "/signin/sso/{connection}/test": "GET, HEAD", "/signin/sso/{connection}/confirm": "POST",
		"/signin/oidc/{connection}/callback": "GET, HEAD, POST", "/signin/oidc/{connection}/frontchannel": "GET, HEAD", "/signin/oidc/{connection}/backchannel": "POST",
		"/signin/saml/{connection}/metadata": "GET, HEAD", "/signin/saml/{connection}/acs": "POST", "/signin/saml/{connection}/slo": "GET, HEAD, POST",
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", methods)
			d.problem(w, http.StatusMethodNotAllowed, problem{"That can’t be done here", "This address answers " + methods + " only.", startAgain})
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		d.problem(w, http.StatusNotFound, problem{"There is no such page", "The address may have been cut off, or typed wrongly.", startAgain})
	})
	return d.guarded(mux, o.PublicURL)
}

// Insecure says why browsers drop the sign-in cookies at a public URL, for people,
// and "" when they keep them: over https, and on their own machine.
func Insecure(publicURL string) string {
	u, err := url.Parse(publicURL)
	if err != nil || u.Scheme == "https" || saml.Loopback(u.Hostname()) {
		return ""
	}
	return "Rollcall is reached at " + publicURL + ", and browsers keep nobody signed in without https."
}

// notByHEAD is for what begins or ends something: net/http takes HEAD for GET.
func notByHEAD(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusOK)
			return
		}
		next(w, r)
	}
}

// policy allows the pages their own style sheet and script and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; " +
	"object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

// guarded refuses what comes from other sites, and sets the headers of every
// answer.
func (d *door) guarded(next http.Handler, publicURL string) http.Handler {
	protection := http.NewCrossOriginProtection()
	_ = protection.AddTrustedOrigin(publicURL) // behind a proxy the Host may be another; New's caller has checked the URL
	foreign := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		d.problem(w, http.StatusForbidden, problem{"This came from another site",
			"Your browser says that a page of another site sent this, so nothing was done.", startAgain})
	})
	// What providers' pages send is held against the flow that the browser has begun.
	for _, path := range []string{"oidc/{connection}/callback", "saml/{connection}/acs", "saml/{connection}/slo"} {
		protection.AddInsecureBypassPattern("POST /signin/" + path)
	}
	protection.SetDenyHandler(foreign)
	protected := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		if d.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, limitOf(r.URL.Path))
		if d.secure && strings.HasPrefix(r.Header.Get("Origin"), "http://") && !fromProvider(r.URL.Path) {
			foreign.ServeHTTP(w, r) // the protection compares hosts alone: this page may be anybody's on the network
			return
		}
		protected.ServeHTTP(w, r)
	})
}

// How much a form or a JSON body may hold, in bytes, and one with a SAML message.
const (
	bodyLimit = 64 << 10
	samlLimit = 512 << 10
)

func limitOf(path string) int64 {
	if strings.HasPrefix(path, "/signin/saml/") {
		return samlLimit
	}
	return bodyLimit
}

// sizeOf is how much a request may hold, for people.
func sizeOf(r *http.Request) string { return strconv.FormatInt(limitOf(r.URL.Path)>>10, 10) + " kB" }

// fromProvider says whether forms of other sites are expected at a path.
func fromProvider(path string) bool {
	return strings.HasPrefix(path, "/signin/oidc/") || strings.HasPrefix(path, "/signin/saml/")
}

// sentence is an error for people: its beginning with a capital letter, its end
// with a full stop.
func sentence(err error) string {
	text := "Something went wrong here; the server’s log has the details"
	if f, ok := asFault(err); ok && f.Code != fault.Internal {
		text = f.Message
	}
	return capital(text) + "."
}
