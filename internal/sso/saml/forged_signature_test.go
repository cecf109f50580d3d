package saml

import (
	"crypto/x509"
	"strings"

	"github.com/beevik/etree"
)

// unsigned are not signed by whom it takes.
func unsigned() []forgery {
	other := func(s *signing) { s.by, s.named = pairs()["attacker"], pairs()["attacker"] }
	return []forgery{
		forge("nothing signed", func(m *sent) { m.signAssertion, m.signResponse = false, false }, Unsigned),
		forge("only the Response signed", func(m *sent) { m.signAssertion, m.signResponse = false, true }, Unsigned),
		forge("signed with another key that it names", func(m *sent) { other(&m.by) }, Certificate),
		forge("signed with another key, the pinned certificate named", func(m *sent) { m.by.by = pairs()["attacker"] }, Signature),
		forge("signed with another key, none named", func(m *sent) {
			m.by.by, m.by.noKeyInfo = pairs()["attacker"], true
		}, Signature),
		forge("signed with the pinned key, another certificate named", func(m *sent) { m.by.named = pairs()["attacker"] }, Certificate),
		forge("the Response signed with another key", func(m *sent) { m.signResponse = true; other(&m.byResponse) }, Certificate),
		forge("the Response signed with another key, the pinned certificate named", func(m *sent) { m.signResponse = true; m.byResponse.by = pairs()["attacker"] }, Signature),
		forge("the assertion signed with another key, the Response well", func(m *sent) { m.signResponse = true; other(&m.by) }, Certificate),
		forge("the Response changed after it was signed", func(m *sent) {
			m.signResponse = true
			m.done = func(root *etree.Element) { root.CreateAttr("IssueInstant", stamp(now)) }
		}, Signature),
		forge("a certificate named that is none", func(m *sent) {
			m.done = func(root *etree.Element) { findTag(findTag(root, "Assertion"), "X509Certificate").SetText("AAAA") }
		}, Certificate),
		{name: "the pinned certificate has ended", make: func(m *sent) {
			m.by.by, m.by.named = pairs()["expired"], pairs()["expired"]
		}, codes: []Code{Certificate}, provider: func(p *Provider) { p.Certificates = []*x509.Certificate{pairs()["expired"].cert} }},
		{name: "no certificate pinned", make: func(m *sent) { m.by.noKeyInfo, m.byResponse.noKeyInfo = true, true },
			codes: []Code{Certificate}, provider: func(p *Provider) { p.Certificates = nil }},
		{name: "ECDSA in ASN.1", make: func(m *sent) {
			m.ecdsa("P-256", ecdsaSHA256)
			m.done = inASN1
		}, codes: []Code{Signature}, provider: func(p *Provider) { p.Certificates = []*x509.Certificate{pairs()["P-256"].cert} }},
		{name: "an RSA key for an ECDSA method", make: func(m *sent) { m.by.method = ecdsaSHA256 }, codes: []Code{Signature}},
	}
}

