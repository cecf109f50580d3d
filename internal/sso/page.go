package sso

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
)

//go:embed pages
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// page answers with one of the templates.
func (d *door) page(w http.ResponseWriter, status int, name string, view any) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, name, view); err != nil {
		panic(err) // the server's door logs it
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

// asset is a file that belongs to the pages.
func asset(name string) http.Handler {
	body, err := files.ReadFile("pages/" + name)
	if err != nil {
		panic(err) // it isn't embedded
	}
	kind := "text/css; charset=utf-8"
	if strings.HasSuffix(name, ".js") {
		kind = "text/javascript; charset=utf-8"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(body)
	})
}

// problem is an error page: what happened, and what to do next.
type problem struct{ Title, What, Next string }

const (
	startAgain = "Start again from the sign-in page."
	openAgain  = "Open the link again in this browser, with cookies allowed."
)

func (d *door) problem(w http.ResponseWriter, status int, p problem) { d.page(w, status, "problem", p) }

// fail answers an error that is nobody's fault outside.
func (d *door) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		d.log.Error("sign-in failed", "err", err)
	}
	d.problem(w, http.StatusInternalServerError, problem{"Something went wrong here",
		"The server could not do this. Its log has the details.", "Wait a moment and try again. If it goes on, tell whoever runs this server."})
}

type signInView struct {
	Insecure, NoPasskeys string
	Passkeys             bool
	Name, Organization   string // who is signed in
	Return               string
	Org                  string // the organization that the address names
	Offered              ways
	Email                string // what was entered
	Unknown              bool   // and leads nowhere
}

// signIn shows what to do, or who is signed in already.
func (d *door) signIn(w http.ResponseWriter, r *http.Request) {
	v := signInView{Return: localPath(r.URL.Query().Get(returnTo))}
	g, err := d.access.AuthenticateSession(r.Context(), cookie(r, access.SessionCookie))
	switch {
	case err == nil:
		v.Name, v.Organization = access.NameOf(g.User), g.Organization.Name
	case fault.CodeOf(err) != fault.Unauthenticated:
		d.fail(w, r, err)
		return
	}
	d.signInWith(w, r, v)
}

// signInWith shows the ways of signing in: those of the organization that the
// address names, /signin?org=acme, or of the only one there is.
func (d *door) signInWith(w http.ResponseWriter, r *http.Request, v signInView) {
	v.Insecure, v.NoPasskeys, v.Passkeys = d.insecure, d.noPasskeys, d.ceremonies != nil
	var err error
	v.Org = strings.ToLower(strings.TrimSpace(r.URL.Query().Get("org")))
	if v.Offered, err = d.offered(r.Context(), v.Org, v.Return); err != nil {
		d.fail(w, r, err)
		return
	}
	d.page(w, http.StatusOK, "signin", v)
}
