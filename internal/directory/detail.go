package directory

import (
	"context"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Details are what somebody says of a person by hand.
type Details struct {
	// Texts are by column, as in user.FieldTitle, and user.FieldEmail is the
	// primary e-mail address. What is not among them stays as it is, nil and
	// blank ones are cleared.
	Texts map[string]*string
	// Department and Manager stay when they are nil, and go when they are not valid.
	Department, Manager *uuid.NullUUID
}

// maxText is how long a text about a person may be, in characters; maxEmail how
// long an e-mail address may be, in bytes (RFC 5321 §4.5.3.1.3).
const (
	maxText  = 255
	maxEmail = 254
)

// apply puts the texts into a profile. Errors: fault.Invalid on the first column
// at fault.
func (d Details) apply(p *Profile) error {
	for _, column := range slices.Sorted(maps.Keys(d.Texts)) {
		value := d.Texts[column]
		if column == user.FieldUserName {
			if value == nil {
				value = new(string)
			}
			name, err := checkName(column, *value)
			if err != nil {
				return err
			}
			p.UserName = name
			continue
		}
		value, err := checkText(column, value)
		if err != nil {
			return err
		}
		if column == user.FieldEmail {
			if err := checkAddress(value); err != nil {
				return err
			}
			p.replaceEmail(value)
			continue
		}
		field := p.field(column)
		if field == nil {
			return fault.New(fault.Internal, "nobody can set %s by hand", column)
		}
		*field = value
	}
	return nil
}

// checkText trims a text; a blank one is none.
func checkText(column string, value *string) (*string, error) {
	if value == nil {
		return nil, nil
	}
	text := strings.TrimSpace(*value)
	switch {
	case text == "":
		return nil, nil
	case utf8.RuneCountInString(text) > maxText:
		return nil, fault.New(fault.Invalid, "the %s is longer than %d characters", wordsOf(column), maxText).On(column)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return nil, fault.New(fault.Invalid, "the %s has control characters in it, such as a line break; write it without them", wordsOf(column)).On(column)
	}
	return &text, nil
}

// checkAddress refuses what is no plain e-mail address (RFC 5322 §3.4.1).
func checkAddress(address *string) error {
	if address == nil {
		return nil
	}
	a, err := mail.ParseAddress(*address)
	if err != nil || a.Address != *address || len(*address) > maxEmail {
		return fault.New(fault.Invalid, "%.80q is no e-mail address; write it as in ada@example.com", *address).On(user.FieldEmail)
	}
	return nil
}

// wordsOf is a column as people say it.
func wordsOf(column string) string {
	return strings.ReplaceAll(strings.TrimSuffix(column, "_id"), "_", " ")
}

// field is where a profile keeps an optional text that can be set by hand.
func (p *Profile) field(column string) **string {
	switch column {
	case user.FieldDisplayName:
		return &p.DisplayName
	case user.FieldFormattedName:
		return &p.FormattedName
	case user.FieldGivenName:
		return &p.GivenName
	case user.FieldFamilyName:
		return &p.FamilyName
	case user.FieldTitle:
		return &p.Title
	case user.FieldEmployeeNumber:
		return &p.EmployeeNumber
	case user.FieldCostCenter:
		return &p.CostCenter
	case user.FieldDivision:
		return &p.Division
	case user.FieldCompany:
		return &p.Company
	case user.FieldUserType:
		return &p.UserType
	case user.FieldPreferredLanguage:
		return &p.PreferredLanguage
	case user.FieldLocale:
		return &p.Locale
	case user.FieldTimezone:
		return &p.Timezone
	}
	return nil
}

// references are a department and a manager to be set: nil stays, one that is
// not valid goes.
type references struct{ department, manager *uuid.NullUUID }

// references finds what differs from what the person has, and refuses whom or
// what is not there. The rows are locked, so that they still are when the
// transaction ends.
func (d Details) references(ctx context.Context, tx *store.Tx, u *ent.User) (r references, err error) {
	if d.Department != nil && *d.Department != nullable(u.DepartmentID) {
		r.department = d.Department
	}
	if d.Manager != nil && *d.Manager != nullable(u.ManagerID) {
		r.manager = d.Manager
	}
	if r.department != nil && r.department.Valid {
		id := r.department.UUID
		if _, err := tx.Department.Query().Where(department.ID(id), store.Lock).OnlyID(ctx); err != nil {
			return r, lacking(err, user.FieldDepartmentID, "department")
		}
		tx.Vouch(id)
	}
	if r.manager != nil && r.manager.Valid {
		id := r.manager.UUID
		if id == u.ID && id != uuid.Nil {
			return r, fault.New(fault.Invalid, "nobody can be their own manager").On(user.FieldManagerID)
		}
		if _, err := tx.User.Query().Where(user.ID(id), user.DeletedAtIsNil(), store.Lock).OnlyID(ctx); err != nil {
			return r, lacking(err, user.FieldManagerID, "person to be the manager")
		}
		tx.Vouch(id)
	}
	return r, nil
}

func lacking(err error, column, what string) error {
	if ent.IsNotFound(err) {
		return fault.New(fault.NotFound, "there is no such %s", what).On(column).Because(err)
	}
	return fmt.Errorf("load %s: %w", wordsOf(column), err)
}

func nullable(id *uuid.UUID) uuid.NullUUID {
	if id == nil {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: *id, Valid: true}
}

// set puts the references into a mutation.
func (r references) set(m *ent.UserMutation) {
	switch {
	case r.department == nil:
	case r.department.Valid:
		m.SetDepartmentID(r.department.UUID)
	default:
		m.ClearDepartmentID()
	}
	switch {
	case r.manager == nil:
	case r.manager.Valid:
		m.SetManagerID(r.manager.UUID)
	default:
		m.ClearManagerID()
	}
}
