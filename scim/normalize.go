package scim

import "strconv"

// normalize makes the canonical document out of the body of a POST or PUT:
// canonical names, the shapes and types of the schema, and nothing that the
// client can't set or left empty. Values stay as sent, because Entra writes
// again every cycle what it reads back in another form.
func (t *resourceType) normalize(in map[string]any) (doc map[string]any, undeclared []seen, err error) {
	d := document{t: t, values: make(map[string]any, len(in))}
	for _, key := range sortedKeys(in) {
		r, ok := t.resolveKey(key, in[key])
		if !ok {
			continue
		}
		if r.whole {
			err = d.takeSchema(r.urn, in[key])
		} else {
			err = d.take(r, in[key])
		}
		if err != nil {
			return nil, nil, err
		}
	}
	d.tidy()
	for _, a := range t.Schema.Attributes {
		if a.Required && d.values[a.Name] == nil {
			return nil, nil, refuse("invalidValue", "%s is required and may not be empty", a.Name)
		}
	}
	return d.values, d.undeclared, nil
}

// takeSchema takes the attributes of a whole extension object.
func (d *document) takeSchema(urn string, value any) error {
	if blank(value) {
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return refuse("invalidValue", "%s must be an object, not %s", shown(orElse(urn, d.t.Schema.URN)), kindOf(value))
	}
	s := d.t.schemaOf(urn)
	for _, key := range sortedKeys(object) {
		r, err := d.t.resolveIn(s, urn, key)
		if err != nil {
			continue
		}
		if err := d.take(r, object[key]); err != nil {
			return err
		}
	}
	return nil
}

// take puts one attribute into the document, or drops it.
func (d *document) take(r ref, value any) error {
	switch {
	case blank(value):
		return nil
	case r.attr == nil:
		return d.setForeign(r, value)
	case r.attr.Mutability == "readOnly", r.attr.Mutability == "writeOnly":
		return nil
	case r.attr == groupMembers && r.subName == "":
		members, err := normalMembers(value)
		d.put(r, members)
		return err
	case r.subName == "":
		canonical, err := r.attr.canonical(value)
		d.put(r, canonical)
		return err
	case r.attr.Multi:
		return nil
	}
	sub, err := r.sub.coerce(spot{name: r.name, sub: r.subName}, value)
	if err != nil {
		return err
	}
	object, _ := d.get(r).(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	object[r.subName] = sub
	d.put(r, object)
	return nil
}

// canonical gives the value of a whole attribute the form that documents
// keep; nil means absent.
func (a *attribute) canonical(value any) (any, error) {
	switch {
	case a.Multi:
		list, err := a.elements(value)
		if len(list) == 0 {
			return nil, err
		}
		return list, err
	case a.Type == typeComplex:
		object, _, err := a.object(spot{name: a.Name}, value)
		if len(object) == 0 {
			return nil, err
		}
		return object, err
	}
	return a.coerce(spot{name: a.Name}, value)
}

// elements reads the list of a multi-valued attribute; one value is a list of
// one.
func (a *attribute) elements(value any) ([]any, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	if err := a.checkCount(len(list)); err != nil {
		return nil, err
	}
	out := make([]any, 0, len(list))
	for i, item := range list {
		element, err := a.element(spot{name: a.Name, index: i + 1}, item)
		if err != nil {
			return nil, err
		}
		if element != nil {
			out = append(out, element)
		}
	}
	keepLastPrimary(out)
	return out, nil
}

func (a *attribute) checkCount(n int) error {
	if n > maxElements {
		return refuse("invalidValue", "%s has %s values; at most %d are allowed", a.Name, strconv.Itoa(n), maxElements)
	}
	return nil
}

// element reads one value of a multi-valued attribute; nil means absent. An
// element whose other values were sent empty is no element.
func (a *attribute) element(at spot, value any) (any, error) {
	if blank(value) {
		return nil, nil
	}
	if a.Type != typeComplex {
		return a.coerce(at, value)
	}
	if _, list := value.([]any); list {
		return nil, refuse("invalidValue", "%s must be an object, not a list", at)
	}
	object, cleaned, err := a.object(at, value)
	if err != nil || len(object) == 0 || cleaned && isBare(object) {
		return nil, err
	}
	return object, nil
}

// object reads a complex value. A plain value means its "value" sub-attribute,
// a list its first element: Entra and its relatives send a manager in all
// these shapes. Cleaned reports that something was sent empty.
func (a *attribute) object(at spot, value any) (object map[string]any, cleaned bool, err error) {
	sent, err := a.shape(at, value)
	if err != nil {
		return nil, false, err
	}
	object = make(map[string]any, len(sent))
	for _, key := range sortedKeys(sent) {
		sub := a.find(key)
		if sub == nil {
			continue
		}
		if blank(sent[key]) {
			cleaned = true
			continue
		}
		at.sub = sub.Name
		if object[sub.Name], err = sub.coerce(at, sent[key]); err != nil {
			return nil, false, err
		}
	}
	return object, cleaned, nil
}

// shape wraps what was sent for a complex value into an object, still with the
// sender's keys.
func (a *attribute) shape(at spot, value any) (map[string]any, error) {
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	if object, ok := value.(map[string]any); ok {
		return object, nil
	}
	if blank(value) {
		return nil, nil
	}
	if text, ok := textOf(value); ok && a.find("value") != nil {
		return map[string]any{"value": text}, nil
	}
	return nil, refuse("invalidValue", "%s must be an object, not %s", at, kindOf(value))
}

// isBare reports whether only the marks of an element are left.
func isBare(element map[string]any) bool {
	for name := range element {
		if name != "type" && name != "primary" {
			return false
		}
	}
	return true
}

// keepLastPrimary lets the last element that is marked primary win
// (RFC 7643 §2.4).
func keepLastPrimary(list []any) {
	for i := len(list) - 1; i >= 0; i-- {
		if isPrimary(list[i]) {
			makePrimary(list, i)
			return
		}
	}
}

// makePrimary takes the mark from all elements but one.
func makePrimary(list []any, chosen int) {
	for i, element := range list {
		if i != chosen && isPrimary(element) {
			element.(map[string]any)["primary"] = false
		}
	}
}

func isPrimary(element any) bool {
	object, _ := element.(map[string]any)
	primary, _ := object["primary"].(bool)
	return primary
}
