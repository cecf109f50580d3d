package sso

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/sso/oidc"
	"github.com/rollcall/rollcall/internal/sso/saml"
)

// The codes of the door's own refusals. Those of the protocols are in their
// packages.
const (
	codeForm           = "SSO-FORM"
	codeState          = "SSO-STATE"
	codeOff            = "SSO-CONNECTION-OFF"
	codeNotProvisioned = "SSO-NOT-PROVISIONED"
	codeDeactivated    = "SSO-DEACTIVATED"
)

// trouble is a sign-in that came to nothing, or a provider's wish to sign out.
type trouble struct {
	Code     string
	Status   int
	Detail   string // for the administrator; the person is shown it for what the provider did wrong
	Provider oidc.ProviderError
	Err      error
	// Whose account it is, and the directory's reason, when the provider has proved it.
	account *directory.Account
	reason  string
	person  uuid.UUID // who it is, and may not come in; else nil
	// SigningOut says that the provider asked to end a session.
	SigningOut bool
	// flow is nil where there was none, or none that it could belong to.
	flow *flow
}

// troubleView is the page about it: what happened for the person, and how to mend
// it for the administrator.
type troubleView struct {
	Title, What, Next string
	Code, Reference   string
	Time              string
	Provider          string // its name
	Said              oidc.ProviderError
	Detail            string
	Fix               []string
	Compare           []fact
	Consent           string // the address where a Microsoft administrator approves
	Again             string
	Test              bool   // an administrator wanted to see what comes
	Connection        string // its page in the console, for who may set it up
}

// fact is a value to compare with the one at the provider.
type fact struct{ Name, Value string }

// trouble answers with the page, and notes what the person isn't told. on is nil
// where there is no such connection: one that is switched off looks the same.
func (d *door) trouble(w http.ResponseWriter, r *http.Request, on *access.SignOnOf, t trouble) {
	d.explain(w, r, on, t, d.note(r, on, t))
}

// explain answers with the page.
func (d *door) explain(w http.ResponseWriter, r *http.Request, on *access.SignOnOf, t trouble, reference string) {
	h := helpFor(t)
	v := troubleView{Title: h.title, What: h.what, Next: h.next, Code: t.Code, Reference: reference, Time: d.now().UTC().Format(time.RFC3339),
		Said: t.Provider, Fix: h.fix}
	if t.Provider.Number != "" {
		v.Code += " AADSTS" + t.Provider.Number
	}
	if h.open {
		v.Detail = capital(t.Detail)
	}
	if on != nil && t.Code != codeOff {
		v.Provider = providerName(on)
		d.onward(r, on, t.flow, &v)
		if len(h.fix) > 0 {
			v.Compare = d.compare(on)
		}
		if h.consent && on.Settings.Tenant != "" {
			v.Consent = "https://" + on.Settings.Authority + "/" + on.Settings.Tenant + "/adminconsent?" + url.Values{"client_id": {on.Settings.ClientID}}.Encode()
		}
	}
	d.page(w, t.Status, "trouble", v)
}

// onward says how to go on from the page: a test is tested again, and what led to a
// deep link leads there the next time.
func (d *door) onward(r *http.Request, on *access.SignOnOf, f *flow, v *troubleView) {
	v.Again = StartPath(on.ConnectionID)
	isTest := f != nil && f.Tester != uuid.Nil
	switch {
	case isTest || d.mayTest(r, on): // signing in again would end this session
		v.Test, v.Again, v.Connection = isTest, TestPath(on.ConnectionID), connectionPage(on)
	case f != nil && f.Return != "":
		v.Again += "?" + url.Values{returnTo: {f.Return}}.Encode()
	}
}

// mayTest says whether the browser holds the session of somebody who may test.
func (d *door) mayTest(r *http.Request, on *access.SignOnOf) bool {
	g, err := d.access.AuthenticateSession(r.Context(), cookie(r, access.SessionCookie))
	return err == nil && g.Session.OrgID == on.OrgID && g.Actor().May(toTest)
}

// compare is what has to stand at the provider, letter for letter.
func (d *door) compare(on *access.SignOnOf) []fact {
	s := on.Settings
	if on.Protocol == signon.ProtocolSAML {
		return []fact{{"Identifier (Entity ID)", d.publicURL + MetadataPath(on.ConnectionID)}, {"Reply URL (ACS)", d.publicURL + ACSPath(on.ConnectionID)}}
	}
	facts := []fact{{"Redirect URI", d.publicURL + CallbackPath(on.ConnectionID)}, {"Client id", s.ClientID}}
	if s.Tenant != "" {
		return append(facts, fact{"Directory (tenant) id", s.Tenant})
	}
	return append(facts, fact{"Issuer", s.Issuer})
}

// help is what is known of a kind of trouble.
type help struct {
	title, what, next string
	fix               []string // for the administrator
	open              bool     // the detail is shown
	consent           bool
}

