package sso_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// flaw is something wrong with an ID token, and the code of the page that has to
// come of it. The names are those of the OpenID Foundation's tests for relying
// parties where there is one.
type flaw struct {
	name, code string
	wrong      func(o *oidcHouse, claims map[string]any)
	sign       func(o *oidcHouse, claims map[string]any) string
	second     bool // is one in the token that comes with an access token alone
}

// set is a flaw of one claim. nil takes the claim away.
func set(name, code, claim string, value any) flaw {
	return flaw{name: name, code: code, wrong: func(_ *oidcHouse, claims map[string]any) { claims[claim] = value }}
}

func signedBy(name, code string, sign func(o *oidcHouse, claims map[string]any) string) flaw {
	return flaw{name: name, code: code, sign: sign}
}

var claimFaults = []flaw{
	set("nonce-invalid", "SSO-NONCE", "nonce", "another"),
	set("nonce-missing", "SSO-NONCE", "nonce", nil),
	set("nonce-empty", "SSO-NONCE", "nonce", ""),
	set("nonce-wrong-type", "SSO-", "nonce", 7),
	set("missing-iat", "SSO-CLAIMS", "iat", nil),
	set("iat-no-number", "SSO-", "iat", "yesterday"),
	set("nbf-in-ages", "SSO-CLOCK", "nbf", 1e19),
	set("missing-exp", "SSO-CLOCK", "exp", nil),
	set("missing-aud", "SSO-AUDIENCE", "aud", nil),
	set("invalid-aud", "SSO-AUDIENCE", "aud", "another"),
	set("aud-empty", "SSO-AUDIENCE", "aud", []string{}),
	set("aud-with-foreign-party", "SSO-AUDIENCE", "aud", []string{clientID, "another"}),
	set("aud-twice", "SSO-AUDIENCE", "aud", []string{clientID, clientID}),
	set("azp-foreign", "SSO-AUDIENCE", "azp", "another"),
	set("azp-empty", "SSO-AUDIENCE", "azp", ""),
	set("missing-sub", "SSO-CLAIMS", "sub", nil),
	set("sub-empty", "SSO-CLAIMS", "sub", ""),
	set("sub-too-long", "SSO-CLAIMS", "sub", strings.Repeat("x", 256)),
	set("sub-in-other-letters", "SSO-", "ſub", "grace-1"),
	set("nonce-in-capitals", "SSO-", "NONCE", "another"),
	set("invalid-iss", "SSO-ISSUER", "iss", "https://idp.evil.test"),
	set("missing-iss", "SSO-ISSUER", "iss", nil),
	{name: "iss-with-slash", code: "SSO-ISSUER", wrong: func(o *oidcHouse, claims map[string]any) { claims["iss"] = o.provider.issuer + "/" }},
	{name: "invalid-athash", code: "SSO-HASH", second: true, wrong: func(_ *oidcHouse, claims map[string]any) { claims["at_hash"] = "x" }},
	set("athash-wrong-type", "SSO-", "at_hash", 7),

	signedBy("idtoken-sig-none", "SSO-SIGNATURE", func(_ *oidcHouse, claims map[string]any) string {
		return encoded(map[string]string{"alg": "none", "typ": "JWT"}) + "." + encoded(claims) + "."
	}),
	signedBy("idtoken-sig-absent", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
		return encoded(map[string]string{"alg": "RS256", "kid": o.provider.kid}) + "." + encoded(claims) + "."
	}),
	signedBy("invalid-sig-rs256", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
		text := o.provider.signed(claims, jose.RS256, o.provider.key)
		parts := strings.Split(text, ".")
		claims["sub"] = "somebody-else"
		return parts[0] + "." + encoded(claims) + "." + parts[2]
	}),
	signedBy("signed-by-somebody-else", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
		return o.provider.signed(claims, jose.RS256, otherKey(o.provider))
	}),
	signedBy("key-in-header", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
		return signedWith(o, claims, jose.RS256, otherKey(o.provider), &jose.SignerOptions{EmbedJWK: true})
	}),
	signedBy("invalid-sig-hs256", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
		return o.provider.signed(claims, jose.HS256, []byte(strings.Repeat("right", 7))[:32])
	}),
	signedBy("hs256-with-the-secret", "SSO-SIGNATURE", func(_ *oidcHouse, claims map[string]any) string {
		return hs256(claims, []byte("right"))
	}),
	signedBy("hs256-with-the-public-key", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
		der, err := x509.MarshalPKIXPublicKey(o.provider.key.Public())
		if err != nil {
			o.Error(err)
		}
		return hs256(claims, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}),
	signedBy("invalid-sig-es256", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			o.Error(err)
		}
		return o.provider.signed(claims, jose.ES256, key) // with the RSA key's kid
	}),
	signedBy("algorithm-that-is-not-offered", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
		return o.provider.signed(claims, jose.RS512, o.provider.key)
	}),
	signedBy("no-token", "SSO-", func(*oidcHouse, map[string]any) string { return "no token" }),
}

