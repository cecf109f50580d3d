package issuer_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"github.com/rollcall/rollcall/internal/issuer"
)

const name = "https://idp.test/tenant"

// network is what stands behind the client: one issuer, in the time of a bubble.
type network struct {
	*testing.T
	cache    *issuer.Cache
	back     time.Duration // by which the clock was set back
	mu       sync.Mutex
	keys     []any
	document map[string]any
	slow     time.Duration
	fault    func(*http.Request) *http.Response
	asked    map[string]int
}

// in runs a test in a bubble, where hours pass at once.
func in(t *testing.T, test func(n *network)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{T: t, asked: map[string]int{}, keys: []any{published("one")},
			document: map[string]any{"issuer": name, "jwks_uri": "https://idp.test/keys", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}}}
		n.cache = issuer.New(&http.Client{Transport: n}, func() time.Time { return time.Now().Add(-n.back) })
		test(n)
	})
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.asked[r.URL.Path]++
	slow, fault := n.slow, n.fault
	n.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if fault != nil {
		return fault(r), nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.URL.Path == "/keys" {
		return says(map[string]any{"keys": n.keys}), nil
	}
	return says(n.document), nil
}

func says(v any) *http.Response {
	text, _ := json.Marshal(v)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(text))}
}

func away(*http.Request) *http.Response {
	return &http.Response{StatusCode: http.StatusBadGateway, Status: "502 Bad Gateway", Body: http.NoBody}
}

// secrets are the issuer's keys; "stranger" is nobody's.
var secrets = sync.OnceValue(func() map[string]*rsa.PrivateKey {
	all := map[string]*rsa.PrivateKey{}
	for _, kid := range []string{"one", "two", "stranger"} {
		all[kid], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return all
})

func published(kid string) jose.JSONWebKey {
	return jose.JSONWebKey{Key: secrets()[kid].Public(), KeyID: kid, Algorithm: "RS256", Use: "sig"}
}

func token(kid string, algorithm jose.SignatureAlgorithm) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: secrets()[kid], KeyID: kid}}, nil)
	if err != nil {
		panic(err)
	}
	object, err := signer.Sign(fmt.Appendf(nil, `{"iss":%q,"sub":"x","aud":"y"}`, name))
	if err != nil {
		panic(err)
	}
	text, _ := object.CompactSerialize()
	return text
}

// verify is a whole verification: the document, the keys, the signature.
func (n *network) verify(ctx context.Context, raw string) error {
	known, err := n.cache.Get(ctx, name)
	if err == nil {
		_, err = known.Verify(ctx, oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true}, raw)
	}
	return err
}

func (n *network) want(what, kid string, good bool) {
	n.Helper()
	if err := n.verify(n.Context(), token(kid, jose.RS256)); (err == nil) != good {
		n.Errorf("%s: %v, want %v", what, err, good)
	}
}

// unavailable says whether an error is the issuer's, not the token's.
func unavailable(err error) bool {
	_, ok := errors.AsType[*issuer.Unavailable](err)
	return ok
}

func (n *network) fetches(path string, want int) {
	n.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.asked[path] != want {
		n.Errorf("%s was asked for %d times, want %d", path, n.asked[path], want)
	}
}

const documentPath = "/tenant/.well-known/openid-configuration"

func TestAskedOnceAnHour(t *testing.T) {
	in(t, func(n *network) {
		for range 3 {
			n.want("at first", "one", true)
		}
		time.Sleep(59 * time.Minute)
		n.want("within the hour", "one", true)
		n.fetches(documentPath, 1)
		n.fetches("/keys", 1)
		n.keys = []any{published("two")} // one was taken back
		time.Sleep(time.Minute)
		n.want("a key that was taken back an hour ago", "one", false)
		n.fetches(documentPath, 2)
		n.fetches("/keys", 2)
	})
}

func TestUnknownKeys(t *testing.T) {
	in(t, func(n *network) {
		n.want("the known one", "one", true)
		time.Sleep(30 * time.Second)
		for range 100 {
			n.want("a stranger's", "stranger", false)
		}
		n.fetches("/keys", 2)
		time.Sleep(29 * time.Second)
		n.keys = append(n.keys, published("two"))
		n.want("the next, too early", "two", false)
		time.Sleep(time.Second)
		n.want("the next", "two", true)
		n.want("the known one", "one", true)
		n.fetches("/keys", 3)
		n.fetches(documentPath, 1)
	})
}

