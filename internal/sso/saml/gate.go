package saml

import (
	"encoding/base64"
	"slices"
	"strings"
)

// envelope is a Response whose parts are where they must be.
type envelope struct {
	root      *element
	signature *element // of the Response; nil when only the assertion is signed
	assertion *element // nil when it is encrypted
	encrypted *element
}

// decode reads the base64 of a form field or parameter; line breaks and spaces in
// it don't count.
func decode(encoded string, size int) ([]byte, error) {
	if len(encoded) > size*3/2 {
		return nil, refuse(TooLarge, "it is longer than %d kB", size>>10)
	}
	raw, err := unbase64(encoded)
	if err != nil || len(raw) == 0 {
		return nil, refuse(Malformed, "it is not base64")
	}
	return raw, nil
}

var whitespace = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "")

func unbase64(text string) ([]byte, error) {
	return base64.StdEncoding.Strict().DecodeString(whitespace.Replace(text))
}

// gateResponse finds the parts of a Response, and refuses every other arrangement.
func gateResponse(root *element) (*envelope, error) {
	if !root.is(nsProtocol, "Response") {
		return nil, refuse(Shape, "it is a %s, not a Response", cut(root.local))
	}
	if err := succeeded(root); err != nil {
		return nil, err
	}
	e := &envelope{root: root}
	for _, c := range root.children() {
		var slot **element
		switch {
		case c.is(nsAssertion, "Assertion"):
			slot = &e.assertion
		case c.is(nsAssertion, "EncryptedAssertion"):
			slot = &e.encrypted
		case c.is(nsDsig, "Signature"):
			slot = &e.signature
		case c.is(nsAssertion, "Issuer"), c.is(nsProtocol, "Status"), c.is(nsProtocol, "Extensions"):
			continue
		default:
			return nil, refuse(Shape, "a %s stands in the Response", cut(c.local))
		}
		*slot = c // another one before it is found by placed
	}
	if e.assertion == nil && e.encrypted == nil {
		return nil, refuse(Shape, "the Response has no assertion")
	}
	if e.assertion != nil {
		return e, e.placed(e.assertion, e.assertion.one(nsDsig, "Signature"))
	}
	return e, e.placed(e.encrypted, nil)
}

// placed refuses a second assertion, signature or subject in any place and any
// namespace: wrapped messages hide one where they hope that nobody looks.
func (e *envelope) placed(assertion, inner *element) error {
	var stray *element
	e.root.walk(func(c *element) {
		switch strings.ToLower(c.local) {
		case "assertion", "encryptedassertion":
			if c == assertion {
				return
			}
		case "signature":
			if c == e.signature || c == inner {
				return
			}
		case "subject":
			if c.parent == assertion {
				return
			}
		default:
			return
		}
		stray = c
	})
	if stray != nil {
		return refuse(Shape, "a second %s stands in %s", cut(stray.local), cut(stray.parent.local))
	}
	return nil
}

// succeeded says what the provider says when it could not sign somebody in.
func succeeded(root *element) error {
	const success = "urn:oasis:names:tc:SAML:2.0:status:Success"
	status := root.one(nsProtocol, "Status")
	if status == nil || status.one(nsProtocol, "StatusCode") == nil {
		return refuse(Shape, "the %s must have exactly one Status with one StatusCode", root.local)
	}
	code := status.one(nsProtocol, "StatusCode")
	if code.attr("Value") == success {
		return nil
	}
	sentence, said := "the provider answered %s", []any{shortStatus(code)}
	if second := code.one(nsProtocol, "StatusCode"); second != nil {
		sentence, said = sentence+", %s", append(said, shortStatus(second))
	}
	if m := status.one(nsProtocol, "StatusMessage"); m != nil {
		if text, ok := m.text(); ok && text != "" {
			sentence, said = sentence+": %s", append(said, cut(text))
		}
	}
	return refuse(Status, sentence, said...)
}

// statuses are those of Core §3.2.2.2 that say why nobody was signed in.
var statuses = []string{"Requester", "Responder", "VersionMismatch", "AuthnFailed", "InvalidAttrNameOrValue", "InvalidNameIDPolicy", "NoAuthnContext",
	"NoAvailableIDP", "NoPassive", "NoSupportedIDP", "ProxyCountExceeded", "RequestDenied", "RequestUnsupported", "UnknownPrincipal", "UnsupportedBinding"}

func shortStatus(code *element) any {
	text := strings.TrimPrefix(code.attr("Value"), "urn:oasis:names:tc:SAML:2.0:status:")
	if slices.Contains(statuses, text) {
		return text
	}
	return cut(text)
}

// gateAssertion refuses an assertion that has anything twice, or that has parts
// which could say more than we read.
func gateAssertion(a *element) error {
	if !a.is(nsAssertion, "Assertion") {
		return refuse(Shape, "it is a %s, not an Assertion", cut(a.local))
	}
	count := map[string]int{}
	for _, c := range a.children() {
		name := c.local
		switch {
		case c.is(nsDsig, "Signature"):
		case c.space == nsAssertion && (name == "Issuer" || name == "Subject" || name == "Conditions" ||
			name == "AuthnStatement" || name == "AttributeStatement"):
		default:
			return refuse(Shape, "a %s stands in the assertion", cut(name))
		}
		if count[name]++; count[name] > 1 {
			return refuse(Shape, "the assertion has two of %s; one is read", name)
		}
	}
	if count["Signature"] == 0 {
		return refuse(Unsigned, "the assertion is not signed; turn on signed assertions at the provider (a signed response alone is not enough)")
	}
	for _, name := range []string{"Issuer", "Subject", "Conditions", "AuthnStatement"} {
		if count[name] == 0 {
			return refuse(Shape, "the assertion has no %s", name)
		}
	}
	return nil
}
