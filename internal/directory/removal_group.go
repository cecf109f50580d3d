package directory

import (
	"context"

	"github.com/google/uuid"
)

// makeNamesFree gives groups of the connection that are about to become local, but
// are called like a local one, a name that tells them apart: "Sales (default)".
func (r *removal) makeNamesFree(ctx context.Context) error {
	names, err := r.takenNames(ctx)
	if err != nil {
		return err
	}
	for id, name := range names {
		if err := r.tx.Group.UpdateOneID(id).SetDisplayName(name + " (" + r.conn.Name + ")").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *removal) takenNames(ctx context.Context) (map[uuid.UUID]string, error) {
	rows, err := r.tx.Query(ctx, `SELECT g.id, g.display_name FROM groups g WHERE g.org_id = ? AND g.connection_id = ? AND g.deleted_at IS NULL
		AND EXISTS (SELECT 1 FROM groups l WHERE l.org_id = g.org_id AND l.display_name_key = g.display_name_key
			AND l.connection_id IS NULL AND l.deleted_at IS NULL)`, r.conn.OrgID, r.conn.ID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	names := map[uuid.UUID]string{}
	for rows.Next() {
		var id uuid.UUID
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, rows.Err()
}
