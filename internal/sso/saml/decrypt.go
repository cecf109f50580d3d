package saml

import (
	"crypto/rsa"
	"crypto/tls"
	"encoding/base64"

	"github.com/russellhaering/gosaml2/types"
)

// The ways to encrypt that are accepted. RSA with PKCS #1 v1.5 and Triple DES are
// not among them: the first can be asked for its secrets, the second is too short.
var (
	ciphers = map[string]bool{
		types.MethodAES128CBC: true, types.MethodAES256CBC: true,
		types.MethodAES128GCM: true, types.MethodAES192GCM: true, types.MethodAES256GCM: true,
	}
	transports = map[string]bool{types.MethodRSAOAEP: true, types.MethodRSAOAEP2: true}
)

// errEncrypted is the one answer to whatever is wrong with an encrypted assertion
// before its signature was verified. Telling bad padding from a bad signature would
// let somebody decrypt a stolen message by asking often enough.
var errEncrypted = refuse(Encrypted, "the encrypted assertion is not accepted: it cannot be decrypted with our keys (RSA-OAEP and AES are read), "+
	"or what is inside is not an assertion signed with a pinned certificate")

// decrypt is what is inside an EncryptedAssertion, not yet believed.
func (s *Service) decrypt(e *element) ([]byte, error) {
	sealed, ok := readEncrypted(e)
	if !ok {
		return nil, errEncrypted
	}
	for i := range s.Keys {
		if _, ok := s.Keys[i].PrivateKey.(*rsa.PrivateKey); !ok {
			continue
		}
		if plain, ok := open(sealed, &s.Keys[i]); ok {
			return plain, nil
		}
	}
	return nil, errEncrypted
}

// open decrypts with one key. A panic in what the library does with an attacker's
// bytes must not end the process.
func open(sealed types.EncryptedAssertion, key *tls.Certificate) (plain []byte, ok bool) {
	defer func() {
		if recover() != nil {
			plain, ok = nil, false
		}
	}()
	plain, err := sealed.DecryptBytes(key)
	return plain, err == nil && len(plain) > 0
}

func readEncrypted(e *element) (types.EncryptedAssertion, bool) {
	var none types.EncryptedAssertion
	data := e.one(nsXenc, "EncryptedData")
	if data == nil {
		return none, false
	}
	var keys []*element
	e.walk(func(c *element) {
		if c.is(nsXenc, "EncryptedKey") {
			keys = append(keys, c)
		}
	})
	// The key stands in the KeyInfo of the data, or beside it.
	if len(keys) != 1 || keys[0].parent != e && (!keys[0].parent.is(nsDsig, "KeyInfo") || keys[0].parent.parent != data) {
		return none, false
	}
	cipher, sealed, ok1 := encryption(data)
	transport, sealedKey, ok2 := encryption(keys[0])
	if !ok1 || !ok2 || !ciphers[cipher.Algorithm] || !transports[transport.Algorithm] {
		return none, false
	}
	return types.EncryptedAssertion{EncryptionMethod: cipher, CipherValue: sealed,
		EncryptedKey: types.EncryptedKey{EncryptionMethod: transport, CipherValue: sealedKey}}, true
}

// encryption reads method and ciphertext of an EncryptedData or EncryptedKey.
func encryption(e *element) (types.EncryptionMethod, string, bool) {
	how, data := e.one(nsXenc, "EncryptionMethod"), e.one(nsXenc, "CipherData")
	if how == nil || data == nil || data.one(nsXenc, "CipherValue") == nil {
		return types.EncryptionMethod{}, "", false
	}
	text, ok := data.one(nsXenc, "CipherValue").text()
	raw, err := unbase64(text)
	if !ok || err != nil || len(raw) == 0 {
		return types.EncryptionMethod{}, "", false
	}
	m := types.EncryptionMethod{Algorithm: how.attr("Algorithm")}
	if d := how.one(nsDsig, "DigestMethod"); d != nil {
		m.DigestMethod = &types.DigestMethod{Algorithm: d.attr("Algorithm")}
	}
	return m, base64.StdEncoding.EncodeToString(raw), true
}
