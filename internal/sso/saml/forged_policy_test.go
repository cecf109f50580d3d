package saml

import (
	"strings"
	"time"

	"github.com/beevik/etree"
)

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
	times("the session ended", func(m *sent) { m.SessionNotOnOrAfter = now }, Clock)
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
