package sso

import (
	"errors"
	"net/http"
	"strings"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
)

// showLink says whom a link would sign in, and binds the form to the browser.
func (d *door) showLink(w http.ResponseWriter, r *http.Request) {
	secret := r.PathValue("secret")
	l, err := d.access.Link(r.Context(), secret)
	if err != nil {
		d.refuseLink(w, r, err)
		return
	}
	browser := cookie(r, linkCookie)
	if len(browser) != browserLength {
		browser = newBrowser()
	}
	setCookie(w, linkCookie, browser, access.LinkLifetime)
	d.page(w, http.StatusOK, "link", linkView{
		Insecure: d.insecure, Name: access.NameOf(l.User), UserName: l.User.UserName, Organization: l.Organization.Name,
		Binding: d.binding(browser, secret), Return: localPath(r.URL.Query().Get(returnTo)),
	})
}

// returnTo is the parameter that says where to go after signing in.
const returnTo = "return_to"

type linkView struct {
	Insecure                     string
	Name, UserName, Organization string
	Binding, Return              string
}

// redeemLink signs in whom the link is for, when the form comes back from the
// browser that was shown it.
func (d *door) redeemLink(w http.ResponseWriter, r *http.Request) {
	secret := r.PathValue("secret")
	if err := r.ParseForm(); err != nil {
		d.problem(w, statusOfBody(err), problem{"That form can’t be read", "It is damaged or too large.", openAgain})
		return
	}
	if _, err := d.access.Link(r.Context(), secret); err != nil {
		d.refuseLink(w, r, err)
		return
	}
	if !d.bound(cookie(r, linkCookie), secret, r.PostForm.Get("binding")) {
		d.problem(w, http.StatusForbidden, problem{"This browser wasn’t shown that link",
			"The page was open for too long, or the browser doesn’t keep cookies. The link has not been used.", openAgain})
		return
	}
	session, _, err := d.access.RedeemLink(r.Context(), secret, access.NewSession{Address: addressOf(r), Agent: r.UserAgent()})
	if err != nil {
		d.refuseLink(w, r, err)
		return
	}
	if err := d.replaceSession(r); err != nil {
		d.fail(w, r, err)
		return
	}
	clearCookie(w, linkCookie)
	setCookie(w, access.SessionCookie, session, sessionCookieAge)
	redirect(w, localPath(r.PostForm.Get(returnTo)))
}

// refuseLink answers a link that doesn't work: with one page, whatever the reason.
func (d *door) refuseLink(w http.ResponseWriter, r *http.Request, err error) {
	if fault.CodeOf(err) != fault.Unauthenticated {
		d.fail(w, r, err)
		return
	}
	if d.refused(w, r, err) {
		d.problem(w, http.StatusTooManyRequests, problem{"Too many links that don’t work",
			"Many wrong links came from your network within a minute.", "Wait a minute, then open the newest link that you were sent."})
		return
	}
	d.problem(w, http.StatusNotFound, problem{"This link doesn’t work any more",
		capital(message(err)) + ".", "Ask an administrator of your organization for a new one. A link works once, within 15 minutes."})
}

// refused logs a refusal, up to the limit of its address. Beyond that it sets
// when to come back and says true.
func (d *door) refused(w http.ResponseWriter, r *http.Request, err error) (tooMany bool) {
	if !d.wrong.Allow(addressOf(r)) {
		w.Header().Set("Retry-After", "60")
		return true
	}
	if why, ok := errors.AsType[*access.Refused](err); ok {
		d.log.Info("sign-in refused", "reason", why.Reason, "organization", why.Organization, "client", addressOf(r))
	}
	return false
}

// redirect sends the browser on with GET. http.Redirect would tidy the path.
func redirect(w http.ResponseWriter, path string) {
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
}

func statusOfBody(err error) int {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func asFault(err error) (*fault.Error, bool) { return errors.AsType[*fault.Error](err) }

// message is the sentence of a fault, without a capital letter and full stop.
func message(err error) string {
	if f, ok := asFault(err); ok {
		return f.Message
	}
	return ""
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