func otherKey(p *provider) *rsa.PrivateKey {
	keys := twoKeys()
	if p.key == keys[0] {
		return keys[1]
	}
	return keys[0]
}

func signedWith(o *oidcHouse, claims map[string]any, algorithm jose.SignatureAlgorithm, key any, options *jose.SignerOptions) string {
	text, err := signToken(claims, algorithm, key, options)
	if err != nil {
		o.Error(err)
	}
	return text
}

// hs256 signs with a key of any length, as no library would.
func hs256(claims map[string]any, key []byte) string {
	text := encoded(map[string]string{"alg": "HS256", "typ": "JWT"}) + "." + encoded(claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func encoded(v any) string {
	text, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(text)
}

// refuses expects that each fault comes to its page and signs nobody in: in every
// ID token of the answer and, where there are two, in either alone.
func (o *oidcHouse) refuses(faults []flaw, claims map[string]any) {
	o.Helper()
	type leg struct {
		name        string
		front, back bool
	}
	legs := []leg{{"", false, true}}
	if o.hybrid() {
		legs = []leg{{" in the first", true, false}, {" in the second", false, true}}
	}
	for _, f := range faults {
		for _, at := range legs {
			if f.second && !at.back {
				continue
			}
			meant := func(claims map[string]any) bool {
				_, front := claims["c_hash"]
				return front && at.front || !front && at.back
			}
			o.provider.wrong = func(claims map[string]any) {
				if f.wrong != nil && meant(claims) {
					f.wrong(o, claims)
				}
			}
			o.provider.sign = func(claims map[string]any) string {
				if f.sign != nil && meant(claims) {
					return f.sign(o, claims)
				}
				return o.provider.signed(claims, jose.RS256, o.provider.key)
			}
			b := o.visitor()
			p := o.signIn(b, maps.Clone(claims))
			if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, f.code) || b.session() != "" {
				o.Errorf("%s%s: %d with the session %q, want a page with %s\n%s", f.name, at.name, p.StatusCode, b.session(), f.code, p.text)
			}
		}
	}
	o.provider.wrong, o.provider.sign = nil, nil
	if n := o.sessions(); n != 0 {
		o.Errorf("%d sessions", n)
	}
	b := o.visitor()
	o.signIn(b, claims)
	b.signedIn(true) // nothing but the faults stood in the way
}

func TestFaultsOfIDTokens(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) { o.refuses(claimFaults, graces()) })
}