func references() []forgery {
	uri := func(name, value string) forgery {
		return forge("Reference to "+name, func(m *sent) { m.by.uri = &value }, Shape)
	}
	list := []forgery{
		uri("everything", ""), uri("nothing", "#"), uri("another ID", "#_other"), uri("the ID without #", "_asrt"),
		uri("an XPointer", "#xpointer(/)"), uri("the ID by XPointer", "#xpointer(id('_asrt'))"), uri("an address", "https://evil.test/a.xml"),
		forge("no Reference URI", func(m *sent) {
			m.done = func(root *etree.Element) { findTag(findTag(root, "Assertion"), "Reference").RemoveAttr("URI") }
		}, Shape),
		forge("two References, both signed", func(m *sent) {
			m.by.more = `<D:Reference URI="#_other"><D:Transforms><D:Transform Algorithm="` + enveloped + `"/></D:Transforms><D:DigestMethod Algorithm="` + nsXenc + `sha256"/><D:DigestValue>AAAA</D:DigestValue></D:Reference>`
		}, Shape),
		forge("two References, one added", func(m *sent) {
			m.done = func(root *etree.Element) {
				r := findTag(findTag(root, "Assertion"), "Reference")
				r.Parent().InsertChildAt(r.Index(), r.Copy())
			}
		}, Shape),
		forge("an ID twice", func(m *sent) { m.ID = m.AssertionID }, Malformed),
		forge("KeyInfo before SignatureValue", func(m *sent) {
			m.done = func(root *etree.Element) {
				sig := findTag(findTag(root, "Assertion"), "Signature")
				sig.InsertChildAt(1, sig.ChildElements()[2])
			}
		}, Shape),
		forge("two SignedInfo", func(m *sent) {
			m.done = func(root *etree.Element) {
				i := findTag(findTag(root, "Assertion"), "SignedInfo")
				i.Parent().AddChild(i.Copy())
			}
		}, Shape),
		forge("two SignatureValue", func(m *sent) {
			m.done = func(root *etree.Element) {
				i := findTag(findTag(root, "Assertion"), "SignatureValue")
				i.Parent().AddChild(i.Copy())
			}
		}, Shape),
		forge("an assertion without ID, and a Reference to that", func(m *sent) {
			hash := "#"
			m.by.uri = &hash
			m.built = func(root *etree.Element) { findTag(root, "Assertion").RemoveAttr("ID") }
		}, Shape),
		forge("an assertion without ID", func(m *sent) {
			empty := ""
			m.by.uri = &empty
			m.built = func(root *etree.Element) { findTag(root, "Assertion").RemoveAttr("ID") }
		}, Shape),
		forge("an ID that is no name", func(m *sent) { m.AssertionID = "1 or 2" }, Malformed),
	}
	// Signed that way by the provider: a library that looks for the other spelling
	// would take another element.
	for _, spelling := range []string{"id", "Id", "iD", "xml:id", "other:ID"} {
		list = append(list, forge("an ID written "+spelling+" beside the right one", func(m *sent) {
			m.built = func(root *etree.Element) {
				a := findTag(root, "Assertion")
				a.CreateAttr("xmlns:other", "urn:other")
				a.Attr = append([]etree.Attr{}, a.Attr...)
				a.CreateAttr(spelling, "_second")
			}
		}, Malformed), forge("an ID written "+spelling+" on the Response", func(m *sent) {
			m.done = func(root *etree.Element) {
				root.CreateAttr("xmlns:other", "urn:other")
				root.CreateAttr(spelling, m.AssertionID)
			}
		}, Malformed))
	}
	return list
}

