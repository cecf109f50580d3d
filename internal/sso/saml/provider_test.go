package saml

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"hash"
	"math/big"
	"strings"
	"time"

	"github.com/beevik/etree"
	"github.com/russellhaering/gosaml2/types"
	dsig "github.com/russellhaering/goxmldsig"
)

// sent is a message of the test provider: good unless a field says otherwise.
type sent struct {
	style
	ID, AssertionID               string
	Issuer, AssertionIssuer       string
	Destination, Recipient        string
	Audience                      string
	InResponseTo, ConfirmsRequest string
	IssueInstant, AuthnInstant    time.Time
	NotBefore, NotOnOrAfter       time.Time
	ConfirmedUntil                time.Time
	SessionNotOnOrAfter           time.Time
	Status, NameID, Format        string
	Version                       string

	signAssertion, signResponse bool
	by                          signing // of the assertion
	byResponse                  signing
	seal                        *sealing

	built  func(*etree.Element) // changes the Response before anything is signed
	inner  func(*etree.Element) // changes the signed assertion before it is encrypted
	sealed func(*etree.Element) // changes the Response before it is signed itself
	done   func(*etree.Element) // changes the finished Response
	text   func(string) string  // changes its text
}

// good is a message that must be accepted.
func good(s style) *sent {
	return &sent{style: s, ID: "_resp" + s.name, AssertionID: "_asrt" + s.name, Issuer: s.issuer, AssertionIssuer: s.issuer,
		Destination: acs, Recipient: acs, Audience: entity, InResponseTo: requestID, ConfirmsRequest: requestID,
		IssueInstant: now.Add(-2 * time.Second), AuthnInstant: now.Add(-time.Minute),
		NotBefore: now.Add(-5 * time.Minute), NotOnOrAfter: now.Add(time.Hour), ConfirmedUntil: now.Add(5 * time.Minute),
		SessionNotOnOrAfter: now.Add(8 * time.Hour),
		Status:              "urn:oasis:names:tc:SAML:2.0:status:Success", NameID: s.nameID, Format: s.format, Version: "2.0",
		signAssertion: true, signResponse: s.both, by: plainSigning(s), byResponse: plainSigning(s)}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func attr(name, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(` %s="%s"`, name, value)
}

// response is the unsigned Response in the provider's prefixes.
func (m *sent) response() *etree.Element {
	var b strings.Builder
	fmt.Fprintf(&b, `<P:Response xmlns:P="%s"%s ID="%s" Version="%s" IssueInstant="%s"%s%s>`, nsProtocol, m.onResponse, m.ID, m.Version,
		stamp(m.IssueInstant), attr("Destination", m.Destination), attr("InResponseTo", m.InResponseTo))
	if m.Issuer != "" {
		fmt.Fprintf(&b, `<A:Issuer xmlns:A="%s">%s</A:Issuer>`, nsAssertion, m.Issuer)
	}
	fmt.Fprintf(&b, `<P:Status><P:StatusCode Value="%s"/></P:Status>`, m.Status)
	fmt.Fprintf(&b, `<A:Assertion xmlns:A="%s"%s ID="%s" Version="2.0" IssueInstant="%s"><A:Issuer>%s</A:Issuer>`, nsAssertion, m.onAssertion,
		m.AssertionID, stamp(m.IssueInstant), m.AssertionIssuer)
	fmt.Fprintf(&b, `<A:Subject><A:NameID%s>%s</A:NameID><A:SubjectConfirmation Method="%s"><A:SubjectConfirmationData%s NotOnOrAfter="%s"%s/></A:SubjectConfirmation></A:Subject>`,
		attr("Format", m.Format), m.NameID, bearer, attr("InResponseTo", m.ConfirmsRequest), stamp(m.ConfirmedUntil), attr("Recipient", m.Recipient))
	fmt.Fprintf(&b, `<A:Conditions NotBefore="%s" NotOnOrAfter="%s">`, stamp(m.NotBefore), stamp(m.NotOnOrAfter))
	if m.Audience != "" {
		fmt.Fprintf(&b, `<A:AudienceRestriction><A:Audience>%s</A:Audience></A:AudienceRestriction>`, m.Audience)
	}
	b.WriteString(`</A:Conditions>`)
	statements := []string{fmt.Sprintf(`<A:AuthnStatement AuthnInstant="%s" SessionIndex="%s" SessionNotOnOrAfter="%s"><A:AuthnContext><A:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</A:AuthnContextClassRef></A:AuthnContext></A:AuthnStatement>`,
		stamp(m.AuthnInstant), m.AssertionID, stamp(m.SessionNotOnOrAfter)), m.statement()}
	if m.attributesFirst {
		statements[0], statements[1] = statements[1], statements[0]
	}
	b.WriteString(strings.Join(statements, "") + `</A:Assertion></P:Response>`)
	text := m.prefixed(b.String())
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		panic(err.Error() + " in " + text)
	}
	return doc.Root()
}

