// Package seal keeps secrets that the server itself must be able to read: client
// secrets and signing keys of identity providers. They are sealed with AES-256-GCM
// under a key of the installation, and bound to what they belong to: a sealed text
// that is moved to another row can't be opened there.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Box seals with one key and opens with several.
type Box struct {
	current string
	keys    map[string]cipher.AEAD
}

// New returns a Box that seals with the first of the installation's keys, and
// opens what was sealed with any of them: the others are earlier ones.
func New(keys ...[]byte) (*Box, error) {
	b := &Box{keys: map[string]cipher.AEAD{}}
	for _, key := range keys {
		own, err := hkdf.Key(sha256.New, key, nil, "rollcall sealed secrets", 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(own)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(own)
		id := hex.EncodeToString(sum[:4])
		if b.current == "" {
			b.current = id
		}
		b.keys[id] = aead
	}
	if b.current == "" {
		return nil, fmt.Errorf("seal without a key")
	}
	return b, nil
}

const version = "s1"

// Seal returns the text to keep. Whoever opens it names the same belongings, such
// as the organization, the row and the field.
func (b *Box) Seal(secret []byte, belongings ...string) string {
	aead := b.keys[b.current]
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the program instead
	sealed := aead.Seal(nonce, nonce, secret, bind(belongings))
	return version + "." + b.current + "." + base64.RawURLEncoding.EncodeToString(sealed)
}

// Open returns the secret. Errors: the text is damaged, belongs elsewhere, or was
// sealed with a key that is not here.
func (b *Box) Open(text string, belongings ...string) ([]byte, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] != version {
		return nil, fmt.Errorf("this is no sealed secret")
	}
	aead := b.keys[parts[1]]
	if aead == nil {
		return nil, fmt.Errorf("the secret was sealed with another ROLLCALL_SECRET_KEY (%s): start the server with that one, or enter the secret anew", parts[1])
	}
	sealed, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(sealed) < aead.NonceSize() {
		return nil, fmt.Errorf("the sealed secret is damaged")
	}
	n := aead.NonceSize()
	secret, err := aead.Open(nil, sealed[:n], sealed[n:], bind(belongings))
	if err != nil {
		return nil, fmt.Errorf("the sealed secret is damaged, or belongs to another row")
	}
	return secret, nil
}

// bind writes the belongings so that no two lists of them read the same.
func bind(belongings []string) []byte {
	var text []byte
	for _, b := range belongings {
		text = fmt.Appendf(text, "%d:%s", len(b), b)
	}
	return text
}
