package saml

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
)

//go:embed testdata/keys.txt
var keysFile []byte

// now is the time at which every test message is read.
var now = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// pair is a key with its certificate.
type pair struct {
	key  crypto.Signer
	cert *x509.Certificate
}

// pairs are the same in every process: fuzzing workers read each other's messages.
var pairs = sync.OnceValue(func() map[string]pair {
	keys := map[string]crypto.Signer{}
	for rest := keysFile; ; {
		before, _, _ := bytes.Cut(rest, []byte("-----BEGIN"))
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		lines := strings.Split(strings.TrimSpace(string(before)), "\n")
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			panic(err)
		}
		keys[strings.TrimSuffix(lines[len(lines)-1], ":")] = key.(crypto.Signer)
		rest = after
	}
	all := map[string]pair{}
	for name, key := range keys {
		all[name] = pair{key, certify(name, key, keys["idp"], now.AddDate(0, -2, 0), now.AddDate(3, 0, 0))}
	}
	// One key with two certificates, the older of which has ended.
	all["expired"] = pair{keys["next"], certify("expired", keys["next"], keys["idp"], now.AddDate(-3, 0, 0), now.AddDate(0, 0, -1))}
	all["soon"] = pair{keys["next"], certify("soon", keys["next"], keys["idp"], now.AddDate(-3, 0, 0), now.AddDate(0, 0, 10))}
	// A key that nobody has found primes for: only its length counts.
	n := new(big.Int).Lsh(big.NewInt(1), 9*1024)
	all["long"] = pair{nil, certify("long", &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n.Sub(n, big.NewInt(1)), E: 65537}}, keys["idp"], now.AddDate(0, -2, 0), now.AddDate(3, 0, 0))}
	return all
})

// certify signs with RSA, which gives the same bytes each time.
func certify(name string, key, issuer crypto.Signer, from, to time.Time) *x509.Certificate {
	serial := new(big.Int).SetBytes([]byte(name))
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, template, &x509.Certificate{Subject: pkix.Name{CommonName: "issuer"}, SerialNumber: big.NewInt(1)}, key.Public(), issuer)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}

func (p pair) tls() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key}
}

func (p pair) ec() *ecdsa.PublicKey {
	public, _ := p.key.Public().(*ecdsa.PublicKey)
	return public
}

func (p pair) rsa() *rsa.PublicKey { return p.key.Public().(*rsa.PublicKey) }

const (
	acs       = "https://rollcall.test/sso/saml/0197/acs"
	entity    = "https://rollcall.test/sso/saml/0197"
	slo       = "https://rollcall.test/sso/saml/0197/slo"
	requestID = "_0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"
)

func ours() *Service {
	return &Service{EntityID: entity, ACSURL: acs, SLOURL: slo, Keys: []tls.Certificate{pairs()["sp"].tls()}}
}

// theirs is the provider as a connection knows it.
func theirs(entityID string) Provider {
	return Provider{EntityID: entityID, SSOURL: "https://idp.test/sso", SLOURL: "https://idp.test/slo", SLOBinding: Redirect,
		Certificates: []*x509.Certificate{pairs()["idp"].cert}}
}

func expected() Expect { return Expect{RequestID: requestID, Now: now} }

// refused fails unless err is a refusal with one of the codes; without codes any
// refusal will do.
func refused(t *testing.T, err error, codes ...Code) {
	t.Helper()
	if CodeOf(err) == "" {
		t.Fatalf("want a refusal %v, got %v", codes, err)
	}
	for _, code := range codes {
		if CodeOf(err) == code {
			return
		}
	}
	if len(codes) > 0 {
		t.Fatalf("want a refusal %v, got %v", codes, err)
	}
}
