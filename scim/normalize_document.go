package scim

import (
	"slices"
	"strings"
)

// seen is an extension attribute that a client sent and nobody declared.
type seen struct{ urn, name string }

// document is a canonical resource in the making.
type document struct {
	t          *resourceType
	values     map[string]any
	undeclared []seen
}

// schemaOf returns the schema of a canonical URN ("" for the core), or nil.
func (t *resourceType) schemaOf(urn string) *schema {
	if urn == "" {
		return t.Schema
	}
	for _, ext := range t.Extensions {
		if strings.EqualFold(ext.URN, urn) {
			return ext
		}
	}
	return nil
}

// container returns the object that holds an attribute, or nil.
func (d *document) container(urn string) map[string]any {
	if urn == "" {
		return d.values
	}
	object, _ := d.values[spelled(d.values, urn)].(map[string]any)
	return object
}

// get returns the value of an attribute, without its sub-attribute.
func (d *document) get(r ref) any {
	object := d.container(r.urn)
	return object[keyOf(object, r)]
}

// keyOf returns the key of an attribute. In an extension it may still stand as
// it was written before somebody declared it.
func keyOf(object map[string]any, r ref) string {
	if r.urn == "" {
		return r.name
	}
	return spelled(object, r.name)
}

// put sets an attribute, without its sub-attribute; nil removes it. Declared
// names take the spelling of the schema, others keep the one they first had.
func (d *document) put(r ref, value any) {
	object := d.container(r.urn)
	if value == nil {
		delete(object, keyOf(object, r))
		return
	}
	if object == nil {
		object = map[string]any{}
		d.values[r.urn] = object
	}
	name := keyOf(object, r)
	if r.attr != nil && name != r.name {
		delete(object, name)
		name = r.name
	}
	object[name] = value
}

// setForeign keeps an attribute of an extension that nobody declared.
func (d *document) setForeign(r ref, value any) error {
	if err := checkForeign(r.String(), value); err != nil {
		return err
	}
	object := d.container(r.urn)
	if object == nil && d.foreignCount() >= maxForeign {
		return refuse("invalidValue", "The resource has %d undeclared extensions; no more are kept", maxForeign)
	}
	if len(object) >= maxForeignIn && object[spelled(object, r.name)] == nil {
		return refuse("invalidValue", "%s has %d attributes; no more are kept", shown(r.urn), maxForeignIn)
	}
	value = clone(value)
	if r.subName != "" {
		whole, _ := d.get(r).(map[string]any)
		if whole == nil {
			whole = map[string]any{}
		}
		whole[spelled(whole, r.subName)] = value
		value = whole
	}
	d.put(r, value)
	if s := (seen{r.urn, r.name}); !slices.Contains(d.undeclared, s) {
		d.undeclared = append(d.undeclared, s)
	}
	return nil
}

func (d *document) foreignCount() int {
	n := 0
	for key := range d.values {
		if strings.Contains(key, ":") && d.t.schemaOf(key) == nil {
			n++
		}
	}
	return n
}

// tidy drops what came out empty: extension objects, and a manager without a
// value, which names nobody.
func (d *document) tidy() {
	for key, value := range d.values {
		object, ok := value.(map[string]any)
		if !ok || !strings.Contains(key, ":") {
			continue
		}
		if s := d.t.schemaOf(key); s != nil {
			dropNameless(s, object)
		}
		if len(object) == 0 {
			delete(d.values, key)
		}
	}
}

func dropNameless(s *schema, object map[string]any) {
	for _, a := range s.Attributes {
		if a.Type != typeComplex || a.Multi || a.find("value") == nil {
			continue
		}
		if held, ok := object[a.Name].(map[string]any); ok && held["value"] == nil {
			delete(object, a.Name)
		}
	}
}

// spelled returns the key under which object has name in any case, or name.
func spelled(object map[string]any, name string) string {
	if _, ok := object[name]; ok {
		return name
	}
	found := ""
	for key := range object {
		if len(key) == len(name) && strings.EqualFold(key, name) && (found == "" || key < found) {
			found = key
		}
	}
	return orElse(found, name)
}

// sortedKeys returns the keys of an object in an order that doesn't change
// from one run to the next, so that refusals and conflicts don't either.
func sortedKeys(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// checkForeign limits the size of a value that no schema describes.
func checkForeign(at string, value any) error {
	switch v := value.(type) {
	case string:
		return checkLength(spot{name: shown(at)}, v, maxText)
	case []any:
		if len(v) > maxElements {
			return refuse("invalidValue", "%s has %d values; at most %d are allowed", shown(at), len(v), maxElements)
		}
		for _, element := range v {
			if err := checkForeign(at, element); err != nil {
				return err
			}
		}
	case map[string]any:
		if len(v) > maxForeignIn {
			return refuse("invalidValue", "%s has %d attributes; at most %d are allowed", shown(at), len(v), maxForeignIn)
		}
		for _, inner := range v {
			if err := checkForeign(at, inner); err != nil {
				return err
			}
		}
	}
	return nil
}

// clone copies a JSON value all the way down.
func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return cloneObject(v)
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = clone(element)
		}
		return out
	}
	return value
}

func cloneObject(object map[string]any) map[string]any {
	out := make(map[string]any, len(object))
	for key, value := range object {
		out[key] = clone(value)
	}
	return out
}
