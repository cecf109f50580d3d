package sso

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/sso/oidc"
)

// signOnOf loads the connection that a path names. It answers itself when there is
// none, or with open none through which people may sign in now: with one page
// whatever the reason.
func (d *door) signOnOf(w http.ResponseWriter, r *http.Request, open bool) *access.SignOnOf {
	id, err := uuid.Parse(r.PathValue("connection"))
	if err != nil {
		d.trouble(w, r, nil, trouble{Code: codeOff, Status: http.StatusNotFound})
		return nil
	}
	on, err := d.signOns.ByConnection(r.Context(), id)
	if err != nil {
		d.fail(w, r, err)
		return nil
	}
	if on == nil || open && !on.Open() {
		d.trouble(w, r, on, trouble{Code: codeOff, Status: http.StatusNotFound})
		return nil
	}
	return on
}

// start sends the browser to the identity provider. It begins on our own pages, or
// by an address that somebody opened; what another site opens is asked about first,
// so that nobody is signed in unawares.
func (d *door) start(w http.ResponseWriter, r *http.Request) {
	if d.insecure != "" {
		d.signInWith(w, r, signInView{})
		return
	}
	on := d.signOnOf(w, r, true)
	if on == nil {
		return
	}
	back := localPath(r.URL.Query().Get(returnTo))
	hint := hintOf(r.URL.Query().Get("login_hint"))
	if r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		d.ask(w, on, back, hint)
		return
	}
	d.leave(w, r, on, flow{Return: back}, hint)
}

// ask shows whom the browser would be sent to, and a button.
func (d *door) ask(w http.ResponseWriter, on *access.SignOnOf, back, hint string) {
	v := waysOf([]*access.SignOnOf{on}, back)
	if hint != "" {
		v.Ways[0].Path += "&" + url.Values{"login_hint": {hint}}.Encode()
	}
	d.page(w, http.StatusOK, "begin", v)
}

// test runs the flow for an administrator and shows what comes of it.
func (d *door) test(w http.ResponseWriter, r *http.Request) {
	on := d.signOnOf(w, r, false)
	if on == nil {
		return
	}
	g, err := d.access.AuthenticateSession(r.Context(), cookie(r, access.SessionCookie))
	switch {
	case fault.CodeOf(err) == fault.Unauthenticated:
		redirect(w, "/signin?"+url.Values{returnTo: {connectionPage(on)}}.Encode())
		return
	case err != nil:
		d.fail(w, r, err)
		return
	}
	if a := g.Actor(); a.Org != on.OrgID || !a.May(toTest) {
		d.problem(w, http.StatusForbidden, notYours)
		return
	}
	if s := r.Header.Get("Sec-Fetch-Site"); s != "same-origin" && s != "none" {
		d.problem(w, http.StatusForbidden, problem{"This came from another site", "Start the test from the connection’s page.", startAgain})
		return
	}
	d.leave(w, r, on, flow{Tester: g.User.ID}, "")
}

// leave begins a flow and redirects.
func (d *door) leave(w http.ResponseWriter, r *http.Request, on *access.SignOnOf, f flow, hint string) {
	if !d.begun.Allow(addressOf(r)) {
		w.Header().Set("Retry-After", "60")
		d.problem(w, http.StatusTooManyRequests, problem{"Too many sign-ins at once", "Many were begun from your network within a minute.", "Wait a minute, then try again."})
		return
	}
	if on.Protocol == signon.ProtocolSAML {
		d.leaveSAML(w, r, on, f)
		return
	}
	p, err := d.providerOf(on)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	f.Nonce, f.Verifier, f.Hybrid = rand.Text()+rand.Text(), oauth2.GenerateVerifier(), p.Hybrid
	if err := d.oidc.Discover(r.Context(), p.Issuer); err != nil { // before anything is remembered
		d.unbelieved(w, r, on, &f, err)
		return
	}
	state, err := d.begin(w, r, on, toLeave, f, p.Hybrid)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	to, err := d.oidc.AuthURL(r.Context(), p, oidc.Flow{State: state, Nonce: f.Nonce, Verifier: f.Verifier, Hint: hint, Prompt: promptOf(on, f)})
	if err != nil {
		d.unbelieved(w, r, on, &f, err)
		return
	}
	redirect(w, to)
}

// promptOf lets an administrator choose with which account to test. Not every
// provider knows select_account, and those refuse it; login is everywhere.
func promptOf(on *access.SignOnOf, f flow) string {
	switch {
	case f.Tester == uuid.Nil:
		return ""
	case on.Settings.Tenant != "" || on.Connection.Kind == connection.KindGOOGLE:
		return "select_account"
	}
	return "login"
}

const maxHint = 254

// hintOf is an address that is handed on to the provider, "" when it looks like
// none.
func hintOf(text string) string {
	if len(text) > maxHint || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return ""
	}
	return text
}

