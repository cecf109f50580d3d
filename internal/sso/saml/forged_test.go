package saml

import (
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
)

// forgery is a message that must be refused, with one of the codes.
type forgery struct {
	name     string
	make     func(*sent)
	codes    []Code
	provider func(*Provider)
	expect   func(*Expect)
}

func forge(name string, make func(*sent), codes ...Code) forgery {
	return forgery{name: name, make: make, codes: codes}
}

// attack is who a forged message names.
const attack = "admin@victim.test"

// forgeries are all of them, for one product.
func forgeries() []forgery {
	return slices.Concat(wrapped(), unsigned(), references(), algorithms(), texts(), policies(), sealedForgeries(), shapes())
}

// evil is a copy of an assertion that names somebody else.
func evil(assertion *etree.Element, id string) *etree.Element {
	e := alone(assertion)
	e.CreateAttr("ID", id)
	findTag(e, "NameID").SetText(attack)
	return e
}

func without(e *etree.Element, tag string) *etree.Element {
	if found := findTag(e, tag); found != nil {
		found.Parent().RemoveChild(found)
	}
	return e
}

// bothWays makes a wrapping attack on a signed assertion and on both signed.
func bothWays(name string, attack func(root *etree.Element), codes ...Code) []forgery {
	return []forgery{
		forge(name, func(m *sent) { m.done = attack }, codes...),
		forge(name+", Response signed too", func(m *sent) { m.signResponse, m.done = true, attack }, append(codes, Signature)...),
	}
}

// wrapped are the eight ways of XML signature wrapping (Somorovsky and others,
// USENIX Security 2012), and their newer kin.
func wrapped() []forgery {
	var list []forgery
	add := func(name string, attack func(root *etree.Element)) {
		list = append(list, bothWays(name, attack, Shape, Malformed, Unsigned)...)
	}
	add("XSW1: the original Response inside the signature of a forged one", func(root *etree.Element) {
		original, sig := root.Copy(), findTag(root, "Signature")
		findTag(root, "NameID").SetText(attack)
		root.CreateAttr("ID", "_evil")
		without(original, "Signature")
		sig.AddChild(original)
	})
	add("XSW2: the original Response before the signature of a forged one", func(root *etree.Element) {
		original := root.Copy()
		findTag(root, "NameID").SetText(attack)
		root.CreateAttr("ID", "_evil")
		root.InsertChildAt(0, without(original, "Signature"))
	})
	add("XSW3: a forged assertion before the original", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		root.InsertChildAt(a.Index(), without(evil(a, "_evil"), "Signature"))
	})
	add("XSW4: the original inside a forged assertion", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		forged := without(evil(a, "_evil"), "Signature")
		root.InsertChildAt(a.Index(), forged)
		root.RemoveChild(a)
		forged.AddChild(a)
	})
	add("XSW5: the original at the end, its signature in the forged one", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		original := without(alone(a), "Signature")
		a.CreateAttr("ID", "_evil")
		findTag(a, "NameID").SetText(attack)
		root.AddChild(original)
	})
	add("XSW6: the original inside the signature of the forged one", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		original := without(alone(a), "Signature")
		a.CreateAttr("ID", "_evil")
		findTag(a, "NameID").SetText(attack)
		findTag(a, "Signature").AddChild(original)
	})
	add("XSW7: a forged assertion in Extensions", func(root *etree.Element) {
		x := etree.NewElement("Extensions")
		x.Space = root.Space
		a := findTag(root, "Assertion")
		x.AddChild(without(evil(a, a.SelectAttrValue("ID", "")), "Signature"))
		root.InsertChildAt(0, x)
	})
	add("XSW8: the original in an Object of the forged one's signature", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		original := without(alone(a), "Signature")
		findTag(a, "NameID").SetText(attack)
		sig := findTag(a, "Signature")
		object := etree.NewElement("Object")
		object.Space = sig.Space
		object.AddChild(original)
		sig.AddChild(object)
	})
	add("two assertions, the forged one last", func(root *etree.Element) {
		root.AddChild(evil(findTag(root, "Assertion"), "_evil"))
	})
	add("the original in the forged one's Advice", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		forged := without(evil(a, "_evil"), "Signature")
		root.InsertChildAt(a.Index(), forged)
		root.RemoveChild(a)
		advice := etree.NewElement("Advice")
		advice.Space = forged.Space
		advice.AddChild(a)
		forged.AddChild(advice)
	})
	add("the original in an attribute value of the forged one", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		forged := without(evil(a, "_evil"), "Signature")
		root.InsertChildAt(a.Index(), forged)
		root.RemoveChild(a)
		findTag(forged, "AttributeValue").AddChild(a)
	})
	add("the forged assertion in another namespace", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		forged := without(evil(a, "_evil"), "Signature")
		forged.Space = "other"
		forged.CreateAttr("xmlns:other", "urn:other")
		root.InsertChildAt(a.Index(), forged)
	})
	add("a second Subject in the assertion", func(root *etree.Element) {
		s := findTag(root, "Subject")
		second := s.Copy()
		findTag(second, "NameID").SetText(attack)
		s.Parent().InsertChildAt(s.Index(), second)
	})
	add("the signature of another message on a forged assertion", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		a.CreateAttr("ID", "_evil")
		findTag(a, "NameID").SetText(attack)
	})
	add("two signatures on the assertion", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		a.AddChild(findTag(a, "Signature").Copy())
	})
	add("the assertion's signature at the Response", func(root *etree.Element) {
		a := findTag(root, "Assertion")
		sig := findTag(a, "Signature")
		a.RemoveChild(sig)
		root.AddChild(sig)
	})
	return list
}

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
		}, Signature))
	}
	short := "AAAA"
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

