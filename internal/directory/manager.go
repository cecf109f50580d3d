package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// A manager is kept as the client sent it and resolved to a User by id,
// externalId, user name or employee number, in this order, when that person is
// there, now or later.

// managerQuery finds the person that a manager value means.
func managerQuery(org uuid.UUID, value string) (string, []any) {
	byID := uuid.Nil // matches nobody
	if id, err := parseID(value); err == nil {
		byID = id
	}
	// One branch for each key: over an OR of four, a plan made while the table
	// was small reads the whole organization.
	const live = " AND org_id = ? AND deleted_at IS NULL LIMIT 1) AS "
	return `SELECT id FROM (
		SELECT id, 1 AS place FROM (SELECT id FROM users WHERE id = ?` + live + `by_id UNION ALL
		SELECT id, 2 AS place FROM (SELECT id FROM users WHERE external_id = ?` + live + `by_external_id UNION ALL
		SELECT id, 3 AS place FROM (SELECT id FROM users WHERE user_name_key = ?` + live + `by_user_name UNION ALL
		SELECT id, 4 AS place FROM (SELECT id FROM users WHERE employee_number = ?` + live + `by_employee_number
		) AS found ORDER BY place LIMIT 1`,
		[]any{byID, org, value, org, store.Fold(value), org, value, org}
}

// namesOf are the folded values by which others may name this person as their manager.
func namesOf(p *Profile) []any {
	names := []any{store.Fold(p.UserName), "", "", p.ID.String()}
	if p.ExternalID != nil {
		names[1] = store.Fold(*p.ExternalID)
	}
	if p.EmployeeNumber != nil {
		names[2] = store.Fold(*p.EmployeeNumber)
	}
	return names
}

// isNamed says whether a manager value means this person: user names compare
// without case, the others exactly.
func (p *Profile) isNamed(id uuid.UUID, value string) bool {
	return value == id.String() || store.Fold(value) == store.Fold(p.UserName) ||
		p.ExternalID != nil && value == *p.ExternalID || p.EmployeeNumber != nil && value == *p.EmployeeNumber
}

// resolveManager finds the person that value means, uuid.Nil when nobody is there yet.
func resolveManager(ctx context.Context, tx *store.Tx, org uuid.UUID, value string) (uuid.UUID, error) {
	query, args := managerQuery(org, value)
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return uuid.Nil, err
	}
	defer func() { _ = rows.Close() }()
	var id uuid.UUID
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			return uuid.Nil, err
		}
	}
	return id, rows.Err()
}

// adoptReports gives those who wait for this person their manager.
func adoptReports(ctx context.Context, tx *store.Tx, p *Profile, id uuid.UUID) error {
	names := namesOf(p)
	keys := make([]string, 0, len(names))
	for _, n := range names {
		if n != "" {
			keys = append(keys, n.(string))
		}
	}
	waiting, err := tx.User.Query().Where(user.ManagerKeyIn(keys...), user.ManagerIDIsNil(), user.DeletedAtIsNil(), user.IDNEQ(id)).All(ctx)
	if err != nil {
		return err
	}
	tx.Vouch(id)
	for _, report := range waiting {
		if !p.isNamed(id, *report.ManagerValue) {
			continue
		}
		if err := tx.UpdateUser(ctx, report, func(m *ent.UserMutation) error {
			m.SetManagerID(id)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// ResolveManagers gives their managers to those who still wait although the
// person is there: two that were provisioned at the same moment don't see each
// other. It returns how many it resolved. Somebody who is changed at the same
// time stays for the next look.
func (d *Directory) ResolveManagers(ctx context.Context) (resolved int, err error) {
	org, err := organizationOf(ctx)
	if err != nil {
		return 0, err
	}
	last := uuid.Nil
	for {
		waiting, err := d.store.Read().User.Query().
			Where(user.ManagerIDIsNil(), user.ManagerKeyNotNil(), user.DeletedAtIsNil(), user.IDGT(last)).
			Order(user.ByID()).Limit(200).All(ctx)
		if err != nil || len(waiting) == 0 {
			return resolved, err
		}
		last = waiting[len(waiting)-1].ID
		for _, u := range waiting {
			done, err := d.resolveManagerOf(ctx, org, u)
			if err != nil && fault.CodeOf(err) != fault.Conflict {
				return resolved, err
			}
			if done {
				resolved++
			}
		}
	}
}

func (d *Directory) resolveManagerOf(ctx context.Context, org uuid.UUID, u *ent.User) (done bool, err error) {
	err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		manager, err := resolveManager(ctx, tx, org, *u.ManagerValue)
		if done = err == nil && manager != uuid.Nil && manager != u.ID; !done {
			return err
		}
		tx.Vouch(manager)
		return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error {
			m.SetManagerID(manager)
			return nil
		})
	})
	return done && err == nil, err
}
