package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/internal/store"
)

// ReleaseOrphans makes people and groups local that belong to a connection which
// was removed: a request that was under way meanwhile has made them. It returns
// how many they were.
func (d *Directory) ReleaseOrphans(ctx context.Context, conn uuid.UUID) (released int, err error) {
	org, err := organizationOf(ctx)
	if err != nil {
		return 0, err
	}
	for _, t := range []struct{ entity, table string }{{ent.TypeUser, "users"}, {ent.TypeGroup, "groups"}} {
		const whose = " WHERE org_id = ? AND connection_id = ? AND deleted_at IS NULL"
		rows, err := d.store.Query(ctx, "SELECT 1 FROM "+t.table+whose+" LIMIT 1", org, conn)
		if err != nil {
			return released, err
		}
		some := rows.Next()
		if err := rows.Close(); err != nil || !some { // nothing to write, as almost always
			if err != nil {
				return released, err
			}
			continue
		}
		n := 0
		err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if here, err := tx.Connection.Query().Where(connection.ID(conn)).Exist(ctx); err != nil || here {
				return err
			}
			ids, err := collectIDs(tx.Query(ctx, "UPDATE "+t.table+" SET connection_id = NULL, version = version + 1, updated_at = ?"+whose+" RETURNING id",
				tx.Now(), org, conn))
			for _, id := range ids {
				tx.NoteUpdate(t.entity, id, map[string]any{"connection_id": conn}, map[string]any{"connection_id": nil})
				tx.Name(id, "unlinked")
			}
			n = len(ids)
			return err
		})
		if err != nil {
			return released, err
		}
		released += n
	}
	return released, nil
}
