package scim

// memberChange is a step on the members of a group, which are never loaded.
type memberChange struct {
	kind string   // add remove replace
	ids  []string // distinct, in order
	all  bool     // remove every member
}

func (t *resourceType) applyGroup(id string, doc map[string]any, ops []operation) (next map[string]any, changes []memberChange, undeclared []seen, err error) {
	return doc, nil, nil, nil
}
