package scim

import (
	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/directory"
)

// A canonical document is split between the columns that directory rules on and
// the attributes that are kept as sent; reading puts the two together again.

// texts are the texts of a profile and where they stand in a document: in the
// object of that name ("name", or the enterprise URN), or in the document itself.
var texts = [...]struct {
	object, name string
	of           func(*directory.Profile) **string
}{
	{"", "externalId", func(p *directory.Profile) **string { return &p.ExternalID }},
	{"", "displayName", func(p *directory.Profile) **string { return &p.DisplayName }},
	{"", "title", func(p *directory.Profile) **string { return &p.Title }},
	{"", "userType", func(p *directory.Profile) **string { return &p.UserType }},
	{"", "preferredLanguage", func(p *directory.Profile) **string { return &p.PreferredLanguage }},
	{"", "locale", func(p *directory.Profile) **string { return &p.Locale }},
	{"", "timezone", func(p *directory.Profile) **string { return &p.Timezone }},
	{"name", "formatted", func(p *directory.Profile) **string { return &p.FormattedName }},
	{"name", "givenName", func(p *directory.Profile) **string { return &p.GivenName }},
	{"name", "familyName", func(p *directory.Profile) **string { return &p.FamilyName }},
	{enterpriseURN, "department", func(p *directory.Profile) **string { return &p.Department }},
	{enterpriseURN, "employeeNumber", func(p *directory.Profile) **string { return &p.EmployeeNumber }},
	{enterpriseURN, "costCenter", func(p *directory.Profile) **string { return &p.CostCenter }},
	{enterpriseURN, "division", func(p *directory.Profile) **string { return &p.Division }},
	{enterpriseURN, "organization", func(p *directory.Profile) **string { return &p.Company }},
}

// profileOf splits a canonical document. It doesn't change the document.
func profileOf(doc map[string]any) *directory.Profile {
	p := &directory.Profile{Active: true}
	rest := make(map[string]any, len(doc))
	for name, value := range doc {
		rest[name] = value
	}
	for _, object := range [...]string{"name", enterpriseURN} {
		if parts, ok := rest[object].(map[string]any); ok {
			own := make(map[string]any, len(parts))
			for name, value := range parts {
				own[name] = value
			}
			rest[object] = own
		}
	}
	for _, t := range texts {
		from := rest
		if t.object != "" {
			from, _ = rest[t.object].(map[string]any)
		}
		if text, ok := from[t.name].(string); ok {
			*t.of(p) = &text
			delete(from, t.name)
		}
	}
	takeManager(p, rest)
	for _, object := range [...]string{"name", enterpriseURN} {
		if parts, ok := rest[object].(map[string]any); ok && len(parts) == 0 {
			delete(rest, object)
		}
	}
	p.UserName, _ = rest["userName"].(string)
	if active, ok := rest["active"].(bool); ok {
		p.Active = active
	}
	delete(rest, "userName")
	delete(rest, "active")
	p.Emails = emailsOf(rest)
	if len(rest) > 0 {
		p.Attributes = rest
	}
	return p
}

// takeManager moves the manager's value out of the enterprise extension. What
// else the client said of the manager stays.
func takeManager(p *directory.Profile, rest map[string]any) {
	enterprise, _ := rest[enterpriseURN].(map[string]any)
	manager, ok := enterprise["manager"].(map[string]any)
	if !ok {
		return
	}
	left := make(map[string]any, len(manager))
	for name, value := range manager {
		if text, isText := value.(string); isText && name == "value" {
			p.Manager = &text
		} else {
			left[name] = value
		}
	}
	if enterprise["manager"] = left; len(left) == 0 {
		delete(enterprise, "manager")
	}
}

func emailsOf(doc map[string]any) []directory.Email {
	list, _ := doc["emails"].([]any)
	var emails []directory.Email
	for _, element := range list {
		e, _ := element.(map[string]any)
		value, ok := e["value"].(string)
		if !ok {
			continue
		}
		kind, _ := e["type"].(string)
		primary, _ := e["primary"].(bool)
		emails = append(emails, directory.Email{Value: value, Kind: kind, Primary: primary})
	}
	return emails
}

// documentOf is the canonical document of a person: what normalize made of the
// client's, and what apply works on.
func documentOf(u *ent.User) map[string]any {
	doc := make(map[string]any, len(u.Attributes)+12)
	for name, value := range u.Attributes {
		doc[name] = value
	}
	p := directory.ProfileOf(u)
	doc["userName"], doc["active"] = p.UserName, p.Active
	owned := map[string]map[string]any{} // objects copied for this document
	into := func(object string) map[string]any {
		if object == "" {
			return doc
		}
		if owned[object] == nil {
			parts, _ := doc[object].(map[string]any)
			own := make(map[string]any, len(parts)+4)
			for name, value := range parts {
				own[name] = value
			}
			owned[object], doc[object] = own, own
		}
		return owned[object]
	}
	for _, t := range texts {
		if text := *t.of(p); text != nil {
			into(t.object)[t.name] = *text
		}
	}
	if p.Manager != nil {
		enterprise := into(enterpriseURN)
		manager := map[string]any{"value": *p.Manager}
		if parts, ok := enterprise["manager"].(map[string]any); ok {
			for name, value := range parts {
				manager[name] = value
			}
		}
		enterprise["manager"] = manager
	}
	return doc
}

// groupProfileOf splits the canonical document of a group, which holds no members.
func groupProfileOf(doc map[string]any) *directory.GroupProfile {
	p := &directory.GroupProfile{}
	rest := make(map[string]any, len(doc))
	for name, value := range doc {
		rest[name] = value
	}
	p.DisplayName, _ = rest["displayName"].(string)
	if id, ok := rest["externalId"].(string); ok {
		p.ExternalID = &id
	}
	delete(rest, "displayName")
	delete(rest, "externalId")
	delete(rest, "members")
	if len(rest) > 0 {
		p.Attributes = rest
	}
	return p
}

// groupDocumentOf is the canonical document of a group, without members.
func groupDocumentOf(g *ent.Group) map[string]any {
	doc := make(map[string]any, len(g.Attributes)+2)
	for name, value := range g.Attributes {
		doc[name] = value
	}
	doc["displayName"] = g.DisplayName
	if g.ExternalID != nil {
		doc["externalId"] = *g.ExternalID
	}
	return doc
}