// providerOf is the registration of a connection, with its secrets.
func (d *door) providerOf(on *access.SignOnOf) (oidc.Provider, error) {
	s := on.Settings
	p := oidc.Provider{Issuer: s.Issuer, Tenant: s.Tenant, ClientID: s.ClientID, Hybrid: s.Hybrid, Workspace: on.Connection.Kind == connection.KindGOOGLE,
		RedirectURI: d.publicURL + CallbackPath(on.ConnectionID)}
	if s.KeyCredential {
		key, err := d.clientKey(on)
		p.Key = key
		return p, err
	}
	ids, values, err := d.signOns.Secrets(on.SignOn, access.UseClientSecret)
	for i := range ids {
		p.Secrets = append(p.Secrets, oidc.Secret{ID: ids[i], Value: values[i]})
	}
	return p, err
}

// find sends a person who gave an e-mail address to where its domain signs in.
func (d *door) find(w http.ResponseWriter, r *http.Request) {
	address := strings.TrimSpace(r.PostFormValue("email"))
	back := localPath(r.PostFormValue(returnTo))
	to, err := d.directory.RouteOf(r.Context(), address)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if to == uuid.Nil {
		d.signInWith(w, r, signInView{Return: back, Email: address, Unknown: true})
		return
	}
	on, err := d.signOns.ByConnection(r.Context(), to)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if on == nil || !on.Open() {
		d.signInWith(w, r, signInView{Return: back, Email: address, Unknown: true})
		return
	}
	// Browsers hold the form-action of the page against every redirect that a form
	// leads to. A page that moves on by itself is no part of the form any more.
	onward := StartPath(to) + "?" + url.Values{returnTo: {back}, "login_hint": {hintOf(address)}}.Encode()
	w.Header().Set("Refresh", "0; url="+onward)
	d.page(w, http.StatusOK, "onward", onward)
}

// connectionPage is the console's page about single sign-on of a connection.
func connectionPage(on *access.SignOnOf) string {
	return "/connections/" + on.ConnectionID.String() + "?tab=signon"
}

// StartPath is where signing in through a connection begins.
func StartPath(connection uuid.UUID) string { return "/signin/sso/" + connection.String() }

// TestPath is where an administrator begins a sign-in only to see what comes.
func TestPath(connection uuid.UUID) string { return StartPath(connection) + "/test" }

// CallbackPath is the redirect URI's path of an OpenID Connect connection.
func CallbackPath(connection uuid.UUID) string { return oidcPath(connection, "callback") }

// FrontChannelPath is where a provider's page says that a session has ended there.
func FrontChannelPath(connection uuid.UUID) string { return oidcPath(connection, "frontchannel") }

// BackChannelPath is where a provider's server says so.
func BackChannelPath(connection uuid.UUID) string { return oidcPath(connection, "backchannel") }

func oidcPath(connection uuid.UUID, what string) string {
	return "/signin/oidc/" + connection.String() + "/" + what
}

// way is one button of the sign-in page.
type way struct {
	Path, Provider string
	Microsoft      bool
	Connection     string // its name, where two are of one kind
}

// ways are the buttons for signing in.
type ways struct {
	Organization string
	Ways         []way
}

func waysOf(offered []*access.SignOnOf, back string) ways {
	var v ways
	names := map[string]int{}
	for _, on := range offered {
		names[providerName(on)]++
	}
	for _, on := range offered {
		v.Organization = on.Organization.Name
		w := way{Path: StartPath(on.ConnectionID) + "?" + url.Values{returnTo: {back}}.Encode(), Provider: providerName(on), Microsoft: isMicrosoft(on)}
		if names[w.Provider] > 1 {
			w.Connection = on.Connection.Name
		}
		v.Ways = append(v.Ways, w)
	}
	return v
}

func isMicrosoft(on *access.SignOnOf) bool { return on.Connection.Kind == connection.KindENTRA }

// providerName is how people call the provider.
func providerName(on *access.SignOnOf) string {
	switch on.Connection.Kind {
	case connection.KindENTRA:
		return "Microsoft"
	case connection.KindOKTA:
		return "Okta"
	case connection.KindONELOGIN:
		return "OneLogin"
	case connection.KindJUMPCLOUD:
		return "JumpCloud"
	case connection.KindGOOGLE:
		return "Google"
	}
	return on.Connection.Name
}

// offered are the ways of signing in that a visitor is told of.
func (d *door) offered(ctx context.Context, slug, back string) (ways, error) {
	all, err := d.signOns.Offered(ctx, slug)
	if err != nil {
		return ways{}, err
	}
	return waysOf(all, back), nil
}

// clientKey is the key with which the server proves itself: the oldest one, until it
// is removed or its certificate ends. The newer one has to be known at the provider
// first.
func (d *door) clientKey(on *access.SignOnOf) (*oidc.ClientKey, error) {
	keys, err := d.signOns.Keys(on.SignOn)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	k := keys[len(keys)-1]
	if d.now().After(k.Certificate.NotAfter) {
		k = keys[0]
	}
	return &oidc.ClientKey{Key: k.Private, Certificate: k.Certificate}, nil
}
