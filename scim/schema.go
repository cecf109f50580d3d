package scim

import (
	"slices"
	"strings"
)

// Data types of RFC 7643 §2.3.
const (
	typeString    = "string"
	typeBoolean   = "boolean"
	typeInteger   = "integer"
	typeDecimal   = "decimal"
	typeDateTime  = "dateTime"
	typeReference = "reference"
	typeBinary    = "binary"
	typeComplex   = "complex"
)

// Limits on what a document may hold.
const (
	maxText      = 4096  // characters of a string
	maxLongText  = 65536 // characters of a picture or certificate
	maxElements  = 200
	maxMembers   = 20000
	maxForeign   = 20  // undeclared extensions
	maxForeignIn = 100 // attributes of one of them
)

// attribute describes one attribute or sub-attribute (RFC 7643 §7).
type attribute struct {
	Name                      string
	Type                      string // string boolean integer decimal dateTime reference binary complex
	Multi                     bool
	Required                  bool
	CaseExact                 bool
	Mutability                string // readWrite readOnly immutable writeOnly
	Returned                  string // always default never request
	Uniqueness                string // none server global
	Canonical, ReferenceTypes []string
	Description               string
	Sub                       []*attribute

	limit int // most characters of a value
	index names
}

// find returns the sub-attribute of that name in any case, or nil.
func (a *attribute) find(name string) *attribute { return a.index.find(name) }

// schema is a named set of attributes: the core of a resource or an extension.
type schema struct {
	URN, Name, Description string
	Attributes             []*attribute

	index names
}

// find returns the attribute of that name in any case, or nil.
func (s *schema) find(name string) *attribute { return s.index.find(name) }

// resourceType is a kind of resource with everything that may be in it.
type resourceType struct {
	Name, Endpoint, Description string
	Schema                      *schema
	Extensions                  []*schema
}

// names finds attributes by name without case. Keys are canonical names and
// their lower-case forms, so that the usual spelling costs one look.
type names map[string]*attribute

func (n names) add(a *attribute) {
	n[a.Name] = a
	n[strings.ToLower(a.Name)] = a
}

func (n names) find(name string) *attribute {
	if a := n[name]; a != nil {
		return a
	}
	var folded [64]byte
	if len(name) > len(folded) {
		return n[strings.ToLower(name)]
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		folded[i] = c
	}
	return n[string(folded[:len(name)])]
}

// newSchema completes a schema: defaults of RFC 7643 §2.2 where nothing is
// said, and the index. Attributes in also are found by name but not listed.
func newSchema(s schema, also ...*attribute) *schema {
	s.index = make(names, 2*(len(s.Attributes)+len(also)))
	for _, a := range s.Attributes {
		a.complete()
		s.index.add(a)
	}
	for _, a := range also {
		s.index.add(a)
	}
	return &s
}

func (a *attribute) complete() {
	a.Mutability = orElse(a.Mutability, "readWrite")
	a.Returned = orElse(a.Returned, "default")
	a.Uniqueness = orElse(a.Uniqueness, "none")
	if a.limit == 0 {
		a.limit = maxText
		if a.Type == typeBinary {
			a.limit = maxLongText
		}
	}
	a.index = make(names, 2*len(a.Sub))
	for _, sub := range a.Sub {
		sub.complete()
		a.index.add(sub)
	}
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// extend returns the standard extensions followed by the custom ones. Custom
// attributes under a URN that is there already join that schema. Nothing that
// was passed in is changed, so declarations can be shared.
func extend(standard, custom []*schema) []*schema {
	all := slices.Clone(standard)
	for _, c := range custom {
		merged := schema{URN: c.URN, Name: c.Name, Description: c.Description}
		at := slices.IndexFunc(all, func(s *schema) bool { return strings.EqualFold(s.URN, c.URN) })
		if at >= 0 {
			merged = schema{URN: all[at].URN, Name: all[at].Name, Description: all[at].Description}
			merged.Attributes = copyAttributes(all[at].Attributes)
		}
		for _, a := range copyAttributes(c.Attributes) {
			if at < 0 || all[at].find(a.Name) == nil {
				merged.Attributes = append(merged.Attributes, a)
			}
		}
		if at < 0 {
			all = append(all, newSchema(merged))
		} else {
			all[at] = newSchema(merged)
		}
	}
	return all
}

func copyAttributes(list []*attribute) []*attribute {
	out := make([]*attribute, len(list))
	for i, a := range list {
		own := *a
		own.Sub = copyAttributes(a.Sub)
		out[i] = &own
	}
	return out
}

// trait changes an attribute while a schema is written down.
type trait func(*attribute)

func isRequired(a *attribute)     { a.Required = true }
func isExact(a *attribute)        { a.CaseExact = true }
func isReadOnly(a *attribute)     { a.Mutability = "readOnly" }
func isImmutable(a *attribute)    { a.Mutability = "immutable" }
func isUnique(a *attribute)       { a.Uniqueness = "server" }
func alwaysReturned(a *attribute) { a.Returned = "always" }
func isSecret(a *attribute)       { a.Mutability, a.Returned = "writeOnly", "never" }
func isMulti(a *attribute)        { a.Multi = true }

func suggests(values ...string) trait {
	return func(a *attribute) { a.Canonical = values }
}

func refersTo(types ...string) trait {
	return func(a *attribute) { a.ReferenceTypes = types }
}

func atMost(characters int) trait {
	return func(a *attribute) { a.limit = characters }
}

func newAttribute(kind, name, description string, traits ...trait) *attribute {
	a := &attribute{Type: kind, Name: name, Description: description}
	for _, apply := range traits {
		apply(a)
	}
	return a
}

func newText(name, description string, traits ...trait) *attribute {
	return newAttribute(typeString, name, description, traits...)
}

func newComplex(name, description string, sub []*attribute, traits ...trait) *attribute {
	a := newAttribute(typeComplex, name, description, traits...)
	a.Sub = sub
	return a
}

// newPlural makes a multi-valued complex attribute with the sub-attributes of
// RFC 7643 §2.4; types are suggestions that nobody enforces.
func newPlural(name, description string, value *attribute, types ...string) *attribute {
	return newComplex(name, description, []*attribute{
		value,
		newText("display", "Name shown to people."),
		newText("type", "What the value is used for.", suggests(types...)),
		newAttribute(typeBoolean, "primary", "Whether this is the preferred value; true for one at most."),
	}, isMulti)
}

// commonAttributes belong to every resource and to no schema (RFC 7643 §3.1).
func commonAttributes() []*attribute {
	list := []*attribute{
		newAttribute(typeReference, "schemas", "URNs of the schemas in this resource.", isMulti, isReadOnly, isExact, alwaysReturned, refersTo("uri")),
		newText("id", "Identifier given by this server; never changes and is never used again.", isReadOnly, isExact, isUnique, alwaysReturned),
		newText("externalId", "Identifier given by the client.", isExact),
		newComplex("meta", "What the server knows about the resource itself.", []*attribute{
			newText("resourceType", "Name of the resource type.", isReadOnly, isExact),
			newAttribute(typeDateTime, "created", "When the resource was made.", isReadOnly),
			newAttribute(typeDateTime, "lastModified", "When the resource last changed.", isReadOnly),
			newAttribute(typeReference, "location", "Address of the resource.", isReadOnly, isExact, refersTo("uri")),
			newText("version", "ETag of the resource.", isReadOnly, isExact),
		}, isReadOnly),
	}
	for _, a := range list {
		a.complete()
	}
	return list
}
