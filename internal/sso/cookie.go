package sso

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/rollcall/rollcall/internal/access"
)

// The cookies. The prefix __Host- makes browsers insist on Secure and Path=/, and
// keeps neighbouring hosts from planting one.
const (
	linkCookie    = "__Host-link"
	passkeyCookie = "__Host-passkey"

	// sessionCookieAge is as long as browsers keep a cookie at most. How long the
	// session lasts is decided where its row is.
	sessionCookieAge = 400 * 24 * time.Hour
)

func setCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func clearCookie(w http.ResponseWriter, name string) { setCookie(w, name, "", -time.Second) }

// cookie is the value of a cookie that came along, "" without one.
func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// replaceSession ends the session that came along, if one did: a session is never
// taken over by the next sign-in, and none stays behind.
func (d *door) replaceSession(r *http.Request) error {
	return d.access.SignOut(r.Context(), cookie(r, access.SessionCookie))
}

// binding ties the form of a link to the browser that was shown it: a MAC over
// the browser's cookie and the link.
func (d *door) binding(browser, secret string) string {
	mac := hmac.New(sha256.New, d.key)
	mac.Write([]byte(browser + "\x00" + secret))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// bound says whether a form was shown to the browser that sends it.
func (d *door) bound(browser, secret, form string) bool {
	return len(browser) == browserLength && hmac.Equal([]byte(d.binding(browser, secret)), []byte(form))
}

const browserLength = 43 // 32 bytes in base64

func newBrowser() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(random)
}

// bindingKey is a key for bindings alone.
func bindingKey(key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("rollcall sign-in link"))
	return mac.Sum(nil)
}
