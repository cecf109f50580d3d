package saml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	roundtrip "github.com/mattermost/xml-roundtrip-validator"
)

// The namespaces that are read.
const (
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsDsig      = "http://www.w3.org/2000/09/xmldsig#"
	nsDsig11    = "http://www.w3.org/2009/xmldsig11#"
	nsXenc      = "http://www.w3.org/2001/04/xmlenc#"
	nsXenc11    = "http://www.w3.org/2009/xmlenc11#"
	nsExcC14n   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	nsXML       = "http://www.w3.org/XML/1998/namespace"
	nsXMLNS     = "http://www.w3.org/2000/xmlns/"
	nsSchema    = "http://www.w3.org/2001/XMLSchema-instance"
)

const (
	messageBytes  = 256 << 10
	metadataBytes = 1 << 20
	depthLimit    = 32
	elementLimit  = 8000 // of a message: more than fit with names that mean something
	scopeLimit    = 64   // namespace declarations in force at one place
	attrLimit     = 64   // attributes of one element
)

// dialect is what differs between a message and metadata.
type dialect struct {
	size    int
	message bool // no comments, no line breaks in attributes, no look-alike attributes
}

var (
	message  = dialect{size: messageBytes, message: true}
	metadata = dialect{size: metadataBytes}

	ncName      = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)
	absoluteURI = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$`)
	declaration = regexp.MustCompile(`^version=["']1\.0["'](\s+encoding=["'](?i:utf-8)["'])?(\s+standalone=["'](yes|no)["'])?\s*$`)
)

// read are the attributes that decide something. Libraries look them up by local
// name alone, so that none may appear with a prefix.
var read = map[string]bool{}

func init() {
	for name := range strings.FieldsSeq(`ID Version IssueInstant Destination InResponseTo Recipient NotBefore
		NotOnOrAfter Method Format Name NameFormat NameQualifier SPNameQualifier SessionIndex
		SessionNotOnOrAfter AuthnInstant Algorithm URI Value PrefixList Type Encoding`) {
		read[strings.ToLower(name)] = true
	}
	delete(read, "encoding") // x500:Encoding decides nothing and is common
}

// parse reads a document so strictly that every XML reader sees the same in it:
// UTF-8, no DOCTYPE, no processing instruction, no entity of its own, every prefix
// declared, no attribute twice, names in ASCII, no second root.
func parse(raw []byte, d dialect) (*element, error) {
	if len(raw) > d.size {
		return nil, refuse(TooLarge, "it has %d bytes; at most %d are read", len(raw), d.size)
	}
	if !utf8.Valid(raw) {
		return nil, refuse(Malformed, "it is not UTF-8")
	}
	r := reader{dialect: d, ids: map[string]bool{}}
	dec := xml.NewDecoder(bytes.NewReader(raw))
	for {
		start := dec.InputOffset()
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse(Malformed, "it is not well-formed: %s", cut(err.Error()))
		}
		if err := r.token(token, start); err != nil {
			return nil, err
		}
	}
	if r.root == nil || r.at != nil {
		return nil, refuse(Malformed, "it ends in the middle")
	}
	if err := roundtrip.Validate(bytes.NewReader(raw)); err != nil {
		return nil, refuse(Malformed, "it changes when it is written again: %s", cut(err.Error()))
	}
	return r.root, nil
}

// reader builds the tree.
type reader struct {
	dialect
	root, at *element
	names    []xml.Name  // raw names of the open elements
	scopes   [][2]string // prefix and namespace, the innermost last
	marks    []int       // length of scopes before each open element
	ids      map[string]bool
	elements int
}

func (r *reader) token(token xml.Token, start int64) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.open(t)
	case xml.EndElement:
		last := len(r.names) - 1
		if last < 0 || r.names[last] != t.Name {
			return refuse(Malformed, "an element is closed that is not open")
		}
		r.scopes = r.scopes[:r.marks[last]]
		r.names, r.marks, r.at = r.names[:last], r.marks[:last], r.at.parent
	case xml.CharData:
		if r.at != nil {
			r.at.content = append(r.at.content, string(t))
		} else if len(bytes.Trim(t, " \t\r\n")) > 0 {
			return refuse(Malformed, "there is text outside the document")
		}
	case xml.Comment:
		if r.message {
			return refuse(Malformed, "it contains a comment")
		}
	case xml.Directive:
		return refuse(Malformed, "it contains a DOCTYPE or another directive")
	case xml.ProcInst:
		if start != 0 || t.Target != "xml" || !declaration.Match(t.Inst) {
			return refuse(Malformed, "it contains a processing instruction, or an XML declaration that is not UTF-8's")
		}
	}
	return nil
}

func (r *reader) open(t xml.StartElement) error {
	r.elements++
	switch {
	case r.root != nil && r.at == nil:
		return refuse(Malformed, "it has a second root element")
	case len(r.names) >= depthLimit:
		return refuse(Malformed, "elements are nested more than %d deep", depthLimit)
	case r.message && r.elements > elementLimit: // anybody can send one, and verifying takes its time with each
		return refuse(TooLarge, "it has more than %d elements", elementLimit)
	case len(t.Attr) > attrLimit:
		return refuse(Malformed, "an element has more than %d attributes", attrLimit)
	}
	r.names, r.marks = append(r.names, t.Name), append(r.marks, len(r.scopes))
	if err := r.declare(t.Attr); err != nil {
		return err
	}
	space, err := r.resolve(t.Name, true)
	if err != nil {
		return err
	}
	e := &element{space: space, local: t.Name.Local, parent: r.at}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		space, err := r.resolve(a.Name, false)
		if err != nil {
			return err
		}
		if err := r.attribute(e, attribute{space, a.Name.Local, a.Value}); err != nil {
			return err
		}
	}
	if r.at == nil {
		r.root = e
	} else {
		r.at.content = append(r.at.content, e)
	}
	r.at = e
	return nil
}

// declare brings the namespace declarations of an element into force.
func (r *reader) declare(attrs []xml.Attr) error {
	before := len(r.scopes)
	for _, a := range attrs {
		prefix := a.Name.Local
		switch {
		case a.Name.Space == "xmlns":
		case a.Name.Space == "" && prefix == "xmlns":
			prefix = ""
		default:
			continue
		}
		// Canonicalizers fail, or give nothing, for namespaces that are not absolute.
		if prefix == "xml" || prefix == "xmlns" || a.Value == nsXML || a.Value == nsXMLNS ||
			prefix != "" && !ncName.MatchString(prefix) || !absoluteURI.MatchString(a.Value) {
			return refuse(Malformed, "the namespace declaration of %q is not allowed", cut(prefix))
		}
		for _, s := range r.scopes[before:] {
			if s[0] == prefix {
				return refuse(Malformed, "the prefix %q is declared twice", cut(prefix))
			}
		}
		r.scopes = append(r.scopes, [2]string{prefix, a.Value})
	}
	if len(r.scopes) > scopeLimit {
		return refuse(Malformed, "more than %d namespace declarations are in force at once", scopeLimit)
	}
	return nil
}

func (r *reader) resolve(name xml.Name, isElement bool) (string, error) {
	if !ncName.MatchString(name.Local) {
		return "", refuse(Malformed, "the name %q is not allowed", cut(name.Local))
	}
	switch {
	case name.Space == "xml" && !isElement:
		return nsXML, nil
	case name.Space == "" && !isElement:
		return "", nil
	}
	for i := len(r.scopes) - 1; i >= 0; i-- {
		if r.scopes[i][0] == name.Space {
			return r.scopes[i][1], nil
		}
	}
	if name.Space == "" {
		return "", nil
	}
	return "", refuse(Malformed, "the prefix %q is not declared", cut(name.Space))
}

func (r *reader) attribute(e *element, a attribute) error {
	for _, other := range e.attrs {
		if other.space == a.space && other.local == a.local {
			return refuse(Malformed, "the attribute %s of %s is there twice", cut(a.local), cut(e.local))
		}
	}
	e.attrs = append(e.attrs, a)
	if a.space == nsXML && a.local != "lang" && a.local != "space" {
		return refuse(Malformed, "the attribute xml:%s is not allowed", cut(a.local))
	}
	if !r.message {
		return nil
	}
	if strings.ContainsAny(a.value, "\t\r\n") { // readers disagree whether these are spaces
		return refuse(Malformed, "the attribute %s of %s contains a line break or tab", cut(a.local), cut(e.local))
	}
	if a.space != "" && a.space != nsXML && a.space != nsSchema && read[strings.ToLower(a.local)] {
		return refuse(Malformed, "the attribute %s of %s has a prefix", cut(a.local), cut(e.local))
	}
	return r.identify(e, a)
}

// identify keeps IDs apart: one spelling for each namespace, no value twice.
func (r *reader) identify(e *element, a attribute) error {
	if !strings.EqualFold(a.local, "id") {
		return nil
	}
	want := map[string]string{nsAssertion: "ID", nsProtocol: "ID", nsDsig: "Id", nsDsig11: "Id", nsXenc: "Id", nsXenc11: "Id"}[e.space]
	if a.space != "" || a.local != want {
		return refuse(Malformed, "%s has an ID that is written %s", cut(e.local), cut(a.local))
	}
	if !ncName.MatchString(a.value) || len(a.value) > 256 {
		return refuse(Malformed, "the ID of %s is not a name", cut(e.local))
	}
	if r.ids[a.value] {
		return refuse(Malformed, "the ID of %s is there twice", cut(e.local))
	}
	r.ids[a.value] = true
	return nil
}
