package oidc

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/rollcall/rollcall/internal/issuer"
	"github.com/rollcall/rollcall/internal/outbound"
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

// Client asks identity providers.
type Client struct {
	http    *http.Client
	now     func() time.Time
	issuers *issuer.Cache
}

// New returns a Client that goes out through an HTTP client, by a clock.
func New(client *http.Client, now func() time.Time) *Client {
	return &Client{http: client, now: now, issuers: issuer.New(client, now)}
}

// Discover says whether a provider publishes what signing in needs. Errors: a
// *Refusal.
func (c *Client) Discover(ctx context.Context, name string) error {
	_, err := c.discover(ctx, name)
	return err
}

func (c *Client) discover(ctx context.Context, name string) (*issuer.Issuer, error) {
	known, err := c.issuers.Get(ctx, name)
	if away, ok := errors.AsType[*issuer.Unavailable](err); ok {
		// What the answer said is for the log alone: it may come from inside.
		return nil, refuse(CodeDiscovery, "%s", Plain(away.Sentence)).because(away.Err)
	}
	if err != nil {
		return nil, err
	}
	for name, endpoint := range map[string]string{"authorization_endpoint": known.Authorization, "token_endpoint": known.Token} {
		if err := checkEndpoint(endpoint); err != nil {
			return nil, refuse(CodeDiscovery, "the discovery document has no usable %s: %v", name, err)
		}
	}
	if inTheOpen(known, known.Authorization) {
		return nil, refuse(CodeDiscovery, "the discovery document has no usable authorization_endpoint: it begins with http://")
	}
	return known, nil
}

// checkEndpoint refuses addresses that are no web addresses. Where http is fine is for
// the HTTP client to say.
func checkEndpoint(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Fragment != "" { // RFC 6749 §3.1
		return errors.New("it is no web address")
	}
	return outbound.CheckURL(u)
}

// inTheOpen says whether an address would take a browser from https to http.
func inTheOpen(known *issuer.Issuer, address string) bool {
	to, err := url.Parse(address)
	from, wrong := url.Parse(known.Issuer)
	return err != nil || wrong != nil || from.Scheme == "https" && to.Scheme != "https"
}

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
	return configOf(known, p).AuthCodeURL(f.State, options...), nil
}

// configOf is the registration in the words of oauth2.
func configOf(known *issuer.Issuer, p Provider) *oauth2.Config {
	endpoint := oauth2.Endpoint{AuthURL: known.Authorization, TokenURL: known.Token, AuthStyle: oauth2.AuthStyleInParams}
	if len(known.TokenAuth) > 0 && !slices.Contains(known.TokenAuth, "client_secret_post") && slices.Contains(known.TokenAuth, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{ClientID: p.ClientID, RedirectURL: p.RedirectURI, Endpoint: endpoint, Scopes: []string{goidc.ScopeOpenID, "profile", "email"}}
}

// EndSessionURL is where a browser signs out at the provider (OpenID Connect
// RP-Initiated Logout 1.0 §2), "" when the provider has no such address. Its hints say
// whose session it is: the ID token with which it began, and what the provider calls the
// account. Without the first some providers ask the person, and others refuse.
func (c *Client) EndSessionURL(ctx context.Context, p Provider, back, idToken, hint string) (string, error) {
	known, err := c.discover(ctx, p.Issuer)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(known.EndSession)
	if err != nil || checkEndpoint(known.EndSession) != nil || inTheOpen(known, known.EndSession) {
		return "", nil
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", back)
	for name, value := range map[string]string{"id_token_hint": idToken, "logout_hint": hint} {
		if value != "" {
			q.Set(name, value)
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}