// helpFor chooses the text. Microsoft's numbers change: they choose words and
// decide nothing.
func helpFor(t trouble) help {
	if h, ok := entraHelp[t.Provider.Number]; ok {
		return h.orDefaults()
	}
	if h, ok := providerHelp[t.Provider.Error]; ok {
		return h.orDefaults()
	}
	if h, ok := codeHelp[t.Code]; ok {
		return h.orDefaults()
	}
	if strings.HasPrefix(t.Code, "SAML-") {
		return samlHelp(saml.Code(t.Code)).orDefaults()
	}
	return help{}.orDefaults()
}

// samlHelp is for all refusals of a SAML message: their sentence says what to do.
func samlHelp(code saml.Code) help {
	h := help{what: "Your identity provider’s answer was not believed, so nobody was signed in.", next: tellAdmin, open: true,
		fix: []string{"Compare identifier and reply URL with what the provider shows.", "Has the provider’s certificate changed? Import its metadata anew."}}
	switch code {
	case saml.Clock:
		h.title, h.fix = "The clocks disagree", []string{"Set this server’s clock, and the provider’s, by a time server (NTP)."}
	case saml.Status:
		h.what, h.fix = "Your identity provider says that it could not sign you in.", []string{"Is the person assigned to the application?"}
	case saml.Unsolicited, saml.Request:
		h.title, h.next, h.fix = "This sign-in was not begun here", "Start again from the sign-in page.", []string{"To let people begin at the provider, switch that on for this connection."}
	}
	return h
}

func (h help) orDefaults() help {
	h.title = cmp.Or(h.title, "Signing in didn’t work")
	h.what = cmp.Or(h.what, "Your identity provider and this server did not agree, so nobody was signed in.")
	h.next = cmp.Or(h.next, "Try again. If it goes on, send your administrator what stands below.")
	return h
}

const tellAdmin = "Send your administrator what stands below: it says what to change."

var codeHelp = map[string]help{
	codeForm: {title: "That answer can’t be read", what: "What your identity provider sent is damaged or too large.", next: tellAdmin, open: true,
		fix: []string{"Let the provider send fewer groups and attributes: those that are assigned to the application are enough."}},
	codeState: {title: "This sign-in was not begun here", what: "The answer belongs to a sign-in that has been used, is older than ten minutes, or was begun in another browser. Nothing was done.",
		next: "Start again from the sign-in page, in one browser, with cookies allowed."},
	codeOff: {title: "Nobody can sign in this way", what: "This way of signing in was switched off, or the address is wrong.", next: "Ask your administrator how to sign in."},
	codeNotProvisioned: {title: "You have no access here yet", what: "You signed in well with your work account, but it is not linked to anybody here.",
		next: "Ask your administrator to give you access: your account now waits for a decision in the console.",
		fix: []string{"In the console, under People → Waiting accounts, see whose account it is and decide.",
			"If people are provisioned from Entra: map objectId to externalId in the provisioning application. Entra’s default is mailNickname, which matches nobody’s sign-in.",
			"Is the person assigned to the provisioning application? Without that nobody is created."}},
	codeDeactivated: {title: "Your access has ended", what: "Your account here is deactivated.", next: "If that is a mistake, ask your administrator. Signing in doesn’t bring it back.",
		fix: []string{"Only the directory, or an administrator, brings somebody back: assign the person at the provider again, or reactivate them under People."}},
	oidc.CodeDiscovery: {title: "Your identity provider can’t be asked", what: "This server could not learn from your identity provider how to sign people in.", next: tellAdmin, open: true,
		fix: []string{"Compare issuer, tenant id and client id with what the provider shows: tenant id and client id are often swapped.", "Can this server reach the provider over https?"}},
	oidc.CodeProvider: {what: "Your identity provider refused this server, so nobody was signed in.", next: tellAdmin, open: true,
		fix: []string{"Use “Test sign-in” on the connection’s page, and look at its client secrets: one that works has to be there."}},
	oidc.CodeReach:     {title: "Your identity provider did not answer", what: "You signed in there, but this server could not fetch the proof of it.", next: "Wait a moment and try again.", open: true},
	oidc.CodeSignature: {what: "The answer was not signed by your identity provider’s keys, so it was not believed.", next: tellAdmin, open: true},
	oidc.CodeIssuer:    {what: "The answer came from another identity provider than the one this began with.", next: tellAdmin, open: true, fix: []string{"Compare the issuer."}},
	oidc.CodeAudience:  {what: "The answer was meant for another application.", next: tellAdmin, open: true, fix: []string{"Compare the client id."}},
	oidc.CodeClock:     {title: "The clocks disagree", what: "The proof of your sign-in bears a time that this server can’t accept.", next: tellAdmin, open: true, fix: []string{"Set this server’s clock by a time server (NTP)."}},
	oidc.CodeNonce:     {title: "This answer belongs to another sign-in", what: "Nothing was done.", next: "Start again from the sign-in page."},
	oidc.CodeTenant: {title: "That is another organization’s account", what: "You signed in with an account of another directory.", next: "Sign in with your work account of this organization.", open: true,
		fix: []string{"Compare the directory (tenant) id."}},
	oidc.CodeClaims: {what: "The answer lacks something that is needed, or contradicts itself.", next: tellAdmin, open: true, fix: []string{"Use “Test sign-in” on the connection’s page to see what the provider sends."}},
	oidc.CodeHash:   {what: "The parts of the answer don’t belong together, so it was not believed.", next: "Start again from the sign-in page.", open: true},
}

