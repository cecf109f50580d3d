package sso_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// The flags of authenticator data.
const (
	userPresent  = 0x01
	userVerified = 0x04
	attested     = 0x40
)

// authenticator is a security key in software, with one credential.
type authenticator struct {
	*testing.T
	origin  string
	rp      string
	flags   byte
	key     *ecdsa.PrivateKey
	id      []byte
	user    []byte
	counter uint32
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &authenticator{T: t, origin: public, rp: "rollcall.test", flags: userPresent | userVerified, key: key, id: id}
}

// asked are the options that a server sends.
type asked struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID, Name, DisplayName string
		} `json:"user"`
		Selection struct {
			ResidentKey      string `json:"residentKey"`
			UserVerification string `json:"userVerification"`
		} `json:"authenticatorSelection"`
		UserVerification string `json:"userVerification"`
		Exclude          []any  `json:"excludeCredentials"`
		Allow            []any  `json:"allowCredentials"`
	} `json:"publicKey"`
}

func readAsked(t *testing.T, text string) asked {
	t.Helper()
	var a asked
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatalf("options %s: %v", text, err)
	}
	return a
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (a *authenticator) clientData(kind, challenge string) []byte {
	text, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	return text
}

func (a *authenticator) data(flags byte, more ...byte) []byte {
	rp := sha256.Sum256([]byte(a.rp))
	return append(binary.BigEndian.AppendUint32(append(rp[:], flags), a.counter), more...)
}

// create answers a registration: the credential as browsers send it.
func (a *authenticator) create(o asked) map[string]any {
	a.Helper()
	user, err := base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
	if err != nil {
		a.Fatal(err)
	}
	a.user = user
	public, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		a.Fatal(err)
	}
	cose, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	if err != nil {
		a.Fatal(err)
	}
	more := append(make([]byte, 16), 0, byte(len(a.id)))
	more = append(append(more, a.id...), cose...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": a.data(a.flags|attested, more...)})
	if err != nil {
		a.Fatal(err)
	}
	// Nobody asks for credProps: password managers send it all the same.
	return map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(a.clientData("webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64(object)},
		"clientExtensionResults": map[string]any{"credProps": map[string]any{"rk": true}}}
}

// get answers a sign-in.
func (a *authenticator) get(o asked) map[string]any {
	a.Helper()
	a.counter++
	data, client := a.data(a.flags), a.clientData("webauthn.get", o.PublicKey.Challenge)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	if err != nil {
		a.Fatal(err)
	}
	return map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(a.user)}}
}
