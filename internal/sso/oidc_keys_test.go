package sso_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// keyFetches is how often the key set was asked for since before.
func (p *provider) keyFetches(before int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fetches - before
}

func TestKeysRotate(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		in := func(what string, want bool) {
			o.Helper()
			b := o.visitor()
			p := o.signIn(b, graces())
			if got := b.session() != ""; got != want {
				o.Errorf("%s: signed in %v, want %v\n%s", what, got, want, p.text)
			}
		}
		in("the first key", true)
		before := o.provider.keyFetches(0)
		o.pass(time.Minute)
		o.provider.rotate()
		in("signing-key-rotation", true)
		in("the new key again", true)
		if n := o.provider.keyFetches(before); n != 1 {
			o.Errorf("the rotation costs %d fetches, want 1", n)
		}

		// Between the browser's way back and the token endpoint's answer.
		o.whileRedeemed(func() {
			o.pass(time.Minute)
			o.provider.rotate()
		})
		in("signing-key-rotation-just-before-signing", true)

		key := o.provider.public()
		key.Key, key.KeyID = &otherKey(o.provider).PublicKey, "other"
		o.provider.only = []jose.JSONWebKey{key}
		o.pass(25 * time.Hour)
		in("a key that was taken back a day ago", false)
	})
}

func TestKeysThatCannotBeHad(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		o.provider.change = func(document map[string]any) { document["jwks_uri"] = o.provider.issuer + "/nowhere" }
		o.signIn(o.browser(), graces()).want(o.T, http.StatusBadRequest, "SSO-REACH")
		o.provider.change = nil
		o.pass(time.Hour) // until the document is read again
		b := o.browser()
		o.signIn(b, graces())
		b.signedIn(true)

		o.provider.only = []jose.JSONWebKey{} // answers without a key: the last good ones count
		o.pass(2 * time.Hour)
		b = o.browser()
		o.signIn(b, graces())
		b.signedIn(true)
		o.pass(25 * time.Hour) // but not for ever
		b = o.browser()
		o.signIn(b, graces()).want(o.T, http.StatusBadRequest, "SSO-REACH")
		b.signedIn(false)
	})
}

func TestTokensWithoutKeyID(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		nameless := func(claims map[string]any) string {
			return signedWith(o, claims, jose.RS256, o.provider.key, &jose.SignerOptions{})
		}
		o.provider.sign = nameless
		b := o.browser()
		o.signIn(b, graces())
		b.signedIn(true) // kid-absent-single-jwks

		other := jose.JSONWebKey{Key: otherKey(o.provider).Public(), Algorithm: "RS256", Use: "sig"}
		own := o.provider.public()
		own.KeyID = ""
		encryption := own
		encryption.Use = "enc"
		for what, c := range map[string]struct {
			keys []jose.JSONWebKey
			fine bool
		}{
			"kid-absent-multiple-jwks":    {[]jose.JSONWebKey{other, own}, true},
			"none of the keys":            {[]jose.JSONWebKey{other}, false},
			"a key for encryption":        {[]jose.JSONWebKey{other, encryption}, false},
			"a key of another algorithm":  {[]jose.JSONWebKey{other, {Key: own.Key, Algorithm: "PS256", Use: "sig"}}, false},
			"a secret key, as if it were": {[]jose.JSONWebKey{{Key: []byte("right"), Algorithm: "HS256"}}, false},
		} {
			fresh := *o // with a door that has seen no keys
			fresh.server = o.serve(public)
			o.provider.only = c.keys
			b := fresh.visitor()
			fresh.signIn(b, graces())
			if got := b.session() != ""; got != c.fine {
				o.Errorf("%s: signed in %v, want %v", what, got, c.fine)
			}
		}
	})
}

// RFC 7518 §3.3: who signs with less than 2048 bits is perhaps not the provider.
func TestShortKeys(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	onBothFlows(t, func(o *oidcHouse) {
		o.provider.only = []jose.JSONWebKey{{Key: short.Public(), KeyID: o.provider.kid, Algorithm: "RS256", Use: "sig"}}
		o.provider.sign = func(claims map[string]any) string { return o.provider.signed(claims, jose.RS256, short) }
		b := o.browser()
		o.signIn(b, graces()).want(o.T, http.StatusBadRequest, "SSO-REACH")
		b.signedIn(false)
	})
}

// Whoever sends tokens with keys that nobody knows makes the server ask the
// provider no more than once in 30 s.
func TestThousandUnknownKeys(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		b := o.browser()
		o.signIn(b, graces())
		b.signedIn(true)
		before := o.provider.keyFetches(0)
		o.pass(time.Minute)
		flood := func() {
			token := o.provider.logoutToken(map[string]any{"sid": "there-1"})
			parts := strings.Split(token, ".")
			for range 1000 {
				head := encoded(map[string]string{"alg": "RS256", "typ": "logout+jwt", "kid": randomText()})
				b.post(backChannelPath(o), url.Values{"logout_token": {head + "." + parts[1] + "." + parts[2]}}).want(o.T, http.StatusBadRequest, "invalid_request")
			}
		}
		flood()
		if n := o.provider.keyFetches(before); n != 1 {
			o.Errorf("1,000 unknown keys cost %d fetches, want 1", n)
		}
		in := o.browser()
		o.signIn(in, graces())
		in.signedIn(true) // the flood keeps nobody out
		o.pass(31 * time.Second)
		flood()
		if n := o.provider.keyFetches(before); n != 2 {
			o.Errorf("after 31 s: %d fetches, want 2", n)
		}
		b.signedIn(true)
	})
}
