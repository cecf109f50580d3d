package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// maxMembers is how many people one change of a local group may name.
const maxMembers = 1000

// CreateLocalGroup makes a group that no connection owns. Errors: fault.Invalid
// and fault.Conflict on display_name: local groups differ in their names,
// compared without case; fault.NotFound on members for somebody who isn't there.
func (d *Directory) CreateLocalGroup(ctx context.Context, tx *store.Tx, name string, members []uuid.UUID) (*ent.Group, error) {
	name, err := checkName(group.FieldDisplayName, name)
	if err != nil {
		return nil, err
	}
	g, err := tx.Group.Create().SetID(schema.NewID()).SetDisplayName(name).Save(ctx)
	if err != nil || len(members) == 0 {
		return g, err
	}
	_, err = d.changeLocalMembers(ctx, tx, g, members, nil)
	return g, err
}

// RenameLocalGroup gives a local group another name. Errors: fault.NotFound,
// fault.Forbidden when a connection owns it, fault.Invalid and fault.Conflict on
// display_name.
func (d *Directory) RenameLocalGroup(ctx context.Context, tx *store.Tx, id uuid.UUID, name string) error {
	name, err := checkName(group.FieldDisplayName, name)
	if err != nil {
		return err
	}
	g, err := lockLocalGroup(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = d.UpdateGroup(ctx, tx, g, &GroupProfile{DisplayName: name, ExternalID: g.ExternalID, Attributes: g.Attributes}, false)
	return err
}

// ChangeLocalMembers puts people into a local group and takes others out. Who is
// in or out already stays so. Errors: fault.NotFound, also when one of the people
// isn't there; fault.Forbidden when a connection owns the group; fault.Invalid for
// more than 1000 people, or somebody who is to come and to go.
func (d *Directory) ChangeLocalMembers(ctx context.Context, tx *store.Tx, id uuid.UUID, add, remove []uuid.UUID) error {
	g, err := lockLocalGroup(ctx, tx, id)
	if err != nil {
		return err
	}
	changed, err := d.changeLocalMembers(ctx, tx, g, add, remove)
	if err != nil || !changed {
		return err
	}
	return tx.UpdateGroup(ctx, g, func(*ent.GroupMutation) error { return nil })
}

// RemoveLocalGroup deletes a local group; its people stay. Errors: fault.NotFound,
// fault.Forbidden when a connection owns it.
func (d *Directory) RemoveLocalGroup(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	g, err := lockLocalGroup(ctx, tx, id)
	if err != nil {
		return err
	}
	return d.RemoveGroup(ctx, tx, g)
}

func lockLocalGroup(ctx context.Context, tx *store.Tx, id uuid.UUID) (*ent.Group, error) {
	g, err := tx.Group.Query().Where(group.ID(id), group.DeletedAtIsNil(), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such group")
	}
	if err != nil || g.ConnectionID == nil {
		return g, err
	}
	owner, err := tx.Connection.Get(ctx, *g.ConnectionID)
	if err != nil {
		return nil, err
	}
	return nil, fault.New(fault.Forbidden, "the connection %s owns the group %s; change it in the directory there", owner.Name, g.DisplayName)
}

// changeLocalMembers changes the members of a locked group and says whether any
// came or went.
func (d *Directory) changeLocalMembers(ctx context.Context, tx *store.Tx, g *ent.Group, add, remove []uuid.UUID) (changed bool, err error) {
	all := slices.Concat(add, remove)
	if len(all) > maxMembers {
		return false, fault.New(fault.Invalid, "these are %d people and one request may name %d; send the others in further requests", len(all), maxMembers).On("members")
	}
	for _, id := range remove {
		if slices.Contains(add, id) {
			return false, fault.New(fault.Invalid, "%s is to be added and removed; name a person once", id).On("members")
		}
	}
	if err := d.lockPeople(ctx, tx, g.OrgID, all); err != nil {
		return false, err
	}
	delta, err := d.ChangeMembers(ctx, tx, g, MemberChange{AddMembers, texts(add)}, MemberChange{RemoveMembers, texts(remove)})
	return err == nil && len(delta.Added)+len(delta.Removed) > 0, err
}

// lockPeople keeps people from being deleted while the transaction lasts. Errors:
// fault.NotFound on members when one of them isn't there.
func (d *Directory) lockPeople(ctx context.Context, tx *store.Tx, org uuid.UUID, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	among, list := tx.In("id", ids)
	lock := ""
	if d.store.Postgres() {
		lock = " ORDER BY id FOR KEY SHARE"
	}
	found, err := collectIDs(tx.Query(ctx, "SELECT id FROM users WHERE org_id = ? AND deleted_at IS NULL AND "+among+lock, org, list))
	if err != nil {
		return err
	}
	there := make(map[uuid.UUID]bool, len(found))
	for _, id := range found {
		there[id] = true
	}
	for _, id := range ids {
		if !there[id] {
			return fault.New(fault.NotFound, "there is no person with the id %s; nothing was changed", id).On("members")
		}
	}
	return nil
}

func texts(ids []uuid.UUID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}
