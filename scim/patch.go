package scim

import (
	"errors"
	"net/http"
	"strings"
)

// maxOperations is how many operations one PATCH may have.
const maxOperations = 1000

// operation is one step of a PATCH (RFC 7644 §3.5.2).
type operation struct {
	op       string     // add remove replace
	path     *patchPath // nil: the resource itself
	value    any
	hasValue bool
}

// parsePatch reads the body of a PATCH. What is not part of the message is
// ignored: Okta leaves out the schemas, Microsoft's samples add an id.
func (t *resourceType) parsePatch(body map[string]any) ([]operation, error) {
	sent, ok := member(body, "Operations")
	if !ok {
		return nil, refuse("invalidSyntax", `The body has no "Operations"; a list of operations was expected`)
	}
	list, ok := sent.([]any)
	if !ok {
		return nil, refuse("invalidSyntax", `"Operations" must be a list, not %s`, kindOf(sent))
	}
	if len(list) == 0 {
		return nil, refuse("invalidValue", `"Operations" is empty; at least one operation was expected`)
	}
	if len(list) > maxOperations {
		return nil, refuseStatus(http.StatusRequestEntityTooLarge, "tooMany",
			"The request has %d operations; at most %d are allowed", len(list), maxOperations)
	}
	ops := make([]operation, len(list))
	for i, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, refuse("invalidSyntax", "Operation %d must be an object, not %s", i+1, kindOf(item))
		}
		var err error
		if ops[i], err = t.parseOperation(object); err != nil {
			return nil, inOperation(i, len(list), err)
		}
	}
	return ops, nil
}

func (t *resourceType) parseOperation(object map[string]any) (operation, error) {
	var o operation
	op, _ := member(object, "op")
	switch word, _ := op.(string); strings.ToLower(word) {
	case "add", "remove", "replace":
		o.op = strings.ToLower(word)
	case "":
		return o, refuse("invalidSyntax", `"op" is missing; "add", "remove" or "replace" was expected`)
	default:
		return o, refuse("invalidSyntax", `"op" must be "add", "remove" or "replace", not %q`, shown(word))
	}
	o.value, o.hasValue = member(object, "value")
	if err := t.parseTarget(&o, object); err != nil {
		return o, err
	}
	if o.op == "remove" {
		if o.path == nil {
			return o, refuse("noTarget", `"remove" needs a "path" that says what to remove`)
		}
		return o, nil
	}
	if !o.hasValue {
		return o, refuse("invalidValue", `%q needs a "value"`, o.op)
	}
	if _, object := o.value.(map[string]any); o.path == nil && !object {
		return o, refuse("invalidValue", `Without a "path" the "value" must be an object, not %s`, kindOf(o.value))
	}
	return o, nil
}

// parseTarget reads the path, where there is one. The core's own URN is the
// resource itself.
func (t *resourceType) parseTarget(o *operation, object map[string]any) error {
	sent, _ := member(object, "path")
	if blank(sent) {
		return nil
	}
	text, ok := sent.(string)
	if !ok {
		return refuse("invalidPath", `"path" must be a string, not %s`, kindOf(sent))
	}
	path, err := t.parsePath(text)
	if err != nil {
		return err
	}
	if !path.ref.whole || path.ref.urn != "" {
		o.path = &path
	}
	return nil
}

// member returns the value of a key in any case.
func member(object map[string]any, name string) (any, bool) {
	value, ok := object[spelled(object, name)]
	return value, ok
}

// inOperation says which operation of several was refused.
func inOperation(i, n int, err error) error {
	r, ok := errors.AsType[*refusal](err)
	if !ok || n == 1 {
		return err
	}
	return refuseStatus(r.status, r.scimType, "Operation %d of %d: %s", i+1, n, r.detail)
}

// apply returns the document that results from the operations, in order, each
// seeing the one before. The document given is never changed, and where the
// operations change nothing the result is deeply equal to it.
func (t *resourceType) apply(id string, doc map[string]any, ops []operation) (next map[string]any, undeclared []seen, err error) {
	next, _, undeclared, err = t.applyGroup(id, doc, ops)
	return next, undeclared, err
}

// patcher is a document while operations are applied to it.
type patcher struct {
	document
	id      string
	members memberLog
}

func (p *patcher) step(o operation) error {
	if o.path == nil {
		return p.merge(o, func(key string, value any) (patchPath, bool) {
			path, ok := p.t.keyPath(key, value)
			path.ref = p.settle(path.ref, value)
			return path, ok
		})
	}
	path := *o.path
	path.ref = p.settle(path.ref, o.value)
	o.path = &path
	return p.change(o, false)
}