// texts change what is read without changing, in some reader, what is signed.
func texts() []forgery {
	inName := func(name, insert string, codes ...Code) forgery {
		return forge(name, func(m *sent) {
			m.NameID = attack + ".evil.test"
			m.text = func(s string) string { return replaceOnce(s, attack+".evil.test<", attack+insert+".evil.test<") }
		}, codes...)
	}
	list := []forgery{
		inName("a comment in NameID", "<!-- -->", Malformed),
		inName("a processing instruction in NameID", "<?x y?>", Malformed),
		inName("an element in NameID", "<x/>", Signature, Subject),
		inName("an empty CDATA and a comment in NameID", "<![CDATA[]]><!---->", Malformed),
		inName("an entity of its own in NameID", "&e;", Malformed),
		forge("an element in NameID, signed so", func(m *sent) { m.NameID = attack + "<x xmlns=\"urn:x\"/>.evil.test" }, Subject),
		forge("a comment in NameID, signed so", func(m *sent) { m.NameID = attack + "<!-- -->.evil.test" }, Malformed),
		forge("an element in an attribute value, signed so", func(m *sent) {
			m.built = func(root *etree.Element) {
				findTag(root, "AttributeValue").CreateElement("x:y").CreateAttr("xmlns:x", "urn:x")
			}
		}, Shape),
		forge("a comment in an attribute value", func(m *sent) {
			m.done = func(root *etree.Element) { findTag(root, "AttributeValue").InsertChildAt(0, etree.NewComment("x")) }
		}, Malformed),
		forge("an empty NameID", func(m *sent) { m.NameID = "" }, Subject),
		forge("a NameID with a space at its end", func(m *sent) { m.NameID += " " }, Subject),
		forge("a NameID with a line break in it", func(m *sent) { m.NameID = "a&#10;b" }, Subject),
		forge("a NameID of 2 kB", func(m *sent) { m.NameID = strings.Repeat("a", 2048) }, Subject),
		forge("a transient NameID", func(m *sent) { m.Format = transient }, Subject),
	}
	text := func(name string, f func(*sent, string) string, codes ...Code) {
		list = append(list, forge(name, func(m *sent) {
			m.text = func(s string) string { return f(m, s) }
		}, codes...))
	}
	front := func(insert string) func(*sent, string) string {
		return func(_ *sent, s string) string {
			declaration := styleDeclaration(s)
			return declaration + insert + strings.TrimPrefix(s, declaration)
		}
	}
	text("a DOCTYPE", front(`<!DOCTYPE x>`), Malformed)
	text("a DOCTYPE that reads a file", front(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`), Malformed)
	text("a DOCTYPE that makes ID an ID", front(`<!DOCTYPE x [<!ATTLIST Assertion ID ID #IMPLIED>]>`), Malformed)
	text("a billion laughs", front(`<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`), Malformed)
	text("a style sheet", front(`<?xml-stylesheet href="x.xsl"?>`), Malformed)
	text("a comment in front", front(`<!-- x -->`), Malformed)
	text("a comment at the end", func(_ *sent, s string) string { return s + "<!-- x -->" }, Malformed)
	text("text in front", func(_ *sent, s string) string { return "x" + s }, Malformed)
	text("a second root", func(_ *sent, s string) string { return s + "<x/>" }, Malformed)
	text("text behind", func(_ *sent, s string) string { return s + "x" }, Malformed)
	text("a byte order mark", func(_ *sent, s string) string { return "\ufeff" + s }, Malformed)
	text("half a message", func(_ *sent, s string) string { return s[:len(s)/2] }, Malformed, Shape)
	text("not UTF-8", func(m *sent, s string) string { return replaceOnce(s, m.NameID, m.NameID+"\xff") }, Malformed)
	text("a NUL", func(m *sent, s string) string { return replaceOnce(s, m.NameID, m.NameID+"\x00") }, Malformed)
	text("another encoding", func(_ *sent, s string) string {
		return `<?xml version="1.0" encoding="ISO-8859-1"?>` + strings.TrimPrefix(s, styleDeclaration(s))
	}, Malformed)
	text("XML 1.1", func(_ *sent, s string) string {
		return `<?xml version="1.1"?>` + strings.TrimPrefix(s, styleDeclaration(s))
	}, Malformed)
	text("an attribute twice", func(m *sent, s string) string {
		return replaceOnce(s, ` Recipient="`, ` Recipient="https://evil.test" Recipient="`)
	}, Malformed)
	text("an attribute twice, by two prefixes", func(m *sent, s string) string {
		return replaceOnce(s, ` Version="2.0"`, ` xmlns:q="urn:q" xmlns:r="urn:q" q:x="1" r:x="2" Version="2.0"`)
	}, Malformed)
	text("a prefix that nobody declared", func(m *sent, s string) string { return replaceOnce(s, ` Version="2.0"`, ` q:x="1" Version="2.0"`) }, Malformed)
	text("a relative namespace", func(m *sent, s string) string { return replaceOnce(s, ` Version="2.0"`, ` xmlns:q="x" Version="2.0"`) }, Malformed)
	text("an empty namespace", func(m *sent, s string) string { return replaceOnce(s, ` Version="2.0"`, ` xmlns:q="" Version="2.0"`) }, Malformed)
	text("another xml prefix", func(m *sent, s string) string {
		return replaceOnce(s, ` Version="2.0"`, ` xmlns:q="http://www.w3.org/XML/1998/namespace" Version="2.0"`)
	}, Malformed)
	text("a Destination with a prefix", func(m *sent, s string) string {
		return replaceOnce(s, ` Destination="`, ` xmlns:q="urn:q" q:Destination="https://evil.test" Destination="`)
	}, Malformed)
	text("a line break in an attribute", func(m *sent, s string) string {
		return replaceOnce(s, ` Destination="`, ` Consent="a&#10;b" Destination="`)
	}, Malformed)
	text("a name with a colon too many", func(m *sent, s string) string { return replaceOnce(s, ` Version="2.0"`, ` a:b:c="1" Version="2.0"`) }, Malformed)
	text("nested too deep", func(m *sent, s string) string {
		return replaceOnce(s, ">"+m.NameID+"<", ">"+strings.Repeat("<x>", 40)+m.NameID+strings.Repeat("</x>", 40)+"<")
	}, Malformed)
	declare := func(prefix string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ` xmlns:%s%d="urn:%s:%d"`, prefix, i, prefix, i)
		}
		return b.String()
	}
	text("120 namespaces", func(_ *sent, s string) string {
		return replaceOnce(replaceOnce(s, ` Version="2.0"`, declare("q", 50)+` Version="2.0"`), ` Value="`, declare("r", 50)+` Value="`)
	}, Malformed)
	text("70 attributes", func(_ *sent, s string) string {
		return replaceOnce(s, ` Value="`, strings.ReplaceAll(declare("q", 65), "xmlns:", "")+` Value="`)
	}, Malformed)
	text("300 kB", func(m *sent, s string) string { return s + strings.Repeat(" ", 300<<10) }, TooLarge)
	return list
}

func styleDeclaration(s string) string {
	if strings.HasPrefix(s, "<?xml") {
		return s[:strings.Index(s, "?>")+2]
	}
	return ""
}

// policies are authentic messages that are not for us, not for now, or not the answer.
func policies() []forgery {
	const evilURL = "https://evil.test/acs"
	list := []forgery{
		forge("Issuer of the assertion", func(m *sent) { m.AssertionIssuer = "https://evil.test" }, Issuer),
		forge("Issuer of the Response", func(m *sent) { m.Issuer = "https://evil.test" }, Issuer),
		forge("Issuer of the assertion, none", func(m *sent) { m.built = func(r *etree.Element) { drop(findTag(r, "Assertion"), "Issuer") } }, Shape),
		forge("Issuer in another case", func(m *sent) { m.AssertionIssuer = strings.ToUpper(m.AssertionIssuer) }, Issuer),
		forge("Destination", func(m *sent) { m.Destination = evilURL }, Destination),
		forge("Destination, none", func(m *sent) { m.Destination = "" }, Destination),
		forge("Destination longer", func(m *sent) { m.Destination += "/" }, Destination),
		forge("Recipient", func(m *sent) { m.Recipient = evilURL }, Recipient),
		forge("Recipient, none", func(m *sent) { m.Recipient = "" }, Recipient),
		forge("Recipient of another connection", func(m *sent) { m.Recipient = strings.Replace(acs, "0197", "0198", 1) }, Recipient),
		forge("Audience", func(m *sent) { m.Audience = "https://evil.test" }, Audience),
		forge("Audience, none", func(m *sent) { m.Audience = "" }, Audience),
		forge("Audience of another connection", func(m *sent) { m.Audience = strings.Replace(entity, "0197", "0198", 1) }, Audience),
		forge("Audience empty", func(m *sent) { m.Audience = " " }, Audience),
		forge("a second restriction to others", func(m *sent) {
			m.built = func(r *etree.Element) {
				a := findTag(r, "AudienceRestriction")
				other := a.Copy()
				other.ChildElements()[0].SetText("https://other.test")
				a.Parent().AddChild(other)
			}
		}, Audience),
		forge("a condition that nobody knows", func(m *sent) {
			m.built = func(r *etree.Element) {
				c := findTag(r, "Conditions")
				c.CreateElement("Condition").Space = c.Space
			}
		}, Shape),
		forge("InResponseTo of the Response, none", func(m *sent) { m.InResponseTo = "" }, Request),
		forge("InResponseTo of the Response, another", func(m *sent) { m.InResponseTo = "_other" }, Request),
		forge("InResponseTo of the subject, none", func(m *sent) { m.ConfirmsRequest = "" }, Request),
		forge("InResponseTo of the subject, another", func(m *sent) { m.ConfirmsRequest = "_other" }, Request),
		forge("the provider says no", func(m *sent) { m.Status = "urn:oasis:names:tc:SAML:2.0:status:Responder" }, Status),
		forge("the provider says nothing", func(m *sent) { m.built = func(r *etree.Element) { drop(r, "Status") } }, Shape),
		forge("SAML 1.1", func(m *sent) { m.Version = "1.1" }, Shape),
		forge("holder of key", func(m *sent) {
			m.built = func(r *etree.Element) {
				findTag(r, "SubjectConfirmation").CreateAttr("Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key")
			}
		}, Subject),
		forge("no SubjectConfirmation", func(m *sent) { m.built = func(r *etree.Element) { drop(r, "SubjectConfirmation") } }, Subject),
		forge("no SubjectConfirmationData", func(m *sent) { m.built = func(r *etree.Element) { drop(r, "SubjectConfirmationData") } }, Subject),
		forge("two SubjectConfirmation", func(m *sent) {
			m.built = func(r *etree.Element) { c := findTag(r, "SubjectConfirmation"); c.Parent().AddChild(c.Copy()) }
		}, Subject),
		forge("two NameID", func(m *sent) {
			m.built = func(r *etree.Element) { c := findTag(r, "NameID"); c.Parent().AddChild(c.Copy()) }
		}, Subject),
		forge("no NameID", func(m *sent) { m.built = func(r *etree.Element) { drop(r, "NameID") } }, Subject),
		forge("a NameID for another service", func(m *sent) {
			m.built = func(r *etree.Element) { findTag(r, "NameID").CreateAttr("SPNameQualifier", "https://other.test") }
		}, Subject),
		forge("no Conditions", func(m *sent) { m.built = func(r *etree.Element) { drop(r, "Conditions") } }, Shape),
		forge("no AuthnStatement", func(m *sent) { m.built = func(r *etree.Element) { drop(r, "AuthnStatement") } }, Shape),
		forge("two AuthnStatement", func(m *sent) {
			m.built = func(r *etree.Element) { c := findTag(r, "AuthnStatement"); c.Parent().AddChild(c.Copy()) }
		}, Shape),
	}
	times := func(name string, f func(*sent), codes ...Code) {
		list = append(list, forge("time: "+name, f, codes...))
	}
	times("ended 120 s ago", func(m *sent) { m.NotOnOrAfter = now.Add(-Skew) }, Clock)
	times("ended a day ago", func(m *sent) { m.NotOnOrAfter = now.AddDate(0, 0, -1) }, Clock)
	times("begins in 121 s", func(m *sent) { m.NotBefore = now.Add(Skew + time.Second) }, Clock)
	times("confirmed until 120 s ago", func(m *sent) { m.ConfirmedUntil = now.Add(-Skew) }, Clock)
	times("the session ended", func(m *sent) { m.SessionNotOnOrAfter = now.Add(-Skew) }, Clock)
	times("made in 121 s", func(m *sent) { m.IssueInstant = now.Add(Skew + time.Second) }, Clock)
	times("signed in in 121 s", func(m *sent) { m.AuthnInstant = now.Add(Skew + time.Second) }, Clock)
	for _, place := range [][2]string{{"Conditions", "NotBefore"}, {"Conditions", "NotOnOrAfter"}, {"SubjectConfirmationData", "NotOnOrAfter"},
		{"AuthnStatement", "AuthnInstant"}, {"Assertion", "IssueInstant"}, {"Response", "IssueInstant"}} {
		times("no "+place[1]+" of "+place[0], func(m *sent) { m.built = func(r *etree.Element) { findTag(r, place[0]).RemoveAttr(place[1]) } }, Shape)
		times(place[1]+" of "+place[0]+" without zone", func(m *sent) {
			m.built = func(r *etree.Element) { findTag(r, place[0]).CreateAttr(place[1], "2026-03-02T10:00:00") }
		}, Shape)
	}
	times("SubjectConfirmationData begins later", func(m *sent) {
		m.built = func(r *etree.Element) {
			findTag(r, "SubjectConfirmationData").CreateAttr("NotBefore", stamp(now.Add(time.Hour)))
		}
	}, Clock)
	expects := func(name string, f func(*sent), expect func(*Expect), code Code) {
		list = append(list, forgery{name: name, make: f, expect: expect, codes: []Code{code}})
	}
	unasked := func(m *sent) { m.InResponseTo, m.ConfirmsRequest = "", "" }
	expects("the provider begins, and may not", unasked, func(e *Expect) { e.RequestID = "" }, Unsolicited)
	expects("an answer where nobody asked", func(*sent) {}, func(e *Expect) { e.RequestID = "" }, Unsolicited)
	expects("an answer to another request where the provider may begin", func(*sent) {}, func(e *Expect) { e.RequestID, e.ProviderInitiated = "", true }, Request)
	expects("no answer, though we asked and the provider may begin", unasked, func(e *Expect) { e.ProviderInitiated = true }, Request)
	expects("signed in before we asked to sign in again", func(m *sent) { m.AuthnInstant = now.Add(-time.Hour) },
		func(e *Expect) { e.AuthenticatedAfter = now.Add(-time.Minute) }, Clock)
	for _, values := range []string{"", `<A:AttributeValue>a</A:AttributeValue><A:AttributeValue>b</A:AttributeValue>`, `<A:AttributeValue/>`} {
		list = append(list, forgery{name: "the naming attribute has " + values, codes: []Code{Subject},
			provider: func(p *Provider) { p.NameIDAttribute = "uid" },
			make: func(m *sent) {
				m.built = func(r *etree.Element) {
					s := findTag(r, "AttributeStatement")
					doc := etree.NewDocument()
					if err := doc.ReadFromString(m.prefixed(`<A:Attribute xmlns:A="` + nsAssertion + `" Name="uid">` + values + `</A:Attribute>`)); err != nil {
						panic(err)
					}
					s.AddChild(doc.Root())
				}
			}})
	}
	return list
}

// shapes have parts that are not read, or not where they belong.
func shapes() []forgery {
	return []forgery{
		forge("a LogoutResponse", func(m *sent) { m.done = func(r *etree.Element) { r.Tag = "LogoutResponse" } }, Shape),
		forge("a Response of SAML 1", func(m *sent) {
			m.text = func(s string) string {
				return strings.ReplaceAll(s, nsProtocol, "urn:oasis:names:tc:SAML:1.0:protocol")
			}
		}, Malformed),
		forge("an assertion of SAML 1", func(m *sent) {
			m.text = func(s string) string {
				return strings.ReplaceAll(s, nsAssertion, "urn:oasis:names:tc:SAML:1.0:assertion")
			}
		}, Shape, Malformed),
		forge("no assertion", func(m *sent) { m.done = func(r *etree.Element) { drop(r, "Assertion") } }, Shape),
		forge("the assertion alone", func(m *sent) {
			m.text = func(s string) string {
				doc := etree.NewDocument()
				if err := doc.ReadFromString(s); err != nil {
					panic(err)
				}
				return toText(alone(findTag(doc.Root(), "Assertion")))
			}
		}, Shape),
		forge("a statement that decides", func(m *sent) {
			m.built = func(r *etree.Element) {
				a := findTag(r, "Assertion")
				a.CreateElement("AuthzDecisionStatement").Space = a.Space
			}
		}, Shape),
		forge("two AttributeStatement", func(m *sent) {
			m.built = func(r *etree.Element) { c := findTag(r, "AttributeStatement"); c.Parent().AddChild(c.Copy()) }
		}, Shape),
		forge("an attribute without name", func(m *sent) {
			m.built = func(r *etree.Element) { findTag(r, "Attribute").RemoveAttr("Name") }
		}, Shape),
		forge("plain and encrypted at once", func(m *sent) {
			m.seal = sealFor("sp", "http://www.w3.org/2009/xmlenc11#aes256-gcm")
			m.done = func(r *etree.Element) { r.AddChild(good(m.style).response().SelectElement("Assertion").Copy()) }
		}, Shape, Malformed),
		forge("something unknown in the Response", func(m *sent) {
			m.done = func(r *etree.Element) { r.CreateElement("x:y").CreateAttr("xmlns:x", "urn:x") }
		}, Shape),
		forge("nothing", func(m *sent) { m.text = func(string) string { return "" } }, Malformed),
		forge("not XML", func(m *sent) { m.text = func(string) string { return "{}" } }, Malformed),
	}
}

// TestForged refuses every forgery in the clothes of every product, for the reason
// that it was made for.
func TestForged(t *testing.T) {
	t.Parallel()
	count := 0
	codes := map[Code]int{}
	for _, s := range styles {
		for _, f := range forgeries() {
			count++
			_, err := answer(s, f)
			if CodeOf(err) == "" {
				t.Errorf("%s: %s: accepted, or no refusal: %v", s.name, f.name, err)
				continue
			}
			codes[CodeOf(err)]++
			if len(f.codes) > 0 && !slices.Contains(f.codes, CodeOf(err)) {
				t.Errorf("%s: %s: want %v, got %v", s.name, f.name, f.codes, err)
			}
		}
	}
	if count < 500 {
		t.Errorf("only %d forgeries", count)
	}
	t.Logf("%d forgeries refused", count)
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		t.Logf("%5d %s", codes[code], code)
	}
}

