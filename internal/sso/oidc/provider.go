package oidc

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// Provider is a client's registration with an identity provider.
type Provider struct {
	Issuer      string // exactly as the provider writes it
	Tenant      string // Entra's directory id; "" for other providers
	ClientID    string
	RedirectURI string
	Workspace   bool // Google's: accounts that belong to no organization are refused
	Hybrid      bool // code id_token, answered by form_post
	// Secrets are tried in this order: two while one replaces the other.
	Secrets []Secret
	// Key proves the client instead of a secret (private_key_jwt, RFC 7523 §2.2).
	Key *ClientKey
}

// Secret is a client secret, with whatever its owner knows it by.
type Secret struct{ ID, Value string }

// ClientKey is the key of a certificate that the provider knows.
type ClientKey struct {
	Key         crypto.Signer
	Certificate *x509.Certificate
}

// Client asks identity providers. It remembers what they publish.
type Client struct {
	http *http.Client
	now  func() time.Time

	asking singleflight.Group
	mu     sync.Mutex
	known  map[string]*published // by issuer
	failed map[string]failure
}

// failure is a provider that could not be asked.
type failure struct {
	err error
	at  time.Time
}

// New returns a Client that goes out through an HTTP client, by a clock.
func New(client *http.Client, now func() time.Time) *Client {
	return &Client{http: client, now: now, known: map[string]*published{}, failed: map[string]failure{}}
}

// published is what a provider says of itself.
type published struct {
	provider *goidc.Provider
	keys     *keySet
	asked    time.Time
	issuer   string
	Metadata
}

// Metadata is the part of a discovery document (OpenID Connect Discovery 1.0 §3)
// that counts here.
type Metadata struct {
	Issuer             string   `json:"issuer"`
	Authorization      string   `json:"authorization_endpoint"`
	Token              string   `json:"token_endpoint"`
	Keys               string   `json:"jwks_uri"`
	EndSession         string   `json:"end_session_endpoint"`
	Algorithms         []string `json:"id_token_signing_alg_values_supported"`
	TokenAuth          []string `json:"token_endpoint_auth_methods_supported"`
	ResponseTypes      []string `json:"response_types_supported"`
	NamesIssuer        bool     `json:"authorization_response_iss_parameter_supported"`
	BackChannelLogout  bool     `json:"backchannel_logout_supported"`
	FrontChannelLogout bool     `json:"frontchannel_logout_supported"`
}

const (
	discoveryAge = time.Hour
	patience     = 2 * time.Second // for a newer document, where there is one
	maxKnown     = 1000
)

// accepted are the algorithms of ID tokens that are taken where the provider has
// them. Those with a shared key are not among them: the key would be the client's
// secret.
var accepted = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.RS384, jose.RS512, jose.PS384, jose.PS512, jose.ES384, jose.ES512, jose.EdDSA}

// Discover returns what the provider with that issuer publishes, at most an hour
// old. Errors: a *Refusal.
func (c *Client) Discover(ctx context.Context, issuer string) (*Metadata, error) {
	p, err := c.discover(ctx, issuer)
	if err != nil {
		return nil, err
	}
	return &p.Metadata, nil
}

func (c *Client) discover(ctx context.Context, issuer string) (*published, error) {
	c.mu.Lock()
	known, failed := c.known[issuer], c.failed[issuer]
	c.mu.Unlock()
	now := c.now()
	if known != nil {
		if age := now.Sub(known.asked); age >= 0 && age < discoveryAge {
			return known, nil
		}
	}
	if failed.err != nil && now.Sub(failed.at) >= 0 && now.Sub(failed.at) < keysEvery {
		if known != nil && now.Sub(known.asked) < keysLast {
			return known, nil // the provider is away for a while; what it said last counts
		}
		return nil, failed.err
	}
	var impatient <-chan time.Time
	if known != nil && now.Sub(known.asked) < keysLast {
		impatient = time.After(patience) // then what it said last counts
	}
	// One question at a time, which doesn't end with the request that came first.
	answer := c.asking.DoChan(issuer, func() (any, error) { return c.renew(context.WithoutCancel(ctx), issuer) })
	select {
	case <-impatient:
		return known, nil
	case <-ctx.Done():
		return nil, refuse(CodeReach, "the provider does not answer").because(ctx.Err())
	case got := <-answer:
		if got.Err == nil {
			return got.Val.(*published), nil
		}
		if known != nil && now.Sub(known.asked) < keysLast {
			return known, nil
		}
		return nil, got.Err
	}
}

// renew asks the provider and remembers what came of it.
func (c *Client) renew(ctx context.Context, issuer string) (*published, error) {
	fresh, err := c.ask(ctx, issuer)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		if len(c.failed) >= maxKnown {
			clear(c.failed)
		}
		c.failed[issuer] = failure{err, c.now()}
		return nil, err
	}
	delete(c.failed, issuer)
	known := c.known[issuer]
	if known != nil && known.Keys == fresh.Keys && slices.Equal(known.keys.algorithms, fresh.keys.algorithms) {
		fresh.keys = known.keys // with how lately they were asked for
	}
	if len(c.known) >= maxKnown {
		clear(c.known)
	}
	c.known[issuer] = fresh
	return fresh, nil
}

