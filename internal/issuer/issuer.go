package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rollcall/rollcall/internal/outbound"
)

const (
	maxKnown = 1000 // issuers
	maxBytes = 1 << 20
)

// algorithms may sign tokens, where their issuer has them. Those with a shared key are
// not among them: the key would be public, or the client's secret.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.RS384, jose.RS512, jose.PS384, jose.PS512, jose.ES384, jose.ES512, jose.EdDSA}

// Unavailable says that what an issuer publishes can't be had, or can't be used.
type Unavailable struct {
	Sentence string // for an administrator
	Err      error  // for the log; may be nil
}

func (u *Unavailable) Error() string {
	if u.Err == nil {
		return u.Sentence
	}
	return u.Sentence + ": " + u.Err.Error()
}

// Unwrap returns the cause.
func (u *Unavailable) Unwrap() error { return u.Err }

// Answered is the status of an answer that is no document.
type Answered struct {
	Code int    // 404
	Text string // 404 Not Found
}

func (a *Answered) Error() string { return "the answer was " + a.Text }

// Cache asks issuers and remembers what they say.
type Cache struct {
	client *http.Client
	now    func() time.Time
	mu     sync.Mutex
	known  map[string]*recent[*Issuer]
}

// New returns a Cache that goes out through a client, without following redirects:
// whoever can make an issuer's server redirect could choose the keys. Its times are
// those of the clock.
func New(client *http.Client, now func() time.Time) *Cache {
	strict := *client
	strict.CheckRedirect = func(*http.Request, []*http.Request) error {
		return errors.New("it redirects, which is never followed")
	}
	return &Cache{client: &strict, now: now, known: map[string]*recent[*Issuer]{}}
}

// Issuer is what an issuer publishes.
type Issuer struct {
	Document
	keys *recent[[]jose.JSONWebKey]
}

// Document is the part of a discovery document (OpenID Connect Discovery 1.0 §3, RFC
// 8414 §2) that counts here. Issuer, Keys and Algorithms hold; the other addresses
// are as the document has them.
type Document struct {
	Issuer        string                    `json:"issuer"`
	Authorization string                    `json:"authorization_endpoint"`
	Token         string                    `json:"token_endpoint"`
	UserInfo      string                    `json:"userinfo_endpoint"`
	Keys          string                    `json:"jwks_uri"`
	EndSession    string                    `json:"end_session_endpoint"`
	Algorithms    []jose.SignatureAlgorithm `json:"id_token_signing_alg_values_supported"` // those that are accepted here
	TokenAuth     []string                  `json:"token_endpoint_auth_methods_supported"`
	NamesIssuer   bool                      `json:"authorization_response_iss_parameter_supported"` // RFC 9207 §3
}

// Get returns what an issuer publishes, by its exact name. Errors: *Unavailable.
func (c *Cache) Get(ctx context.Context, name string) (*Issuer, error) {
	return c.at(name).get(ctx, false)
}

func (c *Cache) at(name string) *recent[*Issuer] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[name] == nil {
		for other := range c.known {
			if len(c.known) < maxKnown {
				break
			}
			delete(c.known, other)
		}
		var before *Issuer
		c.known[name] = &recent[*Issuer]{now: c.now, ask: func(ctx context.Context) (*Issuer, error) {
			i, err := c.read(ctx, name)
			if err != nil {
				return nil, err
			}
			if before != nil && before.Keys == i.Keys {
				i.keys = before.keys
			}
			before = i
			return i, nil
		}}
	}
	return c.known[name]
}

// read asks an issuer for its document.
func (c *Cache) read(ctx context.Context, name string) (*Issuer, error) {
	address := strings.TrimSuffix(name, "/") + "/.well-known/openid-configuration"
	i := new(Issuer)
	if err := c.fetch(ctx, address, &i.Document); err != nil {
		return nil, &Unavailable{fmt.Sprintf("the document %.200s can't be had", address), err}
	}
	if i.Issuer != name {
		return nil, &Unavailable{Sentence: fmt.Sprintf("the document there says that its issuer is %.200q: enter exactly that", i.Issuer)}
	}
	if err := check(i.Keys); err != nil {
		return nil, &Unavailable{"the discovery document has no usable jwks_uri", err}
	}
	offered := i.Document.Algorithms
	if i.Document.Algorithms = accepted(offered); len(i.Document.Algorithms) == 0 {
		return nil, &Unavailable{Sentence: fmt.Sprintf("the provider signs in no way that is accepted here; it has %.200q", fmt.Sprint(offered))}
	}
	i.keys = &recent[[]jose.JSONWebKey]{now: c.now, ask: func(ctx context.Context) ([]jose.JSONWebKey, error) { return c.readKeys(ctx, i.Keys) }}
	return i, nil
}

// accepted are the algorithms of an issuer that are accepted; RS256 where it doesn't
// say (OpenID Connect Discovery 1.0 §3 has all offer it).
func accepted(offered []jose.SignatureAlgorithm) []jose.SignatureAlgorithm {
	if len(offered) == 0 {
		return []jose.SignatureAlgorithm{jose.RS256}
	}
	return slices.DeleteFunc(slices.Clone(algorithms), func(a jose.SignatureAlgorithm) bool { return !slices.Contains(offered, a) })
}

// check refuses what is no web address; whether http is fine is for the client to say.
func check(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	return outbound.CheckURL(u)
}

// fetch reads a JSON document.
func (c *Cache) fetch(ctx context.Context, address string, into any) error {
	if err := check(address); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return &Answered{response.StatusCode, response.Status}
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBytes+1))
	if err != nil {
		return err
	}
	if len(body) > maxBytes {
		return outbound.ErrTooLarge
	}
	return json.Unmarshal(body, into)
}
