package oauth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	subject  = "5f1d2c1e-9a53-4f0e-8d8e-0d4f7c6b2a10"
	audience = "api://rollcall"
)

// issuer is an identity provider that signs assertions, as far as anybody sees it.
type issuer struct {
	server  *httptest.Server
	url     string
	now     func() time.Time
	fetches atomic.Int64 // of the key set
	mu      sync.Mutex
	key     *rsa.PrivateKey
	kid     string
	fault   http.HandlerFunc // answers in place of the issuer
	says    map[string]any   // more of the discovery document
}

func newIssuer(t *testing.T, now func() time.Time) *issuer {
	t.Helper()
	i := &issuer{now: now, says: map[string]any{}}
	i.rotate(t, "one")
	i.server = httptest.NewTLSServer(i)
	i.url = i.server.URL + "/tenant/v2.0"
	t.Cleanup(i.server.Close)
	return i
}

// rotate gives the issuer a new key in place of the old one.
func (i *issuer) rotate(t *testing.T, kid string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key, i.kid = key, kid
}

// breaks has every request answered by a fault; nil mends it.
func (i *issuer) breaks(fault http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fault = fault
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r.URL.Path == "/keys" {
		i.fetches.Add(1)
	}
	if i.fault != nil {
		i.fault(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/tenant/v2.0/.well-known/openid-configuration":
		document := map[string]any{"issuer": i.url, "jwks_uri": i.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}}
		for name, value := range i.says {
			document[name] = value
		}
		_ = json.NewEncoder(w).Encode(document)
	case "/keys":
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &i.key.PublicKey, KeyID: i.kid, Algorithm: "RS256", Use: "sig"}}})
	default:
		http.NotFound(w, r)
	}
}

// claims are those of a right assertion, with some changed; nil takes one away.
func (i *issuer) claims(change map[string]any) map[string]any {
	now := i.now().Unix()
	claims := map[string]any{"iss": i.url, "sub": subject, "aud": audience, "iat": now, "nbf": now, "exp": now + 600}
	for name, value := range change {
		if value == nil {
			delete(claims, name)
		} else {
			claims[name] = value
		}
	}
	return claims
}

// sign signs claims with the issuer's key.
func (i *issuer) sign(t *testing.T, change map[string]any) string {
	t.Helper()
	i.mu.Lock()
	key, kid := i.key, i.kid
	i.mu.Unlock()
	return signed(t, jose.RS256, key, kid, i.claims(change))
}

func signed(t *testing.T, algorithm jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(claims)
	object, err := signer.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

// unsigned is a token with the algorithm none.
func unsigned(claims map[string]any) string {
	text, _ := json.Marshal(claims)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(text) + "."
}

// publicPEM is what who confuses algorithms signs with.
func (i *issuer) publicKey(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&i.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
