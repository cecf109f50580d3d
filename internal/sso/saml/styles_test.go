package saml

import (
	"fmt"
	"strings"
)

// style is how one product writes its messages.
type style struct {
	name, issuer    string
	pPrefix         string // of the protocol; "" is the default namespace
	aPrefix         string // of the assertion
	dsPrefix        string
	onResponse      string // declarations that the product adds
	onAssertion     string
	prefixList      string
	declaration     string
	wrapped         bool // base64 in lines
	both            bool // Response and assertion are signed
	attributesFirst bool
	typed           bool // xsi:type on values
	nameFormat      string
	format, nameID  string
	attributes      [][2]string
}

const (
	email       = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	basicName   = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	uriName     = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
	claims      = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	xmlTypes    = ` xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
)

// styles are the six products, each as it comes out of the box.
var styles = []style{
	{name: "entra", issuer: "https://sts.windows.net/11111111-2222-3333-4444-555555555555/", pPrefix: "samlp", attributesFirst: true,
		format: persistent, nameID: "k3vF0Zq9bq1mVwX8hQ2yT5uLr7nJ4sD6", attributes: [][2]string{
			{"http://schemas.microsoft.com/identity/claims/tenantid", "11111111-2222-3333-4444-555555555555"},
			{"http://schemas.microsoft.com/identity/claims/objectidentifier", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"},
			{claims + "name", "ada@contoso.test"}, {claims + "givenname", "Ada"}, {claims + "surname", "Lovelace"},
			{"http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", "9f1c0000-0000-4000-8000-000000000001"},
			{"http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", "9f1c0000-0000-4000-8000-000000000002"}}},
	{name: "okta", issuer: "http://www.okta.com/exk1abcd2EFGH3ijk4x7", pPrefix: "saml2p", aPrefix: "saml2", dsPrefix: "ds", both: true,
		declaration: `<?xml version="1.0" encoding="UTF-8"?>`, onResponse: ` xmlns:xs="http://www.w3.org/2001/XMLSchema"`, prefixList: "xs", typed: true,
		nameFormat: unspecified[:0] + "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified", format: unspecified, nameID: "00u1abcdEFGHijklM5d7",
		attributes: [][2]string{{"firstName", "Ada"}, {"lastName", "Lovelace"}, {"email", "ada@okta.test"}, {"groups", "Engineering"}, {"groups", "Mathematics & Logic"}}},
	{name: "onelogin", issuer: "https://app.onelogin.com/saml/metadata/1a2b3c4d", pPrefix: "samlp", aPrefix: "saml", dsPrefix: "ds", wrapped: true, typed: true,
		onAssertion: xmlTypes, nameFormat: basicName, format: email, nameID: "ada@onelogin.test",
		attributes: [][2]string{{"User.email", "ada@onelogin.test"}, {"User.FirstName", "Ada"}, {"PersonImmutableID", "38472911"}, {"memberOf", ""}}},
	{name: "google", issuer: "https://accounts.google.com/o/saml2?idpid=C01abcd2e", pPrefix: "saml2p", aPrefix: "saml2", dsPrefix: "ds",
		declaration: `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`, typed: true, onAssertion: xmlTypes,
		nameFormat: basicName, format: unspecified, nameID: "ada@google.test",
		attributes: [][2]string{{"firstName", "Ada"}, {"Groups", "Forschung & Lehre – Zürich"}}},
	{name: "keycloak", issuer: "https://keycloak.test/realms/main", pPrefix: "samlp", aPrefix: "saml", dsPrefix: "dsig", both: true, typed: true,
		onAssertion: xmlTypes, nameFormat: basicName, format: persistent, nameID: "G-4f5c2b1a-0a4e-4d3f-9a57-1f3cf1f9a0aa", prefixList: "dsig saml xs xsi",
		attributes: [][2]string{{"Role", "offline_access"}, {"Role", "uma_authorization"}, {"email", "ada@keycloak.test"}}},
	{name: "adfs", issuer: "http://adfs.corp.test/adfs/services/trust", pPrefix: "samlp", dsPrefix: "ds", wrapped: true,
		format: persistent, nameID: "S-1-5-21-1004336348-1177238915-682003330-512", nameFormat: uriName,
		attributes: [][2]string{{claims + "upn", "ada@corp.test"}, {"http://schemas.xmlsoap.org/claims/Group", "Domain Users"}}},
}

// statement is the AttributeStatement, one Attribute for each run of a name; for
// Keycloak one for each value.
func (s style) statement() string {
	var b strings.Builder
	b.WriteString(`<A:AttributeStatement>`)
	for i, a := range s.attributes {
		if i == 0 || s.attributes[i-1][0] != a[0] || s.name == "keycloak" {
			if i > 0 {
				b.WriteString(`</A:Attribute>`)
			}
			fmt.Fprintf(&b, `<A:Attribute Name="%s"%s>`, a[0], attr("NameFormat", s.nameFormat))
		}
		typed := ""
		if s.typed {
			typed = ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:string"`
			if s.onAssertion != "" {
				typed = ` xsi:type="xs:string"`
			}
		}
		fmt.Fprintf(&b, `<A:AttributeValue%s>%s</A:AttributeValue>`, typed, strings.ReplaceAll(a[1], "&", "&amp;"))
	}
	b.WriteString(`</A:Attribute></A:AttributeStatement>`)
	return b.String()
}

// prefixed gives the template's A: and P: the product's own prefixes.
func (s style) prefixed(text string) string {
	return prefixed(prefixed(text, "P", s.pPrefix), "A", s.aPrefix)
}

func prefixed(text, placeholder, prefix string) string {
	colon, declared := prefix+":", "xmlns:"+prefix
	if prefix == "" {
		colon, declared = "", "xmlns"
	}
	return strings.NewReplacer("<"+placeholder+":", "<"+colon, "</"+placeholder+":", "</"+colon, "xmlns:"+placeholder+"=", declared+"=").Replace(text)
}
