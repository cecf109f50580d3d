package saml

import "github.com/beevik/etree"

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
	for _, tag := range []string{"Assertion", "Subject", "Signature", "EncryptedAssertion", "ASSERTION"} {
		add("a forged "+tag+" in Extensions, with an ID of its own", func(root *etree.Element) {
			x := etree.NewElement("Extensions")
			x.Space = root.Space
			forged := etree.NewElement("other:" + tag)
			forged.CreateAttr("xmlns:other", "urn:other")
			x.AddChild(forged)
			root.InsertChildAt(0, x)
		})
	}
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
