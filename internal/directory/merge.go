package directory

import (
	"bytes"
	"context"
	"maps"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Merge makes one person out of two. What keep lacks is taken from remove, whose
// memberships and reports move; then remove is deleted. User name and role of
// keep stay. Errors: those of Person for both, fault.Invalid when both are the
// same, fault.Forbidden when remove is provisioned or in a group that gives a role
// which the actor may not give, fault.Conflict when it is the last active owner.
func (d *Directory) Merge(ctx context.Context, tx *store.Tx, keep, remove uuid.UUID) error {
	if keep == remove {
		return fault.New(fault.Invalid, "name two different people").On("remove")
	}
	stays, goes, err := d.bothOf(ctx, tx, keep, remove)
	if err != nil {
		return err
	}
	if goes.ConnectionID != nil {
		conn, err := tx.Connection.Query().Where(connection.ID(*goes.ConnectionID)).Only(ctx)
		if err != nil {
			return err
		}
		return fault.New(fault.Forbidden, "the connection %s provisions %s; keep that person, or remove the person there", conn.Name, goes.UserName).On("remove")
	}
	tx.Note(ent.TypeUser, stays.ID, "merged", map[string]any{"merged": goes.ID})
	tx.Note(ent.TypeUser, goes.ID, "deleted", map[string]any{"merged_into": stays.ID})
	if err := d.fillFrom(ctx, tx, stays, goes); err != nil {
		return err
	}
	if err := moveReports(ctx, tx, goes.ID, stays.ID); err != nil {
		return err
	}
	joined, err := moveMemberships(ctx, tx, goes, stays)
	if err != nil {
		return err
	}
	if err := moveIdentities(ctx, tx, goes, stays); err != nil {
		return err
	}
	if err := d.Remove(ctx, tx, goes); err != nil || len(joined) == 0 {
		return err
	}
	giving, err := tx.Group.Query().Where(group.IDIn(joined...), group.GivesRole(true)).All(ctx)
	if err != nil {
		return err
	}
	return d.followRoles(ctx, tx, giving, &MemberDelta{Added: []uuid.UUID{stays.ID}})
}

// bothOf loads two people in the order of their ids, which every merge keeps to.
func (d *Directory) bothOf(ctx context.Context, tx *store.Tx, keep, remove uuid.UUID) (stays, goes *ent.User, err error) {
	first, second := &stays, &goes
	a, b := keep, remove
	if bytes.Compare(a[:], b[:]) > 0 {
		first, second, a, b = second, first, b, a
	}
	if *first, err = d.Person(ctx, tx, a); err != nil {
		return nil, nil, err
	}
	if *second, err = d.Person(ctx, tx, b); err != nil {
		return nil, nil, err
	}
	return stays, goes, nil
}

// fillFrom gives one person what it lacks and the other has. What only a
// directory says of a person goes to a local one alone.
func (d *Directory) fillFrom(ctx context.Context, tx *store.Tx, stays, goes *ent.User) error {
	was, err := profileOf(ctx, tx, stays)
	if err != nil {
		return err
	}
	other, err := profileOf(ctx, tx, goes)
	if err != nil {
		return err
	}
	next := *was
	for _, t := range other.texts() {
		if field := next.field(t.column); field != nil && *field == nil {
			*field = t.value
		}
	}
	next.Attributes = schema.Document{}
	if stays.ConnectionID == nil {
		maps.Copy(next.Attributes, other.Attributes)
		if next.ExternalID == nil {
			next.ExternalID = other.ExternalID
		}
	}
	delete(next.Attributes, "emails")
	maps.Copy(next.Attributes, was.Attributes)
	if len(next.Emails) == 0 && len(other.Emails) > 0 {
		next.Emails = other.Emails
		next.Attributes["emails"] = other.Attributes["emails"]
	}
	return d.rewrite(ctx, tx, stays, was, &next, referencesFrom(tx, stays, goes))
}

// referencesFrom are the department and the manager that stays lacks. The one who
// goes is nobody's manager.
func referencesFrom(tx *store.Tx, stays, goes *ent.User) (r references) {
	if stays.DepartmentID == nil && goes.DepartmentID != nil {
		tx.Vouch(*goes.DepartmentID)
		d := nullable(goes.DepartmentID)
		r.department = &d
	}
	if stays.ManagerValue != nil || stays.ManagerID != nil && *stays.ManagerID != goes.ID {
		return r
	}
	m := nullable(goes.ManagerID)
	if m.UUID == stays.ID {
		m = uuid.NullUUID{}
	}
	if m != nullable(stays.ManagerID) {
		tx.Vouch(m.UUID)
		r.manager = &m
	}
	return r
}

// moveReports gives those who report to one person to another.
func moveReports(ctx context.Context, tx *store.Tx, from, to uuid.UUID) error {
	reports, err := tx.User.Query().Where(user.ManagerID(from), user.IDNEQ(to), user.DeletedAtIsNil()).Order(user.ByID()).All(ctx)
	if err != nil {
		return err
	}
	for _, r := range reports {
		if err := tx.UpdateUser(ctx, r, func(m *ent.UserMutation) error { m.SetManagerID(to); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// moveMemberships makes a person a member of the groups of another, where those
// take it. The other leaves them when it is removed, which makes the groups' new
// version.
func moveMemberships(ctx context.Context, tx *store.Tx, from, to *ent.User) (joined []uuid.UUID, err error) {
	whose, args := "g.connection_id IS NULL", []any{to.ID, tx.Now(), from.OrgID, from.ID}
	if to.ConnectionID != nil {
		whose, args = "(g.connection_id IS NULL OR g.connection_id = ?)", append(args, *to.ConnectionID)
	}
	joined, err = collectIDs(tx.Query(ctx, `INSERT INTO memberships (org_id, group_id, user_id, created_at)
		SELECT m.org_id, m.group_id, ?, ? FROM memberships m JOIN groups g ON g.id = m.group_id
		WHERE m.org_id = ? AND m.user_id = ? AND `+whose+`
		ON CONFLICT (group_id, user_id) DO NOTHING RETURNING group_id`, args...))
	for _, g := range joined {
		tx.NoteMembers(g, []uuid.UUID{to.ID}, nil)
	}
	return joined, err
}
