package scim

const groupURN = "urn:ietf:params:scim:schemas:core:2.0:Group"

var coreGroup = newSchema(schema{URN: groupURN, Name: "Group", Description: "Group", Attributes: groupAttributes()}, commonAttributes()...)

// groupType describes groups: the core schema and the extensions that a
// connection has declared.
func groupType(custom ...*schema) *resourceType {
	return &resourceType{
		Name:        "Group",
		Endpoint:    "/Groups",
		Description: "Group",
		Schema:      coreGroup,
		Extensions:  extend(nil, custom),
	}
}

func groupAttributes() []*attribute {
	return []*attribute{
		newText("displayName", "Name of the group, unique in the organization whatever its case.", isRequired, isUnique, atMost(1024)),
		newComplex("members", "People in the group.", []*attribute{
			newText("value", "Identifier of the person.", isImmutable, isExact),
			newAttribute(typeReference, "$ref", "Address of the person.", isImmutable, isExact, refersTo("User")),
			newText("type", "Kind of member; groups in groups are not supported.", isImmutable, suggests("User")),
			newText("display", "Name of the person.", isReadOnly),
		}, isMulti),
	}
}
