package directory

import (
	"reflect"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
)

// Profile is what an identity provider, or an administrator, says of a person.
// nil texts are absent.
type Profile struct {
	ID       uuid.UUID // of a person to be made; nil: a new one
	UserName string
	Active   bool

	ExternalID, DisplayName, FormattedName, GivenName, FamilyName, Title, Department, Manager, EmployeeNumber,
	CostCenter, Division, Company, UserType, PreferredLanguage, Locale, Timezone *string

	Emails     []Email
	Attributes schema.Document // everything else, kept as sent
}

// Email is one address of a Profile.
type Email struct {
	Value   string
	Kind    string // work, home, other …; "" when it was not said
	Primary bool
}

// PrimaryEmail is the address that speaks for the person: the one marked
// primary, else the first; nil without one.
func (p *Profile) PrimaryEmail() *string {
	var first *string
	for i := range p.Emails {
		if p.Emails[i].Primary {
			return &p.Emails[i].Value
		}
		if first == nil {
			first = &p.Emails[i].Value
		}
	}
	return first
}

// ProfileOf reads the profile of a person, without the e-mail rows.
func ProfileOf(u *ent.User) *Profile {
	return &Profile{
		ID: u.ID, UserName: u.UserName, Active: u.Active, ExternalID: u.ExternalID, DisplayName: u.DisplayName,
		FormattedName: u.FormattedName, GivenName: u.GivenName, FamilyName: u.FamilyName, Title: u.Title,
		Department: u.DepartmentName, Manager: u.ManagerValue, EmployeeNumber: u.EmployeeNumber,
		CostCenter: u.CostCenter, Division: u.Division, Company: u.Company, UserType: u.UserType,
		PreferredLanguage: u.PreferredLanguage, Locale: u.Locale, Timezone: u.Timezone, Attributes: u.Attributes,
	}
}

type text struct {
	column string
	value  *string
}

// texts are the optional texts, each with its column.
func (p *Profile) texts() []text {
	return []text{
		{user.FieldExternalID, p.ExternalID}, {user.FieldDisplayName, p.DisplayName},
		{user.FieldFormattedName, p.FormattedName}, {user.FieldGivenName, p.GivenName},
		{user.FieldFamilyName, p.FamilyName}, {user.FieldTitle, p.Title}, {user.FieldDepartmentName, p.Department},
		{user.FieldManagerValue, p.Manager}, {user.FieldEmployeeNumber, p.EmployeeNumber},
		{user.FieldCostCenter, p.CostCenter}, {user.FieldDivision, p.Division}, {user.FieldCompany, p.Company},
		{user.FieldUserType, p.UserType}, {user.FieldPreferredLanguage, p.PreferredLanguage},
		{user.FieldLocale, p.Locale}, {user.FieldTimezone, p.Timezone},
	}
}

func equalText(a, b *string) bool {
	return a == b || a != nil && b != nil && *a == *b
}

func equalAttributes(a, b schema.Document) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(map[string]any(a), map[string]any(b))
}

// setDifferences puts into m what differs between was and next.
func setDifferences(m *ent.UserMutation, was, next *Profile) error {
	old := was.texts()
	for i, t := range next.texts() {
		if equalText(old[i].value, t.value) {
			continue
		}
		if t.value == nil {
			if err := m.ClearField(t.column); err != nil {
				return err
			}
			continue
		}
		if err := m.SetField(t.column, *t.value); err != nil {
			return err
		}
	}
	if was.UserName != next.UserName {
		m.SetUserName(next.UserName)
	}
	if was.Active != next.Active {
		m.SetActive(next.Active)
	}
	if !equalAttributes(was.Attributes, next.Attributes) {
		m.SetAttributes(next.Attributes)
	}
	return nil
}
