package saml

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	crewjam "github.com/crewjam/saml"
	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"
)

// The other readers: each says who a message names, or why it is refused.

// crewjam's package reads the time from variables of its own.
func TestMain(m *testing.M) {
	crewjam.TimeNow = func() time.Time { return now }
	crewjam.Clock = dsig.NewFakeClockAt(now)
	os.Exit(m.Run())
}

func byCrewjam(issuer string, cert *x509.Certificate, raw []byte) (string, error) {
	at, err := url.Parse(acs)
	if err != nil {
		return "", err
	}
	sp := crewjam.ServiceProvider{EntityID: entity, Key: pairs()["sp"].key, Certificate: pairs()["sp"].cert, AcsURL: *at,
		IDPMetadata: &crewjam.EntityDescriptor{EntityID: issuer, IDPSSODescriptors: []crewjam.IDPSSODescriptor{{
			SSODescriptor: crewjam.SSODescriptor{RoleDescriptor: crewjam.RoleDescriptor{KeyDescriptors: []crewjam.KeyDescriptor{{Use: "signing",
				KeyInfo: crewjam.KeyInfo{X509Data: crewjam.X509Data{X509Certificates: []crewjam.X509Certificate{{Data: base64.StdEncoding.EncodeToString(cert.Raw)}}}}}}}}}}}}
	a, err := sp.ParseXMLResponse(raw, []string{requestID}, *at)
	if invalid, ok := errors.AsType[*crewjam.InvalidResponseError](err); ok {
		return "", invalid.PrivateErr
	}
	if err != nil {
		return "", err
	}
	if a.Subject == nil || a.Subject.NameID == nil {
		return "", errors.New("nobody")
	}
	return a.Subject.NameID.Value, nil
}

func byGosaml2(issuer string, cert *x509.Certificate, raw []byte) (string, error) {
	key := pairs()["sp"].tls()
	sp := &saml2.SAMLServiceProvider{IdentityProviderIssuer: issuer, AssertionConsumerServiceURL: acs, AudienceURI: entity,
		IDPCertificateStore: &dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}},
		SPKeyStore:          dsig.TLSCertKeyStore(key), Clock: dsig.NewFakeClockAt(now)}
	info, err := sp.RetrieveAssertionInfo(encode(raw, false))
	if err != nil {
		return "", err
	}
	if info.WarningInfo.InvalidTime || info.WarningInfo.NotInAudience || len(info.Assertions) != 1 {
		return "", fmt.Errorf("warnings %+v", info.WarningInfo)
	}
	return info.NameID, nil
}

// byXmlsec1 verifies the signature of one element with libxml2 and libxmlsec1,
// which share no line with any Go library.
func byXmlsec1(t testing.TB, cert *x509.Certificate, raw []byte, path string) error {
	t.Helper()
	dir := t.TempDir()
	certificate, document := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "message.xml")
	write := func(name string, content []byte) {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	write(document, raw)
	var out bytes.Buffer
	cmd := exec.Command("xmlsec1", "--verify", "--enabled-key-data", "rsa", "--pubkey-cert-pem", certificate,
		"--id-attr:ID", nsAssertion+":Assertion", "--id-attr:ID", nsProtocol+":Response", "--node-xpath", path, document)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(out.String()))
	}
	return nil
}

const (
	assertionSignature = `/*[local-name()='Response']/*[local-name()='Assertion']/*[local-name()='Signature']`
	responseSignature  = `/*[local-name()='Response']/*[local-name()='Signature']`
)

// TestOthersAgree shows that the good messages are good to others as well: a test
// provider with a mistake of its own would prove nothing.
func TestOthersAgree(t *testing.T) {
	t.Parallel()
	for _, s := range styles {
		for _, name := range []string{"assertion signed", "both signed", "SHA-512", "encrypted AES-256-CBC", "encrypted AES-256-GCM"} {
			t.Run(s.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				m := good(s)
				variants[name](m)
				raw := m.raw()
				agree(t, s.issuer, raw, s.nameID)
			})
		}
	}
}

