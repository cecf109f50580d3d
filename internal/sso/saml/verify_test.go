package saml

import (
	"testing"

	"github.com/beevik/etree"
)

// TestReadersDisagree refuses when the verifier returns something else than the
// gate saw. No message is known with which it does; that is what this is for.
func TestReadersDisagree(t *testing.T) {
	t.Parallel()
	m := good(styles[0])
	root, err := parse(m.raw(), message)
	if err != nil {
		t.Fatal(err)
	}
	seen := root.one(nsAssertion, "Assertion")
	s := &signature{element: seen.one(nsDsig, "Signature")}
	verified := func() *etree.Element {
		e, err := find(m.raw(), seen)
		if err != nil {
			t.Fatal(err)
		}
		return without(e, "Signature")
	}
	if _, err := s.readAgain(verified(), seen); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*etree.Element){
		"another name":              func(e *etree.Element) { findTag(e, "NameID").SetText(attack) },
		"half a name":               func(e *etree.Element) { findTag(e, "NameID").SetText(m.NameID[:5]) },
		"another attribute":         func(e *etree.Element) { findTag(e, "NameID").CreateAttr("Format", email) },
		"an attribute less":         func(e *etree.Element) { findTag(e, "NameID").RemoveAttr("Format") },
		"an element less":           func(e *etree.Element) { drop(e, "AudienceRestriction") },
		"an element more":           func(e *etree.Element) { e.AddChild(findTag(e, "Subject").Copy()) },
		"another namespace":         func(e *etree.Element) { findTag(e, "NameID").CreateAttr("xmlns", "urn:other") },
		"something that is not XML": func(e *etree.Element) { e.CreateComment("x") },
		"another element":           func(e *etree.Element) { e.Tag = "Advice" },
	} {
		e := verified()
		change(e)
		if _, err := s.readAgain(e, seen); CodeOf(err) != Signature {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := good(styles[1])
	_, err = find(other.raw(), seen)
	refused(t, err, Malformed)
	_, err = find([]byte("<a/>"), seen)
	refused(t, err, Malformed)
}