func answer(s style, f forgery) (*Assertion, error) {
	m, p, e := good(s), theirs(s.issuer), expected()
	m.signResponse = false // unless the forgery says so: what is wrong inside must be seen by itself
	f.make(m)
	if f.provider != nil {
		f.provider(&p)
	}
	if f.expect != nil {
		f.expect(&e)
	}
	return ours().Response(p, m.form(), e)
}

// TestChangedBytes changes single bytes all over a signed assertion. What is still
// accepted must say what was signed.
func TestChangedBytes(t *testing.T) {
	t.Parallel()
	count, harmless := 0, 0
	for _, s := range styles {
		m := good(s)
		raw := m.raw()
		want, err := ours().Response(theirs(s.issuer), encode(raw, false), expected())
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(raw); at += 41 {
			for _, with := range []byte{raw[at] ^ 1, '<', 'A'} {
				changed := slices.Clone(raw)
				if changed[at] == with {
					continue
				}
				changed[at] = with
				count++
				got, err := ours().Response(theirs(s.issuer), encode(changed, false), expected())
				if err == nil {
					harmless++
					if got.Subject != want.Subject || got.ID != want.ID || len(got.Attributes) != len(want.Attributes) {
						t.Fatalf("byte %d as %q: accepted as %+v", at, with, got)
					}
				}
			}
		}
	}
	t.Logf("%d changed messages, %d of them accepted with what was signed", count, harmless)
}
