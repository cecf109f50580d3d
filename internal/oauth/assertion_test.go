package oauth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store/storetest"
)

// Nothing but an assertion of the pinned issuer, about the pinned subject, for the
// pinned audience, signed by a key that the issuer publishes now, opens the door.
func TestForgedAssertionsAreRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		h.federate(c)
		stranger, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			h.Fatal(err)
		}
		minutes := func(n int64) int64 { return h.store.Now().Unix() + 60*n }
		der := h.issuer.publicKey(h.T)
		used := h.issuer.sign(h.T, map[string]any{"jti": "once"})
		h.granted(h.assert(used))
		right := h.issuer.sign(h.T, nil)
		other := newIssuer(h.T, h.store.Now)
		for _, f := range []struct{ name, assertion, reason string }{
			{"alg none", unsigned(h.issuer.claims(nil)), "assertion: its signature"},
			{"alg none with the signature of another", unsigned(h.issuer.claims(nil)) + right[len(right)-342:], "assertion: its signature"},
			{"HS256 with the public key", signed(h.T, jose.HS256, der, "one", h.issuer.claims(nil)), "assertion: its signature"},
			{"HS256 with the public key as text", signed(h.T, jose.HS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "one", h.issuer.claims(nil)), "assertion: its signature"},
			{"a stranger's key", signed(h.T, jose.RS256, stranger, "one", h.issuer.claims(nil)), "assertion: its signature"},
			{"a stranger's key by an unknown id", signed(h.T, jose.RS256, stranger, "two", h.issuer.claims(nil)), "assertion: its signature"},
			{"signature cut", right[:len(right)-10], "assertion: its signature"},
			{"another issuer's, honestly", other.sign(h.T, nil), "of an issuer"},
			{"another issuer's in our issuer's name", other.sign(h.T, map[string]any{"iss": h.issuer.url}), "assertion: its signature"},
			{"issuer with a slash more", h.issuer.sign(h.T, map[string]any{"iss": h.issuer.url + "/"}), "of an issuer"},
			{"another subject", h.issuer.sign(h.T, map[string]any{"sub": uuid.NewString()}), "about a subject"},
			{"no subject", h.issuer.sign(h.T, map[string]any{"sub": nil}), "about a subject"},
			{"another audience", h.issuer.sign(h.T, map[string]any{"aud": "api://other"}), "another audience"},
			{"one audience more", h.issuer.sign(h.T, map[string]any{"aud": []string{audience, "api://other"}}), "another audience"},
			{"audience in other letters", h.issuer.sign(h.T, map[string]any{"aud": "API://rollcall"}), "another audience"},
			{"no audience", h.issuer.sign(h.T, map[string]any{"aud": nil}), "another audience"},
			{"expired", h.issuer.sign(h.T, map[string]any{"iat": minutes(-30), "nbf": minutes(-30), "exp": minutes(-3)}), "expired assertion"},
			{"no expiry", h.issuer.sign(h.T, map[string]any{"exp": nil}), "without iat or exp"},
			{"no iat", h.issuer.sign(h.T, map[string]any{"iat": nil}), "without iat or exp"},
			{"made long ago", h.issuer.sign(h.T, map[string]any{"iat": minutes(-63), "nbf": minutes(-63)}), "more than an hour ago"},
			{"made in the future", h.issuer.sign(h.T, map[string]any{"iat": minutes(10)}), "not valid yet"},
			{"not yet valid", h.issuer.sign(h.T, map[string]any{"nbf": minutes(10)}), "not valid yet"},
			{"not valid for ages", h.issuer.sign(h.T, map[string]any{"nbf": 1e19}), "nbf is malformed"},
			{"came before", used, "came before"},
			{"no JWT", "hello", "of an issuer"},
			{"jti that is no text", h.issuer.sign(h.T, map[string]any{"jti": 7}), "jti or nbf is malformed"},
		} {
			h.pass(time.Minute / 10) // the limit on what is noted forgives
			before := len(h.refusals())
			r := h.assert(f.assertion)
			if r.status == http.StatusTooManyRequests { // refused too, and not noted
				continue
			}
			h.invalidClient(r)
			if now := h.refusals(); len(now) != before+1 || !contains(now[before], f.reason) {
				h.Errorf("%s: the log says %q", f.name, now[before:])
			}
		}
		if h.scim(h.granted(h.assert(h.issuer.sign(h.T, nil)))) != http.StatusOK {
			h.Error("the right one doesn't open the door")
		}
	})
}

