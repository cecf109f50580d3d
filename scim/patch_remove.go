package scim

// remove takes away what a path names.
func (p *patcher) remove(o operation) error {
	r := o.path.ref
	switch {
	case isActive(r):
		return refuse("invalidValue", "active can't be removed; set it to true or false")
	case r.attr.Required:
		return refuse("mutability", "%s is required and can't be removed", r.name)
	}
	if o.path.filter == nil && o.path.subName == "" && r.attr.Multi && o.value != nil {
		return p.removeListed(r, o.value)
	}
	p.clear(*o.path)
	return nil
}

// unassign applies an empty value: Entra's suites clear attributes with "" and
// null. Adding an empty list or object adds nothing.
func (p *patcher) unassign(o operation) error {
	r := o.path.ref
	switch {
	case isActive(r):
		return refuse("invalidValue", "active must be true or false, not empty")
	case r.attr.Required:
		return refuse("invalidValue", "%s is required and may not be empty", r.name)
	}
	if o.op == "add" && o.path.filter == nil && o.path.subName == "" {
		_, object := o.value.(map[string]any)
		if object || r.attr.Multi {
			return nil
		}
	}
	p.clear(*o.path)
	return nil
}

func isActive(r ref) bool { return r.urn == "" && r.name == "active" }

// clear drops an attribute, a sub-attribute, or elements that pass a filter.
func (p *patcher) clear(path patchPath) {
	r := path.ref
	held := p.get(r)
	if held == nil {
		return
	}
	if list, ok := held.([]any); ok && (path.filter != nil || path.subName != "") {
		p.putList(r, clearElements(path, list))
		return
	}
	object, ok := held.(map[string]any)
	if !ok || path.subName == "" || path.subName == "value" {
		p.put(r, nil)
		return
	}
	delete(object, path.subName)
	p.putObject(r, object)
}

// clearElements drops elements, or one sub-attribute of each; an element of
// which only type and primary are left goes too.
func clearElements(path patchPath, list []any) []any {
	kept := list[:0]
	for _, element := range list {
		if path.filter != nil && !matches(path.filter, element) {
			kept = append(kept, element)
			continue
		}
		object, ok := element.(map[string]any)
		if !ok || path.subName == "" {
			continue
		}
		_, had := object[path.subName]
		delete(object, path.subName)
		if !had || !isBare(object) {
			kept = append(kept, object)
		}
	}
	return kept
}

// removeListed removes only the elements that were sent along, as Entra's
// older dialect and several others ask for.
func (p *patcher) removeListed(r ref, value any) error {
	sent, err := r.attr.elements(value)
	if err != nil {
		return err
	}
	list, _ := p.get(r).([]any)
	kept := list[:0]
	for _, held := range list {
		if !r.attr.listed(held, sent) {
			kept = append(kept, held)
		}
	}
	p.putList(r, kept)
	return nil
}

func (a *attribute) listed(held any, sent []any) bool {
	for _, element := range sent {
		if a.same(held, element) {
			return true
		}
	}
	return false
}
