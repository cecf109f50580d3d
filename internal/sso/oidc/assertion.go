package oidc

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// assertionAge is how long a client assertion works.
const assertionAge = 5 * time.Minute

// assertion proves the client to a token endpoint (RFC 7523 §3), in the form that
// Entra asks for: the certificate is named by its thumbprint.
func (k *ClientKey) assertion(client, audience string, now time.Time) (string, error) {
	algorithm := jose.RS256
	if _, ok := k.Key.(*ecdsa.PrivateKey); ok {
		algorithm = jose.ES256
	}
	thumb := sha256.Sum256(k.Certificate.Raw)
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("x5t#S256", base64.RawURLEncoding.EncodeToString(thumb[:]))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: k.Key}, options)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(jwt.Claims{Issuer: client, Subject: client, Audience: jwt.Audience{audience}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now.Add(-skew)), Expiry: jwt.NewNumericDate(now.Add(assertionAge))}).Serialize()
}