// stricter are refusals of others that SAML does not ask for.
func stricter(err error) bool {
	for _, known := range []string{
		"algorithm is not implemented",           // crewjam: AES-GCM with 256 bits
		"missing X509Certificate within KeyInfo", // a KeyInfo with a name only
		"missing Issuer element",                 // the Response's is optional
		"missing AttributeStatement element",     // so are attributes
		"Could not decode signature",             // spaces in the base64 of SignatureValue
		"illegal base64 data",                    // spaces in the base64 of CipherValue
	} {
		if err != nil && strings.Contains(err.Error(), known) {
			return true
		}
	}
	return false
}

// agree fails when another reader refuses what was accepted, or reads another name.
func agree(t testing.TB, issuer string, raw []byte, name string) {
	t.Helper()
	cert := pairs()["idp"].cert
	if got, err := byCrewjam(issuer, cert, raw); !stricter(err) && (err != nil || got != name) {
		t.Errorf("crewjam reads %q, %v; want %q in %s", got, err, name, raw)
	}
	if got, err := byGosaml2(issuer, cert, raw); !stricter(err) && (err != nil || got != name) {
		t.Errorf("gosaml2 reads %q, %v; want %q in %s", got, err, name, raw)
	}
	root, err := parse(raw, message)
	if err != nil {
		t.Fatal(err)
	}
	if root.one(nsAssertion, "Assertion") != nil {
		if err := byXmlsec1(t, cert, raw, assertionSignature); err != nil {
			t.Errorf("xmlsec1 refuses the assertion: %v in %s", err, raw)
		}
	}
	if root.one(nsDsig, "Signature") != nil {
		if err := byXmlsec1(t, cert, raw, responseSignature); err != nil {
			t.Errorf("xmlsec1 refuses the Response: %v in %s", err, raw)
		}
	}
}

// TestSignedByXmlsec1 accepts what xmlsec1 signed, by every method that is on the list.
func TestSignedByXmlsec1(t *testing.T) {
	t.Parallel()
	sign := func(t *testing.T, raw []byte, key pair) []byte {
		t.Helper()
		dir := t.TempDir()
		keyFile, document := filepath.Join(dir, "key.pem"), filepath.Join(dir, "message.xml")
		der, err := x509.MarshalPKCS8PrivateKey(key.key)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600), os.WriteFile(document, raw, 0o600)); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("xmlsec1", "--sign", "--privkey-pem", keyFile, "--id-attr:ID", nsAssertion+":Assertion", "--node-xpath", assertionSignature, document)
		var problem bytes.Buffer
		cmd.Stderr = &problem
		signed, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, &problem)
		}
		return signed
	}
	const more = "http://www.w3.org/2001/04/xmldsig-more#"
	for method, key := range map[string]string{rsaSHA256: "idp", more + "rsa-sha512": "idp", ecdsaSHA256: "P-256", more + "ecdsa-sha384": "P-384"} {
		for _, s := range styles {
			t.Run(s.name+"/"+method[len(more):], func(t *testing.T) {
				t.Parallel()
				m := good(s)
				m.signAssertion, m.signResponse = false, false
				m.text = func(text string) string {
					template := fmt.Sprintf(`<ds:Signature xmlns:ds="%s"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="%s"/><ds:SignatureMethod Algorithm="%s"/><ds:Reference URI="#%s"><ds:Transforms><ds:Transform Algorithm="%s"/><ds:Transform Algorithm="%s"><ec:InclusiveNamespaces xmlns:ec="%s" PrefixList="xs"/></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="%ssha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:KeyName>k</ds:KeyName></ds:KeyInfo></ds:Signature>`,
						nsDsig, nsExcC14n, method, m.AssertionID, enveloped, nsExcC14n, nsExcC14n, nsXenc)
					at := strings.LastIndex(text[:strings.Index(text, "NameID")], "<") // of NameID, then of Subject
					at = strings.LastIndex(text[:at], "<")
					return text[:at] + template + text[at:]
				}
				p := theirs(s.issuer)
				p.Certificates = []*x509.Certificate{pairs()[key].cert}
				signed := sign(t, m.raw(), pairs()[key])
				a, err := ours().Response(p, encode(signed, s.wrapped), expected())
				if err != nil {
					t.Fatalf("%v\n%s", err, signed)
				}
				if a.Subject != s.nameID {
					t.Errorf("subject %q", a.Subject)
				}
				changed := bytes.Replace(signed, []byte(m.NameID+"<"), []byte(attack+"<"), 1)
				_, err = ours().Response(p, encode(changed, false), expected())
				refused(t, err, Signature)
			})
		}
	}
}
