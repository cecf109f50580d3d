package sso

import (
	"net/http"
	"strings"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/sso/saml"
)

// samlLogout takes the provider's requests to sign out, by redirect and as a form,
// and the browser that comes back from our own.
func (d *door) samlLogout(w http.ResponseWriter, r *http.Request) {
	on, service, provider := d.samlOf(w, r)
	if on == nil {
		return
	}
	if err := r.ParseForm(); err != nil {
		d.trouble(w, r, on, trouble{Code: codeForm, Status: statusOfBody(err), Detail: "what the provider sent is damaged, or larger than " + sizeOf(r), SigningOut: true})
		return
	}
	if r.Form.Get("SAMLRequest") == "" {
		redirect(w, "/signin") // the provider is done: the session here ended before it was asked
		return
	}
	in := saml.Incoming{Binding: saml.Redirect, Query: r.URL.RawQuery}
	if r.Method == http.MethodPost {
		in = saml.Incoming{Binding: saml.Post, SAMLRequest: r.PostForm.Get("SAMLRequest"), RelayState: r.PostForm.Get("RelayState")}
	}
	out, err := service.Logout(provider, in, d.now())
	if err != nil {
		d.samlRefused(w, r, on, nil, err)
		return
	}
	if err := d.spend(r, on, access.SpentLogout, out.ID, out.NotOnOrAfter); fault.CodeOf(err) == fault.Conflict {
		d.trouble(w, r, on, trouble{Code: codeState, Status: http.StatusBadRequest, Detail: "the logout request has come before", SigningOut: true})
		return
	} else if err != nil {
		d.fail(w, r, err)
		return
	}
	if err := d.access.EndNamedSessions(connected(r.Context(), on), on.ConnectionID, out.NameID, out.Sessions); err != nil {
		d.fail(w, r, err)
		return
	}
	answer, err := service.LogoutResponse(provider, out, saml.NewID(), true, d.now())
	if err != nil {
		redirect(w, "/signin") // the provider has no address for answers
		return
	}
	d.relay(w, answer)
}

// relay lets the browser carry a message to the provider.
func (d *door) relay(w http.ResponseWriter, m saml.Outgoing) {
	if len(m.Form) == 0 {
		redirect(w, m.URL)
		return
	}
	w.Header().Set("Content-Security-Policy", strings.Replace(policy, "form-action 'self'", "form-action "+originOf(m.URL), 1))
	d.page(w, http.StatusOK, "relay", m)
}

// endSAMLSession is where the session at a SAML provider can be ended.
func (d *door) endSAMLSession(on *access.SignOnOf, s *ent.Session) (e elsewhere) {
	service, provider, err := d.samlSides(on)
	if err != nil || provider.SLOURL == "" || provider.SLOBinding == saml.Post {
		return e
	}
	m, err := service.LogoutRequest(provider, saml.NewID(), s.LogoutHint, s.LogoutFormat, s.ProviderSession, "", d.now())
	if err != nil {
		return e
	}
	return elsewhere{providerName(on), m.URL}
}
