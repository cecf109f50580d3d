package saml

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	"github.com/russellhaering/gosaml2/types"
)

// variants are ways in which every product can be set up.
var variants = map[string]func(*sent){
	"as it comes":      func(*sent) {},
	"assertion signed": func(m *sent) { m.signResponse = false },
	"both signed":      func(m *sent) { m.signResponse = true },
	"SHA-512": func(m *sent) {
		m.by.method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
		m.by.digestBy = nsXenc + "sha512"
	},
	"no certificate named":  func(m *sent) { m.by.noKeyInfo, m.byResponse.noKeyInfo = true, true },
	"the next certificate":  func(m *sent) { m.by.by, m.by.named = pairs()["next"], pairs()["next"] },
	"ECDSA P-256":           func(m *sent) { m.ecdsa("P-256", ecdsaSHA256) },
	"ECDSA P-384":           func(m *sent) { m.ecdsa("P-384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384") },
	"encrypted AES-256-CBC": func(m *sent) { m.seal = sealFor("sp", types.MethodAES256CBC) },
	"encrypted AES-256-GCM": func(m *sent) {
		m.seal = sealFor("sp", types.MethodAES256GCM)
		m.seal.beside = true
		m.signResponse = true
	},
	"encrypted AES-128-GCM for the next key": func(m *sent) {
		m.seal = sealFor("spnext", types.MethodAES128GCM)
		m.seal.transport, m.seal.digest = types.MethodRSAOAEP2, types.MethodSHA256
	},
	"signature at the end": func(m *sent) { m.by.last = true },
	"late, within 120 s":   func(m *sent) { m.NotOnOrAfter, m.ConfirmedUntil = now.Add(-119*time.Second), now.Add(-119*time.Second) },
	"early, within 120 s":  func(m *sent) { m.NotBefore, m.IssueInstant = now.Add(119*time.Second), now.Add(119*time.Second) },
}

func (m *sent) ecdsa(name, method string) {
	m.by.by, m.by.named, m.by.method = pairs()[name], pairs()[name], method
}

func allPinned(s style) []Provider {
	p, ec := theirs(s.issuer), theirs(s.issuer)
	p.Certificates = []*x509.Certificate{pairs()["expired"].cert, pairs()["idp"].cert, pairs()["next"].cert}
	ec.Certificates = []*x509.Certificate{pairs()["P-256"].cert, pairs()["P-384"].cert, pairs()["idp"].cert}
	return []Provider{p, ec}
}

// TestAccepted reads good messages of six products, each set up in fourteen ways.
func TestAccepted(t *testing.T) {
	t.Parallel()
	count := 0
	for _, s := range styles {
		for name, vary := range variants {
			count++
			m := good(s)
			vary(m)
			t.Run(s.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				us := ours()
				us.Keys = append([]tls.Certificate{pairs()["P-256"].tls()}, us.Keys[0], pairs()["spnext"].tls())
				p := allPinned(s)[0]
				if m.by.by.ec() != nil {
					p = allPinned(s)[1]
				}
				a, err := us.Response(p, m.form(), expected())
				if err != nil {
					t.Fatalf("%v\n%s", err, m.raw())
				}
				want := &Assertion{ID: m.AssertionID, Issuer: s.issuer, Subject: s.nameID, Immutable: s.format == persistent,
					NameID: s.nameID, NameIDFormat: s.format, SessionIndex: m.AssertionID, Attributes: map[string][]string{},
					SessionNotOnOrAfter: m.SessionNotOnOrAfter, NotOnOrAfter: m.ConfirmedUntil.Add(Skew)}
				for _, a := range s.attributes {
					want.Attributes[a[0]] = append(want.Attributes[a[0]], a[1])
				}
				if diff := cmp.Diff(want, a); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
	if count < 50 {
		t.Errorf("only %d good messages", count)
	}
	t.Logf("%d good messages of %d products", count, len(styles))
}

// TestAcceptedForm is what may differ in a good message without a person noticing.
func TestAcceptedForm(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*sent){
		"one CDATA for the whole name": func(m *sent) {
			m.text = func(s string) string { return replaceOnce(s, ">"+m.NameID+"<", "><![CDATA["+m.NameID+"]]><") }
		},
		"a name written in entities": func(m *sent) {
			m.text = func(s string) string {
				return replaceOnce(s, ">"+m.NameID+"<", fmt.Sprintf(">&#%d;%s<", m.NameID[0], m.NameID[1:]))
			}
		},
		"spaces between attributes": func(m *sent) {
			m.text = func(s string) string { return replaceOnce(s, ` Version="2.0"`, "\n\t Version='2.0'  ") }
		},
		"white space around the assertion": func(m *sent) {
			m.done = func(root *etree.Element) {
				root.InsertChildAt(findTag(root, "Assertion").Index(), etree.NewText("\n  "))
			}
		},
		"an audience among others": func(m *sent) {
			m.built = func(root *etree.Element) {
				r := findTag(root, "AudienceRestriction")
				r.InsertChildAt(0, r.ChildElements()[0].Copy())
				r.ChildElements()[0].SetText("https://other.test")
			}
		},
		"used once": func(m *sent) {
			m.built = func(root *etree.Element) {
				c := findTag(root, "Conditions")
				add := c.CreateElement("OneTimeUse")
				add.Space = c.Space
			}
		},
		"no issuer on the Response": func(m *sent) { m.Issuer = "" },
		"no attributes":             func(m *sent) { m.built = func(root *etree.Element) { drop(root, "AttributeStatement") } },
		"no end of the session": func(m *sent) {
			m.built = func(root *etree.Element) { findTag(root, "AuthnStatement").RemoveAttr("SessionNotOnOrAfter") }
		},
		"a KeyInfo with a name only": func(m *sent) { m.done = nameOnly },
	} {
		for _, s := range styles {
			t.Run(name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				m := good(s)
				m.signResponse = false
				change(m)
				a, err := ours().Response(theirs(s.issuer), m.form(), expected())
				if err != nil {
					t.Fatalf("%v\n%s", err, m.raw())
				}
				if a.Subject != m.NameID {
					t.Errorf("subject %q, want %q", a.Subject, m.NameID)
				}
			})
		}
	}
}

func nameOnly(root *etree.Element) {
	info := findTag(root, "KeyInfo")
	data := info.ChildElements()[0]
	data.Tag, data.Child = "KeyName", nil
	data.SetText("the key of 2026")
}
