package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysEvery = 30 * time.Second // a key set is fetched at most so often
	keysLast  = 24 * time.Hour   // and counts so long when it can't be fetched
	maxKeys   = 100
	noKeys    = "load the provider's keys"
)

// keySet is the key set of one provider. A token that none of the known keys has
// signed makes it ask again, at most once in 30 s, whoever sends such tokens.
type keySet struct {
	url        string
	client     *http.Client
	now        func() time.Time
	algorithms []jose.SignatureAlgorithm

	known atomic.Pointer[keySet] // keys and fetched of the last answer, for who needs no other

	mu      sync.Mutex
	keys    []jose.JSONWebKey
	fetched time.Time // when keys came
	asked   time.Time
	err     error // of the last question
}

// VerifySignature implements oidc.KeySet.
func (s *keySet) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(jwt, s.algorithms)
	if err != nil {
		return nil, fmt.Errorf("malformed, or signed in a way that is not accepted: %w", err)
	}
	if len(signed.Signatures) != 1 {
		return nil, errors.New("signed more than once")
	}
	if payload := s.tryKnown(signed); payload != nil {
		return payload, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock() // holds those back who need another key, while one asks
	if payload := s.try(signed); payload != nil {
		return payload, nil
	}
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	if payload := s.try(signed); payload != nil {
		return payload, nil
	}
	return nil, fmt.Errorf("none of the provider's keys has signed it (key %q)", Plain(signed.Signatures[0].Header.KeyID))
}

// tryKnown is try without waiting for anybody who asks.
func (s *keySet) tryKnown(signed *jose.JSONWebSignature) []byte {
	if known := s.known.Load(); known != nil {
		return known.try(signed)
	}
	return nil
}

// try returns the payload when a known key has signed it.
func (s *keySet) try(signed *jose.JSONWebSignature) []byte {
	if s.now().Sub(s.fetched) >= keysLast {
		return nil
	}
	header := signed.Signatures[0].Header
	for _, key := range s.keys {
		if header.KeyID != "" && key.KeyID != "" && key.KeyID != header.KeyID || key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := signed.Verify(&key); err == nil {
			return payload
		}
	}
	return nil
}

// refresh asks for the key set, unless that was done just now.
func (s *keySet) refresh(ctx context.Context) error {
	if since := s.now().Sub(s.asked); since >= 0 && since < keysEvery {
		return s.err
	}
	s.asked = s.now()
	// Not with the request that came first: the answer is for all.
	keys, err := s.fetch(context.WithoutCancel(ctx))
	if err != nil {
		s.err = fmt.Errorf(noKeys+": %w", err)
		if s.now().Sub(s.fetched) < keysLast && len(s.keys) > 0 {
			return nil // the last good ones were tried
		}
		return s.err
	}
	s.keys, s.fetched, s.err = keys, s.asked, nil
	s.known.Store(&keySet{keys: keys, fetched: s.asked, now: s.now})
	return nil
}

func (s *keySet) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer was %s", answer.Status)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return nil, err
	}
	var keys []jose.JSONWebKey
	for _, text := range set.Keys[:min(len(set.Keys), maxKeys)] {
		var key jose.JSONWebKey
		// Keys of kinds that nobody here knows are no reason to refuse the others.
		if key.UnmarshalJSON(text) == nil && key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no usable key in it")
	}
	return keys, nil
}
