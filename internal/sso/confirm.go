package sso

import (
	"cmp"
	"net/http"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/sso/oidc"
	"github.com/rollcall/rollcall/internal/sso/saml"
)

// ConfirmPath is where the person says that a sign-in which the provider began is
// wanted.
func ConfirmPath(connection uuid.UUID) string { return StartPath(connection) + "/confirm" }

// confirmView is the page that asks.
type confirmView struct {
	Organization, Provider, Account string
	Path, State                     string
}

// askToConfirm asks before somebody is signed in whom the provider has sent unasked. Any
// site can send such an answer, got with an account of its own: nobody is to be signed in
// as somebody else unawares. Nor does the cookie of an earlier session come with it, so
// that only the button can end that.
func (d *door) askToConfirm(w http.ResponseWriter, r *http.Request, a arrival) {
	state, err := d.begin(w, r, a.on, toConfirm, *a.flow, false)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.page(w, http.StatusOK, "confirm", confirmView{Organization: a.on.Organization.Name, Provider: providerName(a.on),
		Account: oidc.Plain(cmp.Or(a.account.Email, a.account.UserName, a.account.Subject)), Path: ConfirmPath(a.on.ConnectionID), State: state})
}

// confirm takes the button. The answer, which was spent when it came, is judged again as
// of then by the settings of now.
func (d *door) confirm(w http.ResponseWriter, r *http.Request) {
	on := d.signOnOf(w, r, false)
	if on == nil {
		return
	}
	f, err := d.finish(w, r, on.ConnectionID, toConfirm, r.PostFormValue("state"))
	switch {
	case err != nil:
		d.fail(w, r, err)
		return
	case f == nil:
		d.trouble(w, r, on, trouble{Code: codeState, Status: http.StatusBadRequest})
		return
	case !on.Open() || on.Protocol != signon.ProtocolSAML:
		d.trouble(w, r, on, trouble{Code: codeOff, Status: http.StatusNotFound, flow: f})
		return
	case f.Provider != providerKey(on):
		d.trouble(w, r, on, trouble{Code: string(saml.Issuer), Status: http.StatusBadRequest, Detail: elsewhereNow, flow: f})
		return
	}
	service, provider, err := d.samlSides(on)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	got, err := service.Response(provider, f.Answer, saml.Expect{Now: f.At, ProviderInitiated: on.Settings.ProviderInitiated})
	if err != nil {
		d.samlRefused(w, r, on, f, err)
		return
	}
	d.arrive(w, r, samlArrival(on, f, got))
}
