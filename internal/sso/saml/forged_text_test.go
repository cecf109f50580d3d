package saml

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

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
	text("no end", func(_ *sent, s string) string { return s[:strings.LastIndex(s, "</")] }, Malformed)
	text("another end", func(_ *sent, s string) string { return s[:strings.LastIndex(s, "</")] + "</x>" }, Malformed)
	text("ends of two elements exchanged", func(m *sent, s string) string {
		at := strings.LastIndex(s, "Assertion>")
		return s[:at] + "Advice>" + s[at+len("Assertion>"):]
	}, Malformed)
	text("an address of its own for xml:", func(_ *sent, s string) string {
		return replaceOnce(s, ` Version="2.0"`, ` xml:base="https://evil.test" Version="2.0"`)
	}, Malformed)
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
	text("9000 elements", func(m *sent, s string) string {
		return replaceOnce(s, ">"+m.NameID+"<", ">"+m.NameID+strings.Repeat("<x/>", 9000)+"<")
	}, TooLarge)
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
