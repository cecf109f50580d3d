package scim

import "strings"

// ref is an attribute that a client named: in a filter, a path, a projection,
// or as the key of an object.
type ref struct {
	urn     string     // "" for the core; an extension's own spelling where it is known
	attr    *attribute // nil for an extension attribute that nobody declared
	sub     *attribute
	name    string // canonical, or as written when unknown
	subName string
	whole   bool // the whole extension object, or the whole core
}

// String spells the name as clients write it.
func (r ref) String() string {
	var b strings.Builder
	b.WriteString(r.urn)
	if r.urn != "" && r.name != "" {
		b.WriteByte(':')
	}
	b.WriteString(r.name)
	if r.subName != "" {
		b.WriteByte('.')
		b.WriteString(r.subName)
	}
	return b.String()
}

// target is what the name finally means: the sub-attribute where one is named.
func (r ref) target() *attribute {
	if r.subName != "" {
		return r.sub
	}
	return r.attr
}

// resolve finds the attribute that text names: "name.givenName",
// "URN:attribute.sub", a whole extension URN, or the bare name of an
// enterprise attribute. Case never matters (RFC 7644 §3.10).
func (t *resourceType) resolve(text string) (ref, error) {
	if strings.IndexByte(text, ':') >= 0 {
		return t.resolveURN(text)
	}
	name, subName, dotted := strings.Cut(text, ".")
	if a := t.Schema.find(name); a != nil {
		return refer("", a, text, subName, dotted)
	}
	for _, ext := range t.Extensions {
		if a := ext.find(name); a != nil {
			return refer(ext.URN, a, text, subName, dotted)
		}
	}
	return ref{}, refuse("invalidPath", "%s has no attribute %q", t.Name, shown(text))
}

func refer(urn string, a *attribute, text, subName string, dotted bool) (ref, error) {
	r := ref{urn: urn, attr: a, name: a.Name}
	if !dotted {
		return r, nil
	}
	if r.sub = a.find(subName); r.sub == nil {
		return ref{}, refuse("invalidPath", "%q names no sub-attribute of %s", shown(text), a.Name)
	}
	r.subName = r.sub.Name
	return r, nil
}

// resolveURN splits at the longest schema URN that is known. Dots inside a URN
// ("2.0") separate nothing.
func (t *resourceType) resolveURN(text string) (ref, error) {
	known := t.known(text)
	if known == nil {
		return t.resolveForeign(text)
	}
	urn := known.URN
	if known == t.Schema {
		urn = ""
	}
	if len(text) == len(known.URN) {
		return ref{urn: urn, whole: true}, nil
	}
	return t.resolveIn(known, urn, text[len(known.URN)+1:])
}

// resolveIn finds a name in one schema; in none (nil), or where an extension
// doesn't have it, the attribute is undeclared.
func (t *resourceType) resolveIn(s *schema, urn, text string) (ref, error) {
	name, subName, dotted := strings.Cut(text, ".")
	if s != nil {
		if a := s.find(name); a != nil {
			return refer(urn, a, text, subName, dotted)
		}
	}
	if s == t.Schema {
		return ref{}, refuse("invalidPath", "%s has no attribute %q", t.Name, shown(text))
	}
	if !plainName(name) || dotted && !plainName(subName) {
		return ref{}, refuse("invalidPath", "%q is no attribute name", shown(text))
	}
	return ref{urn: urn, name: name, subName: subName}, nil
}

// known returns the schema with the longest URN that starts text, or nil.
func (t *resourceType) known(text string) *schema {
	var best *schema
	if leads(text, t.Schema.URN) {
		best = t.Schema
	}
	for _, ext := range t.Extensions {
		if leads(text, ext.URN) && (best == nil || len(ext.URN) > len(best.URN)) {
			best = ext
		}
	}
	return best
}

func leads(text, urn string) bool {
	return len(text) >= len(urn) && strings.EqualFold(text[:len(urn)], urn) &&
		(len(text) == len(urn) || text[len(urn)] == ':')
}

// resolveForeign reads a URN that no schema knows: its last part is the
// attribute, unless it is the name of the resource type, with which extension
// URNs end by custom.
func (t *resourceType) resolveForeign(text string) (ref, error) {
	at := strings.LastIndexByte(text, ':')
	urn, name := text[:at], text[at+1:]
	switch {
	case urn == "" || name == "" || isDigit(name[0]) || !plainURN(text):
	case strings.EqualFold(name, t.Name):
		return ref{urn: text, whole: true}, nil
	case strings.LastIndexByte(urn, ':') > 0: // as of a key that foreignObject knows again
		return t.resolveIn(nil, urn, name)
	}
	return ref{}, refuse("invalidPath", "%q names no attribute", shown(text))
}

// resolveKey finds what a key of an object means. Under a URN that no schema
// knows, an object is taken for the whole extension. Keys that mean nothing
// are not ok.
func (t *resourceType) resolveKey(key string, value any) (r ref, ok bool) {
	r, err := t.resolve(key)
	if r.attr == nil && !r.whole && t.foreignObject(key, value) {
		return ref{urn: key, whole: true}, true
	}
	return r, err == nil
}

func (t *resourceType) foreignObject(key string, value any) bool {
	at := strings.LastIndexByte(key, ':')
	if _, object := value.(map[string]any); !object || at <= 0 || !plainURN(key) || t.known(key) != nil {
		return false
	}
	parent := key[strings.LastIndexByte(key[:at], ':')+1 : at]
	return !strings.EqualFold(parent, t.Name)
}

// plainName reports whether a name that no schema declares may be a key of the
// document: nothing that reads as a path.
func plainName(name string) bool {
	return name != "" && len(name) <= 128 && !strings.ContainsAny(name, ".:[]")
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func plainURN(text string) bool {
	return len(text) <= 256 && !strings.ContainsAny(text, "[]")
}
