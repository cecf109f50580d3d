package scim

import (
	"maps"
	"slices"
	"strings"
)

// setSub sets a sub-attribute named without brackets.
func (p *patcher) setSub(o operation) error {
	r := o.path.ref
	value, err := r.sub.coerce(spot{name: r.name, sub: r.subName}, o.value)
	if err != nil {
		return err
	}
	if !r.attr.Multi {
		object, _ := p.get(r).(map[string]any)
		if object == nil {
			object = map[string]any{}
		}
		object[r.subName] = value
		p.put(r, object)
		return nil
	}
	list, _ := p.get(r).([]any)
	switch len(list) {
	case 0:
		list = []any{map[string]any{r.subName: value}}
	case 1:
		list[0] = withLiterals(asObject(list[0]), map[string]any{r.subName: value})
	default:
		return refuse("noTarget", `%s has %d values; say which one in brackets, such as %s[type eq "work"].%s`, r.name, len(list), r.name, r.subName)
	}
	p.put(r, list)
	return nil
}

// setObject merges what was sent into a single complex attribute. An object
// that names another person or thing (another "value") takes the place of the
// old one altogether.
func (p *patcher) setObject(o operation) error {
	r := o.path.ref
	at := spot{name: r.name}
	sent, err := r.attr.shape(at, o.value)
	if err != nil {
		return err
	}
	fresh, _, err := r.attr.object(at, sent)
	if err != nil {
		return err
	}
	object, _ := p.get(r).(map[string]any)
	if object == nil || fresh["value"] != nil && fresh["value"] != object["value"] {
		p.putObject(r, fresh)
		return nil
	}
	for key, value := range sent {
		if sub := r.attr.find(key); sub != nil && blank(value) {
			delete(object, sub.Name)
		}
	}
	maps.Copy(object, fresh)
	p.putObject(r, object)
	return nil
}

// setList replaces a list, or adds to it what is not there yet.
func (p *patcher) setList(o operation) error {
	r := o.path.ref
	sent, err := r.attr.elements(o.value)
	if err != nil {
		return err
	}
	if o.op == "replace" {
		p.putList(r, sent)
		return nil
	}
	list, _ := p.get(r).([]any)
	for _, element := range sent {
		var at int
		if list, at = r.attr.addTo(list, element); isPrimary(element) {
			makePrimary(list, at)
		}
	}
	p.putList(r, list)
	return r.attr.checkCount(len(list))
}

// addTo adds an element unless the list has it, and says where it is. One that
// is there takes over what was sent with it.
func (a *attribute) addTo(list []any, element any) ([]any, int) {
	at := slices.IndexFunc(list, func(held any) bool { return a.same(held, element) })
	if at < 0 {
		return append(list, element), len(list)
	}
	if held, ok := list[at].(map[string]any); ok {
		maps.Copy(held, element.(map[string]any))
	}
	return list, at
}

// same reports whether an element that was sent is one that is held: equal
// value, and equal type if it has one. Without a value (addresses) all of it
// must be there.
func (a *attribute) same(held, sent any) bool {
	have, ok := held.(map[string]any)
	want, complex := sent.(map[string]any)
	if !ok || !complex {
		return equalValue(a, held, sent)
	}
	if want["value"] != nil {
		return equalValue(a.find("value"), have["value"], want["value"]) &&
			(want["type"] == nil || equalValue(a.find("type"), have["type"], want["type"]))
	}
	for name, value := range want {
		if (name != "primary" || len(want) == 1) && !equalValue(a.find(name), have[name], value) {
			return false
		}
	}
	return true
}

func equalValue(a *attribute, held, sent any) bool {
	have, ok := held.(string)
	want, text := sent.(string)
	if ok && text && a != nil && !a.CaseExact {
		return strings.EqualFold(have, want)
	}
	return held == sent
}

// setSelected sets what a filter in brackets selects, or makes the element
// that it describes.
func (p *patcher) setSelected(o operation) error {
	path := *o.path
	r := path.ref
	fresh, err := r.attr.selectedValue(path, o.value)
	if err != nil || fresh == nil {
		return err
	}
	literals, describes := equalities(path.filter)
	list, _ := p.get(r).([]any)
	last := -1
	for i, element := range list {
		if !matches(path.filter, element) {
			continue
		}
		last = i
		held, ok := element.(map[string]any)
		switch sent, complex := fresh.(map[string]any); {
		case !complex:
			list[i] = fresh
		case ok && (path.subName != "" || o.op == "add"):
			maps.Copy(held, sent)
		default:
			list[i] = withLiterals(literals, fresh)
		}
	}
	if last < 0 {
		if !describes || r.attr.Type != typeComplex || o.op == "replace" && !r.attr.invites(literals) {
			return refuse("noTarget", "%s: no value of %s passes the filter", path, r.name)
		}
		list = append(list, withLiterals(literals, fresh))
		last = len(list) - 1
	}
	if isPrimary(list[last]) {
		makePrimary(list, last)
	}
	p.put(r, list)
	return r.attr.checkCount(len(list))
}

// selectedValue reads the value for selected elements: of one sub-attribute,
// as an object that holds nothing else, or of whole elements.
func (a *attribute) selectedValue(path patchPath, value any) (any, error) {
	at := spot{name: a.Name}
	if path.sub != nil {
		coerced, err := path.sub.coerce(spot{name: a.Name, sub: path.subName}, value)
		return map[string]any{path.subName: coerced}, err
	}
	if list, ok := value.([]any); ok {
		if len(list) != 1 {
			return nil, refuse("invalidValue", "%s takes one value, not a list of %d", path, len(list))
		}
		value = list[0]
	}
	return a.element(at, value)
}

// withLiterals makes an element of what a filter says and what was sent.
func withLiterals(literals map[string]any, sent any) map[string]any {
	element := map[string]any{}
	maps.Copy(element, literals)
	maps.Copy(element, asObject(sent))
	return element
}

func asObject(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}

// usualTypes are those for which Entra and its relatives expect "replace" to
// make the element that is missing, although RFC 7644 §3.5.2.3 wants noTarget.
var usualTypes = []string{"work", "home", "other", "mobile", "fax", "pager"}

// invites reports whether "replace" may make an element of these literals.
func (a *attribute) invites(literals map[string]any) bool {
	if _, ok := literals["primary"]; ok {
		return true
	}
	kind, ok := literals["type"].(string)
	if !ok {
		return false
	}
	known := func(t string) bool { return strings.EqualFold(t, kind) }
	return slices.ContainsFunc(usualTypes, known) || slices.ContainsFunc(a.find("type").Canonical, known)
}
