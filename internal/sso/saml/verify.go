package saml

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// verify checks the signature of e, which stands in the document raw, with the
// pinned certificates. It returns the element read from nothing but the bytes over
// which the signature goes, without the signature.
func verify(raw []byte, e *element, s *signature, pinned []*x509.Certificate, now time.Time) (*element, error) {
	candidates, err := s.candidates(pinned, now)
	if err != nil {
		return nil, err
	}
	target, err := find(raw, e)
	if err != nil {
		return nil, err
	}
	for _, cert := range candidates {
		value, ok := s.valueFor(cert)
		if !ok {
			continue
		}
		prepare(target, value)
		ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
		ctx.Clock = dsig.NewFakeClockAt(now)
		if signed, err := ctx.Validate(target); err == nil {
			return s.readAgain(signed, e)
		}
	}
	return nil, refuse(Signature, "the signature of the %s does not fit: it was changed on the way, or a pinned certificate is not the provider's any more", e.local)
}

// candidates are the pinned certificates that can have made a signature.
func (s *signature) candidates(pinned []*x509.Certificate, now time.Time) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	known, expired := len(s.named) == 0, time.Time{}
	for _, cert := range pinned {
		if len(s.named) > 0 && !cert.Equal(s.named[0]) {
			continue
		}
		known = true
		if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
			expired = cert.NotAfter
			continue
		}
		list = append(list, cert)
	}
	switch {
	case len(list) > 0:
		return list, nil
	case !known:
		return nil, refuse(Certificate, "it is signed with the certificate %s, which is not pinned; when the provider changed its certificate, import its metadata again", Fingerprint(s.named[0]))
	case expired.IsZero():
		return nil, refuse(Certificate, "no certificate is pinned; import the provider's metadata")
	}
	return nil, refuse(Certificate, "no pinned certificate is valid now (%s is the end of one); import the provider's metadata again", expired.UTC().Format(time.DateOnly))
}

// Fingerprint is the SHA-256 of a certificate as administrators compare it:
// pairs of upper-case hexadecimal digits with colons.
func Fingerprint(cert *x509.Certificate) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i, c := range sha256.Sum256(cert.Raw) {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

// valueFor is the signature as crypto/x509 wants it. XML signatures write ECDSA's
// two numbers one after the other (RFC 4051 §2.3.6), X.509 in ASN.1.
func (s *signature) valueFor(cert *x509.Certificate) ([]byte, bool) {
	if cert.PublicKeyAlgorithm != s.method.key {
		return nil, false
	}
	public, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return s.value, true
	}
	return fromRaw(public, s.value)
}

func fromRaw(public *ecdsa.PublicKey, value []byte) ([]byte, bool) {
	size := (public.Curve.Params().BitSize + 7) / 8
	if len(value) != 2*size {
		return nil, false
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(value[:size]), new(big.Int).SetBytes(value[size:])})
	return der, err == nil
}

// find is e as goxmldsig's own parser reads it, by itself, with all namespace
// declarations that are in force there.
func find(raw []byte, e *element) (*etree.Element, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil || doc.Root() == nil {
		return nil, refuse(Malformed, "a second reader cannot read it")
	}
	target := doc.Root()
	if e.parent != nil {
		position := -1
		for i, c := range e.parent.children() {
			if c == e {
				position = i
			}
		}
		list := target.ChildElements()
		if e.parent.parent != nil || position < 0 || position >= len(list) {
			return nil, refuse(Malformed, "a second reader finds no %s", e.local)
		}
		target = list[position]
	}
	if target.Tag != e.local || target.SelectAttrValue("ID", "") != e.attr("ID") {
		return nil, refuse(Malformed, "a second reader finds another %s", e.local)
	}
	alone := target.Copy()
	for parent := target.Parent(); parent != nil; parent = parent.Parent() {
		for _, a := range parent.Attr {
			isDeclaration := a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns"
			if isDeclaration && !hasAttr(alone, a) {
				alone.Attr = append(alone.Attr, a)
			}
		}
	}
	return alone, nil
}

func hasAttr(e *etree.Element, want etree.Attr) bool {
	for _, a := range e.Attr {
		if a.Space == want.Space && a.Key == want.Key {
			return true
		}
	}
	return false
}

// prepare puts the decoded value into the signature and takes KeyInfo out. Neither
// is signed, and whom KeyInfo names was decided before.
func prepare(target *etree.Element, value []byte) {
	for _, sig := range target.ChildElements() {
		if sig.Tag != "Signature" {
			continue
		}
		for _, c := range sig.ChildElements() {
			switch c.Tag {
			case "SignatureValue":
				c.SetText(base64.StdEncoding.EncodeToString(value))
			case "KeyInfo":
				sig.RemoveChild(c)
			}
		}
	}
}

// readAgain parses what the verifier returned by itself, and compares it with what
// the gate saw: two readers that disagree are the end of the message.
func (s *signature) readAgain(signed *etree.Element, seen *element) (*element, error) {
	doc := etree.NewDocument()
	doc.WriteSettings = etree.WriteSettings{CanonicalEndTags: true, CanonicalText: true, CanonicalAttrVal: true}
	doc.SetRoot(signed)
	raw, err := doc.WriteToBytes()
	if err != nil {
		return nil, refuse(Signature, "what is signed cannot be written")
	}
	again, err := parse(raw, message)
	if err != nil {
		return nil, refuse(Signature, "what is signed cannot be read by itself")
	}
	var before, after strings.Builder
	seen.print(&before, s.element)
	again.print(&after, nil)
	if before.String() != after.String() {
		return nil, refuse(Signature, "what is signed is not what the message says")
	}
	return again, nil
}
