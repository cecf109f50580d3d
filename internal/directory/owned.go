package directory

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
)

// Owned are the columns of a person that ChangePerson would refuse to change,
// because the person's connection has sent what is in them. A local person has
// none.
func Owned(ctx context.Context, read *ent.Client, u *ent.User) (columns []string, err error) {
	if u.ConnectionID == nil {
		return nil, nil
	}
	told := &teller{read: read, user: u}
	for _, c := range filledColumns(u) {
		byHand, err := told.byHand(ctx, c.owner)
		if err != nil {
			return nil, err
		}
		if !byHand {
			columns = append(columns, c.column)
		}
	}
	return columns, nil
}

// filledColumns are those that can be changed by hand and have a value.
func filledColumns(u *ent.User) (out []changed) {
	for _, t := range []text{
		{user.FieldUserName, &u.UserName}, {user.FieldDisplayName, u.DisplayName}, {user.FieldGivenName, u.GivenName},
		{user.FieldFamilyName, u.FamilyName}, {user.FieldEmail, u.Email}, {user.FieldTitle, u.Title},
		{user.FieldEmployeeNumber, u.EmployeeNumber}, {user.FieldCostCenter, u.CostCenter}, {user.FieldDivision, u.Division},
		{user.FieldCompany, u.Company}, {user.FieldUserType, u.UserType}, {user.FieldPreferredLanguage, u.PreferredLanguage},
		{user.FieldLocale, u.Locale}, {user.FieldTimezone, u.Timezone},
	} {
		if t.value != nil {
			out = append(out, changed{t.column, t.column, true})
		}
	}
	if u.DepartmentName != nil {
		out = append(out, changed{user.FieldDepartmentID, user.FieldDepartmentName, true})
	}
	if u.ManagerValue != nil {
		out = append(out, changed{user.FieldManagerID, user.FieldManagerValue, true})
	}
	return out
}
