package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/actor"
)

// emailsOf reads the e-mail addresses of people, the primary one in front. The
// organization is asked for so that no index serves it: SQLite would rather walk
// all addresses of the organization than look up those of a page of people.
func (r *Resolver) emailsOf(ctx context.Context, ids []uuid.UUID) ([]*ent.Email, error) {
	who, _ := actor.From(ctx)
	in, arg := r.store.In("user_id", ids)
	rows, err := r.store.Query(ctx, `SELECT id, user_id, value, kind, "primary" FROM emails
		WHERE `+in+` AND (org_id = ?) IS TRUE ORDER BY "primary" DESC, id`, arg, who.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []*ent.Email
	for rows.Next() {
		e := &ent.Email{OrgID: who.Org}
		if err := rows.Scan(&e.ID, &e.UserID, &e.Value, &e.Kind, &e.Primary); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
