package access

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	keyBits = 2048 // what every provider takes
	keyLife = 2 * 365 * 24 * time.Hour
	maxKeys = 2
)

// NewSigningKey makes a key for AddKey. It takes long, so that no transaction waits
// for it.
func NewSigningKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, keyBits) }

// AddKey gives a connection a key with a certificate: with it the server proves
// itself to the provider, signs requests and reads what is encrypted for it. The
// administrator gives the certificate to the provider. Errors: fault.NotFound,
// fault.Conflict when there are two already.
func (s *SignOns) AddKey(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, key *rsa.PrivateKey) (*ent.SignOn, error) {
	on, err := s.locked(ctx, tx, connectionID)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, known := range on.Secrets {
		if known.Use == UseSigningKey {
			n++
		}
	}
	if n >= maxKeys {
		return nil, fault.New(fault.Conflict, "two certificates count at a time; remove the old one first")
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	from, until := tx.Now().Add(-time.Hour), tx.Now().Add(keyLife)
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "Rollcall " + connectionID.String()}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return s.keep(ctx, tx, on, schema.SignOnSecret{Use: UseSigningKey, Hint: fmt.Sprintf("%x", serial)[:4], ExpiresAt: &until,
		Public: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))}, string(private))
}

// Key is a key of AddKey.
type Key struct {
	Private     *rsa.PrivateKey
	Certificate *x509.Certificate
}

// Keys opens the keys of a connection, the newest first.
func (s *SignOns) Keys(on *ent.SignOn) (keys []Key, err error) {
	for _, secret := range slices.Backward(on.Secrets) {
		if secret.Use != UseSigningKey {
			continue
		}
		text, err := s.box.Open(secret.Sealed, belongings(on, secret.ID)...)
		if err != nil {
			return nil, err
		}
		private, err := x509.ParsePKCS8PrivateKey(text)
		if err != nil {
			return nil, err
		}
		key, ok := private.(*rsa.PrivateKey)
		block, _ := pem.Decode([]byte(secret.Public))
		if !ok || block == nil {
			return nil, fmt.Errorf("the key %s is damaged", secret.ID)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		keys = append(keys, Key{key, certificate})
	}
	return keys, nil
}
