package sso_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// provider is an OpenID provider that does what a test says, right or wrong. It has
// no pages: a test asks it to answer for somebody.
type provider struct {
	*httptest.Server
	t   *testing.T
	now func() time.Time

	mu      sync.Mutex
	key     *rsa.PrivateKey
	kid     string
	codes   map[string]grant
	issuer  string                        // its URL, or the address at which a client takes it to be Entra
	change  func(document map[string]any) // changes the discovery document
	only    []jose.JSONWebKey             // published instead of its own key
	user    map[string]any                // what its userinfo says; nil for an error
	fetches int                           // of the key set
	wrong   func(claims map[string]any)   // changes the claims of ID tokens: those that come through the browser have a c_hash
	sign    func(claims map[string]any) string
	token   http.HandlerFunc // answers instead of the token endpoint
	secrets []string
	basic   bool // takes the secret in the header alone
	// trusted are the client's certificates, by which alone it proves itself when there
	// are some; proofs are the assertions that have come.
	trusted []*x509.Certificate
	proofs  map[string]bool
}

// grant is a code that was given out.
type grant struct {
	query  url.Values // of the authorization request
	claims map[string]any
}

const clientID = "11111111-2222-3333-4444-555555555555"

func newProvider(h *house) *provider {
	h.Helper()
	p := &provider{t: h.T, now: h.store.Now, codes: map[string]grant{}, proofs: map[string]bool{}, secrets: []string{"right"}}
	p.rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		methods := []string{"client_secret_post"}
		if p.basic {
			methods = []string{"client_secret_basic"}
		}
		if p.trusted != nil {
			methods = []string{"private_key_jwt"}
		}
		document := map[string]any{"issuer": p.issuer, "authorization_endpoint": p.issuer + "/authorize", "token_endpoint": p.issuer + "/token",
			"jwks_uri": p.issuer + "/keys", "userinfo_endpoint": p.issuer + "/userinfo", "end_session_endpoint": p.issuer + "/logout",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "token_endpoint_auth_methods_supported": methods}
		if p.change != nil {
			p.change(document)
		}
		_ = json.NewEncoder(w).Encode(document)
	})
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.redeem)
	mux.HandleFunc("GET /userinfo", p.userinfo)
	p.Server = httptest.NewServer(mux)
	p.issuer = p.URL
	h.Cleanup(p.Close)
	return p
}

// twoKeys take too long to be made for each test.
var twoKeys = sync.OnceValue(func() (keys [2]*rsa.PrivateKey) {
	for i := range keys {
		keys[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return keys
})

// rotate begins to sign with another key.
func (p *provider) rotate() {
	p.mu.Lock()
	defer p.mu.Unlock()
	keys := twoKeys()
	if p.kid = rand.Text(); p.key == keys[0] {
		p.key = keys[1]
		return
	}
	p.key = keys[0]
}

func (p *provider) public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: p.key.Public(), KeyID: p.kid, Algorithm: "RS256", Use: "sig"}
}

// userinfo takes the token in the header alone.
func (p *provider) userinfo(w http.ResponseWriter, r *http.Request) {
	if p.user == nil || r.Header.Get("Authorization") != "Bearer opaque" || r.URL.RawQuery != "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(p.user)
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fetches++
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{p.public()}}
	if p.only != nil {
		set.Keys = p.only
	}
	_ = json.NewEncoder(w).Encode(set)
}

// answer is what the browser of somebody brings back from the authorization
// endpoint: state and code, and in the hybrid flow an ID token.
func (p *provider) answer(authorize string, claims map[string]any) url.Values {
	p.t.Helper()
	u, err := url.Parse(authorize)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = grant{q, claims}
	p.mu.Unlock()
	values := url.Values{"state": {q.Get("state")}, "code": {code}}
	if q.Get("response_type") == "code id_token" {
		values.Set("id_token", p.idToken(q, claims, code))
	}
	return values
}

// idToken is one for an authorization request.
func (p *provider) idToken(q url.Values, claims map[string]any, code string) string {
	now := p.now()
	all := map[string]any{"iss": p.issuer, "aud": q.Get("client_id"), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "nonce": q.Get("nonce")}
	if code != "" {
		sum := sha256.Sum256([]byte(code))
		all["c_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	maps.Copy(all, claims)
	if p.wrong != nil {
		p.wrong(all)
	}
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	if p.sign != nil {
		return p.sign(all)
	}
	return p.signed(all, jose.RS256, p.key)
}

// signed signs claims with a key of the test's choice.
func (p *provider) signed(claims map[string]any, algorithm jose.SignatureAlgorithm, key any) string {
	p.t.Helper()
	text, err := signToken(claims, algorithm, key, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", p.kid))
	if err != nil {
		p.t.Error(err)
	}
	return text
}

func signToken(claims map[string]any, algorithm jose.SignatureAlgorithm, key any, options *jose.SignerOptions) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

// proved judges the client's assertion as Entra does (RFC 7523 §3): signed with the
// key of a certificate that was uploaded, which it names, for this endpoint, for
// minutes, once.
func (p *provider) proved(r *http.Request) bool {
	text := r.PostFormValue("client_assertion")
	signed, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS256, jose.PS256})
	if err != nil || r.PostFormValue("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" ||
		r.PostForm.Has("client_secret") || r.Header.Get("Authorization") != "" || r.URL.RawQuery != "" {
		return false
	}
	for _, c := range p.trusted {
		thumb := sha256.Sum256(c.Raw)
		if signed.Headers[0].ExtraHeaders["x5t#S256"] != base64.RawURLEncoding.EncodeToString(thumb[:]) {
			continue
		}
		var said jwt.Claims
		if err := signed.Claims(c.PublicKey, &said); err != nil {
			return false
		}
		client := r.PostFormValue("client_id")
		p.mu.Lock()
		defer p.mu.Unlock()
		fresh := said.ID != "" && !p.proofs[said.ID] && said.Expiry != nil && said.Expiry.Time().Before(p.now().Add(10*time.Minute))
		p.proofs[said.ID] = true
		return fresh && said.ValidateWithLeeway(jwt.Expected{Issuer: client, Subject: client, AnyAudience: jwt.Audience{p.issuer + "/token"}, Time: p.now()}, 0) == nil
	}
	return false
}

// redeem is the token endpoint.
func (p *provider) redeem(w http.ResponseWriter, r *http.Request) {
	if p.token != nil {
		p.token(w, r)
		return
	}
	refuse := func(status int, code string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": "AADSTS7000215: Invalid client secret. Trace ID: 11111111-1111-1111-1111-111111111111"})
	}
	secret := r.PostFormValue("client_secret")
	if p.basic {
		_, secret, _ = r.BasicAuth()
	}
	if known := slices.Contains(p.secrets, secret); p.trusted == nil && !known || p.trusted != nil && !p.proved(r) {
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	p.mu.Lock()
	g, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || g.query.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || g.query.Get("redirect_uri") != r.PostFormValue("redirect_uri") {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "opaque", "token_type": "Bearer", "expires_in": 3600, "id_token": p.idToken(g.query, g.claims, "")})
}
