package sso

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/sso/saml"
)

// MetadataPath is where a SAML provider reads about a connection. The whole address
// is the connection's entity id too.
func MetadataPath(connection uuid.UUID) string { return samlPath(connection, "metadata") }

// ACSPath is where a SAML provider's answers are sent.
func ACSPath(connection uuid.UUID) string { return samlPath(connection, "acs") }

// SLOPath is where a SAML provider asks to sign out.
func SLOPath(connection uuid.UUID) string { return samlPath(connection, "slo") }

func samlPath(connection uuid.UUID, what string) string {
	return "/signin/saml/" + connection.String() + "/" + what
}

// samlOf loads a SAML connection with both its sides; it answers itself when there
// is none.
func (d *door) samlOf(w http.ResponseWriter, r *http.Request) (*access.SignOnOf, *saml.Service, saml.Provider) {
	on := d.signOnOf(w, r, false)
	if on == nil {
		return nil, nil, saml.Provider{}
	}
	if on.Protocol != signon.ProtocolSAML {
		d.trouble(w, r, on, trouble{Code: codeOff, Status: http.StatusNotFound})
		return nil, nil, saml.Provider{}
	}
	service, provider, err := d.samlSides(on)
	if err != nil {
		d.fail(w, r, err)
		return nil, nil, saml.Provider{}
	}
	return on, service, provider
}

// samlSides are our side of a connection and the provider's.
func (d *door) samlSides(on *access.SignOnOf) (*saml.Service, saml.Provider, error) {
	base := d.publicURL
	service := &saml.Service{EntityID: base + MetadataPath(on.ConnectionID), ACSURL: base + ACSPath(on.ConnectionID), SLOURL: base + SLOPath(on.ConnectionID)}
	keys, err := d.signOns.Keys(on.SignOn)
	if err != nil {
		return nil, saml.Provider{}, err
	}
	// The oldest signs until it is removed: the newer one has to be known there first.
	for i := len(keys) - 1; i >= 0; i-- {
		service.Keys = append(service.Keys, tls.Certificate{PrivateKey: keys[i].Private, Certificate: [][]byte{keys[i].Certificate.Raw}, Leaf: keys[i].Certificate})
	}
	s := on.Settings
	provider := saml.Provider{EntityID: s.EntityID, SSOURL: s.SignInURL, SLOURL: s.SignOutURL, SLOResponseURL: s.SignOutAnswerURL, SLOBinding: saml.Redirect,
		LegacySHA1: s.LegacySHA1, NameIDAttribute: s.SubjectClaim}
	if s.SignOutPost {
		provider.SLOBinding = saml.Post
	}
	if provider.NameIDAttribute == "" && ofEntra(s.EntityID) {
		provider.NameIDAttribute = entraObject
	}
	for _, text := range s.Certificates {
		if c := access.Certificate(text); c != nil {
			provider.Certificates = append(provider.Certificates, c)
		}
	}
	return service, provider, nil
}

