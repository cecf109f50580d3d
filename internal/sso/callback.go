package sso

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/sso/oidc"
	"github.com/rollcall/rollcall/internal/sso/saml"
	"github.com/rollcall/rollcall/internal/store"
)

// arrival is somebody whom a provider has proved to be there.
type arrival struct {
	on      *access.SignOnOf
	flow    *flow
	account directory.Account
	method  session.Method
	sid     string    // the session at the provider
	hint    string    // for signing out there: which account
	format  string    // of the hint, by SAML
	idToken string    // for signing out there, by OpenID Connect
	until   time.Time // when the session here has to end, zero when the provider doesn't say
	claims  func(name string) []string
	shown   []claim // everything that came, for a test
}

// callback takes the answer of an OpenID Connect provider: by query for the code
// flow, as a form for the hybrid one.
func (d *door) callback(w http.ResponseWriter, r *http.Request) {
	on := d.signOnOf(w, r, false)
	if on == nil {
		return
	}
	if err := r.ParseForm(); err != nil {
		d.trouble(w, r, on, trouble{Code: codeForm, Status: statusOfBody(err), Detail: "what the provider sent is damaged, or larger than " + sizeOf(r)})
		return
	}
	values := r.URL.Query()
	if r.Method == http.MethodPost {
		values = r.PostForm
	}
	f, err := d.finish(w, r, on.ConnectionID, toLeave, values.Get("state"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if f == nil || f.Hybrid != (r.Method == http.MethodPost) {
		d.trouble(w, r, on, trouble{Code: codeState, Status: http.StatusBadRequest, flow: f})
		return
	}
	if on.Protocol != signon.ProtocolOIDC || !on.Open() && f.Tester == uuid.Nil {
		d.trouble(w, r, on, trouble{Code: codeOff, Status: http.StatusNotFound, flow: f})
		return
	}
	if f.Provider != providerKey(on) {
		d.trouble(w, r, on, trouble{Code: oidc.CodeIssuer, Status: http.StatusBadRequest, Detail: elsewhereNow, flow: f})
		return
	}
	p, err := d.providerOf(on)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	got, err := d.oidc.Redeem(r.Context(), p, oidc.Flow{Nonce: f.Nonce, Verifier: f.Verifier},
		oidc.Answer{Code: values.Get("code"), IDToken: values.Get("id_token"), Issuer: values.Get("iss"),
			Error: values.Get("error"), Description: values.Get("error_description")})
	if got != nil {
		if err := d.signOns.NoteSecrets(r.Context(), on.SignOn, got.Secret, got.Stale); err != nil {
			d.log.Error("note which client secret worked", "err", err)
		}
	}
	if err != nil {
		d.unbelieved(w, r, on, f, err)
		return
	}
	d.arrive(w, r, arrivalOf(on, f, got))
}

// arrivalOf puts claims into the directory's words.
func arrivalOf(on *access.SignOnOf, f *flow, got *oidc.Redeemed) arrival {
	c := got.Claims
	a := arrival{on: on, flow: f, method: session.MethodOIDC, sid: c.Session, hint: c.LogoutHint, idToken: got.IDToken, claims: c.Texts, shown: claimsOf(c.All)}
	a.account = directory.Account{Issuer: c.Issuer, Tenant: c.Tenant, Subject: c.Subject, ExternalID: c.Subject, Name: c.Name,
		UserName: c.UserName, Email: c.Email, Home: c.Home, EmailProved: c.EmailProved}
	if name := on.Settings.SubjectClaim; name != "" {
		a.account.ExternalID = c.String(name)
	}
	return a
}

// arrive lets in whose account it is.
func (d *door) arrive(w http.ResponseWriter, r *http.Request, a arrival) {
	if a.flow != nil && a.flow.Tester != uuid.Nil {
		d.showTest(w, r, a)
		return
	}
	v, err := d.admit(r.Context(), a)
	switch {
	case takenAway(err):
		d.tookAway(w, r, a, err)
		return
	case fault.CodeOf(err) == fault.Invalid: // the account's id is none that can be kept
		d.trouble(w, r, a.on, trouble{Code: oidc.CodeClaims, Status: http.StatusBadRequest, Detail: message(err), flow: a.flow})
		return
	case err != nil:
		d.fail(w, r, err)
		return
	case v.User == nil:
		d.notAdmitted(w, r, a, v)
		return
	}
	if err := d.replaceSession(r); err != nil {
		d.fail(w, r, err)
		return
	}
	if err := d.endEarlier(r, a); err != nil {
		d.fail(w, r, err)
		return
	}
	secret, err := d.startSession(r, a, v)
	switch {
	case fault.CodeOf(err) == fault.Unauthenticated: // deactivated at this moment
		d.notAdmitted(w, r, a, &directory.Verdict{Reason: directory.AccountDeactivated, Why: message(err)})
		return
	case takenAway(err):
		d.tookAway(w, r, a, err)
		return
	case err != nil:
		d.fail(w, r, err)
		return
	}
	setCookie(w, access.SessionCookie, secret, sessionCookieAge)
	back := home
	if a.flow != nil {
		back = localPath(a.flow.Return)
	}
	redirect(w, back)
}

// takenAway says whether the way of signing in was switched off, or set up anew, while
// somebody came by it.
func takenAway(err error) bool {
	return fault.CodeOf(err) == fault.Precondition || errors.Is(err, access.ErrSetUpAnew)
}

func (d *door) tookAway(w http.ResponseWriter, r *http.Request, a arrival, err error) {
	if !errors.Is(err, access.ErrSetUpAnew) {
		d.trouble(w, r, a.on, trouble{Code: codeOff, Status: http.StatusNotFound, flow: a.flow})
		return
	}
	code := oidc.CodeIssuer
	if a.method == session.MethodSAML {
		code = string(saml.Issuer)
	}
	d.trouble(w, r, a.on, trouble{Code: code, Status: http.StatusBadRequest, Detail: message(err), flow: a.flow})
}

// endEarlier ends the session that the browser held when the flow began.
func (d *door) endEarlier(r *http.Request, a arrival) error {
	if a.flow == nil || a.flow.Session == uuid.Nil {
		return nil
	}
	err := d.store.Write(connected(r.Context(), a.on), func(ctx context.Context, tx *store.Tx) error {
		return d.access.EndSession(ctx, tx, a.flow.Session)
	})
	if fault.CodeOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// admit finds out who it is, and gives the role that the connection's rules say.
func (d *door) admit(ctx context.Context, a arrival) (*directory.Verdict, error) {
	var v *directory.Verdict
	write := func() error {
		return d.store.Write(connected(ctx, a.on), func(ctx context.Context, tx *store.Tx) error {
			on, err := d.signOns.Hold(ctx, tx, a.on.SignOn)
			if err != nil {
				return err
			}
			if v, err = d.directory.Admit(ctx, tx, on.ConnectionID, a.account); err != nil || v.User == nil {
				return err
			}
			return d.directory.ApplyRoles(ctx, tx, on, v, a.claims)
		})
	}
	err := write()
	if fault.CodeOf(err) == fault.Conflict && !errors.Is(err, access.ErrSetUpAnew) { // it came a second time at the same moment
		err = write()
	}
	return v, err
}

// connected is a context in which the connection acts for its organization.
func connected(ctx context.Context, on *access.SignOnOf) context.Context {
	return actor.With(ctx, actor.Actor{Kind: actor.System, Org: on.OrgID, Connection: on.ConnectionID})
}

// spend refuses a message of the provider, by its id, that has come before. until is
// when it would be refused for its age. Errors: fault.Conflict.
func (d *door) spend(r *http.Request, on *access.SignOnOf, purpose, id string, until time.Time) error {
	sum := sha256.Sum256([]byte(id))
	return d.signOns.Spend(connected(r.Context(), on), on.ConnectionID, purpose, sum[:], until)
}

// startSession signs in whom admit has found, unless the account or the connection
// was taken away meanwhile: both are asked for under locks that whoever takes them
// away needs too.
func (d *door) startSession(r *http.Request, a arrival, v *directory.Verdict) (secret string, err error) {
	person := actor.Actor{Kind: actor.User, ID: v.User.ID, User: v.User.ID, Org: v.User.OrgID, Connection: a.on.ConnectionID}
	sealed := ""
	if a.idToken != "" {
		sealed = d.signOns.SealIDToken(a.idToken, v.Identity)
	}
	err = d.store.Write(actor.With(r.Context(), person), func(ctx context.Context, tx *store.Tx) error {
		if _, err := d.signOns.Hold(ctx, tx, a.on.SignOn); err != nil {
			return err
		}
		secret, _, err = d.access.StartSession(ctx, tx, v.User, access.NewSession{Method: a.method, Address: addressOf(r), Agent: r.UserAgent(),
			Connection: a.on.ConnectionID, Identity: v.Identity.ID, ProviderSession: a.sid, LogoutHint: a.hint, LogoutFormat: a.format, IDToken: sealed, Until: a.until})
		if err != nil {
			return err
		}
		_, err = tx.Identity.Get(ctx, v.Identity.ID)
		if ent.IsNotFound(err) {
			return fault.New(fault.Unauthenticated, "the account was taken away")
		}
		return err
	})
	return secret, err
}

// notAdmitted tells the person nothing about who is here, and the administrator
// everything.
func (d *door) notAdmitted(w http.ResponseWriter, r *http.Request, a arrival, v *directory.Verdict) {
	t := trouble{Code: codeNotProvisioned, Status: http.StatusForbidden, Detail: v.Why, account: &a.account, reason: v.Reason, flow: a.flow}
	if v.Candidate != nil && (v.Reason == directory.AccountDeactivated || v.Reason == directory.AccountUnvouched) {
		t.person = v.Candidate.ID
	}
	if v.Reason == directory.AccountDeactivated && v.Identity != nil {
		t.Code = codeDeactivated // the account is proved to be this person's: it is no news to anybody else
	}
	d.trouble(w, r, a.on, t)
}

// unbelieved answers an error of the protocol's side.
func (d *door) unbelieved(w http.ResponseWriter, r *http.Request, on *access.SignOnOf, f *flow, err error) {
	refusal, ok := errors.AsType[*oidc.Refusal](err)
	if !ok {
		d.fail(w, r, err)
		return
	}
	d.trouble(w, r, on, trouble{Code: refusal.Code, Status: http.StatusBadRequest, Detail: refusal.Detail, Provider: refusal.Provider, Err: refusal, flow: f})
}
