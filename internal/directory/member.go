package directory

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// MemberChangeKind says what a MemberChange does.
type MemberChangeKind int

// The kinds of member changes.
const (
	AddMembers    MemberChangeKind = iota // the ids become members
	RemoveMembers                         // the ids are members no longer
	KeepOnly                              // nobody but the ids stays
)

// MemberChange is one change of a group's members. An id is a text, for clients
// send what they like.
type MemberChange struct {
	Kind MemberChangeKind
	IDs  []string
}

// MemberDelta is what changed, and what there is to tell about it.
type MemberDelta struct {
	Added, Removed []uuid.UUID
	Warnings       []string
}

// ChangeMembers applies changes in their order to a group that the transaction
// has locked. It costs O(ids), whatever the group's size, and never loads the
// members. An id that was never issued in this organization is refused
// (fault.Invalid on members); a person deleted here since is skipped with a
// warning; removing somebody who is no member is no error.
func (d *Directory) ChangeMembers(ctx context.Context, tx *store.Tx, g *ent.Group, changes ...MemberChange) (*MemberDelta, error) {
	var delta MemberDelta
	for _, c := range changes {
		if c.Kind != AddMembers {
			removed, err := removeMembers(ctx, tx, g, c)
			if err != nil {
				return nil, err
			}
			delta.Removed = append(delta.Removed, removed...)
		}
		if c.Kind != RemoveMembers {
			added, warnings, err := addMembers(ctx, tx, g, c.IDs)
			if err != nil {
				return nil, err
			}
			delta.Added = append(delta.Added, added...)
			delta.Warnings = append(delta.Warnings, warnings...)
		}
	}
	if len(delta.Added)+len(delta.Removed) > 0 {
		tx.NoteMembers(g.ID, delta.Added, delta.Removed)
	}
	return &delta, nil
}

func addMembers(ctx context.Context, tx *store.Tx, g *ent.Group, texts []string) (added []uuid.UUID, warnings []string, err error) {
	ids := make([]uuid.UUID, 0, len(texts))
	for _, t := range texts {
		id, err := parseID(t)
		if err != nil {
			return nil, nil, neverIssued(t)
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, nil, nil
	}
	among, arg := tx.In("u.id", ids)
	added, err = collectIDs(tx.Query(ctx, `INSERT INTO memberships (org_id, group_id, user_id, created_at)
		SELECT u.org_id, ?, u.id, ? FROM users u WHERE u.org_id = ? AND u.deleted_at IS NULL AND `+among+`
		ON CONFLICT (group_id, user_id) DO NOTHING RETURNING user_id`, g.ID, tx.Now(), g.OrgID, arg))
	if err != nil || len(added) == len(ids) {
		return added, nil, err
	}
	warnings, err = explainMissing(ctx, tx, g, ids, added)
	return added, warnings, err
}

// explainMissing looks at the ids that did not become members: they were members
// already, are people deleted since, or were never issued here.
func explainMissing(ctx context.Context, tx *store.Tx, g *ent.Group, ids, added []uuid.UUID) (warnings []string, err error) {
	done := make(map[uuid.UUID]bool, len(added))
	for _, id := range added {
		done[id] = true
	}
	rest := slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { return done[id] })
	among, arg := tx.In("id", rest)
	rows, err := tx.Query(ctx, "SELECT id, user_name, deleted_at IS NOT NULL FROM users WHERE org_id = ? AND "+among, g.OrgID, arg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	known := map[uuid.UUID]bool{}
	for rows.Next() {
		var id uuid.UUID
		var name string
		var deleted bool
		if err := rows.Scan(&id, &name, &deleted); err != nil {
			return nil, err
		}
		known[id] = true
		if deleted {
			warnings = append(warnings, fmt.Sprintf("%s (%s) was deleted here and was not added", name, id))
		}
	}
	for _, id := range rest {
		if !known[id] {
			return nil, neverIssued(id.String())
		}
	}
	return warnings, rows.Err()
}

func neverIssued(id string) error {
	return fault.New(fault.Invalid, "members: %q is not the id of a person in this organization; nothing of this request was applied", id).On("members")
}

func removeMembers(ctx context.Context, tx *store.Tx, g *ent.Group, c MemberChange) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for _, t := range c.IDs {
		if id, err := parseID(t); err == nil {
			ids = append(ids, id)
		}
	}
	const all = "DELETE FROM memberships WHERE org_id = ? AND group_id = ?"
	switch {
	case c.Kind == KeepOnly && len(ids) > 0:
		among, arg := tx.In("user_id", ids)
		return collectIDs(tx.Query(ctx, all+" AND NOT ("+among+") RETURNING user_id", g.OrgID, g.ID, arg))
	case c.Kind == KeepOnly:
		return collectIDs(tx.Query(ctx, all+" RETURNING user_id", g.OrgID, g.ID))
	case len(ids) == 0:
		return nil, nil
	}
	among, arg := tx.In("user_id", ids)
	return collectIDs(tx.Query(ctx, all+" AND "+among+" RETURNING user_id", g.OrgID, g.ID, arg))
}

// leaveGroups takes a person out of all groups; each group has changed.
func leaveGroups(ctx context.Context, tx *store.Tx, u *ent.User) error {
	if _, err := tx.Exec(ctx, `UPDATE groups SET version = version + 1, updated_at = ? WHERE org_id = ? AND id IN
		(SELECT group_id FROM memberships WHERE user_id = ?)`, tx.Now(), u.OrgID, u.ID); err != nil {
		return err
	}
	groups, err := collectIDs(tx.Query(ctx, "DELETE FROM memberships WHERE org_id = ? AND user_id = ? RETURNING group_id", u.OrgID, u.ID))
	for _, g := range groups {
		tx.NoteMembers(g, nil, []uuid.UUID{u.ID})
	}
	return err
}

func collectIDs(rows *sql.Rows, err error) ([]uuid.UUID, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var ids []uuid.UUID
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// parseID reads an id in the one form in which ids are issued.
func parseID(text string) (uuid.UUID, error) {
	if len(text) != 36 {
		return uuid.Nil, fmt.Errorf("%q is no id", text)
	}
	return uuid.Parse(text)
}