// raw is the finished message.
func (m *sent) raw() []byte {
	root := m.response()
	change(m.built, root)
	assertion := findTag(root, "Assertion")
	if m.signAssertion {
		m.by.sign(assertion)
	}
	change(m.inner, root)
	if m.seal != nil {
		m.seal.replace(assertion)
	}
	change(m.sealed, root)
	if m.signResponse {
		m.byResponse.sign(root)
	}
	change(m.done, root)
	text := m.declaration + toText(root)
	if m.text != nil {
		text = m.text(text)
	}
	return []byte(text)
}

// form is the message as the browser posts it.
func (m *sent) form() string { return encode(m.raw(), m.wrapped) }

func encode(raw []byte, wrapped bool) string {
	text := base64.StdEncoding.EncodeToString(raw)
	if !wrapped {
		return text
	}
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text
}

func change(f func(*etree.Element), e *etree.Element) {
	if f != nil {
		f(e)
	}
}

func toText(e *etree.Element) string {
	doc := etree.NewDocument()
	doc.SetRoot(e.Copy())
	text, err := doc.WriteToString()
	if err != nil {
		panic(err)
	}
	return text
}

// findTag is the first element with a local name, in document order; nil without.
func findTag(e *etree.Element, tag string) *etree.Element {
	if e.Tag == tag {
		return e
	}
	for _, c := range e.ChildElements() {
		if found := findTag(c, tag); found != nil {
			return found
		}
	}
	return nil
}

// signing is how something is signed: well, unless a field says otherwise.
type signing struct {
	by         pair
	named      pair // the certificate in KeyInfo
	noKeyInfo  bool
	prefix     string // of the Signature
	method     string
	digestBy   string
	c14n       string // of SignedInfo
	transforms []string
	prefixList string
	uri        *string // instead of the ID
	digest     *string // instead of the right one
	more       string  // put into SignedInfo behind the Reference
	last       bool    // the Signature is the last child, not the second
}

func plainSigning(s style) signing {
	return signing{by: pairs()["idp"], named: pairs()["idp"], prefix: s.dsPrefix, method: rsaSHA256, digestBy: nsXenc + "sha256",
		c14n: nsExcC14n, transforms: []string{enveloped, nsExcC14n}, prefixList: s.prefixList}
}

var testHashes = map[string]crypto.Hash{"sha1": crypto.SHA1, "sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512, "md5": crypto.MD5}

// hashOf goes by the end of an algorithm's name; SHA-256 for what is not known.
func hashOf(algorithm string) crypto.Hash {
	for name, h := range testHashes {
		if strings.HasSuffix(algorithm, name) && h.Available() {
			return h
		}
	}
	return crypto.SHA256
}

func canonicalizer(algorithm, prefixes string) dsig.Canonicalizer {
	switch algorithm {
	case nsExcC14n + "WithComments":
		return dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList(prefixes)
	case "http://www.w3.org/TR/2001/REC-xml-c14n-20010315":
		return dsig.MakeC14N10RecCanonicalizer()
	case "http://www.w3.org/2006/12/xml-c14n11":
		return dsig.MakeC14N11Canonicalizer()
	}
	return dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes)
}

