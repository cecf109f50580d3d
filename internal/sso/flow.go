package sso

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
)

const (
	flowLifetime = 10 * time.Minute
	maxFlows     = 5 // of one purpose and browser at a time; each is a cookie
)

// The purposes of flows: none of one kind ends as one of the other, or pushes it out.
const (
	toLeave   = "sso"         // to an identity provider
	toConfirm = "sso-confirm" // that it is wanted, where the provider began
)

// flowCookie is how the names of the cookies begin that bind flows to their browser.
func flowCookie(purpose string) string { return "__Host-" + purpose + "_" }

// flow is what is remembered of a browser that left for an identity provider, or came
// from one unasked.
type flow struct {
	Connection uuid.UUID
	Provider   string // whom the browser was sent to: providerKey
	Nonce      string
	Verifier   string // PKCE
	Request    string // id of the SAML request
	Return     string
	Browser    string // SHA-256 of the cookie's value, in hex
	Hybrid     bool
	Session    uuid.UUID // who was signed in when it began; its cookie doesn't come with a form of another site
	Tester     uuid.UUID // the administrator who only wants to see what comes; else nil
	Answer     string    // toConfirm: the provider's SAMLResponse, which was believed
	At         time.Time // and when
}

// begin remembers a flow and binds it to the browser. posted says that the answer
// is a form that another site sends: only then does the cookie travel with those.
func (d *door) begin(w http.ResponseWriter, r *http.Request, on *access.SignOnOf, purpose string, f flow, posted bool) (state string, err error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the program instead
	value := base64.RawURLEncoding.EncodeToString(random)
	f.Browser, f.Connection, f.Provider = hashed(value), on.ConnectionID, providerKey(on)
	if g, err := d.access.AuthenticateSession(r.Context(), cookie(r, access.SessionCookie)); err == nil && g.Session.OrgID == on.OrgID {
		f.Session = g.Session.ID
	}
	state, err = d.access.Remember(actor.InOrg(r.Context(), on.OrgID), purpose, f, flowLifetime)
	if err != nil {
		return "", err
	}
	dropFlows(w, r, purpose)
	// The oldest sorts first. A browser with a name for each flow can have several.
	setFlowCookie(w, fmt.Sprintf("%s%011x%04x", flowCookie(purpose), d.now().UnixMilli(), random[:2]), value, flowLifetime, posted)
	return state, nil
}

// dropFlows forgets the oldest flows of a browser that has begun too many for a purpose.
func dropFlows(w http.ResponseWriter, r *http.Request, purpose string) {
	var names []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, flowCookie(purpose)) {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	for len(names) >= maxFlows {
		clearFlow(w, names[0])
		names = names[1:]
	}
}

// finish returns the flow that an answer belongs to, nil when there is none, when it
// is too old, has been used, or was begun in another browser or for another
// connection. It is gone afterwards.
func (d *door) finish(w http.ResponseWriter, r *http.Request, connection uuid.UUID, purpose, state string) (*flow, error) {
	var f flow
	_, found, err := d.access.Recall(r.Context(), purpose, state, &f)
	if err != nil || !found || f.Connection != connection {
		return nil, err
	}
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, flowCookie(purpose)) && subtle.ConstantTimeCompare([]byte(hashed(c.Value)), []byte(f.Browser)) == 1 {
			clearFlow(w, c.Name)
			return &f, nil
		}
	}
	return nil, nil
}

// providerKey says which provider a connection leads to: its issuer, which at Entra
// names the tenant, or its entity id. What was begun at one ends nowhere else, also
// when the connection was pointed elsewhere meanwhile (RFC 9700 §4.4).
func providerKey(on *access.SignOnOf) string {
	return cmp.Or(on.Settings.Issuer, on.Settings.EntityID)
}

// elsewhereNow is the detail of an answer that comes too late for that.
const elsewhereNow = "the connection was pointed at another provider after this sign-in began"

func hashed(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

func setFlowCookie(w http.ResponseWriter, name, value string, age time.Duration, posted bool) {
	same := http.SameSiteLaxMode
	if posted {
		same = http.SameSiteNoneMode
	}
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second), Secure: true, HttpOnly: true, SameSite: same})
}

func clearFlow(w http.ResponseWriter, name string) { setFlowCookie(w, name, "", -time.Second, true) }