// Whoever waits for a new key holds nobody back who brings a known one, and all wait
// for one answer, whoever of them gives up.
func TestOneQuestionAtATime(t *testing.T) {
	in(t, func(n *network) {
		n.want("the known one", "one", true)
		time.Sleep(time.Minute)
		n.slow, n.keys = 5*time.Second, []any{published("one"), published("two")}
		first, giveUp := context.WithCancel(n.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if err := n.verify(first, token("two", jose.RS256)); !unavailable(err) || !errors.Is(err, context.Canceled) {
				n.Errorf("who gave up is told %v", err)
			}
		})
		synctest.Wait()
		for range 5 {
			all.Go(func() { n.want("a new key", "two", true) })
		}
		began := time.Now()
		n.want("a known key", "one", true)
		if since := time.Since(began); since != 0 {
			n.Errorf("who brings a known key waits %s", since)
		}
		giveUp()
		all.Wait()
		n.fetches("/keys", 2)
	})
}

func TestSlowIssuer(t *testing.T) {
	in(t, func(n *network) {
		n.want("at first", "one", true)
		time.Sleep(time.Hour)
		n.slow = time.Hour // a hanging server
		began := time.Now()
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { n.want("while it hangs", "one", true) })
		}
		all.Wait()
		if since := time.Since(began); since != 4*time.Second {
			n.Errorf("they wait %s, want 2 s for each of document and keys", since)
		}
		began = time.Now()
		n.want("later", "one", true)
		if since := time.Since(began); since != 0 {
			n.Errorf("then they wait %s", since)
		}
		time.Sleep(24 * time.Hour)
		began = time.Now()
		err := n.verify(n.Context(), token("one", jose.RS256))
		if since := time.Since(began); !unavailable(err) || since != 10*time.Second {
			n.Errorf("after a day: %v after %s, want it given up after 10 s", err, since)
		}
		time.Sleep(time.Minute)
		n.slow = 0
		n.want("when it answers again", "one", true)
	})
}

func TestIssuerIsAway(t *testing.T) {
	in(t, func(n *network) {
		n.fault = away
		for range 3 {
			if err := n.verify(n.Context(), token("one", jose.RS256)); !unavailable(err) {
				n.Errorf("before the first answer: %v", err)
			}
		}
		n.fetches(documentPath, 1)
		time.Sleep(30 * time.Second)
		n.fault = nil
		n.want("when it is back", "one", true)
		n.fault = away
		time.Sleep(23 * time.Hour)
		n.want("for a day", "one", true)
		if err := n.verify(n.Context(), token("stranger", jose.RS256)); err == nil || unavailable(err) {
			n.Errorf("a stranger's key while the known ones count: %v", err)
		}
		time.Sleep(time.Hour)
		if err := n.verify(n.Context(), token("one", jose.RS256)); !unavailable(err) {
			n.Errorf("after a day: %v", err)
		}
	})
}

// A clock that was set back makes nothing count longer.
func TestClockIsSetBack(t *testing.T) {
	in(t, func(n *network) {
		n.want("at first", "one", true)
		n.back = 48 * time.Hour
		n.keys = []any{published("two")}
		n.want("a key that was taken back", "one", false)
		n.want("the new one", "two", true)
		n.fetches("/keys", 2)
		n.back, n.fault = 96*time.Hour, away
		if err := n.verify(n.Context(), token("two", jose.RS256)); !unavailable(err) {
			n.Errorf("of a time to come: %v", err)
		}
	})
}

func TestDocumentsThatAreNotBelieved(t *testing.T) {
	for what, fault := range map[string]func(*network){
		"a redirect": func(n *network) {
			n.fault = func(r *http.Request) *http.Response {
				if r.URL.Host == "idp.test" {
					return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {"https://evil.test" + r.URL.Path}}, Body: http.NoBody}
				}
				return says(n.document)
			}
		},
		"more than 1 MB": func(n *network) {
			n.fault = func(*http.Request) *http.Response {
				answer := says(n.document)
				answer.Body = io.NopCloser(io.MultiReader(answer.Body, strings.NewReader(strings.Repeat(" ", 1<<20))))
				return answer
			}
		},
		"no JSON":                    func(n *network) { n.fault = func(*http.Request) *http.Response { return says("x") } },
		"another issuer":             func(n *network) { n.document["issuer"] = name + "/" },
		"no issuer":                  func(n *network) { delete(n.document, "issuer") },
		"no keys":                    func(n *network) { delete(n.document, "jwks_uri") },
		"a script for keys":          func(n *network) { n.document["jwks_uri"] = "javascript:alert(1)" },
		"a user name in the address": func(n *network) { n.document["jwks_uri"] = "https://a:b@idp.test/keys" },
		"shared keys alone":          func(n *network) { n.document["id_token_signing_alg_values_supported"] = []string{"HS256", "none"} },
	} {
		t.Run(what, func(t *testing.T) {
			in(t, func(n *network) {
				fault(n)
				if _, err := n.cache.Get(n.Context(), name); !unavailable(err) {
					n.Errorf("%v, want it unavailable", err)
				}
			})
		})
	}
}

