package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Update brings a person, whom the transaction has loaded and locked, from the
// profile was to the profile next. Nothing different means nothing written. It
// returns the person as it is now. A change of active goes the way of
// deactivation or reactivation. Somebody who may do more than learn and is left
// inactive under another identity is a learner from then on. Errors: fault.Invalid for
// a domain that the connection may not provision; fault.Conflict when such a person
// would be active under another identity, or the last active owner would go.
func (d *Directory) Update(ctx context.Context, tx *store.Tx, conn *ent.Connection, u *ent.User, was, next *Profile) (*ent.User, error) {
	if was.UserName != next.UserName || !slices.Equal(was.Emails, next.Emails) {
		if err := checkDomains(conn.Settings.Domains, next); err != nil {
			return nil, err
		}
	}
	other, err := keepIdentity(ctx, tx, conn, u, was, next)
	if err != nil {
		return nil, err
	}
	return d.change(ctx, tx, u, was, next, other, nil)
}

// change writes the differences between two profiles, and what also asks for. With
// another identity the role is lost.
func (d *Directory) change(ctx context.Context, tx *store.Tx, u *ent.User, was, next *Profile, other *another, also func(*ent.UserMutation)) (*ent.User, error) {
	org, err := organizationOf(ctx)
	if err != nil {
		return nil, err
	}
	emailsChanged := !slices.Equal(was.Emails, next.Emails)
	if also == nil && !emailsChanged && !differs(was, next) {
		return u, nil
	}
	next.ID = u.ID
	if was.Active != next.Active {
		if err := switchActive(ctx, tx, u, next.Active, also != nil); err != nil {
			return nil, err
		}
	}
	role := u.Role
	if !equalText(was.ExternalID, next.ExternalID) {
		if role, err = untieProvisioned(ctx, tx, u, was.ExternalID != nil && !(was.Active && next.Active)); err != nil {
			return nil, err
		}
		if role != u.Role && was.Active == next.Active && also == nil { // else it is something else first
			tx.Name(u.ID, "role_changed")
		}
	}
	if other != nil {
		role = user.RoleLEARNER
		if err := loseRole(ctx, tx, u, other); err != nil {
			return nil, err
		}
	}
	err = tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error {
		if err := setDifferences(m, was, next); err != nil {
			return err
		}
		setRole(m, u, role)
		if also != nil {
			also(m)
		}
		if emailsChanged {
			setEmail(m, u, next)
		}
		return setReferences(ctx, tx, org, m, was, next)
	})
	if err != nil {
		return nil, err
	}
	if emailsChanged {
		if err := replaceEmails(ctx, tx, u.ID, next.Emails); err != nil {
			return nil, err
		}
	}
	if renamed(was, next) {
		if err := adoptReports(ctx, tx, next, u.ID); err != nil {
			return nil, err
		}
	}
	return touched(u, next, role, tx), nil
}

func differs(was, next *Profile) bool {
	old := was.texts()
	for i, t := range next.texts() {
		if !equalText(old[i].value, t.value) {
			return true
		}
	}
	return was.UserName != next.UserName || was.Active != next.Active || !equalAttributes(was.Attributes, next.Attributes)
}

// renamed says whether the person may now be the one that others name as their manager.
func renamed(was, next *Profile) bool {
	return was.UserName != next.UserName || !equalText(was.ExternalID, next.ExternalID) ||
		!equalText(was.EmployeeNumber, next.EmployeeNumber)
}

// setReferences resolves the department and the manager where they changed.
func setReferences(ctx context.Context, tx *store.Tx, org uuid.UUID, m *ent.UserMutation, was, next *Profile) error {
	if !equalText(was.Department, next.Department) {
		if next.Department == nil {
			m.ClearDepartmentID()
		} else {
			id, err := departmentNamed(ctx, tx, org, *next.Department)
			if err != nil {
				return err
			}
			m.SetDepartmentID(id)
		}
	}
	if equalText(was.Manager, next.Manager) {
		return nil
	}
	id := uuid.Nil
	if next.Manager != nil {
		var err error
		if id, err = resolveManager(ctx, tx, org, *next.Manager); err != nil {
			return err
		}
	}
	if id == uuid.Nil || id == next.ID {
		m.ClearManagerID()
		return nil
	}
	tx.Vouch(id)
	m.SetManagerID(id) // alone: what was cleared before is null in the Event
	return nil
}