// samlMetadata describes our side, for the provider.
func (d *door) samlMetadata(w http.ResponseWriter, r *http.Request) {
	on, service, _ := d.samlOf(w, r)
	if on == nil {
		return
	}
	text, err := service.Metadata()
	if err != nil {
		d.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	w.Header().Set("Content-Disposition", `attachment; filename="rollcall-metadata.xml"`)
	_, _ = w.Write(text)
}

// leaveSAML sends the browser to a SAML provider. Its answer is a form.
func (d *door) leaveSAML(w http.ResponseWriter, r *http.Request, on *access.SignOnOf, f flow) {
	service, provider, err := d.samlSides(on)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	f.Request = saml.NewID()
	state, err := d.begin(w, r, on, toLeave, f, true)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	to, err := service.AuthnRequest(provider, f.Request, state, d.now())
	if err != nil {
		d.samlRefused(w, r, on, &f, err)
		return
	}
	redirect(w, to)
}

// acs takes the answer of a SAML provider.
func (d *door) acs(w http.ResponseWriter, r *http.Request) {
	on, service, provider := d.samlOf(w, r)
	if on == nil {
		return
	}
	if err := r.ParseForm(); err != nil {
		d.trouble(w, r, on, trouble{Code: codeForm, Status: statusOfBody(err), Detail: "what the provider sent is damaged, or larger than " + sizeOf(r)})
		return
	}
	relay := r.PostForm.Get("RelayState")
	f, err := d.finish(w, r, on.ConnectionID, toLeave, relay)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	expect, unasked := saml.Expect{Now: d.now()}, f == nil
	switch {
	case !unasked:
		expect.RequestID = f.Request
	case on.Settings.ProviderInitiated:
		expect.ProviderInitiated = true
		f = &flow{Return: localPath(relay), Provider: providerKey(on), Answer: r.PostForm.Get("SAMLResponse"), At: expect.Now}
	default:
		d.trouble(w, r, on, trouble{Code: codeState, Status: http.StatusBadRequest})
		return
	}
	if !on.Open() && f.Tester == uuid.Nil {
		d.trouble(w, r, on, trouble{Code: codeOff, Status: http.StatusNotFound, flow: f})
		return
	}
	if f.Provider != providerKey(on) {
		d.trouble(w, r, on, trouble{Code: string(saml.Issuer), Status: http.StatusBadRequest, Detail: elsewhereNow, flow: f})
		return
	}
	got, err := service.Response(provider, r.PostForm.Get("SAMLResponse"), expect)
	if err != nil {
		d.samlRefused(w, r, on, f, err)
		return
	}
	if err := d.spend(r, on, access.SpentAssertion, got.ID, got.NotOnOrAfter); fault.CodeOf(err) == fault.Conflict {
		d.trouble(w, r, on, trouble{Code: codeState, Status: http.StatusBadRequest, Detail: "the assertion has come before", flow: f})
		return
	} else if err != nil {
		d.fail(w, r, err)
		return
	}
	if a := samlArrival(on, f, got); unasked {
		d.askToConfirm(w, r, a)
	} else {
		d.arrive(w, r, a)
	}
}

// samlRefused answers an error of the protocol's side. f is nil where the message was a
// wish to sign out.
func (d *door) samlRefused(w http.ResponseWriter, r *http.Request, on *access.SignOnOf, f *flow, err error) {
	refusal, ok := errors.AsType[*saml.Refusal](err)
	if !ok {
		d.fail(w, r, err)
		return
	}
	d.trouble(w, r, on, trouble{Code: string(refusal.Code), Status: http.StatusBadRequest, Detail: refusal.Sentence, Err: refusal, SigningOut: f == nil, flow: f})
}

// ofEntra says whether a SAML provider is Entra.
func ofEntra(entityID string) bool { return strings.HasPrefix(entityID, "https://sts.windows.net/") }

// The attributes in which providers send the same.
const (
	entraObject   = "http://schemas.microsoft.com/identity/claims/objectidentifier"
	entraTenant   = "http://schemas.microsoft.com/identity/claims/tenantid"
	entraProvider = "http://schemas.microsoft.com/identity/claims/identityprovider"
	emailFormat   = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
)

var (
	emailAttributes = []string{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "email", "mail", "emailAddress", "urn:oid:0.9.2342.19200300.100.1.3"}
	nameAttributes  = []string{"http://schemas.microsoft.com/identity/claims/displayname", "displayName", "name", "cn", "urn:oid:2.16.840.1.113730.3.1.241"}
	loginAttributes = []string{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", "login", "userName", "username", "uid"}
)

// samlArrival puts an assertion into the directory's words.
func samlArrival(on *access.SignOnOf, f *flow, a *saml.Assertion) arrival {
	first := func(names []string) string {
		for _, n := range names {
			if values := a.Attributes[n]; len(values) == 1 {
				return values[0]
			}
		}
		return ""
	}
	account := directory.Account{Issuer: a.Issuer, Subject: a.Subject, ExternalID: a.Subject, Name: first(nameAttributes),
		UserName: first(loginAttributes), Email: first(emailAttributes), Home: true}
	if account.UserName == "" {
		account.UserName = a.NameID
	}
	if account.Email == "" && a.NameIDFormat == emailFormat {
		account.Email = a.NameID
	}
	if !a.Immutable {
		account.ExternalID = "" // an address that the next person may have
	}
	if tenant := first([]string{entraTenant}); ofEntra(a.Issuer) {
		account.Tenant = tenant
		account.Home = tenant != "" && first([]string{entraProvider}) == "https://sts.windows.net/"+tenant+"/"
	}
	all := map[string]any{"NameID": a.NameID, "NameID format": a.NameIDFormat, "Issuer": a.Issuer}
	for name, values := range a.Attributes {
		list := make([]any, len(values))
		for i, v := range values {
			list[i] = v
		}
		if all[name] = list; len(list) == 1 {
			all[name] = list[0]
		}
	}
	return arrival{on: on, flow: f, account: account, method: session.MethodSAML, sid: a.SessionIndex, hint: a.NameID, format: a.NameIDFormat, until: a.SessionNotOnOrAfter,
		claims: func(name string) []string { return a.Attributes[name] }, shown: claimsOf(all)}
}