// alone copies an element with the declarations in force around it.
func alone(e *etree.Element) *etree.Element {
	copied := e.Copy()
	for p := e.Parent(); p != nil; p = p.Parent() {
		for _, a := range p.Attr {
			if (a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns") && !hasAttr(copied, a) {
				copied.Attr = append(copied.Attr, a)
			}
		}
	}
	return copied
}

// sign puts a Signature into e, behind its Issuer.
func (s signing) sign(e *etree.Element) {
	uri := "#" + e.SelectAttrValue("ID", "")
	if s.uri != nil {
		uri = *s.uri
	}
	canonical, err := canonicalizer(s.transforms[len(s.transforms)-1], s.prefixList).Canonicalize(alone(e))
	if err != nil {
		panic(err)
	}
	h := hashOf(s.digestBy).New()
	h.Write(canonical)
	sum := base64.StdEncoding.EncodeToString(h.Sum(nil))
	if s.digest != nil {
		sum = *s.digest
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<D:SignedInfo xmlns:D="%s"><D:CanonicalizationMethod Algorithm="%s"/><D:SignatureMethod Algorithm="%s"/><D:Reference URI="%s"><D:Transforms>`, nsDsig, s.c14n, s.method, uri)
	for i, transform := range s.transforms {
		if i == len(s.transforms)-1 && s.prefixList != "" {
			fmt.Fprintf(&b, `<D:Transform Algorithm="%s"><ec:InclusiveNamespaces xmlns:ec="%s" PrefixList="%s"/></D:Transform>`, transform, nsExcC14n, s.prefixList)
			continue
		}
		fmt.Fprintf(&b, `<D:Transform Algorithm="%s"/>`, transform)
	}
	fmt.Fprintf(&b, `</D:Transforms><D:DigestMethod Algorithm="%s"/><D:DigestValue>%s</D:DigestValue></D:Reference>%s</D:SignedInfo>`, s.digestBy, sum, s.more)
	info := etree.NewDocument()
	if err := info.ReadFromString(prefixed(b.String(), "D", s.prefix)); err != nil {
		panic(err)
	}
	canonical, err = canonicalizer(s.c14n, "").Canonicalize(info.Root().Copy())
	if err != nil {
		panic(err)
	}
	text := fmt.Sprintf(`<D:Signature xmlns:D="%s">%s<D:SignatureValue>%s</D:SignatureValue>`, nsDsig, `<INFO/>`, base64.StdEncoding.EncodeToString(signText(s.by, hashOf(s.method), canonical)))
	if !s.noKeyInfo {
		text += `<D:KeyInfo><D:X509Data><D:X509Certificate>` + base64.StdEncoding.EncodeToString(s.named.cert.Raw) + `</D:X509Certificate></D:X509Data></D:KeyInfo>`
	}
	signature := etree.NewDocument()
	if err := signature.ReadFromString(prefixed(text+`</D:Signature>`, "D", s.prefix)); err != nil {
		panic(err)
	}
	at := findTag(signature.Root(), "INFO")
	signature.Root().InsertChildAt(at.Index(), info.Root())
	signature.Root().RemoveChild(at)
	if s.last {
		e.AddChild(signature.Root())
		return
	}
	index := 0
	if issuer := e.SelectElement("Issuer"); issuer != nil {
		index = issuer.Index() + 1
	}
	e.InsertChildAt(index, signature.Root())
}

// signText signs as XML signatures do.
func signText(by pair, with crypto.Hash, text []byte) []byte {
	h := with.New()
	h.Write(text)
	value, err := by.key.Sign(rand.Reader, h.Sum(nil), with)
	if err != nil {
		panic(err)
	}
	if public := by.ec(); public != nil {
		var two struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(value, &two); err != nil {
			panic(err)
		}
		size := (public.Curve.Params().BitSize + 7) / 8
		return append(two.R.FillBytes(make([]byte, size)), two.S.FillBytes(make([]byte, size))...)
	}
	return value
}

// sealing is how an assertion is encrypted.
type sealing struct {
	to         pair
	cipher     string
	transport  string
	digest     string // of OAEP
	beside     bool   // the EncryptedKey stands beside the EncryptedData
	plain      func([]byte) []byte
	ciphertext func([]byte) []byte
	wrappedKey func([]byte) []byte
	key        []byte
}

func sealFor(name, cipher string) *sealing {
	return &sealing{to: pairs()[name], cipher: cipher, transport: types.MethodRSAOAEP, digest: types.MethodSHA1}
}

func (s *sealing) replace(assertion *etree.Element) {
	plain := []byte(toText(alone(assertion)))
	if s.plain != nil {
		plain = s.plain(plain)
	}
	size := 32
	if strings.Contains(s.cipher, "128") {
		size = 16
	}
	key := make([]byte, size)
	_, _ = rand.Read(key)
	if s.key != nil {
		key = s.key
	}
	data := encrypt(s.cipher, key, plain)
	if s.ciphertext != nil {
		data = s.ciphertext(data)
	}
	wrapped, err := wrapKey(s, key)
	if err != nil {
		panic(err)
	}
	if s.wrappedKey != nil {
		wrapped = s.wrappedKey(wrapped)
	}
	encryptedKey := fmt.Sprintf(`<e:EncryptedKey xmlns:e="%s"><e:EncryptionMethod Algorithm="%s"><DigestMethod xmlns="%s" Algorithm="%s"/></e:EncryptionMethod><e:CipherData><e:CipherValue>%s</e:CipherValue></e:CipherData></e:EncryptedKey>`,
		nsXenc, s.transport, nsDsig, s.digest, base64.StdEncoding.EncodeToString(wrapped))
	inside, outside := encryptedKey, ""
	if s.beside {
		inside, outside = "", encryptedKey
	}
	text := fmt.Sprintf(`<EncryptedAssertion xmlns="%s"><xenc:EncryptedData xmlns:xenc="%s" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="%s"/><KeyInfo xmlns="%s">%s</KeyInfo><xenc:CipherData><xenc:CipherValue>%s</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>%s</EncryptedAssertion>`,
		nsAssertion, nsXenc, s.cipher, nsDsig, inside, base64.StdEncoding.EncodeToString(data), outside)
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		panic(err)
	}
	parent, at := assertion.Parent(), assertion.Index()
	parent.RemoveChild(assertion)
	parent.InsertChildAt(at, doc.Root())
}

func wrapKey(s *sealing, key []byte) ([]byte, error) {
	if s.transport == types.MethodRSAv1_5 {
		//lint:ignore SA1019 the forgery that it stands for
		return rsa.EncryptPKCS1v15(rand.Reader, s.to.rsa(), key)
	}
	var h hash.Hash = sha1.New()
	if s.digest == types.MethodSHA256 {
		h = sha256.New()
	}
	return rsa.EncryptOAEP(h, rand.Reader, s.to.rsa(), key, nil)
}

func encrypt(method string, key, plain []byte) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	if strings.HasSuffix(method, "gcm") {
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			panic(err)
		}
		nonce := make([]byte, gcm.NonceSize())
		_, _ = rand.Read(nonce)
		return gcm.Seal(nonce, nonce, plain, nil)
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	plain = append(append([]byte{}, plain...), make([]byte, pad)...)
	plain[len(plain)-1] = byte(pad)
	iv := make([]byte, aes.BlockSize)
	_, _ = rand.Read(iv)
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, plain)
	return append(iv, out...)
}
