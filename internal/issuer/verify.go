package issuer

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

const maxKeys = 100

// shortestRSA is how many bits an RSA key needs (RFC 7518 §3.3). go-jose reads none that
// are so long that checking by them takes long.
const shortestRSA = 2048

// Verify checks who signed a token, and what else the config asks for; without
// algorithms in it all of the issuer's count. Errors: *Unavailable when the keys can't
// be had, else the token is wrong.
func (i *Issuer) Verify(ctx context.Context, config oidc.Config, raw string) (*oidc.IDToken, error) {
	keys := &keySet{issuer: i}
	token, err := keys.verifier(config).Verify(ctx, raw)
	return token, keys.cause(err)
}

// VerifyLogout checks a back-channel logout token like Verify.
func (i *Issuer) VerifyLogout(ctx context.Context, config oidc.Config, raw string) (*oidc.LogoutToken, error) {
	keys := &keySet{issuer: i}
	token, err := keys.verifier(config).VerifyLogout(ctx, raw)
	return token, keys.cause(err)
}

// keySet is the oidc.KeySet for one token. It keeps why the keys can't be had, which
// go-oidc turns into text.
type keySet struct {
	issuer *Issuer
	failed error
}

func (s *keySet) verifier(config oidc.Config) *oidc.IDTokenVerifier {
	if len(config.SupportedSigningAlgs) == 0 {
		for _, a := range s.issuer.Algorithms {
			config.SupportedSigningAlgs = append(config.SupportedSigningAlgs, string(a))
		}
	}
	return oidc.NewVerifier(s.issuer.Issuer, s, &config)
}

func (s *keySet) cause(err error) error {
	if s.failed != nil {
		return s.failed
	}
	return err
}

// VerifySignature implements oidc.KeySet.
func (s *keySet) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(raw, s.issuer.Algorithms)
	if err != nil {
		return nil, fmt.Errorf("malformed, or signed in a way that is not accepted: %w", err)
	}
	var keys []jose.JSONWebKey
	// Who brings a known key is served by what is known. Who doesn't makes it ask again,
	// and waits for the answer, which the known keys can't replace.
	for _, unknown := range []bool{false, true} {
		if keys, s.failed = s.issuer.keys.get(ctx, unknown); s.failed != nil {
			return nil, s.failed
		}
		if payload := try(keys, signed); payload != nil {
			return payload, unambiguous(payload)
		}
	}
	return nil, fmt.Errorf("none of the issuer's keys has signed it (key %.100q)", signed.Signatures[0].Header.KeyID)
}

// deciding are the claims by which a token is judged, here and where it is used.
var deciding = []string{"iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "jti", "at_hash", "sid", "events"}

// unambiguous refuses a token with one of these in other letters too: encoding/json
// takes SUB for sub, which to whoever made the token is a claim of no consequence.
func unambiguous(payload []byte) error {
	var said map[string]json.RawMessage
	if err := json.Unmarshal(payload, &said); err != nil {
		return fmt.Errorf("what is signed is no JSON object: %w", err)
	}
	for name := range said {
		for _, d := range deciding {
			if name != d && strings.EqualFold(name, d) {
				return fmt.Errorf("the claim %s is there as %.20q", d, name)
			}
		}
	}
	return nil
}

// try returns the payload when one of the keys has signed it.
func try(keys []jose.JSONWebKey, signed *jose.JSONWebSignature) []byte {
	header := signed.Signatures[0].Header // the compact form has one
	for _, key := range keys {
		if header.KeyID != "" && key.KeyID != "" && key.KeyID != header.KeyID || key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := signed.Verify(&key); err == nil {
			return payload
		}
	}
	return nil
}

// readKeys asks for a key set.
func (c *Cache) readKeys(ctx context.Context, address string) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	err := c.fetch(ctx, address, &set)
	if err == nil {
		if keys := usable(set.Keys); len(keys) > 0 {
			return keys, nil
		}
		err = errors.New("there is no usable key in it")
	}
	return nil, &Unavailable{"the provider's keys can't be had", err}
}

// usable are the keys that can have signed something. Those of kinds that nobody here
// knows are no reason to refuse the others.
func usable(texts []json.RawMessage) (keys []jose.JSONWebKey) {
	for _, text := range texts[:min(len(texts), maxKeys)] {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(text) != nil || !key.Valid() || !key.IsPublic() || key.Use != "" && key.Use != "sig" {
			continue
		}
		if public, ok := key.Key.(*rsa.PublicKey); !ok || public.N.BitLen() >= shortestRSA {
			keys = append(keys, key)
		}
	}
	return keys
}