func TestFaultsOfEntrasTokens(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		o.provider.change = func(document map[string]any) {
			document["id_token_signing_alg_values_supported"] = []string{"RS256", "PS256"}
		}
		key := o.provider.public()
		key.Algorithm = ""
		o.provider.only = []jose.JSONWebKey{key}
		o.refuses([]flaw{
			signedBy("an algorithm that is not Entra's", "SSO-SIGNATURE", func(o *oidcHouse, claims map[string]any) string {
				return o.provider.signed(claims, jose.PS256, o.provider.key)
			}),
			set("oid in capitals", "SSO-CLAIMS", "oid", "0000000A-0000-4000-8000-000000000001"),
			set("tid of another directory", "SSO-TENANT", "tid", otherTenant),
			set("no tid", "SSO-TENANT", "tid", nil),
			set("no oid", "SSO-CLAIMS", "oid", nil),
			set("oid of another form", "SSO-CLAIMS", "oid", "grace"),
			set("version 1", "SSO-CLAIMS", "ver", "1.0"),
			set("no version", "SSO-CLAIMS", "ver", nil),
			set("issuer of another directory", "SSO-ISSUER", "iss", "https://login.microsoftonline.com/"+otherTenant+"/v2.0"),
			set("issuer of version 1", "SSO-ISSUER", "iss", "https://sts.windows.net/"+tenant+"/"),
		}, entras(gracesOID, "grace@acme.test"))
	})
}

// Two ID tokens of one answer must be about one person.
func TestTwoPeopleInOneAnswer(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, true)
		o.provider.wrong = func(claims map[string]any) {
			if _, front := claims["c_hash"]; front {
				claims["sub"] = "somebody-else"
			}
		}
		o.signIn(o.browser(), graces()).want(o.T, http.StatusBadRequest, "SSO-CLAIMS")
		for name, hash := range map[string]any{"missing-chash": nil, "invalid-chash": base64.RawURLEncoding.EncodeToString(make([]byte, 16)), "empty": "", "no text": 7} {
			o.provider.wrong = func(claims map[string]any) {
				if _, front := claims["c_hash"]; front {
					claims["c_hash"] = hash
				}
			}
			if p := o.signIn(o.browser(), graces()); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, "SSO-HASH") {
				o.Errorf("%s: %d\n%s", name, p.StatusCode, p.text)
			}
		}
		o.provider.wrong = nil
		b := o.browser()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		answer.Del("id_token")
		o.arrive(b, answer).want(o.T, http.StatusBadRequest, "tick “ID tokens”")
		if n := o.sessions(); n != 0 {
			o.Errorf("%d sessions", n)
		}
	})
}

func TestAccessTokenHashThatFits(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		sum := sha256.Sum256([]byte("opaque"))
		o.provider.wrong = func(claims map[string]any) { claims["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16]) }
		b := o.browser()
		o.signIn(b, graces())
		b.signedIn(true)
	})
}

func TestClocksThatDiffer(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		for _, c := range []struct {
			claim string
			off   time.Duration
			fine  bool
		}{
			{"exp", -10 * time.Minute, false}, {"exp", -121 * time.Second, false}, {"exp", -90 * time.Second, true}, {"exp", 90 * time.Second, true}, {"exp", 10 * time.Minute, true},
			{"nbf", -10 * time.Minute, true}, {"nbf", -90 * time.Second, true}, {"nbf", 90 * time.Second, true}, {"nbf", 150 * time.Second, false}, {"nbf", 10 * time.Minute, false},
			{"iat", -11 * time.Minute, false}, {"iat", -9 * time.Minute, true}, {"iat", -90 * time.Second, true}, {"iat", 90 * time.Second, true}, {"iat", 10 * time.Minute, false},
		} {
			o.provider.wrong = func(claims map[string]any) { claims[c.claim] = o.store.Now().Add(c.off).Unix() }
			b := o.visitor()
			p := o.signIn(b, graces())
			if fine := p.StatusCode == http.StatusSeeOther && b.session() != ""; fine != c.fine {
				o.Errorf("%s off by %v: signed in %v, want %v\n%s", c.claim, c.off, fine, c.fine, p.text)
			}
			if !c.fine && (!strings.Contains(p.text, "SSO-CLOCK") || !strings.Contains(p.text, "differ by at least") || !strings.Contains(p.text, "time server")) {
				o.Errorf("%s off by %v has no hint at the clock:\n%s", c.claim, c.off, p.text)
			}
		}
	})
}
