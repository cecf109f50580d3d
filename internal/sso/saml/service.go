package saml

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"time"
)

// Skew is how far two clocks may be apart.
const Skew = 120 * time.Second

// CertificateLimit is how many certificates of a provider are pinned at most: the
// one in use, the next, and one to spare.
const CertificateLimit = 3

// Binding is how a message travels.
type Binding string

// The bindings of the browser.
const (
	Redirect Binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	Post     Binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// Provider is what one connection knows of its identity provider.
type Provider struct {
	EntityID       string
	SSOURL         string  // where requests to sign in go, by Redirect
	SLOURL         string  // where requests to sign out go; "" without single logout
	SLOResponseURL string  // where answers to them go; "" means SLOURL
	SLOBinding     Binding // of both

	// Certificates are pinned: only their keys count, whatever a message names and
	// whoever signed them. At most CertificateLimit.
	Certificates []*x509.Certificate

	LegacySHA1 bool // accept RSA with SHA-1, for a provider that can't do better

	// NameIDAttribute names the attribute that holds a person's immutable identifier,
	// "" when NameID is it. For Entra:
	// http://schemas.microsoft.com/identity/claims/objectidentifier
	NameIDAttribute string
}

// Service is our side of one connection: its own entity ID and addresses, so that
// nothing made for one connection is worth anything at another.
type Service struct {
	EntityID string
	ACSURL   string // where responses arrive
	SLOURL   string // where requests to sign out arrive; "" without single logout

	// Keys sign and decrypt. The first signs; all are tried for decrypting, so that
	// one can follow the other. Each has its certificate first in the chain.
	Keys []tls.Certificate
}

// NewID makes an ID for a message: 160 random bits, as an XML name.
func NewID() string {
	random := make([]byte, 20)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the program instead
	return "_" + hex.EncodeToString(random)
}

// signer is the key that signs.
func (s *Service) signer() (crypto.Signer, error) {
	if len(s.Keys) > 0 {
		if key, ok := s.Keys[0].PrivateKey.(crypto.Signer); ok {
			return key, nil
		}
	}
	return nil, refuse(Setting, "this connection has no key to sign with")
}

// ready refuses settings with which an empty value could equal another.
func (s *Service) ready(p Provider, now time.Time) error {
	switch {
	case s.EntityID == "" || s.ACSURL == "":
		return refuse(Setting, "this connection has no entity ID or no address of its own")
	case p.EntityID == "":
		return refuse(Setting, "the provider's entity ID is not known; import its metadata")
	case len(p.Certificates) > CertificateLimit:
		return refuse(Setting, "%d certificates are pinned; at most %d may be", len(p.Certificates), CertificateLimit)
	case now.IsZero():
		return refuse(Setting, "the time is not known")
	}
	return nil
}
