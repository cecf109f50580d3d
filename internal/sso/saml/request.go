package saml

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"net/url"
	"time"

	"github.com/beevik/etree"
)

// relayLimit is what SAML allows a RelayState (Bindings §3.4.3), in bytes.
const relayLimit = 80

// AuthnRequest is the signed address to which a browser is sent to sign in. The
// door keeps id (from NewID) for Expect. relayState has at most 80 bytes.
func (s *Service) AuthnRequest(p Provider, id, relayState string, now time.Time) (string, error) {
	if err := s.ready(p, now); err != nil {
		return "", err
	}
	if len(relayState) > relayLimit {
		return "", refuse(Setting, "the RelayState has %d bytes; SAML allows %d", len(relayState), relayLimit)
	}
	e := s.newMessage("AuthnRequest", id, p.SSOURL, now)
	e.CreateAttr("AssertionConsumerServiceURL", s.ACSURL)
	e.CreateAttr("ProtocolBinding", string(Post))
	e.CreateElement("samlp:NameIDPolicy").CreateAttr("AllowCreate", "true")
	return s.redirect(p.SSOURL, "SAMLRequest", e, relayState)
}

// newMessage begins a message of ours.
func (s *Service) newMessage(name, id, to string, now time.Time) *etree.Element {
	e := etree.NewElement("samlp:" + name)
	e.CreateAttr("xmlns:samlp", nsProtocol)
	e.CreateAttr("xmlns:saml", nsAssertion)
	e.CreateAttr("ID", id)
	e.CreateAttr("Version", "2.0")
	e.CreateAttr("IssueInstant", now.UTC().Format("2006-01-02T15:04:05Z"))
	e.CreateAttr("Destination", to)
	e.CreateElement("saml:Issuer").SetText(s.EntityID)
	return e
}

func write(e *etree.Element) ([]byte, error) {
	doc := etree.NewDocument()
	doc.SetRoot(e)
	return doc.WriteToBytes()
}

// redirect is the address for a message by HTTP-Redirect: compressed, with the
// signature over the query (Bindings §3.4.4.1).
func (s *Service) redirect(to, parameter string, e *etree.Element, relayState string) (string, error) {
	address, err := location(to)
	if err != nil {
		return "", err
	}
	text, err := write(e)
	if err != nil {
		return "", err
	}
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, flate.DefaultCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(text); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	key, err := s.signer()
	if err != nil {
		return "", err
	}
	algorithm := rsaSHA256
	if _, ok := key.Public().(*rsa.PublicKey); !ok {
		algorithm = ecdsaSHA256
	}
	query := parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(small.Bytes()))
	if relayState != "" {
		query += "&RelayState=" + url.QueryEscape(relayState)
	}
	query += "&SigAlg=" + url.QueryEscape(algorithm)
	value, err := sign(key, []byte(query))
	if err != nil {
		return "", err
	}
	query += "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(value))
	if address.RawQuery != "" {
		query = address.RawQuery + "&" + query
	}
	address.RawQuery = query
	return address.String(), nil
}

// sign signs with SHA-256, in the form of XML signatures.
func sign(key crypto.Signer, text []byte) ([]byte, error) {
	h := crypto.SHA256.New()
	h.Write(text)
	value, err := key.Sign(rand.Reader, h.Sum(nil), crypto.SHA256)
	if err != nil {
		return nil, refuse(Setting, "this connection's key does not sign: %v", err)
	}
	public, ok := key.Public().(*ecdsa.PublicKey)
	if !ok {
		return value, nil
	}
	return rawECDSA(public, value)
}

// location reads an address to which a browser may be sent: https, or http to this
// machine.
func location(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return nil, refuse(Metadata, "%q is not an address that begins with https://", cut(text))
	}
	if u.Scheme == "https" || u.Scheme == "http" && Loopback(u.Hostname()) {
		return u, nil
	}
	return nil, refuse(Metadata, "%q is not an address that begins with https://", cut(text))
}
