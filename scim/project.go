package scim

import "strings"

// projection says which attributes an answer carries (RFC 7644 §3.9).
type projection struct {
	t        *resourceType
	included *choice // nil: all that are returned by default
	excluded *choice
}

// choice is a tree of names in lower case: attributes and extension URNs, then
// their attributes or sub-attributes. Whole stands for everything below.
type choice struct {
	whole bool
	names map[string]*choice
}

func (c *choice) child(name string) *choice {
	if c == nil {
		return nil
	}
	return c.names[strings.ToLower(name)]
}

func (c *choice) add(names ...string) {
	for _, name := range names {
		name = strings.ToLower(name)
		if c.names == nil {
			c.names = map[string]*choice{}
		}
		if c.names[name] == nil {
			c.names[name] = &choice{}
		}
		c = c.names[name]
	}
	c.whole = true
}

// parseProjection reads the two query parameters, split at their commas.
// Names that mean nothing select nothing.
func (t *resourceType) parseProjection(attributes, excluded []string) (projection, error) {
	p := projection{t: t, included: t.choose(attributes), excluded: t.choose(excluded)}
	if p.included != nil && p.excluded != nil {
		return projection{}, refuse("invalidValue", `"attributes" and "excludedAttributes" can't be used together`)
	}
	return p, nil
}

func (t *resourceType) choose(list []string) *choice {
	var c *choice
	for _, text := range list {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		if c == nil {
			c = &choice{}
		}
		r, err := t.resolve(text)
		if err != nil {
			continue
		}
		names := make([]string, 0, 3)
		for _, name := range [...]string{r.urn, r.name, r.subName} {
			if name != "" {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			c.add(names...)
			continue
		}
		for _, a := range t.Schema.Attributes {
			c.add(a.Name)
		}
	}
	return c
}

// wants reports whether the answer carries the attribute of that canonical
// name, so that nothing has to be loaded in vain.
func (p projection) wants(name string) bool {
	return p.keeps(p.t.Schema.find(name), p.included.child(name), p.excluded.child(name), p.included != nil)
}

// keeps decides on one attribute by what the schema says of it and whether it
// was named; some of it counts.
func (p projection) keeps(a *attribute, in, out *choice, selective bool) bool {
	returned := "default"
	if a != nil {
		returned = a.Returned
	}
	switch {
	case returned == "always":
		return true
	case returned == "never":
		return false
	case out != nil && out.whole:
		return false
	case selective || returned == "request":
		return in != nil
	}
	return true
}

// apply returns the part of a full resource that the answer carries. The
// resource itself is not changed.
func (p projection) apply(doc map[string]any) map[string]any {
	if p.isWhole() && p.isPlain(doc) {
		return doc
	}
	out := make(map[string]any, len(doc))
	for name, value := range doc {
		in, without := p.included.child(name), p.excluded.child(name)
		extension, isExtension := value.(map[string]any)
		if strings.Contains(name, ":") && isExtension {
			if p.included != nil && in == nil || without != nil && without.whole {
				continue
			}
			find := func(string) *attribute { return nil }
			if s := p.t.schemaOf(name); s != nil {
				find = s.find
			}
			if kept := p.members(extension, find, in, without); len(kept) > 0 {
				out[name] = kept
			}
			continue
		}
		a := p.t.Schema.find(name)
		if !p.keeps(a, in, without, p.included != nil) {
			continue
		}
		if value = p.inside(a, value, in, without); !hollow(value) {
			out[name] = value
		}
	}
	return out
}

// isWhole says whether the answer carries all that is returned by default.
func (p projection) isWhole() bool { return p.included == nil && p.excluded == nil }

// isPlain says whether everything in a resource is returned by default.
func (p projection) isPlain(doc map[string]any) bool {
	for name, value := range doc {
		a := p.t.Schema.find(name)
		if a != nil && (a.Returned == "never" || a.Returned == "request") || hollow(value) {
			return false
		}
	}
	return true
}

// members projects the attributes of an object.
func (p projection) members(object map[string]any, find func(string) *attribute, in, out *choice) map[string]any {
	selective := in != nil && !in.whole
	kept := make(map[string]any, len(object))
	for name, value := range object {
		a := find(name)
		below, without := in.child(name), out.child(name)
		if !p.keeps(a, below, without, selective) {
			continue
		}
		if value = p.inside(a, value, below, without); !hollow(value) {
			kept[name] = value
		}
	}
	return kept
}

// inside projects the sub-attributes of a value where some were named.
func (p projection) inside(a *attribute, value any, in, out *choice) any {
	if (in == nil || in.whole) && (out == nil || len(out.names) == 0) {
		return value
	}
	find := func(string) *attribute { return nil }
	if a != nil {
		find = a.find
	}
	switch v := value.(type) {
	case map[string]any:
		return p.members(v, find, in, out)
	case []any:
		list := make([]any, 0, len(v))
		for _, element := range v {
			if element = p.inside(a, element, in, out); !hollow(element) {
				list = append(list, element)
			}
		}
		if len(list) == 0 {
			return nil
		}
		return list
	}
	return value
}

// hollow reports whether projecting left nothing of a value. A list that was
// empty before, such as the members of a new group, is shown.
func hollow(value any) bool {
	object, ok := value.(map[string]any)
	return value == nil || ok && len(object) == 0
}
