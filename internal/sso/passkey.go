package sso

import (
	"encoding/json"
	"mime"
	"net/http"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
)

// beginSignIn asks the browser for a passkey.
func (d *door) beginSignIn(w http.ResponseWriter, r *http.Request) {
	if !d.ceremonial(w, r, &struct{}{}) || !d.mayBegin(w, r) {
		return
	}
	options, secret, err := d.ceremonies.BeginSignIn(r.Context())
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	setCookie(w, passkeyCookie, secret, access.CeremonyLifetime)
	answer(w, http.StatusOK, options)
}

// finishSignIn signs in the owner of the passkey.
func (d *door) finishSignIn(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Credential json.RawMessage `json:"credential"`
		Return     string          `json:"return_to"`
	}
	if !d.ceremonial(w, r, &body) {
		return
	}
	clearCookie(w, passkeyCookie)
	session, _, err := d.ceremonies.FinishSignIn(r.Context(), cookie(r, passkeyCookie), body.Credential,
		access.NewSession{Address: addressOf(r), Agent: r.UserAgent()})
	if fault.CodeOf(err) == fault.Unauthenticated && d.refused(w, r, err) {
		answer(w, http.StatusTooManyRequests, map[string]string{"error": "Many wrong passkeys came from your network. Wait a minute and try again."})
		return
	}
	if err == nil {
		err = d.replaceSession(r)
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	setCookie(w, access.SessionCookie, session, sessionCookieAge)
	answer(w, http.StatusOK, map[string]string{"redirect": localPath(body.Return)})
}

// beginRegistration asks the browser of who is signed in to make a passkey.
func (d *door) beginRegistration(w http.ResponseWriter, r *http.Request) {
	if !d.ceremonial(w, r, &struct{}{}) {
		return
	}
	g, ok := d.signedIn(w, r)
	if !ok || !d.mayBegin(w, r) {
		return
	}
	options, secret, err := d.ceremonies.BeginRegistration(r.Context(), g)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	setCookie(w, passkeyCookie, secret, access.CeremonyLifetime)
	answer(w, http.StatusOK, options)
}

// finishRegistration keeps the passkey that the browser has made.
func (d *door) finishRegistration(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Name       string          `json:"name"`
		Credential json.RawMessage `json:"credential"`
	}
	if !d.ceremonial(w, r, &body) {
		return
	}
	g, ok := d.signedIn(w, r)
	if !ok {
		return
	}
	k, err := d.ceremonies.FinishRegistration(r.Context(), g, cookie(r, passkeyCookie), body.Name, body.Credential)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	clearCookie(w, passkeyCookie)
	answer(w, http.StatusCreated, map[string]string{"id": k.ID.String(), "name": k.Name})
}

// ceremonial reads a JSON body, where there are passkeys at all. It has answered
// when it says false.
func (d *door) ceremonial(w http.ResponseWriter, r *http.Request, body any) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		answer(w, http.StatusUnsupportedMediaType, map[string]string{"error": "Send JSON, with the content type application/json."})
		return false
	}
	if d.ceremonies == nil {
		answer(w, http.StatusConflict, map[string]string{"error": d.noPasskeys})
		return false
	}
	if err := json.NewDecoder(r.Body).Decode(body); err != nil {
		answer(w, statusOfBody(err), map[string]string{"error": "The body must be a JSON object of at most 64 kB."})
		return false
	}
	return true
}

// signedIn finds out who asks. It has answered when it says false.
func (d *door) signedIn(w http.ResponseWriter, r *http.Request) (*access.Grant, bool) {
	g, err := d.access.AuthenticateSession(r.Context(), cookie(r, access.SessionCookie))
	if err != nil {
		d.refuse(w, r, err)
		return nil, false
	}
	return g, true
}

func (d *door) mayBegin(w http.ResponseWriter, r *http.Request) bool {
	if d.begun.Allow(addressOf(r)) {
		return true
	}
	w.Header().Set("Retry-After", "60")
	answer(w, http.StatusTooManyRequests, map[string]string{"error": "Your network asks for passkeys very often. Wait a minute and try again."})
	return false
}

var statuses = map[fault.Code]int{
	fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.Forbidden: http.StatusForbidden, fault.Unauthenticated: http.StatusUnauthorized,
	fault.TooLarge: http.StatusRequestEntityTooLarge, fault.Precondition: http.StatusConflict,
}

// refuse answers an error in JSON.
func (d *door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, known := statuses[fault.CodeOf(err)]
	if !known {
		status = http.StatusInternalServerError
		if r.Context().Err() == nil {
			d.log.Error("passkey failed", "err", err)
		}
	}
	answer(w, status, map[string]string{"error": sentence(err)})
}

func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // the server's door logs it
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