func algorithms() []forgery {
	var list []forgery
	for _, method := range []string{nsDsig + "rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", nsDsig + "hmac-sha1",
		"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", nsDsig + "dsa-sha1",
		"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", "none", ""} {
		list = append(list,
			forge("signed by "+method, func(m *sent) { m.by.method = method }, Algorithm),
			forge("method changed to "+method, func(m *sent) {
				m.done = func(root *etree.Element) {
					findTag(findTag(root, "Assertion"), "SignatureMethod").CreateAttr("Algorithm", method)
				}
			}, Algorithm))
	}
	for _, digest := range []string{nsDsig + "sha1", "http://www.w3.org/2001/04/xmldsig-more#md5", "http://www.w3.org/2001/04/xmldsig-more#sha224", ""} {
		list = append(list, forge("digest by "+digest, func(m *sent) { m.by.digestBy = digest }, Algorithm, Shape))
	}
	for _, c := range []string{nsExcC14n + "WithComments", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
		"http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2010/10/xml-c14n2", ""} {
		list = append(list,
			forge("SignedInfo canonicalized by "+c, func(m *sent) { m.by.c14n = c }, Algorithm),
			forge("canonicalized by "+c, func(m *sent) { m.by.transforms = []string{enveloped, c} }, Algorithm))
	}
	for name, transforms := range map[string][]string{
		"enveloped alone":                {enveloped},
		"canonicalization alone":         {nsExcC14n},
		"canonicalization twice":         {nsExcC14n, nsExcC14n},
		"the other order":                {nsExcC14n, enveloped},
		"XSLT":                           {enveloped, "http://www.w3.org/TR/1999/REC-xslt-19991116", nsExcC14n},
		"XPath":                          {enveloped, "http://www.w3.org/TR/1999/REC-xpath-19991116", nsExcC14n},
		"XPath filter":                   {enveloped, "http://www.w3.org/2002/06/xmldsig-filter2", nsExcC14n},
		"base64":                         {enveloped, nsDsig + "base64", nsExcC14n},
		"exclusive canonicalization x 2": {enveloped, nsExcC14n, nsExcC14n},
	} {
		list = append(list, forge("transforms: "+name, func(m *sent) { m.by.transforms = transforms }, Algorithm))
	}
	// The Fragile Lock: a canonicalizer that gives nothing fits the digest of nothing.
	for by, nothing := range map[string]string{"sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"sha512": "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="} {
		list = append(list, forge("the digest of nothing, "+by, func(m *sent) {
			m.by.digestBy, m.by.digest = nsXenc+by, &nothing
		}, Shape))
	}
	short := "AAAA"
	inKeyInfo := func(name string, f func(info *etree.Element)) {
		list = append(list, forge(name, func(m *sent) {
			m.done = func(root *etree.Element) { f(findTag(findTag(root, "Assertion"), "KeyInfo")) }
		}, Shape))
	}
	inKeyInfo("two X509Data", func(info *etree.Element) { info.AddChild(info.ChildElements()[0].Copy()) })
	inKeyInfo("something else in KeyInfo", func(info *etree.Element) { info.CreateElement("x:y").CreateAttr("xmlns:x", "urn:x") })
	list = append(list,
		forge("a PrefixList with the default namespace", func(m *sent) { m.by.prefixList = "#default" }, Algorithm),
		forge("an unknown parameter of canonicalization", func(m *sent) {
			m.by.prefixList = "xs"
			m.done = func(root *etree.Element) { findTag(findTag(root, "Assertion"), "InclusiveNamespaces").Tag = "Other" }
		}, Algorithm),
		forge("two parameters of canonicalization", func(m *sent) {
			m.by.prefixList = "xs"
			m.done = func(root *etree.Element) {
				e := findTag(findTag(root, "Assertion"), "InclusiveNamespaces")
				e.Parent().AddChild(e.Copy())
			}
		}, Algorithm))
	return append(list,
		forge("a digest that is too short", func(m *sent) { m.by.digest = &short }, Shape),
		forge("HMACOutputLength", func(m *sent) {
			m.done = func(root *etree.Element) {
				e := findTag(findTag(root, "Assertion"), "SignatureMethod")
				child := e.CreateElement("HMACOutputLength")
				child.Space = e.Space
				child.SetText("1")
			}
		}, Algorithm),
		forge("a transform with a style sheet inside", func(m *sent) {
			m.done = func(root *etree.Element) {
				e := findTag(findTag(root, "Assertion"), "Transform")
				e.CreateElement("x:stylesheet").CreateAttr("xmlns:x", "http://www.w3.org/1999/XSL/Transform")
			}
		}, Algorithm),
		forge("an empty SignatureValue", func(m *sent) {
			m.done = func(root *etree.Element) { findTag(findTag(root, "Assertion"), "SignatureValue").SetText("") }
		}, Shape),
		forge("a SignatureValue of zeros", func(m *sent) {
			m.done = func(root *etree.Element) {
				findTag(findTag(root, "Assertion"), "SignatureValue").SetText(strings.Repeat("A", 342) + "==")
			}
		}, Signature))
}
