package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// A department is known to the directory by its name alone. So after a rename or
// a merge it goes on as if the old name were free: people whom it puts into the
// old name from then on get a department of that name again. Those who are there
// already stay where the administrator has put them, and keep department_name as
// it was sent, until the directory sends another one.

// departmentNamed returns the department of that name, compared without case,
// and makes it when the directory names it for the first time.
func departmentNamed(ctx context.Context, tx *store.Tx, org uuid.UUID, name string) (uuid.UUID, error) {
	key := store.Fold(name)
	id, err := tx.Department.Query().Where(department.NameKey(key)).OnlyID(ctx)
	if !ent.IsNotFound(err) {
		tx.Vouch(id)
		return id, err
	}
	id = schema.NewID()
	// Another transaction may be making the same one. ON CONFLICT waits for it,
	// where a failed INSERT would end this transaction on PostgreSQL.
	n, err := tx.Exec(ctx, `INSERT INTO departments (id, org_id, created_at, updated_at, version, name, name_key)
		VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT (org_id, name_key) DO NOTHING`, id, org, tx.Now(), tx.Now(), name, key)
	if err != nil {
		return uuid.Nil, err
	}
	if n == 1 {
		tx.Note(ent.TypeDepartment, id, "created", map[string]any{department.FieldName: name})
		return id, nil
	}
	id, err = tx.Department.Query().Where(department.NameKey(key)).OnlyID(ctx)
	tx.Vouch(id)
	return id, err
}

// CreateDepartment makes a department by hand. Errors: fault.Invalid on name,
// fault.Conflict on name when there is one of that name, compared without case.
func (d *Directory) CreateDepartment(ctx context.Context, tx *store.Tx, name string) (*ent.Department, error) {
	name, err := checkName(department.FieldName, name)
	if err != nil {
		return nil, err
	}
	return tx.Department.Create().SetName(name).Save(ctx)
}

// RenameDepartment gives a department another name. Errors: fault.NotFound,
// fault.Invalid on name, fault.Conflict on name.
func (d *Directory) RenameDepartment(ctx context.Context, tx *store.Tx, id uuid.UUID, name string) error {
	name, err := checkName(department.FieldName, name)
	if err != nil {
		return err
	}
	was, err := tx.Department.Query().Where(department.ID(id), store.Lock).Only(ctx)
	if err != nil || was.Name == name {
		return err
	}
	return tx.Department.UpdateOneID(id).SetName(name).Exec(ctx)
}

// maxMerged is how many departments one merge can end.
const maxMerged = 200

// MergeDepartments moves everybody in some departments into another and removes
// the emptied ones, in the same few statements however many people there are.
// What the directory has sent stays as it is. Errors: fault.NotFound, and
// fault.Invalid when there is nothing to merge, or more than 200 departments.
func (d *Directory) MergeDepartments(ctx context.Context, tx *store.Tx, from []uuid.UUID, into uuid.UUID) error {
	if len(from) > maxMerged {
		return fault.New(fault.Invalid, "these are %d departments; merge at most %d at a time", len(from), maxMerged).On("from")
	}
	from = slices.Clone(from)
	slices.SortFunc(from, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	from = slices.Compact(from)
	switch {
	case len(from) == 0:
		return fault.New(fault.Invalid, "name at least one department that is to go").On("from")
	case slices.Contains(from, into):
		return fault.New(fault.Invalid, "a department can't be merged into itself").On("into")
	}
	org, err := organizationOf(ctx)
	if err != nil {
		return err
	}
	if err := d.lockDepartments(ctx, tx, org, append(slices.Clone(from), into)...); err != nil {
		return err
	}
	if err := d.movePeople(ctx, tx, org, from, into); err != nil {
		return err
	}
	return removeDepartments(ctx, tx, org, from, map[string]any{"merged_into": into})
}

// RemoveDepartment removes a department that nobody is in. Those who were deleted
// don't count, and lose it. Errors: fault.NotFound, fault.Conflict with the number
// of people.
func (d *Directory) RemoveDepartment(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	org, err := organizationOf(ctx)
	if err != nil {
		return err
	}
	if err := d.lockDepartments(ctx, tx, org, id); err != nil {
		return err
	}
	n, err := tx.User.Query().Where(user.DepartmentID(id), user.DeletedAtIsNil()).Count(ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "%s in this department; move them or merge it into another one first", people(n))
	}
	return removeDepartments(ctx, tx, org, []uuid.UUID{id}, nil)
}
