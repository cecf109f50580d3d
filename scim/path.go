package scim

import "strings"

// patchPath is the target of a PATCH operation (RFC 7644 §3.5.2):
// "name.givenName", emails[type eq "work"].value, "URN:attribute".
type patchPath struct {
	ref     ref
	filter  expr // nil without brackets
	sub     *attribute
	subName string
}

// String spells the path for a sentence, without the text of its filter.
func (p patchPath) String() string {
	attr := p.ref
	attr.subName = ""
	var b strings.Builder
	b.WriteString(attr.String())
	if p.filter != nil {
		b.WriteString("[…]")
	}
	if p.subName != "" {
		b.WriteByte('.')
		b.WriteString(p.subName)
	}
	return b.String()
}

// parsePath reads the path of a PATCH operation.
func (t *resourceType) parsePath(text string) (patchPath, error) {
	text = strings.TrimSpace(text)
	open := strings.IndexByte(text, '[')
	if open < 0 {
		r, err := t.resolve(text)
		return patchPath{ref: r, sub: r.sub, subName: r.subName}, err
	}
	if err := checkFilter(text); err != nil {
		return patchPath{}, err
	}
	r, err := t.resolve(text[:open])
	if err != nil {
		return patchPath{}, err
	}
	if r.attr == nil || !r.attr.Multi || r.subName != "" {
		return patchPath{}, refuse("invalidPath", "%q has no elements to select with brackets", shown(text[:open]))
	}
	p := parser{lexer: lexer{text: text, at: open}, t: t}
	path := patchPath{ref: r}
	if path.filter, err = p.brackets(r, 0); err != nil {
		return patchPath{}, err
	}
	rest := p.text[p.at:]
	if rest == "" {
		return path, nil
	}
	if rest[0] == '.' {
		path.sub = r.attr.find(rest[1:])
	}
	if path.sub == nil {
		return patchPath{}, refuse("invalidPath", "%q after the brackets names no sub-attribute of %s", shown(rest), r.name)
	}
	path.subName = path.sub.Name
	return path, nil
}
