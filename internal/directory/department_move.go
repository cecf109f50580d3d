package directory

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// lockDepartments takes the rows of departments for the transaction: whoever is
// putting somebody into one has finished, and nobody else begins. Errors:
// fault.NotFound when one of them isn't there.
func (d *Directory) lockDepartments(ctx context.Context, tx *store.Tx, org uuid.UUID, ids ...uuid.UUID) error {
	among, list := tx.In("id", ids)
	found, err := collectIDs(tx.Query(ctx, "SELECT id FROM departments WHERE org_id = ? AND "+among+" ORDER BY id"+d.lock(), org, list))
	if err == nil && len(found) < len(ids) {
		err = fault.New(fault.NotFound, "there is no such department")
	}
	return err
}

// lock is what takes the rows of a plain SELECT, where the database has row locks.
func (d *Directory) lock() string {
	if d.store.Postgres() {
		return " FOR UPDATE"
	}
	return ""
}

// movePeople puts everybody in locked departments into another one.
func (d *Directory) movePeople(ctx context.Context, tx *store.Tx, org uuid.UUID, from []uuid.UUID, into uuid.UUID) error {
	among, list := tx.In(user.FieldDepartmentID, from)
	whose := " WHERE org_id = ? AND deleted_at IS NULL AND " + among
	rows, err := tx.Query(ctx, "SELECT id, department_id FROM users"+whose+" ORDER BY id"+d.lock(), org, list)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	moved := 0
	for rows.Next() {
		var id, was uuid.UUID
		if err := rows.Scan(&id, &was); err != nil {
			return err
		}
		moved++
		tx.NoteUpdate(ent.TypeUser, id, map[string]any{user.FieldDepartmentID: was}, map[string]any{user.FieldDepartmentID: into})
	}
	if err := rows.Err(); err != nil || moved == 0 {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE users SET department_id = ?, version = version + 1, updated_at = ?"+whose, into, tx.Now(), org, list)
	return err
}

// removeDepartments deletes locked departments; after is what their Events say
// besides their names.
func removeDepartments(ctx context.Context, tx *store.Tx, org uuid.UUID, ids []uuid.UUID, after map[string]any) error {
	among, list := tx.In(department.FieldID, ids)
	rows, err := tx.Query(ctx, "DELETE FROM departments WHERE org_id = ? AND "+among+" RETURNING id, name", org, list)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id uuid.UUID
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return err
		}
		tx.NoteUpdate(ent.TypeDepartment, id, map[string]any{department.FieldName: name}, after)
		tx.Name(id, "deleted")
	}
	return rows.Err()
}

// people counts people in words.
func people(n int) string {
	if n == 1 {
		return "1 person is"
	}
	return fmt.Sprintf("%d people are", n)
}
