package store

import (
	stdsql "database/sql"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
)

// personColumns are the columns that a person is read from and where they go:
// first those that the directory gave, then those that only rules ask for.
// The organization, the connection and the absence of deleted_at are known from
// the question; only filters need folded, which would double what is read.
var personColumns = [...]struct {
	name string
	into func(*personScanner) any
}{
	{user.FieldID, func(p *personScanner) any { return &p.user.ID }},
	{user.FieldCreatedAt, func(p *personScanner) any { return &p.user.CreatedAt }},
	{user.FieldUpdatedAt, func(p *personScanner) any { return &p.user.UpdatedAt }},
	{user.FieldVersion, func(p *personScanner) any { return &p.version }},
	{user.FieldActive, func(p *personScanner) any { return &p.user.Active }},
	{user.FieldUserName, func(p *personScanner) any { return &p.user.UserName }},
	{user.FieldExternalID, func(p *personScanner) any { return &textScanner{&p.user.ExternalID} }},
	{user.FieldDisplayName, func(p *personScanner) any { return &textScanner{&p.user.DisplayName} }},
	{user.FieldFormattedName, func(p *personScanner) any { return &textScanner{&p.user.FormattedName} }},
	{user.FieldGivenName, func(p *personScanner) any { return &textScanner{&p.user.GivenName} }},
	{user.FieldFamilyName, func(p *personScanner) any { return &textScanner{&p.user.FamilyName} }},
	{user.FieldTitle, func(p *personScanner) any { return &textScanner{&p.user.Title} }},
	{user.FieldDepartmentName, func(p *personScanner) any { return &textScanner{&p.user.DepartmentName} }},
	{user.FieldManagerValue, func(p *personScanner) any { return &textScanner{&p.user.ManagerValue} }},
	{user.FieldEmployeeNumber, func(p *personScanner) any { return &textScanner{&p.user.EmployeeNumber} }},
	{user.FieldCostCenter, func(p *personScanner) any { return &textScanner{&p.user.CostCenter} }},
	{user.FieldDivision, func(p *personScanner) any { return &textScanner{&p.user.Division} }},
	{user.FieldCompany, func(p *personScanner) any { return &textScanner{&p.user.Company} }},
	{user.FieldUserType, func(p *personScanner) any { return &textScanner{&p.user.UserType} }},
	{user.FieldPreferredLanguage, func(p *personScanner) any { return &textScanner{&p.user.PreferredLanguage} }},
	{user.FieldLocale, func(p *personScanner) any { return &textScanner{&p.user.Locale} }},
	{user.FieldTimezone, func(p *personScanner) any { return &textScanner{&p.user.Timezone} }},
	{user.FieldAttributes, func(p *personScanner) any { return &documentScanner{&p.user.Attributes, &p.sealed} }},
	{user.FieldRole, func(p *personScanner) any { return &p.role }},
	{user.FieldUserNameKey, func(p *personScanner) any { return &p.user.UserNameKey }},
	{user.FieldDisplayNameKey, func(p *personScanner) any { return &textScanner{&p.user.DisplayNameKey} }},
	{user.FieldDepartmentID, func(p *personScanner) any { return &idScanner{&p.user.DepartmentID} }},
	{user.FieldManagerKey, func(p *personScanner) any { return &textScanner{&p.user.ManagerKey} }},
	{user.FieldManagerID, func(p *personScanner) any { return &idScanner{&p.user.ManagerID} }},
	{user.FieldEmail, func(p *personScanner) any { return &textScanner{&p.user.Email} }},
	{user.FieldLinkAskedBy, func(p *personScanner) any { return &idScanner{&p.user.LinkAskedBy} }},
	{user.FieldLinkApproved, func(p *personScanner) any { return &p.user.LinkApproved }},
}

// shownColumns are those that the directory gave.
const shownColumns = len(personColumns) - 9

// personScanner takes rows of people apart. It is made once and used for many
// queries; what it hands out is copied.
type personScanner struct {
	user    ent.User
	version int64
	role    string
	sealed  bool
	all     []any // columns, and the groups behind them
	shown   []any // without those that only rules ask for
}

var personScanners = sync.Pool{New: func() any {
	p := new(personScanner)
	for _, c := range personColumns {
		p.all = append(p.all, c.into(p))
	}
	groups := &groupsScanner{&p.user.Edges.Groups}
	p.shown = append(slices.Clone(p.all[:shownColumns]), groups)
	p.all = append(p.all, groups)
	return p
}}

func scanPeople(rows *stdsql.Rows, q PeopleQuery, org uuid.UUID) (people []*ent.User, err error) {
	p := personScanners.Get().(*personScanner)
	defer func() {
		p.user, p.role = ent.User{}, "" // keeps nobody
		personScanners.Put(p)
	}()
	p.user.OrgID, p.user.ConnectionID, p.sealed = org, &q.Connection, q.Sealed
	into := p.all
	if q.Sealed {
		into = p.shown
	}
	if !q.Groups {
		into = into[:len(into)-1]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		p.user.Version, p.user.Role = int(p.version), user.Role(p.role)
		u := p.user
		people = append(people, &u)
	}
	return people, rows.Err()
}

// textScanner reads a text that may be NULL, without database/sql's reflection.
type textScanner struct{ into **string }

// Scan implements sql.Scanner.
func (t *textScanner) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*t.into = nil
	case string:
		*t.into = &v
	case []byte:
		text := string(v)
		*t.into = &text
	default:
		return fmt.Errorf("%T is no text", value)
	}
	return nil
}

// idScanner reads an id that may be NULL.
type idScanner struct{ into **uuid.UUID }

// Scan implements sql.Scanner.
func (i *idScanner) Scan(value any) error {
	if value == nil {
		*i.into = nil
		return nil
	}
	id := new(uuid.UUID)
	*i.into = id
	return id.Scan(value)
}

// documentScanner reads a JSON object that may be NULL.
type documentScanner struct {
	into   *schema.Document
	sealed *bool
}

// Scan implements sql.Scanner.
func (d *documentScanner) Scan(value any) error {
	decoded, err := decodeColumn(value, *d.sealed)
	*d.into, _ = decoded.(map[string]any)
	return err
}

// idLength is how many characters an id has.
const idLength = 36

// groupsScanner reads a JSON list of texts: an id and the name behind it.
type groupsScanner struct{ into *[]*ent.Group }

// Scan implements sql.Scanner.
func (g *groupsScanner) Scan(value any) error {
	decoded, err := decodeColumn(value, false)
	if err != nil {
		return err
	}
	list, _ := decoded.([]any)
	groups := make([]*ent.Group, 0, len(list))
	for _, element := range list {
		text, _ := element.(string)
		if len(text) < idLength {
			continue
		}
		id, err := uuid.Parse(text[:idLength])
		if err != nil {
			return fmt.Errorf("%q is no group: %w", text, err)
		}
		name := text[idLength:]
		groups = append(groups, &ent.Group{ID: id, DisplayName: name})
	}
	*g.into = groups
	return nil
}
