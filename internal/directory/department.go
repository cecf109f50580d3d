package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

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