var providerHelp = map[string]help{
	"access_denied":           {title: "You did not agree, or may not use this", what: "Your identity provider says that the sign-in was declined.", next: "Try again; if you may not use this application, ask your administrator.", fix: []string{"Is the person, or a group with the person in it, assigned to the application?"}},
	"invalid_client":          {title: "Your identity provider doesn’t accept this server", what: "The client secret is wrong or has expired.", next: tellAdmin, fix: []string{"Make a new client secret at the provider and add its value under the connection’s single sign-on."}},
	"temporarily_unavailable": {title: "Your identity provider is busy", next: "Wait a moment and try again."},
	"server_error":            {title: "Your identity provider has a problem", next: "Wait a moment and try again."},
	"login_required":          {next: "Start again from the sign-in page."},
	"invalid_grant":           {title: "That took too long", what: "The proof of your sign-in was used already, or is too old.", next: "Start again from the sign-in page."},
}

// entraHelp is by the number behind AADSTS.
var entraHelp = map[string]help{
	"50011": {title: "The redirect URI differs", what: "Microsoft doesn’t know this server’s address.", next: tellAdmin,
		fix: []string{"In the Entra admin center: App registrations → this application → Authentication → Web (not “Single-page application”) → Redirect URIs. It must be exactly the one below, with https:// and without a slash at the end."}},
	"65001":   consentHelp,
	"90094":   consentHelp,
	"65004":   {title: "You did not agree", what: "Microsoft asked whether this application may know who you are, and the answer was no.", next: "Try again and accept."},
	"50105":   {title: "You are not assigned to this application", what: "Microsoft knows you, but your organization has not given you this application.", next: tellAdmin, fix: []string{"Enterprise applications → this application → Users and groups: assign the person or a group.", "Or set Properties → Assignment required to No."}},
	"700016":  swappedHelp,
	"90002":   swappedHelp,
	"700054":  {title: "ID tokens are not switched on", what: "This connection asks Microsoft for an ID token at once, which the application doesn’t allow.", next: tellAdmin, fix: []string{"App registrations → this application → Authentication → tick “ID tokens”.", "Or switch this connection to the code flow, which needs no tick."}},
	"7000215": {title: "The client secret is wrong", what: "Microsoft doesn’t accept this server’s secret.", next: tellAdmin, fix: []string{"What was pasted is often the secret’s ID. Make a new secret under Certificates & secrets and copy its value, which is shown once."}},
	"7000222": {title: "The client secret has expired", what: "Microsoft doesn’t accept this server’s secret any more.", next: tellAdmin, fix: []string{"Certificates & secrets → New client secret; add its value under the connection’s single sign-on, then remove the old one there."}},
	"7000218": {title: "The application is of the wrong type", what: "Microsoft takes this server for a public client.", next: tellAdmin, fix: []string{"App registrations → Authentication: the redirect URI belongs under Web."}},
	"9002325": spaHelp,
	"9002326": spaHelp,
	"9002327": spaHelp,
	"50020":   {title: "That is another organization’s account", what: "You signed in with an account that this organization’s directory doesn’t know.", next: "Sign in with your work account."},
	"50194":   {title: "That is another organization’s account", what: "The application belongs to one directory, and your account to another.", next: "Sign in with your work account."},
	"53003":   {title: "A rule of your organization stopped this", what: "Your organization’s conditional access doesn’t allow this sign-in, from this device or place.", next: "Ask your IT department. This server has no part in it."},
	"50076":   mfaHelp,
	"50079":   mfaHelp,
	"70008":   {title: "That took too long", what: "The proof of your sign-in is too old.", next: "Start again from the sign-in page."},
	"54005":   {title: "That was used already", what: "The proof of your sign-in has been used.", next: "Start again from the sign-in page."},
	"501481":  {title: "This answer belongs to another sign-in", what: "Nothing was done.", next: "Start again from the sign-in page."},
}

var (
	consentHelp = help{title: "An administrator has to approve this once", what: "Microsoft asks an administrator of your organization to let this application know who signs in.", next: tellAdmin, consent: true,
		fix: []string{"Open the address below as a Microsoft administrator (Cloud Application Administrator or higher) and approve. Nobody is asked again after that."}}
	swappedHelp = help{title: "Microsoft doesn’t know this application", what: "There is no such application in this directory.", next: tellAdmin, fix: []string{"Client id and tenant id are often swapped: compare both with the application’s overview page."}}
	spaHelp     = help{title: "The application is of the wrong type", what: "The redirect URI is registered for a single-page application.", next: tellAdmin, fix: []string{"App registrations → Authentication: remove it under Single-page application and add it under Web."}}
	mfaHelp     = help{title: "Microsoft asks for a second factor", what: "Your organization asks for more than a password.", next: "Try again and finish what Microsoft asks for."}
)
