package sso_test

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// Where the provider of the tests is. Nobody listens there: the test carries what a
// browser would.
const (
	idpEntity = "https://idp.test/entity"
	idpSignIn = "https://idp.test/sso"
	idpLogout = "https://idp.test/slo"
)

// keys are those of the provider, of this server, and of somebody else.
var keys = sync.OnceValue(func() (k [3]*rsa.PrivateKey) {
	for i := range k {
		key, err := access.NewSigningKey()
		if err != nil {
			panic(err)
		}
		k[i] = key
	}
	return k
})

func certified(t *testing.T, key *rsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// samlHouse is a house whose people sign in at a SAML provider.
type samlHouse struct {
	*house
	certificate *x509.Certificate
	grace       *ent.User // provisioned with externalId grace-1
}

func onBothSAML(t *testing.T, test func(h *samlHouse)) {
	t.Helper()
	onBoth(t, func(h *house) {
		s := &samlHouse{house: h, certificate: certified(h.T, keys()[0])}
		s.grace = h.provisioned("grace@acme.test", "grace-1")
		s.configure(h.inOrg(), h.conn, nil)
		test(s)
	})
}

// configure sets a connection up and switches it on.
func (s *samlHouse) configure(ctx context.Context, conn *ent.Connection, change func(*schema.SignOnSettings)) {
	s.Helper()
	err := s.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		settings := schema.SignOnSettings{EntityID: idpEntity, SignInURL: idpSignIn, SignOutURL: idpLogout,
			Certificates: []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.certificate.Raw}))}}
		if change != nil {
			change(&settings)
		}
		if err := tx.Connection.UpdateOneID(conn.ID).SetKind(connection.KindGENERIC).Exec(ctx); err != nil {
			return err
		}
		on, err := s.signOns.Configure(ctx, tx, conn.ID, signon.ProtocolSAML, settings)
		if err != nil {
			return err
		}
		if len(on.Secrets) == 0 {
			if _, err := s.signOns.AddKey(ctx, tx, conn.ID, keys()[1]); err != nil {
				return err
			}
		}
		_, err = s.signOns.Switch(ctx, tx, conn.ID, true, false)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
}

// assertion is what the provider says: good unless a field says otherwise.
type assertion struct {
	acs, audience  string
	request, relay string
	id, subject    string
	session        string
	until          time.Time // SessionNotOnOrAfter, zero for none
	key            *rsa.PrivateKey
}

// answer is the form that the provider's page sends.
func (s *samlHouse) answer(a assertion) url.Values {
	s.Helper()
	now := s.store.Now()
	stamp := func(d time.Duration) string { return now.Add(d).UTC().Format("2006-01-02T15:04:05Z") }
	inResponse := ""
	if a.request != "" {
		inResponse = ` InResponseTo="` + a.request + `"`
	}
	until := ""
	if !a.until.IsZero() {
		until = ` SessionNotOnOrAfter="` + a.until.UTC().Format(time.RFC3339Nano) + `"`
	}
	const issuer = `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` + idpEntity + `</saml:Issuer>`
	text := fmt.Sprintf(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_%[1]sr" Version="2.0" IssueInstant="%[2]s" Destination="%[3]s"%[4]s>%[5]s`+
		`<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`+
		`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_%[1]s" Version="2.0" IssueInstant="%[2]s">%[5]s`+
		`<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">%[6]s</saml:NameID>`+
		`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="%[7]s" Recipient="%[3]s"%[4]s/></saml:SubjectConfirmation></saml:Subject>`+
		`<saml:Conditions NotBefore="%[8]s" NotOnOrAfter="%[7]s"><saml:AudienceRestriction><saml:Audience>%[9]s</saml:Audience></saml:AudienceRestriction></saml:Conditions>`+
		`<saml:AuthnStatement AuthnInstant="%[2]s" SessionIndex="%[10]s"%[11]s><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`+
		`<saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>grace@acme.test</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>`,
		a.id, stamp(0), a.acs, inResponse, issuer, a.subject, stamp(5*time.Minute), stamp(-time.Minute), a.audience, a.session, until)
	root := s.parse(text)
	s.sign(root.FindElement("Assertion"), a.key)
	return url.Values{"SAMLResponse": {inBase64(s.text(root))}, "RelayState": {a.relay}}
}

// logout is a LogoutRequest of the provider for one session.
func (s *samlHouse) logout(path, id, subject, session string) *etree.Element {
	s.Helper()
	return s.parse(fmt.Sprintf(`<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_%s" Version="2.0" IssueInstant="%s" Destination="%s">`+
		`<saml:Issuer>%s</saml:Issuer><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">%s</saml:NameID><samlp:SessionIndex>%s</samlp:SessionIndex></samlp:LogoutRequest>`,
		id, s.store.Now().UTC().Format("2006-01-02T15:04:05Z"), public+path, idpEntity, subject, session))
}

// redirected is a message as a redirect carries it, signed beside itself.
func (s *samlHouse) redirected(root *etree.Element, signed bool) string {
	s.Helper()
	var small bytes.Buffer
	w, _ := flate.NewWriter(&small, flate.BestCompression)
	_, _ = io.WriteString(w, s.text(root))
	_ = w.Close()
	query := "SAMLRequest=" + url.QueryEscape(inBase64(small.String())) + "&RelayState=back"
	if !signed {
		return query
	}
	query += "&SigAlg=" + url.QueryEscape(dsig.RSASHA256SignatureMethod)
	sum := sha256.Sum256([]byte(query))
	signature, err := rsa.SignPKCS1v15(rand.Reader, keys()[0], crypto.SHA256, sum[:])
	if err != nil {
		s.Fatal(err)
	}
	return query + "&Signature=" + url.QueryEscape(inBase64(string(signature)))
}

// sign puts a signature behind the issuer.
func (s *samlHouse) sign(e *etree.Element, key *rsa.PrivateKey) {
	s.Helper()
	if key == nil {
		key = keys()[0]
	}
	signing, err := dsig.NewSigningContext(key, [][]byte{s.certificate.Raw})
	if err != nil {
		s.Fatal(err)
	}
	signing.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	signature, err := signing.ConstructSignature(e, true)
	if err != nil {
		s.Fatal(err)
	}
	e.InsertChildAt(1, signature)
}

func (s *samlHouse) parse(text string) *etree.Element {
	s.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		s.Fatal(err)
	}
	return doc.Root()
}

func (s *samlHouse) text(root *etree.Element) string {
	s.Helper()
	doc := etree.NewDocument()
	doc.SetRoot(root.Copy())
	text, err := doc.WriteToString()
	if err != nil {
		s.Fatal(err)
	}
	return text
}

func inBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func unbased(t *testing.T, text string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// unpacked is the message in where a redirect leads.
func unpacked(t *testing.T, address, parameter string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	small, err := base64.StdEncoding.DecodeString(u.Query().Get(parameter))
	if err != nil || len(small) == 0 {
		t.Fatalf("no %s in %q: %v", parameter, address, err)
	}
	text, err := io.ReadAll(flate.NewReader(strings.NewReader(string(small))))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// inflated reads a message out of where a redirect leads.
func inflated(t *testing.T, address, parameter string) (id, inResponseTo, relay string) {
	t.Helper()
	var message struct {
		ID           string `xml:"ID,attr"`
		InResponseTo string `xml:"InResponseTo,attr"`
	}
	if err := xml.Unmarshal([]byte(unpacked(t, address, parameter)), &message); err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(address) // which unpacked has read
	return message.ID, message.InResponseTo, u.Query().Get("RelayState")
}
