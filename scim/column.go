package scim

// column is where a core attribute is kept that is not in the JSON documents.
type column struct {
	name   string
	folded bool // holds folded text; otherwise the text is exact
	kind   string
	unique bool // no two rows that a connection sees have the same
}

const kindID = "id" // a column of type uuid

// table says how the rows of a resource type are laid out for filters. What has
// no column of its own is looked for in the folded document: under the column's
// name for the typed texts, under attributes for the rest.
type table struct {
	name    string
	columns map[string]column // by the attribute's canonical path
	texts   map[string]string // canonical path → key in the folded document
}

var userTable = &table{
	name: "users",
	columns: map[string]column{
		"id":                             {name: "id", kind: kindID, unique: true},
		"userName":                       {name: "user_name_key", folded: true, kind: typeString, unique: true},
		"externalId":                     {name: "external_id", kind: typeString},
		"displayName":                    {name: "display_name_key", folded: true, kind: typeString},
		"active":                         {name: "active", kind: typeBoolean},
		"meta.created":                   {name: "created_at", kind: typeDateTime},
		"meta.lastModified":              {name: "updated_at", kind: typeDateTime},
		enterpriseURN + ":manager.value": {name: "manager_key", folded: true, kind: typeString},
	},
	texts: map[string]string{
		"name.formatted": "formatted_name", "name.givenName": "given_name", "name.familyName": "family_name",
		"title": "title", "userType": "user_type", "preferredLanguage": "preferred_language", "locale": "locale",
		"timezone": "timezone", enterpriseURN + ":department": "department_name",
		enterpriseURN + ":employeeNumber": "employee_number", enterpriseURN + ":costCenter": "cost_center",
		enterpriseURN + ":division": "division", enterpriseURN + ":organization": "company",
	},
}

var groupTable = &table{
	name: "groups",
	columns: map[string]column{
		"id":                {name: "id", kind: kindID, unique: true},
		"displayName":       {name: "display_name_key", folded: true, kind: typeString},
		"externalId":        {name: "external_id", kind: typeString},
		"meta.created":      {name: "created_at", kind: typeDateTime},
		"meta.lastModified": {name: "updated_at", kind: typeDateTime},
	},
}

// enterpriseTexts are the columns of which one is set when a person has the
// enterprise extension.
var enterpriseTexts = []string{"department_name", "manager_value", "employee_number", "cost_center", "division", "company"}