// keyPath reads a key of an object without a path: plain, dotted, with a URN,
// and even with brackets. Keys that mean nothing are not ok.
func (t *resourceType) keyPath(key string, value any) (path patchPath, ok bool) {
	if strings.Contains(key, "[") {
		path, err := t.parsePath(key)
		return path, err == nil
	}
	r, ok := t.resolveKey(key, value)
	return patchPath{ref: r, sub: r.sub, subName: r.subName}, ok
}

// merge applies each key of an object as a path of its own. Keys that mean
// nothing are ignored, never stored.
func (p *patcher) merge(o operation, read func(key string, value any) (patchPath, bool)) error {
	object, _ := o.value.(map[string]any)
	for _, key := range sortedKeys(object) {
		path, ok := read(key, object[key])
		if !ok {
			continue
		}
		err := p.change(operation{op: o.op, path: &path, value: object[key], hasValue: true}, true)
		if err != nil {
			return err
		}
	}
	return nil
}

// change applies an operation to one path. Keyed says that the path was the
// key of an object: clients send back whole resources, so what they can't
// change is passed over there.
func (p *patcher) change(o operation, keyed bool) error {
	r := o.path.ref
	if r.whole {
		return p.changeSchema(o, r.urn)
	}
	if r.attr == nil {
		return p.changeForeign(o)
	}
	switch {
	case r.attr.Mutability == "readOnly" || o.path.sub != nil && o.path.sub.Mutability == "readOnly" && r.attr != groupMembers:
		return p.refuseReadOnly(o, keyed)
	case r.attr.Mutability == "writeOnly":
		return nil
	case r.attr == groupMembers:
		return p.members.note(o)
	case o.op == "remove":
		return p.remove(o)
	case blank(o.value):
		return p.unassign(o)
	case o.path.filter != nil:
		return p.setSelected(o)
	case o.path.subName != "":
		return p.setSub(o)
	case r.attr.Multi:
		return p.setList(o)
	case r.attr.Type == typeComplex:
		return p.setObject(o)
	}
	value, err := r.attr.coerce(spot{name: r.name}, o.value)
	if err != nil {
		return err
	}
	p.put(r, value)
	return nil
}

func (p *patcher) refuseReadOnly(o operation, keyed bool) error {
	name := o.path.ref.name
	if name == "schemas" || keyed && (name != "id" || o.value == p.id) {
		return nil
	}
	return refuse("mutability", "%s is read-only", o.path)
}

// settle decides whether an undeclared path names an attribute or, as its URN
// can't tell, a whole extension: one that is stored, or one sent as an object.
func (p *patcher) settle(r ref, value any) ref {
	if r.attr != nil || r.whole || r.subName != "" {
		return r
	}
	text := r.urn + ":" + r.name
	_, stored := p.values[spelled(p.values, text)]
	if stored || p.t.foreignObject(text, value) {
		return ref{urn: text, whole: true}
	}
	return r
}

// changeSchema applies an operation to a whole extension: its attributes are
// merged one by one.
func (p *patcher) changeSchema(o operation, urn string) error {
	_, object := o.value.(map[string]any)
	switch {
	case o.op != "remove" && object:
		s := p.t.schemaOf(urn)
		return p.merge(o, func(key string, _ any) (patchPath, bool) {
			r, err := p.t.resolveIn(s, urn, key)
			return patchPath{ref: r, sub: r.sub, subName: r.subName}, err == nil
		})
	case urn == "":
		return nil
	case o.op == "remove", blank(o.value):
		delete(p.values, spelled(p.values, urn))
		return nil
	}
	return refuse("invalidValue", "%s must be an object, not %s", shown(urn), kindOf(o.value))
}

// changeForeign applies an operation to an attribute that nobody declared.
func (p *patcher) changeForeign(o operation) error {
	r := o.path.ref
	if o.op != "remove" && !blank(o.value) {
		return p.setForeign(r, o.value)
	}
	if r.subName == "" {
		p.put(r, nil)
		return nil
	}
	if whole, ok := p.get(r).(map[string]any); ok {
		delete(whole, spelled(whole, r.subName))
		p.putObject(r, whole)
	}
	return nil
}

func (p *patcher) putObject(r ref, object map[string]any) {
	if len(object) == 0 {
		p.put(r, nil)
		return
	}
	p.put(r, object)
}

func (p *patcher) putList(r ref, list []any) {
	if len(list) == 0 {
		p.put(r, nil)
		return
	}
	p.put(r, list)
}
