package scim

// URNs of the schemas that describe people.
const (
	userURN       = "urn:ietf:params:scim:schemas:core:2.0:User"
	enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

var (
	coreUser       = newSchema(schema{URN: userURN, Name: "User", Description: "User Account", Attributes: userAttributes()}, commonAttributes()...)
	enterpriseUser = newSchema(schema{URN: enterpriseURN, Name: "EnterpriseUser", Description: "Enterprise User", Attributes: enterpriseAttributes()})
)

// userType describes people: the core schema, the enterprise extension, and
// the extensions that a connection has declared.
func userType(custom ...*schema) *resourceType {
	return &resourceType{
		Name:        "User",
		Endpoint:    "/Users",
		Description: "User Account",
		Schema:      coreUser,
		Extensions:  extend([]*schema{enterpriseUser}, custom),
	}
}

func userAttributes() []*attribute {
	return []*attribute{
		newText("userName", "Name that the person signs in with, unique in the organization whatever its case.", isRequired, isUnique, atMost(320)),
		newComplex("name", "Parts of the person's name.", []*attribute{
			newText("formatted", "Full name, ready for display."),
			newText("familyName", "Family name."),
			newText("givenName", "Given name."),
			newText("middleName", "Middle names."),
			newText("honorificPrefix", "Title before the name, such as Dr."),
			newText("honorificSuffix", "Suffix after the name, such as III."),
		}),
		newText("displayName", "Name shown to people.", atMost(1024)),
		newText("nickName", "Casual name."),
		newAttribute(typeReference, "profileUrl", "Address of the person's profile page.", refersTo("external")),
		newText("title", "Job title."),
		newText("userType", "Relation to the organization, such as Employee or Contractor."),
		newText("preferredLanguage", "Preferred written or spoken language, such as en-US."),
		newText("locale", "Region used for dates, numbers and currency, such as en-US."),
		newText("timezone", "Time zone in IANA form, such as Europe/Oslo."),
		newAttribute(typeBoolean, "active", "Whether the person may sign in."),
		newText("password", "Accepted and ignored: people sign in at their identity provider.", isSecret, isExact),
		newPlural("emails", "E-mail addresses.", newText("value", "E-mail address."), "work", "home", "other"),
		newPlural("phoneNumbers", "Phone numbers, kept as sent.", newText("value", "Phone number."), "work", "home", "mobile", "fax", "pager", "other"),
		newPlural("ims", "Instant messaging addresses.", newText("value", "Instant messaging address."),
			"aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
		newPlural("photos", "Pictures of the person.",
			newAttribute(typeReference, "value", "Address of the picture.", isExact, refersTo("external"), atMost(maxLongText)), "photo", "thumbnail"),
		newComplex("addresses", "Postal addresses.", []*attribute{
			newText("formatted", "Whole address, ready for display or a label."),
			newText("streetAddress", "Street, house number and the like."),
			newText("locality", "City."),
			newText("region", "State or region."),
			newText("postalCode", "Postal code."),
			newText("country", "Country."),
			newText("type", "What the address is used for.", suggests("work", "home", "other")),
			newAttribute(typeBoolean, "primary", "Whether this is the preferred address; true for one at most."),
		}, isMulti),
		newComplex("groups", "Groups that the person belongs to; changed through the groups.", []*attribute{
			newText("value", "Identifier of the group.", isReadOnly, isExact),
			newAttribute(typeReference, "$ref", "Address of the group.", isReadOnly, isExact, refersTo("Group")),
			newText("display", "Name of the group.", isReadOnly),
			newText("type", "How the person belongs to the group.", isReadOnly, suggests("direct")),
		}, isMulti, isReadOnly),
		newPlural("entitlements", "Things that the person is entitled to.", newText("value", "Entitlement.")),
		newPlural("roles", "Roles of the person.", newText("value", "Role.")),
		newPlural("x509Certificates", "Certificates issued to the person.",
			newAttribute(typeBinary, "value", "Certificate in DER form, in base64.", isExact)),
	}
}

func enterpriseAttributes() []*attribute {
	return []*attribute{
		newText("employeeNumber", "Number that the organization gave to the person."),
		newText("costCenter", "Cost centre."),
		newText("organization", "Organization or company."),
		newText("division", "Division."),
		newText("department", "Department."),
		newComplex("manager", "The person's manager; may be named before that person is known.", []*attribute{
			newText("value", "Identifier of the manager."),
			newAttribute(typeReference, "$ref", "Address of the manager.", isExact, refersTo("User")),
			newText("displayName", "Name of the manager."),
		}),
	}
}
