package scim

// seen is an extension attribute that a client sent and nobody declared.
type seen struct{ urn, name string }

func (t *resourceType) normalize(in map[string]any) (doc map[string]any, undeclared []seen, err error) {
	return in, nil, nil
}