func TestGoodAssertionsOfSeveralStyles(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		h.federate(c)
		now := h.store.Now().Unix()
		for name, change := range map[string]map[string]any{
			"plain": nil, "audience as a list": {"aud": []string{audience}}, "with Entra's claims": {"oid": subject, "tid": uuid.NewString(), "ver": "2.0", "azp": "x"},
			"clock ahead": {"iat": now + 110, "nbf": now + 110}, "expired within the leeway": {"iat": now - 600, "exp": now - 110},
			"without nbf": {"nbf": nil}, "with jti": {"jti": "a"}, "with another jti": {"jti": "b"},
		} {
			if r := h.assert(h.issuer.sign(h.T, change)); r.status != http.StatusOK || r.seconds != 3600 {
				h.Errorf("%s: %d %s", name, r.status, r.text)
			}
		}
		named := asserting(h.issuer.sign(h.T, nil))
		named.Set("client_id", c.ID.String())
		h.granted(h.post(h.tokenURL(h.conn.ID), named, nil))
		named.Set("client_id", uuid.NewString())
		h.invalidClient(h.post(h.tokenURL(h.conn.ID), named, nil))
	})
}

// An assertion opens its own connection in its own organization alone.
func TestAssertionElsewhere(t *testing.T) {
	onBoth(t, func(h *house) {
		h.federate(h.client(h.conn))
		foreign, conn := storetest.Organization(h.T, h.store, "globex")
		for _, address := range []string{
			h.tokenURL(conn.ID), h.tokenURL(uuid.New()),
			h.server.URL + "/oauth/" + foreign.Slug + "/" + conn.ID.String() + "/token", h.server.URL + "/oauth/" + foreign.Slug + "/" + h.conn.ID.String() + "/token",
		} {
			h.invalidClient(h.post(address, asserting(h.issuer.sign(h.T, nil)), nil))
		}
	})
}

// Of many who present the same assertion at once one gets a token.
func TestAssertionCountsOnceInARace(t *testing.T) {
	onBoth(t, func(h *house) {
		h.federate(h.client(h.conn))
		assertion := h.issuer.sign(h.T, map[string]any{"jti": uuid.NewString()})
		var good atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if h.assert(assertion).status == http.StatusOK {
					good.Add(1)
				}
			})
		}
		all.Wait()
		if good.Load() != 1 {
			h.Errorf("%d got a token", good.Load())
		}
	})
}

// The issuer's keys are asked for seldom, whoever sends what; a new key is found,
// and an outage is survived for a day.
func TestKeysAreRememberedAndRenewed(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		h.federate(c)
		h.granted(h.assert(h.issuer.sign(h.T, nil)))
		stranger, _ := rsa.GenerateKey(rand.Reader, 2048)
		for range 10 {
			h.assert(signed(h.T, jose.RS256, stranger, uuid.NewString(), h.issuer.claims(nil)))
		}
		if n := h.issuer.fetches.Load(); n != 1 {
			h.Errorf("ten forged assertions made %d requests for keys", n)
		}
		h.pass(31 * time.Second)
		h.issuer.rotate(h.T, "two")
		h.granted(h.assert(h.issuer.sign(h.T, nil)))
		if n := h.issuer.fetches.Load(); n != 2 {
			h.Errorf("a new key took %d requests", n)
		}
		h.issuer.breaks(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "{}", http.StatusBadGateway) })
		h.pass(23 * time.Hour)
		h.granted(h.assert(h.issuer.sign(h.T, nil)))
		h.pass(2 * time.Hour)
		if r := h.assert(h.issuer.sign(h.T, nil)); r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
			h.Errorf("keys of yesterday count: %d %s", r.status, r.text)
		}
		h.pass(time.Minute)
		h.issuer.breaks(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.test"+r.URL.Path, http.StatusFound)
		})
		if r := h.assert(h.issuer.sign(h.T, nil)); r.status != http.StatusServiceUnavailable {
			h.Errorf("a redirect is followed: %d %s", r.status, r.text)
		}
		h.pass(time.Minute)
		h.issuer.breaks(nil)
		h.issuer.says["issuer"] = "https://elsewhere.test"
		if r := h.assert(h.issuer.sign(h.T, nil)); r.status != http.StatusServiceUnavailable {
			h.Errorf("a document of another issuer counts: %d %s", r.status, r.text)
		}
		h.pass(time.Minute)
		delete(h.issuer.says, "issuer")
		h.granted(h.assert(h.issuer.sign(h.T, nil)))
	})
}