func TestKeysThatAreNotUsed(t *testing.T) {
	for what, keys := range map[string][]any{
		"none":                      nil,
		"more than 1 MB":            {published("one"), strings.Repeat("x", 1<<20)},
		"a secret one":              {jose.JSONWebKey{Key: []byte("secret"), KeyID: "one"}},
		"a private one":             {jose.JSONWebKey{Key: secrets()["one"], KeyID: "one"}},
		"one for encryption":        {jose.JSONWebKey{Key: secrets()["one"].Public(), KeyID: "one", Use: "enc"}},
		"one that is damaged":       {map[string]any{"kty": "RSA", "kid": "one", "n": "AQAB", "e": ""}},
		"the hundred first of them": append(slices.Repeat([]any{7}, 100), published("one")),
	} {
		t.Run(what, func(t *testing.T) {
			in(t, func(n *network) {
				n.keys = keys
				if err := n.verify(n.Context(), token("one", jose.RS256)); !unavailable(err) {
					n.Errorf("%v, want it unavailable", err)
				}
			})
		})
	}
}

func TestKeysBesideUnknownOnes(t *testing.T) {
	in(t, func(n *network) {
		n.keys = []any{7, map[string]any{"kty": "new", "kid": "one"}, published("two"), published("one")}
		n.want("the fourth key", "one", true)
	})
}

func TestAlgorithms(t *testing.T) {
	for what, c := range map[string]struct {
		offered []string
		key     string // of the published key
		by      jose.SignatureAlgorithm
		good    bool
	}{
		"none offered: RS256":            {nil, "", jose.RS256, true},
		"none offered: another":          {nil, "", jose.PS256, false},
		"one that is offered":            {[]string{"PS256"}, "", jose.PS256, true},
		"one that is not offered":        {[]string{"PS256"}, "", jose.RS256, false},
		"a key of another algorithm":     {[]string{"PS256", "RS256"}, "RS256", jose.PS256, false},
		"a key that is for no other one": {[]string{"PS256", "RS256"}, "PS256", jose.PS256, true},
	} {
		t.Run(what, func(t *testing.T) {
			in(t, func(n *network) {
				key := published("one")
				key.Algorithm = c.key
				n.keys, n.document["id_token_signing_alg_values_supported"] = []any{key}, c.offered
				if err := n.verify(n.Context(), token("one", c.by)); (err == nil) != c.good {
					n.Errorf("%v, want %v", err, c.good)
				}
			})
		})
	}
}

// Keys outlast the document that names them, until another address is named.
func TestKeysMove(t *testing.T) {
	in(t, func(n *network) {
		n.want("at first", "one", true)
		time.Sleep(59 * time.Minute)
		n.want("unknown", "stranger", false)
		time.Sleep(time.Minute)
		n.want("with a new document", "one", true)
		n.fetches(documentPath, 2)
		n.fetches("/keys", 2)
		time.Sleep(time.Hour)
		n.document["jwks_uri"] = "https://idp.test/moved/keys"
		n.want("where nobody answers with keys", "one", false)
		n.fetches("/keys", 2)
		n.fetches("/moved/keys", 1)
	})
}

// However many issuers administrators name, some are forgotten, and none fails.
func TestManyIssuers(t *testing.T) {
	in(t, func(n *network) {
		n.fault = func(r *http.Request) *http.Response {
			return says(map[string]any{"issuer": "https://" + r.URL.Host, "jwks_uri": "https://idp.test/keys"})
		}
		for i := range 3000 {
			if _, err := n.cache.Get(n.Context(), fmt.Sprintf("https://%d.test", i)); err != nil {
				n.Fatal(err)
			}
		}
		before := n.asked["/.well-known/openid-configuration"]
		for i := range 3000 {
			_, _ = n.cache.Get(n.Context(), fmt.Sprintf("https://%d.test", i))
		}
		if again := n.asked["/.well-known/openid-configuration"] - before; again < 2000 {
			n.Errorf("of 3,000 issuers only %d were forgotten", again)
		}
	})
}
