package saml

import "time"

// Expect is what the door knows before a response arrives.
type Expect struct {
	// RequestID is the ID of the request to which this must be the answer. "" when
	// there was none: refused, unless ProviderInitiated says that the connection
	// allows the provider to begin.
	RequestID         string
	ProviderInitiated bool

	Now time.Time
}

// Assertion is what a believed response says.
type Assertion struct {
	ID     string
	Issuer string

	// Subject is who signs in: NameID, or the value of the provider's
	// NameIDAttribute. Compare it byte by byte.
	Subject string
	// Immutable says that Subject is made to never name somebody else: a persistent
	// NameID or the chosen attribute. Otherwise it can be an address that the next
	// person inherits.
	Immutable bool

	NameID       string // as sent, with Format: for a later LogoutRequest
	NameIDFormat string
	SessionIndex string

	Attributes map[string][]string

	SessionNotOnOrAfter time.Time // a session here must not outlast it; zero when the provider sets no end

	// NotOnOrAfter is when this response stops being accepted, Skew included. Until
	// then its ID must be remembered and refused when it comes again.
	NotOnOrAfter time.Time
}

// Response decides whether a SAMLResponse (the form field, in base64) is believed.
// The caller still has to refuse an assertion ID that it has seen before, and a
// request that was answered already. Errors are *Refusal.
func (s *Service) Response(p Provider, samlResponse string, expect Expect) (*Assertion, error) {
	if err := s.ready(p, expect.Now); err != nil {
		return nil, err
	}
	raw, err := decode(samlResponse, messageBytes)
	if err != nil {
		return nil, err
	}
	root, err := parse(raw, message)
	if err != nil {
		return nil, err
	}
	e, err := gateResponse(root)
	if err != nil {
		return nil, err
	}
	if e.signature != nil {
		if root, err = signed(p, raw, root, e.signature, expect.Now); err != nil {
			return nil, err
		}
	}
	var assertion *element
	if e.encrypted != nil {
		assertion, err = s.unseal(p, e.encrypted, expect.Now)
	} else {
		assertion, err = believe(p, raw, e.assertion, expect.Now)
	}
	if err != nil {
		return nil, err
	}
	return s.policy(p, root, assertion, expect)
}

// unseal is the believed assertion of an encrypted one.
func (s *Service) unseal(p Provider, sealed *element, now time.Time) (*element, error) {
	raw, err := s.decrypt(sealed)
	if err != nil {
		return nil, err
	}
	inner, err := parse(raw, message)
	if err != nil {
		return nil, errEncrypted
	}
	if err := (&envelope{root: inner}).placed(inner, inner.one(nsDsig, "Signature")); err != nil {
		return nil, errEncrypted
	}
	assertion, err := believe(p, raw, inner, now)
	if err != nil {
		return nil, errEncrypted
	}
	return assertion, nil
}

// believe is an assertion read from the bytes that its own signature covers.
func believe(p Provider, raw []byte, a *element, now time.Time) (*element, error) {
	if err := gateAssertion(a); err != nil {
		return nil, err
	}
	return signed(p, raw, a, a.one(nsDsig, "Signature"), now)
}

// signed is an element read from the bytes that its signature covers.
func signed(p Provider, raw []byte, e, sig *element, now time.Time) (*element, error) {
	s, err := gateSignature(sig, e.attr("ID"), p.LegacySHA1)
	if err != nil {
		return nil, err
	}
	return verify(raw, e, s, p.Certificates, now)
}