// touched is the row as the update has left it.
func touched(u *ent.User, p *Profile, role user.Role, tx *store.Tx) *ent.User {
	c := *u
	c.Version++
	c.UpdatedAt = tx.Now()
	c.Role = role
	c.UserName, c.Active, c.Attributes, c.Email = p.UserName, p.Active, p.Attributes, p.PrimaryEmail()
	c.ExternalID, c.DisplayName, c.FormattedName, c.GivenName, c.FamilyName = p.ExternalID, p.DisplayName, p.FormattedName, p.GivenName, p.FamilyName
	c.Title, c.DepartmentName, c.ManagerValue, c.EmployeeNumber, c.CostCenter = p.Title, p.Department, p.Manager, p.EmployeeNumber, p.CostCenter
	c.Division, c.Company, c.UserType, c.PreferredLanguage, c.Locale, c.Timezone = p.Division, p.Company, p.UserType, p.PreferredLanguage, p.Locale, p.Timezone
	return &c
}

// switchActive is the one path on which people are deactivated and reactivated,
// whichever door asks. Memberships stay and count again on return. A link or a
// revival keeps its own name for the Event.
func switchActive(ctx context.Context, tx *store.Tx, u *ent.User, active, named bool) error {
	verb := "reactivated"
	if !active {
		verb = "deactivated"
		if err := keepAnOwner(ctx, tx, u, "deactivated"); err != nil {
			return err
		}
		if err := signOut(ctx, tx, u); err != nil {
			return err
		}
	}
	if !named {
		tx.Name(u.ID, verb)
	}
	return nil
}

// keepAnOwner refuses to take away the organization's last active owner. The
// owners are locked, so that two can't leave at the same moment.
func keepAnOwner(ctx context.Context, tx *store.Tx, u *ent.User, done string) error {
	if u.Role != user.RoleOWNER || !u.Active {
		return nil
	}
	q := tx.User.Query().Where(user.RoleEQ(user.RoleOWNER), user.Active(true), user.DeletedAtIsNil()).Order(user.ByID())
	q.Modify(store.Lock)
	owners, err := q.All(ctx)
	if err != nil {
		return err
	}
	for _, o := range owners {
		if o.ID != u.ID {
			return keepBreakGlass(ctx, tx, u, owners, done)
		}
	}
	return fault.New(fault.Conflict, "%s is the last active owner of the organization and can't be %s; make someone else an owner first", u.UserName, done).On(user.FieldActive)
}

// keepBreakGlass refuses to let the last owner go who gets in when single sign-on
// fails, where that is required.
func keepBreakGlass(ctx context.Context, tx *store.Tx, u *ent.User, owners []*ent.User, done string) error {
	org, err := tx.Organization.Query().Where(organization.ID(u.OrgID)).Only(ctx)
	if err != nil || !org.Settings.RequireSSO || !slices.Contains(org.Settings.BreakGlass, u.ID) {
		return err
	}
	for _, o := range owners {
		if o.ID != u.ID && slices.Contains(org.Settings.BreakGlass, o.ID) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "%s is the last owner who may sign in without the work account and can't be %s; name another one in the settings first", u.UserName, done).On(user.FieldActive)
}

// Remove makes a person a tombstone: gone for every client at once, the user
// name free, the history kept. The groups lose the member, and those who report
// to the person wait for a manager again.
func (d *Directory) Remove(ctx context.Context, tx *store.Tx, u *ent.User) error {
	if err := keepAnOwner(ctx, tx, u, "deleted"); err != nil {
		return err
	}
	if err := signOut(ctx, tx, u); err != nil {
		return err
	}
	if err := leaveGroups(ctx, tx, u); err != nil {
		return err
	}
	role, err := forgetIdentities(ctx, tx, u)
	if err != nil {
		return err
	}
	tx.Name(u.ID, "deleted")
	if err := tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error {
		m.SetDeletedAt(tx.Now())
		m.SetActive(false)
		setRole(m, u, role)
		return nil
	}); err != nil {
		return err
	}
	reports, err := tx.User.Query().Where(user.ManagerID(u.ID)).All(ctx)
	if err != nil {
		return err
	}
	for _, r := range reports {
		if err := tx.UpdateUser(ctx, r, func(m *ent.UserMutation) error {
			m.ClearManagerID()
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
