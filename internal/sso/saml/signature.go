package saml

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"strings"
)

// method is a way to sign that is accepted.
type method struct {
	key    x509.PublicKeyAlgorithm
	x509   x509.SignatureAlgorithm
	legacy bool // SHA-1: only with the connection's switch
}

// digester is a way to digest that is accepted.
type digester struct {
	crypto.Hash
	legacy bool
}

const (
	rsaSHA256   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	ecdsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	enveloped   = nsDsig + "enveloped-signature"
)

var methods = map[string]method{
	rsaSHA256: {key: x509.RSA, x509: x509.SHA256WithRSA},
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": {key: x509.RSA, x509: x509.SHA512WithRSA},
	ecdsaSHA256: {key: x509.ECDSA, x509: x509.ECDSAWithSHA256},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": {key: x509.ECDSA, x509: x509.ECDSAWithSHA384},
	nsDsig + "rsa-sha1": {key: x509.RSA, x509: x509.SHA1WithRSA, legacy: true},
}

var digests = map[string]digester{
	nsXenc + "sha256": {Hash: crypto.SHA256},
	"http://www.w3.org/2001/04/xmldsig-more#sha384": {Hash: crypto.SHA384},
	nsXenc + "sha512": {Hash: crypto.SHA512},
	nsDsig + "sha1":   {Hash: crypto.SHA1, legacy: true},
}

// signature is a Signature element that may be verified.
type signature struct {
	element *element
	method  method
	value   []byte
	named   []*x509.Certificate // what KeyInfo names, the signer's first; empty without
}

// gateSignature reads the signature of one element. It must have exactly one
// Reference, to that element, with the two transforms of SAML and nothing else.
func gateSignature(sig *element, id string, legacy bool) (*signature, error) {
	parts, ok := sig.sequence("SignedInfo", "SignatureValue")
	var keys *element
	if !ok {
		if parts, ok = sig.sequence("SignedInfo", "SignatureValue", "KeyInfo"); !ok {
			return nil, refuse(Shape, "a Signature must have SignedInfo, SignatureValue and at most one KeyInfo, in this order")
		}
		keys = parts[2]
	}
	if id == "" {
		return nil, refuse(Shape, "%s is signed and has no ID", sig.parent.local)
	}
	s := &signature{element: sig}
	if err := s.signedInfo(parts[0], id, legacy); err != nil {
		return nil, err
	}
	text, ok := parts[1].text()
	raw, err := unbase64(text)
	if !ok || err != nil || len(raw) == 0 {
		return nil, refuse(Shape, "the SignatureValue is not base64")
	}
	s.value = raw
	if keys == nil {
		return s, nil
	}
	return s, s.keyInfo(keys)
}

// sequence are the children of an element of XML signatures, when they are these
// in this order.
func (e *element) sequence(names ...string) ([]*element, bool) {
	list := e.children()
	if len(list) != len(names) {
		return nil, false
	}
	for i, c := range list {
		if !c.is(nsDsig, names[i]) {
			return nil, false
		}
	}
	return list, true
}

func (s *signature) signedInfo(info *element, id string, legacy bool) error {
	parts, ok := info.sequence("CanonicalizationMethod", "SignatureMethod", "Reference")
	if !ok {
		return refuse(Shape, "a SignedInfo must have one CanonicalizationMethod, one SignatureMethod and one Reference")
	}
	how, by, ref := parts[0], parts[1], parts[2]
	if how.attr("Algorithm") != nsExcC14n || len(how.children()) > 0 {
		return refuse(Algorithm, "the canonicalization %s is not accepted; only exclusive canonicalization without comments is", cut(how.attr("Algorithm")))
	}
	m, ok := methods[by.attr("Algorithm")]
	if !ok || m.legacy && !legacy || len(by.children()) > 0 {
		return refuse(Algorithm, "the signature method %s is not accepted; choose RSA with SHA-256 at the provider", cut(by.attr("Algorithm")))
	}
	s.method = m
	if len(ref.attrs) != 1 || ref.attr("URI") != "#"+id {
		return refuse(Shape, "the Reference of a signature is not to the element in which it stands")
	}
	return digest(ref, legacy)
}

func digest(ref *element, legacy bool) error {
	parts, ok := ref.sequence("Transforms", "DigestMethod", "DigestValue")
	if !ok {
		return refuse(Shape, "a Reference must have Transforms, one DigestMethod and one DigestValue")
	}
	by, value := parts[1], parts[2]
	list, ok := parts[0].sequence("Transform", "Transform")
	if !ok || list[0].attr("Algorithm") != enveloped || len(list[0].children()) > 0 || list[1].attr("Algorithm") != nsExcC14n {
		return refuse(Algorithm, "the transforms must be enveloped-signature, then exclusive canonicalization without comments")
	}
	if err := prefixList(list[1]); err != nil {
		return err
	}
	m, ok := digests[by.attr("Algorithm")]
	if !ok || m.legacy && !legacy || len(by.children()) > 0 {
		return refuse(Algorithm, "the digest method %s is not accepted; choose SHA-256 at the provider", cut(by.attr("Algorithm")))
	}
	text, ok := value.text()
	sum, err := unbase64(text)
	if !ok || err != nil || len(sum) != m.Size() {
		return refuse(Shape, "the DigestValue is not one of %s", m.Hash)
	}
	// A canonicalizer that gives nothing makes this digest fit every document.
	if bytes.Equal(sum, m.New().Sum(nil)) {
		return refuse(Shape, "the DigestValue is that of nothing")
	}
	return nil
}

// prefixList lets a transform keep declarations that are used in values (xsi:type).
func prefixList(transform *element) error {
	list := transform.children()
	if len(list) == 0 {
		return nil
	}
	if len(list) > 1 || !list[0].is(nsExcC14n, "InclusiveNamespaces") || len(list[0].attrs) != 1 || len(list[0].content) > 0 {
		return refuse(Algorithm, "exclusive canonicalization has a parameter that is not known")
	}
	for prefix := range strings.FieldsSeq(list[0].attr("PrefixList")) {
		if !ncName.MatchString(prefix) {
			return refuse(Algorithm, "the PrefixList of exclusive canonicalization has %q", cut(prefix))
		}
	}
	return nil
}

// keyInfo reads the certificates that a signature names. They are never trusted,
// only looked for among the pinned ones.
func (s *signature) keyInfo(info *element) error {
	foreign := false
	info.walk(func(e *element) {
		foreign = foreign || e.space != nsDsig && e.space != nsDsig11
	})
	data := info.all(nsDsig, "X509Data")
	if foreign || len(data) > 1 {
		return refuse(Shape, "a KeyInfo has more than one X509Data, or something that is not of XML signatures")
	}
	for _, d := range data {
		for _, e := range d.all(nsDsig, "X509Certificate") {
			text, ok := e.text()
			der, err := unbase64(text)
			if !ok || err != nil {
				return refuse(Certificate, "the signature names a certificate that cannot be read")
			}
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				return refuse(Certificate, "the signature names a certificate that cannot be read")
			}
			s.named = append(s.named, cert)
		}
	}
	return nil
}
