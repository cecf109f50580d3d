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
// members. A group of a connection takes people of that connection: the id of
// anybody else is refused (fault.Invalid on members) as one that was never
// issued. A person deleted here since is skipped with a warning; removing
// somebody who is no member is no error. Roles that the group gives follow, which
// the actor may have no right to: fault.Forbidden on members.
func (d *Directory) ChangeMembers(ctx context.Context, tx *store.Tx, g *ent.Group, changes ...MemberChange) (*MemberDelta, error) {
	steps := memberSteps{before: map[uuid.UUID]bool{}, after: map[uuid.UUID]bool{}}
	var warnings []string
	for _, c := range changes {
		if c.Kind != AddMembers {
			removed, err := removeMembers(ctx, tx, g, c)
			if err != nil {
				return nil, err
			}
			steps.note(removed, false)
		}
		if c.Kind != RemoveMembers {
			added, skipped, err := d.addMembers(ctx, tx, g, c.IDs)
			if err != nil {
				return nil, err
			}
			steps.note(added, true)
			warnings = append(warnings, skipped...)
		}
	}
	delta := steps.delta()
	delta.Warnings = warnings
	if len(delta.Added)+len(delta.Removed) > 0 {
		tx.NoteMembers(g.ID, delta.Added, delta.Removed)
	}
	return delta, d.followRoles(ctx, tx, []*ent.Group{g}, delta)
}

// memberSteps adds up the steps of one request: who is removed and added again
// has not changed.
type memberSteps struct {
	order         []uuid.UUID
	before, after map[uuid.UUID]bool
}

// note takes ids that a step has made members, or has made members no longer.
func (m *memberSteps) note(ids []uuid.UUID, member bool) {
	for _, id := range ids {
		if _, known := m.before[id]; !known {
			m.before[id] = !member
			m.order = append(m.order, id)
		}
		m.after[id] = member
	}
}

func (m *memberSteps) delta() *MemberDelta {
	delta := new(MemberDelta)
	for _, id := range m.order {
		switch {
		case m.before[id] == m.after[id]:
		case m.after[id]:
			delta.Added = append(delta.Added, id)
		default:
			delta.Removed = append(delta.Removed, id)
		}
	}
	return delta
}

// addMembers returns those who were no members before.
func (d *Directory) addMembers(ctx context.Context, tx *store.Tx, g *ent.Group, texts []string) (added []uuid.UUID, warnings []string, err error) {
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
	among, list := tx.In("u.id", ids)
	whose, args := peopleFor(g)
	// SQLite has one writer, whose transactions never begin in the same microsecond.
	lock, isNew := "", "created_at = ?"
	args = append(append([]any{g.ID, tx.Now()}, args...), list)
	if d.store.Postgres() {
		lock = " FOR KEY SHARE OF u" // waits for a deletion on its way, and then sees it
		isNew = "xmax = 0"           // a row that was there is locked by the conflict
	} else {
		args = append(args, tx.Now())
	}
	// The conflict writes nothing new, but makes the statement tell members from
	// ids that are nobody's, which saves another one.
	rows, err := tx.Query(ctx, `INSERT INTO memberships (org_id, group_id, user_id, created_at)
		SELECT u.org_id, ?, u.id, ? FROM users u WHERE `+whose+` AND u.deleted_at IS NULL AND `+among+lock+`
		ON CONFLICT (group_id, user_id) DO UPDATE SET created_at = memberships.created_at RETURNING user_id, `+isNew, args...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }()
	found := make(map[uuid.UUID]bool, len(ids))
	for rows.Next() {
		var id uuid.UUID
		var fresh bool
		if err := rows.Scan(&id, &fresh); err != nil {
			return nil, nil, err
		}
		if found[id] = true; fresh {
			added = append(added, id)
		}
	}
	if err := rows.Err(); err != nil || len(found) == len(ids) {
		return added, nil, err
	}
	warnings, err = explainMissing(ctx, tx, g, slices.DeleteFunc(ids, func(id uuid.UUID) bool { return found[id] }))
	return added, warnings, err
}

// peopleFor is the condition on users u for those who may be in the group.
func peopleFor(g *ent.Group) (string, []any) {
	if g.ConnectionID == nil {
		return "u.org_id = ?", []any{g.OrgID}
	}
	return "u.org_id = ? AND u.connection_id = ?", []any{g.OrgID, *g.ConnectionID}
}

// explainMissing looks at ids that can't be members: they are people deleted
// since, or were never issued here.
func explainMissing(ctx context.Context, tx *store.Tx, g *ent.Group, ids []uuid.UUID) (warnings []string, err error) {
	among, list := tx.In("u.id", ids)
	whose, args := peopleFor(g)
	rows, err := tx.Query(ctx, "SELECT u.id, u.user_name FROM users u WHERE "+whose+" AND u.deleted_at IS NOT NULL AND "+among, append(args, list)...)
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
	for _, id := range ids {
		name, deleted := names[id]
		if !deleted {
			return nil, neverIssued(id.String())
		}
		warnings = append(warnings, fmt.Sprintf("%s (%s) was deleted here and was not added", name, id))
	}
	return warnings, rows.Err()
}

func neverIssued(id string) error {
	return fault.New(fault.Invalid, "members: %.80q is not the id of a person in this organization; nothing of this request was applied", id).On("members")
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

// leaveGroups takes a person out of some groups, or of all; each group has changed.
func leaveGroups(ctx context.Context, tx *store.Tx, u *ent.User, only ...uuid.UUID) error {
	of, args := "org_id = ? AND user_id = ?", []any{u.OrgID, u.ID}
	if len(only) > 0 {
		among, list := tx.In("group_id", only)
		of, args = of+" AND "+among, append(args, list)
	}
	if _, err := tx.Exec(ctx, "UPDATE groups SET version = version + 1, updated_at = ? WHERE org_id = ? AND id IN (SELECT group_id FROM memberships WHERE "+of+")",
		append([]any{tx.Now(), u.OrgID}, args...)...); err != nil {
		return err
	}
	groups, err := collectIDs(tx.Query(ctx, "DELETE FROM memberships WHERE "+of+" RETURNING group_id", args...))
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
	id, err := uuid.Parse(text)
	if err == nil && id.String() != text {
		err = fmt.Errorf("%q is no id", text)
	}
	return id, err
}
