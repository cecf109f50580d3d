package sso

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/sso/oidc"
)

// AfterLogoutPath is where an OpenID provider sends the browser when the session there
// has ended. Providers do so for addresses alone that they know.
const AfterLogoutPath = "/signin"

// askSignOut shows the button: only its POST signs out, so that no other site's
// picture can.
func (d *door) askSignOut(w http.ResponseWriter, _ *http.Request) {
	d.page(w, http.StatusOK, "signout", nil)
}

// signOut ends the session, then clears its cookie. Whoever came by an identity
// provider is told that the session there goes on, with where to end it: the
// provider is asked about that when the session here is gone.
func (d *door) signOut(w http.ResponseWriter, r *http.Request) {
	was, unknown := d.access.AuthenticateSession(r.Context(), cookie(r, access.SessionCookie))
	if err := d.replaceSession(r); err != nil {
		d.fail(w, r, err)
		return
	}
	clearCookie(w, access.SessionCookie)
	var elsewhere elsewhere
	if unknown == nil {
		elsewhere = d.elsewhereOf(r, was.Session)
	}
	if elsewhere.URL == "" {
		redirect(w, "/signin")
		return
	}
	d.page(w, http.StatusOK, "signedout", elsewhere)
}

// elsewhere is where the session at the provider can be ended.
type elsewhere struct{ Provider, URL string }

// elsewhereOf is empty for sessions that began here, and where the provider can't
// be asked: signing out here never depends on it.
func (d *door) elsewhereOf(r *http.Request, s *ent.Session) (e elsewhere) {
	if s.ConnectionID == nil {
		return e
	}
	on, err := d.signOns.ByConnection(r.Context(), *s.ConnectionID)
	if err != nil || on == nil {
		return e
	}
	if on.Protocol == signon.ProtocolSAML {
		return d.endSAMLSession(on, s)
	}
	p, err := d.providerOf(on)
	if err != nil {
		return e
	}
	to, err := d.oidc.EndSessionURL(r.Context(), p, d.publicURL+AfterLogoutPath, d.signOns.IDToken(s), s.LogoutHint)
	if err != nil {
		return e
	}
	return elsewhere{providerName(on), to}
}

// frontChannel ends the session that the provider names, in a frame of the
// provider's page (OpenID Connect Front-Channel Logout 1.0 §3). The browser sends no
// cookie there, so the session is found by its id at the provider. The answer is
// the same whatever was found.
func (d *door) frontChannel(w http.ResponseWriter, r *http.Request) {
	on := d.signOnOf(w, r, false)
	if on == nil {
		return
	}
	h := w.Header()
	h.Del("X-Frame-Options")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "+originOf(on.Settings.Issuer))
	q := r.URL.Query()
	if sid, issuer := q.Get("sid"), q.Get("iss"); sid != "" && on.Protocol == signon.ProtocolOIDC && (issuer == "" || issuer == on.Settings.Issuer) {
		if err := d.access.EndProviderSession(connected(r.Context(), on), on.ConnectionID, sid); err != nil {
			d.log.Error("end a session that the provider has ended", "err", err)
		}
	}
	w.WriteHeader(http.StatusOK)
}

// originOf is the origin of an address in a content security policy.
func originOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || strings.ContainsAny(u.Host, ";,'*") { // which would say more there
		return "'none'"
	}
	return access.OriginOf(u)
}

// backChannel ends sessions on the word of the provider's server (OpenID Connect
// Back-Channel Logout 1.0 §2.8).
func (d *door) backChannel(w http.ResponseWriter, r *http.Request) {
	on := d.signOnOf(w, r, false)
	if on == nil {
		return
	}
	if on.Protocol != signon.ProtocolOIDC {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_request"})
		return
	}
	p, err := d.providerOf(on)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	out, err := d.oidc.Logout(r.Context(), p, r.PostFormValue("logout_token"))
	if err != nil {
		if refusal, ok := errors.AsType[*oidc.Refusal](err); ok {
			d.note(r, on, trouble{Code: refusal.Code, Detail: refusal.Detail, Err: refusal, SigningOut: true})
		}
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_request"})
		return
	}
	err = d.spend(r, on, access.SpentLogout, out.ID, out.Until)
	if fault.CodeOf(err) == fault.Conflict {
		d.note(r, on, trouble{Code: codeState, Detail: "the logout token has come before", SigningOut: true})
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_request"})
		return
	}
	if err == nil {
		err = d.endAt(r, on, out.Session, out.Subject)
	}
	if err != nil {
		d.log.Error("back-channel logout", "err", err)
		answer(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	w.WriteHeader(http.StatusOK)
}

// endAt ends a session of the provider, or without one all sessions of an account.
func (d *door) endAt(r *http.Request, on *access.SignOnOf, sid, subject string) error {
	ctx := connected(r.Context(), on)
	if sid != "" {
		return d.access.EndProviderSession(ctx, on.ConnectionID, sid)
	}
	i, err := d.directory.IdentityOf(ctx, on.ConnectionID, on.Settings.Issuer, on.Settings.Tenant, subject)
	if err != nil || i == nil {
		return err
	}
	return d.access.EndAccountSessions(ctx, i.ID)
}
