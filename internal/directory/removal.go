package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// LeftPeople is what becomes of the people of a connection that is removed.
type LeftPeople int

// The ways of leaving people behind.
const (
	KeepPeople       LeftPeople = iota // they stay, as local people
	DeactivatePeople                   // they stay as local people, but are deactivated
	RemovePeople                       // they are deleted
)

// Removal says whom the removal of a connection concerns.
type Removal struct {
	ActiveUsers, InactiveUsers, Administrators, Groups, Tokens int
}

// Removals counts whom RemoveConnection would concern, for each connection of the
// actor's organization.
func (d *Directory) Removals(ctx context.Context) (map[uuid.UUID]Removal, error) {
	org, err := organizationOf(ctx)
	if err != nil {
		return nil, err
	}
	const owned = " WHERE org_id = c.org_id AND connection_id = c.id AND "
	const people = "(SELECT count(*) FROM users" + owned + "deleted_at IS NULL AND "
	rows, err := d.store.Query(ctx, "SELECT c.id, "+people+"active), "+people+"NOT active), "+people+"role IN ('OWNER', 'ADMIN')), "+
		"(SELECT count(*) FROM groups"+owned+"deleted_at IS NULL), "+
		"(SELECT count(*) FROM tokens"+owned+"client_id IS NULL AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)) FROM connections c WHERE c.org_id = ?",
		d.store.Now(), org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	all := map[uuid.UUID]Removal{}
	for rows.Next() {
		var id uuid.UUID
		var r Removal
		if err := rows.Scan(&id, &r.ActiveUsers, &r.InactiveUsers, &r.Administrators, &r.Groups, &r.Tokens); err != nil {
			return nil, err
		}
		all[id] = r
	}
	return all, rows.Err()
}

// Removed is how much the removal of a connection has touched.
type Removed struct{ Users, Groups, Tokens int }

// RemoveConnection removes a connection: its tokens are revoked, its people
// become local, are deactivated or deleted, and its groups become local, or are
// deleted with the people. It takes a constant number of statements, however many
// people there are, and some for each who loses a role that its rules gave; each
// leaves an Event. Whoever writes what the connection owns
// holds it (store.Held), so nothing comes in between. Errors: fault.NotFound; fault.Conflict
// when the last active owner would go; fault.Forbidden when somebody would
// deactivate or delete people who may not change people, or an owner who may not touch
// owners.
func (d *Directory) RemoveConnection(ctx context.Context, tx *store.Tx, id uuid.UUID, people LeftPeople) (*Removed, error) {
	if a, _ := actor.From(ctx); people != KeepPeople && !a.May(changePeople) {
		return nil, fault.New(fault.Forbidden, "this deactivates or deletes people, so it needs the scope %s; or keep the people", changePeople).On("people")
	}
	conn, err := lockConnection(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	r := &removal{d: d, tx: tx, conn: conn, people: people, done: new(Removed)}
	for _, step := range []func(context.Context) error{r.lockSignOn, r.lockPeople, r.keepOwners, r.takeRoles, r.revokeTokens, r.signOut, r.leaveGroups, r.leaveGroupsBehind,
		r.leavePeople, r.leaveReports, r.forgetRequests, r.forgetAttributes, r.forgetRehearsals, r.forgetSignOn} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return r.done, tx.Connection.DeleteOne(conn).Exec(ctx)
}

// removal is a RemoveConnection on its way.
type removal struct {
	d      *Directory
	tx     *store.Tx
	conn   *ent.Connection
	people LeftPeople
	ids    []uuid.UUID // of the people whom it owns
	active map[uuid.UUID]bool
	owners map[uuid.UUID]bool // owners of the organization among them, and whether they are active
	done   *Removed
}

// lockPeople takes the rows of everybody concerned, so that none of them changes
// or signs in meanwhile.
func (r *removal) lockPeople(ctx context.Context) error {
	rows, err := r.tx.Query(ctx, "SELECT id, active, role FROM users WHERE org_id = ? AND connection_id = ? AND deleted_at IS NULL ORDER BY id"+r.d.lock(),
		r.conn.OrgID, r.conn.ID)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	r.active, r.owners = map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for rows.Next() {
		var id uuid.UUID
		var active bool
		var role user.Role
		if err := rows.Scan(&id, &active, &role); err != nil {
			return err
		}
		r.ids = append(r.ids, id)
		if r.active[id] = active; role == user.RoleOWNER {
			r.owners[id] = active
		}
	}
	return rows.Err()
}

// keepOwners refuses to take the last active owner away, and leaves every owner,
// active or not, to other owners. The owners are locked, so that another can't
// leave at the same moment.
func (r *removal) keepOwners(ctx context.Context) error {
	if r.people == KeepPeople || len(r.owners) == 0 {
		return nil
	}
	if a, _ := actor.From(ctx); !a.May(changeRoles) {
		return fault.New(fault.Forbidden, "the connection %s owns an owner of the organization, whom only another owner may deactivate or delete", r.conn.Name)
	}
	all, err := r.tx.User.Query().Where(user.RoleEQ(user.RoleOWNER), user.Active(true), user.DeletedAtIsNil(), store.Lock).Order(user.ByID()).IDs(ctx)
	if err != nil {
		return err
	}
	staying := slices.DeleteFunc(slices.Clone(all), func(id uuid.UUID) bool { return r.owners[id] })
	switch {
	case len(staying) == len(all):
		return nil
	case len(staying) > 0:
		return r.keepBreakGlass(ctx, all, staying)
	}
	return fault.New(fault.Conflict, "the connection %s owns the last active owner of the organization, who can't be deactivated or deleted; make someone else an owner first, or keep its people", r.conn.Name)
}

// keepBreakGlass refuses to take away all who get in when single sign-on fails, where
// that is required.
func (r *removal) keepBreakGlass(ctx context.Context, owners, staying []uuid.UUID) error {
	org, err := r.tx.Organization.Query().Where(organization.ID(r.conn.OrgID)).Only(ctx)
	if err != nil || !org.Settings.RequireSSO {
		return err
	}
	named := func(id uuid.UUID) bool { return slices.Contains(org.Settings.BreakGlass, id) }
	if slices.ContainsFunc(staying, named) || !slices.ContainsFunc(owners, named) {
		return nil
	}
	return fault.New(fault.Conflict, "the connection %s owns the last owner who may sign in without the work account, who can't be deactivated or deleted; name another one in the settings first, or keep its people", r.conn.Name)
}

// revokeTokens leaves access tokens alone: they end with their clients.
func (r *removal) revokeTokens(ctx context.Context) error {
	ended, err := collectIDs(r.tx.Query(ctx, "UPDATE tokens SET revoked_at = ? WHERE org_id = ? AND connection_id = ? AND client_id IS NULL AND revoked_at IS NULL RETURNING id",
		r.tx.Now(), r.conn.OrgID, r.conn.ID))
	r.done.Tokens = len(ended)
	r.noteRevoked(ended)
	return err
}

func (r *removal) noteRevoked(tokens []uuid.UUID) {
	for _, id := range tokens {
		r.tx.NoteUpdate(ent.TypeToken, id, map[string]any{"revoked_at": nil}, map[string]any{"revoked_at": r.tx.Now()})
		r.tx.Name(id, "revoked")
	}
}

// signOut ends all that lets these people in, as a deactivation does for one.
func (r *removal) signOut(ctx context.Context) error {
	if r.people == KeepPeople || len(r.ids) == 0 {
		return nil
	}
	among, list := r.tx.In("user_id", r.ids)
	for _, t := range []struct{ entity, sql string }{
		{ent.TypeSession, "DELETE FROM sessions WHERE org_id = ? AND "},
		{ent.TypeSignInLink, "DELETE FROM sign_in_links WHERE org_id = ? AND used_at IS NULL AND "},
	} {
		ended, err := collectIDs(r.tx.Query(ctx, t.sql+among+" RETURNING id", r.conn.OrgID, list))
		if err != nil {
			return err
		}
		for _, id := range ended {
			r.tx.Note(t.entity, id, "ended", nil)
		}
	}
	revoked, err := collectIDs(r.tx.Query(ctx, "UPDATE tokens SET revoked_at = ? WHERE org_id = ? AND revoked_at IS NULL AND "+among+" RETURNING id",
		r.tx.Now(), r.conn.OrgID, list))
	r.noteRevoked(revoked)
	return err
}

// leaveGroups takes deleted people out of all groups; each group has changed.
func (r *removal) leaveGroups(ctx context.Context) error {
	if r.people != RemovePeople || len(r.ids) == 0 {
		return nil
	}
	among, list := r.tx.In("user_id", r.ids)
	if _, err := r.tx.Exec(ctx, `UPDATE groups SET version = version + 1, updated_at = ? WHERE org_id = ? AND id IN
		(SELECT group_id FROM memberships WHERE `+among+")", r.tx.Now(), r.conn.OrgID, list); err != nil {
		return err
	}
	rows, err := r.tx.Query(ctx, "DELETE FROM memberships WHERE org_id = ? AND "+among+" RETURNING group_id, user_id", r.conn.OrgID, list)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var of, member uuid.UUID
		if err := rows.Scan(&of, &member); err != nil {
			return err
		}
		r.tx.NoteMembers(of, nil, []uuid.UUID{member})
	}
	return rows.Err()
}

// leaveGroupsBehind makes the connection's groups local, or deletes them with its
// people.
func (r *removal) leaveGroupsBehind(ctx context.Context) error {
	set, verb, value := group.FieldConnectionID+" = NULL", "unlinked", []any{}
	if r.people == RemovePeople {
		set, verb, value = group.FieldDeletedAt+" = ?", "deleted", []any{r.tx.Now()}
	} else if err := r.makeNamesFree(ctx); err != nil {
		return err
	}
	ids, err := collectIDs(r.tx.Query(ctx, "UPDATE groups SET "+set+`, version = version + 1, updated_at = ?
		WHERE org_id = ? AND connection_id = ? AND deleted_at IS NULL RETURNING id`, append(value, r.tx.Now(), r.conn.OrgID, r.conn.ID)...))
	r.done.Groups = len(ids)
	before, after := r.difference()
	for _, id := range ids {
		r.tx.NoteUpdate(ent.TypeGroup, id, before, after)
		r.tx.Name(id, verb)
	}
	return err
}

// difference is what happens to everything that the connection owns.
func (r *removal) difference() (before, after map[string]any) {
	if r.people == RemovePeople {
		return map[string]any{"deleted_at": nil}, map[string]any{"deleted_at": r.tx.Now()}
	}
	return map[string]any{"connection_id": r.conn.ID}, map[string]any{"connection_id": nil}
}

func (r *removal) leavePeople(ctx context.Context) error {
	set, verb, value := user.FieldConnectionID+" = NULL", "unlinked", []any{}
	switch r.people {
	case DeactivatePeople:
		set += ", active = false"
	case RemovePeople:
		set, verb, value = "deleted_at = ?, active = false", "deleted", []any{r.tx.Now()}
	}
	left, err := collectIDs(r.tx.Query(ctx, "UPDATE users SET "+set+`, version = version + 1, updated_at = ?
		WHERE org_id = ? AND connection_id = ? AND deleted_at IS NULL RETURNING id`, append(value, r.tx.Now(), r.conn.OrgID, r.conn.ID)...))
	if err != nil {
		return err
	}
	r.done.Users = len(left)
	before, after := r.difference()
	for _, id := range left {
		r.tx.NoteUpdate(ent.TypeUser, id, before, after)
		r.tx.Name(id, verb)
		if r.people == KeepPeople || !r.active[id] {
			continue
		}
		r.tx.NoteUpdate(ent.TypeUser, id, map[string]any{user.FieldActive: true}, map[string]any{user.FieldActive: false})
		if r.people == DeactivatePeople {
			r.tx.Name(id, "deactivated")
		}
	}
	return nil
}

// leaveReports has those who report to deleted people wait for a manager again.
func (r *removal) leaveReports(ctx context.Context) error {
	if r.people != RemovePeople || len(r.ids) == 0 {
		return nil
	}
	among, list := r.tx.In(user.FieldManagerID, r.ids)
	return r.change(ctx, user.FieldManagerID, "manager_id = NULL", among, list)
}

// forgetRequests takes back what the connection has asked for: local people whom
// it wanted to take over.
func (r *removal) forgetRequests(ctx context.Context) error {
	return r.change(ctx, user.FieldLinkAskedBy, "link_asked_by = NULL, link_approved = false", "link_asked_by = ?", r.conn.ID)
}

// change empties a column of people, and notes what was in it.
func (r *removal) change(ctx context.Context, column, set, whose string, arg any) error {
	rows, err := r.tx.Query(ctx, "SELECT id, "+column+" FROM users WHERE org_id = ? AND "+whose+" ORDER BY id"+r.d.lock(), r.conn.OrgID, arg)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	found := 0
	for rows.Next() {
		var id, was uuid.UUID
		if err := rows.Scan(&id, &was); err != nil {
			return err
		}
		found++
		r.tx.NoteUpdate(ent.TypeUser, id, map[string]any{column: was}, map[string]any{column: nil})
	}
	if err := rows.Err(); err != nil || found == 0 {
		return err
	}
	_, err = r.tx.Exec(ctx, "UPDATE users SET "+set+", version = version + 1, updated_at = ? WHERE org_id = ? AND "+whose,
		r.tx.Now(), r.conn.OrgID, arg)
	return err
}

func (r *removal) forgetAttributes(ctx context.Context) error {
	_, err := r.tx.Attribute.Delete().Where(attribute.ConnectionID(r.conn.ID)).Exec(ctx)
	return err
}

func (r *removal) forgetRehearsals(ctx context.Context) error {
	return forgetRehearsals(ctx, r.tx, r.conn, 0)
}
