package scim

// projection says which attributes an answer carries.
type projection struct{ t *resourceType }

func (t *resourceType) parseProjection(attributes, excluded []string) (projection, error) {
	return projection{t}, nil
}

func (p projection) wants(name string) bool { return true }

func (p projection) apply(doc map[string]any) map[string]any { return doc }
