package saml

import (
	"encoding/base64"
	"strings"

	"github.com/beevik/etree"
)

// replaceOnce panics when there is nothing to replace: a forgery that forges
// nothing proves nothing.
func replaceOnce(text, old, with string) string {
	if !strings.Contains(text, old) {
		panic("no " + old + " in " + text)
	}
	return strings.Replace(text, old, with, 1)
}

// drop removes the first element with a local name.
func drop(root *etree.Element, tag string) {
	e := findTag(root, tag)
	e.Parent().RemoveChild(e)
}

// inASN1 rewrites an ECDSA signature as X.509 has it.
func inASN1(root *etree.Element) {
	value := findTag(root, "SignatureValue")
	raw, err := base64.StdEncoding.DecodeString(value.Text())
	if err != nil {
		panic(err)
	}
	der, ok := fromRaw(pairs()["P-256"].ec(), raw)
	if !ok {
		panic("no ECDSA signature")
	}
	value.SetText(base64.StdEncoding.EncodeToString(der))
}
