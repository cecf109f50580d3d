package directory

import (
	"context"
	"fmt"
	"maps"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
)

// makeNamesFree gives groups of the connection that are about to become local, but
// are called like a local one, a name that tells them apart: "Sales (default)", and
// where that is taken too, "Sales (default 2)".
func (r *removal) makeNamesFree(ctx context.Context) error {
	clashing, taken, err := r.takenNames(ctx)
	if err != nil {
		return err
	}
	for id, name := range clashing {
		free := name + " (" + r.conn.Name + ")"
		for n := 2; taken[store.Fold(free)]; n++ {
			free = fmt.Sprintf("%s (%s %d)", name, r.conn.Name, n)
		}
		taken[store.Fold(free)] = true
		if err := r.tx.Group.UpdateOneID(id).SetDisplayName(free).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// takenNames are the groups of the connection that are called like a local one,
// and the folded names of all groups that are local or about to be.
func (r *removal) takenNames(ctx context.Context) (clashing map[uuid.UUID]string, taken map[string]bool, err error) {
	rows, err := r.tx.Query(ctx, `SELECT id, display_name, display_name_key, connection_id IS NOT NULL FROM groups
		WHERE org_id = ? AND (connection_id = ? OR connection_id IS NULL) AND deleted_at IS NULL`, r.conn.OrgID, r.conn.ID)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }()
	own := map[uuid.UUID]string{}
	local := map[string]bool{}
	for rows.Next() {
		var id uuid.UUID
		var name, key string
		var owned bool
		if err := rows.Scan(&id, &name, &key, &owned); err != nil {
			return nil, nil, err
		}
		if owned {
			own[id] = name
		} else {
			local[key] = true
		}
	}
	clashing = map[uuid.UUID]string{}
	taken = maps.Clone(local)
	for id, name := range own {
		if key := store.Fold(name); local[key] {
			clashing[id] = name
		} else {
			taken[key] = true
		}
	}
	return clashing, taken, rows.Err()
}
