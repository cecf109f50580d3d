package simulate

import "strings"

// attribute is one row of the mapping between the directory and the server.
type attribute uint8

const (
	userName attribute = iota
	externalID
	active
	displayName
	title
	preferredLanguage
	givenName
	familyName
	formatted
	workEmail
	workPhone
	mobilePhone
	fax
	officeAddress
	street
	city
	region
	postalCode
	country
	employeeNumber
	department
	costCentre
	attributes // how many there are
)

const (
	coreUser   = "urn:ietf:params:scim:schemas:core:2.0:User"
	coreGroup  = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	adGroup    = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
	patchOp    = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	listURN    = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	errorURN   = "urn:ietf:params:scim:api:messages:2.0:Error"

	managerPath = enterprise + ":manager"
)

// paths are the target attributes of Entra's default mapping, with the work
// address and the cost centre that most customers add to it.
var paths = [attributes]string{
	userName:          "userName",
	externalID:        "externalId",
	active:            "active",
	displayName:       "displayName",
	title:             "title",
	preferredLanguage: "preferredLanguage",
	givenName:         "name.givenName",
	familyName:        "name.familyName",
	formatted:         "name.formatted",
	workEmail:         `emails[type eq "work"].value`,
	workPhone:         `phoneNumbers[type eq "work"].value`,
	mobilePhone:       `phoneNumbers[type eq "mobile"].value`,
	fax:               `phoneNumbers[type eq "fax"].value`,
	officeAddress:     `addresses[type eq "work"].formatted`,
	street:            `addresses[type eq "work"].streetAddress`,
	city:              `addresses[type eq "work"].locality`,
	region:            `addresses[type eq "work"].region`,
	postalCode:        `addresses[type eq "work"].postalCode`,
	country:           `addresses[type eq "work"].country`,
	employeeNumber:    enterprise + ":employeeNumber",
	department:        enterprise + ":department",
	costCentre:        enterprise + ":costCenter",
}

func (a attribute) String() string { return paths[a] }

// valuePath reports whether the path selects an element of a list.
func (a attribute) valuePath() bool { return strings.Contains(paths[a], "[") }

// matching are the attributes by which a person can be recognised.
var matching = map[string]attribute{
	"userName":       userName,
	"externalId":     externalID,
	"emails":         workEmail,
	"employeeNumber": employeeNumber,
}

// values are what one side knows of a person; "" is absent. active is "True"
// or "False".
type values [attributes]string

const (
	yes = "True"
	no  = "False"
)

// edit is one difference to send.
type edit struct {
	attribute attribute
	add       bool // the server returned no value
	value     string
}

// differences are the edits that make the target equal to the source. What the
// source does not have is passed over: the client never sends nulls.
func differences(edits []edit, source, target *values) []edit {
	edits = edits[:0]
	for a := range attributes {
		if source[a] != "" && source[a] != target[a] {
			edits = append(edits, edit{attribute: a, add: target[a] == "", value: source[a]})
		}
	}
	return edits
}