func (c *Client) ask(ctx context.Context, issuer string) (*published, error) {
	if err := checkEndpoint(issuer); err != nil {
		return nil, refuse(CodeDiscovery, "the issuer %q is no address that can be asked: %v", Plain(issuer), err)
	}
	provider, err := goidc.NewProvider(goidc.ClientContext(ctx, c.http), issuer)
	if err != nil {
		if wrong, ok := errors.AsType[*goidc.IssuerMismatchError](err); ok {
			return nil, refuse(CodeDiscovery, "the document there says that its issuer is %q: enter exactly that", Plain(wrong.Provided)).because(err)
		}
		// What the answer said is for the log alone: it may come from inside.
		return nil, refuse(CodeDiscovery, "the document %s/.well-known/openid-configuration can't be had", Plain(strings.TrimSuffix(issuer, "/"))).because(errors.New(Plain(err.Error())))
	}
	p := &published{provider: provider, asked: c.now(), issuer: issuer}
	if err := provider.Claims(&p.Metadata); err != nil {
		return nil, refuse(CodeDiscovery, "the discovery document is damaged").because(err)
	}
	for name, endpoint := range map[string]string{"authorization_endpoint": p.Authorization, "token_endpoint": p.Metadata.Token, "jwks_uri": p.Keys} {
		if err := checkEndpoint(endpoint); err != nil {
			return nil, refuse(CodeDiscovery, "the discovery document has no usable %s: %v", name, err)
		}
	}
	p.keys = &keySet{url: p.Keys, client: c.http, now: c.now, algorithms: algorithmsOf(p.Algorithms)}
	if len(p.keys.algorithms) == 0 {
		return nil, refuse(CodeDiscovery, "the provider signs ID tokens in no way that is accepted here; it has %s", Plain(strings.Join(p.Algorithms, ", ")))
	}
	return p, nil
}

// algorithmsOf are the accepted ones that a provider has; RS256 where it doesn't
// say (OpenID Connect Discovery 1.0 §3 makes it tell).
func algorithmsOf(offered []string) (all []jose.SignatureAlgorithm) {
	if len(offered) == 0 {
		return []jose.SignatureAlgorithm{jose.RS256}
	}
	for _, a := range accepted {
		if slices.Contains(offered, string(a)) {
			all = append(all, a)
		}
	}
	return all
}

// checkEndpoint refuses addresses that are no web addresses, and those without TLS
// but on this machine: where else http is fine is for the HTTP client to say.
func checkEndpoint(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return errors.New("it is no web address")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("it does not begin with https://")
	}
	return nil
}

// IsLocal says whether a host is this machine's own.
func IsLocal(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

// Flow is what is remembered of a sign-in that has begun.
type Flow struct {
	State    string // comes back with the answer
	Nonce    string // comes back in the ID token
	Verifier string // of PKCE (RFC 7636)
	Hint     string // whom to sign in, "" for nobody in particular
	Prompt   string // login, select_account; "" leaves it to the provider
}

// AuthURL is where the browser is sent. Errors: a *Refusal.
func (c *Client) AuthURL(ctx context.Context, p Provider, f Flow) (string, error) {
	known, err := c.discover(ctx, p.Issuer)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{goidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if p.Hybrid {
		options = append(options, oauth2.SetAuthURLParam("response_type", "code id_token"), oauth2.SetAuthURLParam("response_mode", "form_post"))
	}
	if f.Hint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", f.Hint))
	}
	if f.Prompt != "" {
		options = append(options, oauth2.SetAuthURLParam("prompt", f.Prompt))
	}
	config := known.config(p)
	return config.AuthCodeURL(f.State, options...), nil
}

// config is the registration in the words of oauth2.
func (k *published) config(p Provider) *oauth2.Config {
	endpoint := k.provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams
	if len(k.TokenAuth) > 0 && !slices.Contains(k.TokenAuth, "client_secret_post") && slices.Contains(k.TokenAuth, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{ClientID: p.ClientID, RedirectURL: p.RedirectURI, Endpoint: endpoint, Scopes: []string{goidc.ScopeOpenID, "profile", "email"}}
}

// EndSessionURL is where a browser signs out at the provider (OpenID Connect
// RP-Initiated Logout 1.0 §2), "" when the provider has no such address.
func (c *Client) EndSessionURL(ctx context.Context, p Provider, back, hint string) (string, error) {
	known, err := c.discover(ctx, p.Issuer)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(known.EndSession)
	if err != nil || checkEndpoint(known.EndSession) != nil {
		return "", nil
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", back)
	if hint != "" {
		q.Set("logout_hint", hint)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}
