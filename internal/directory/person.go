package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// changePeople is the scope of those who may change people.
const changePeople = "users:write"

// changeRoles is the scope of those who may give roles, and touch an owner.
const changeRoles = "roles:write"

// Person returns a person whom the actor may change, locked. Errors:
// fault.NotFound, and fault.Forbidden when it is an owner and the actor may not
// change roles.
func (d *Directory) Person(ctx context.Context, tx *store.Tx, id uuid.UUID) (*ent.User, error) {
	u, err := tx.User.Query().Where(user.ID(id), user.DeletedAtIsNil(), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such person").Because(err)
	}
	if err != nil {
		return nil, err
	}
	tx.Vouch(u.ID)
	return u, mayTouch(ctx, u)
}

// mayTouch keeps owners to those who may change roles: whoever may not could
// otherwise lock out, or become, somebody who may do more.
func mayTouch(ctx context.Context, u *ent.User) error {
	if a, ok := actor.From(ctx); u.Role != user.RoleOWNER || ok && a.May(changeRoles) {
		return nil
	}
	return fault.New(fault.Forbidden, "%s is an owner; only an owner may do this", u.UserName)
}

// Deactivate locks a person out; one who is locked out stays so. The directory
// may let somebody whom it provisions in again. Errors: those of Person, and
// fault.Conflict for the last active owner.
func (d *Directory) Deactivate(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	return d.setActive(ctx, tx, id, false)
}

// Reactivate lets a person in again. Errors: those of Person.
func (d *Directory) Reactivate(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	return d.setActive(ctx, tx, id, true)
}

func (d *Directory) setActive(ctx context.Context, tx *store.Tx, id uuid.UUID, active bool) error {
	u, err := d.Person(ctx, tx, id)
	if err != nil || u.Active == active {
		return err
	}
	if err := switchActive(ctx, tx, u, active, false); err != nil {
		return err
	}
	return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error { m.SetActive(active); return nil })
}

// Delete is Remove by hand. A person whom the directory provisions comes as a new
// one when it sends it again. Errors: those of Person, and fault.Conflict for the
// last active owner.
func (d *Directory) Delete(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	u, err := d.Person(ctx, tx, id)
	if err != nil {
		return err
	}
	return d.Remove(ctx, tx, u)
}

// ranks are the roles, the one that may do least in front.
var ranks = []user.Role{user.RoleLEARNER, user.RoleAUDITOR, user.RoleADMIN, user.RoleOWNER}

// isMore says whether one role may do more than another.
func isMore(role, than user.Role) bool { return slices.Index(ranks, role) > slices.Index(ranks, than) }

// ChangeRole gives a person another role. Sessions but the one that is spared,
// and links that nobody has used end: nothing goes on under the old role. When the new
// role may do more, passkeys go, and so do accounts for which only their names, or
// somebody who may not give roles, has spoken: nobody who once had a key to a learner
// becomes an owner with it. Personal tokens shrink with the role. Errors: those of Person, and
// fault.Conflict for the last active owner.
func (d *Directory) ChangeRole(ctx context.Context, tx *store.Tx, id uuid.UUID, role user.Role, spared uuid.UUID) error {
	u, err := d.Person(ctx, tx, id)
	if err != nil || u.Role == role {
		return err
	}
	return changeRole(ctx, tx, u, role, spared, uuid.Nil)
}

// changeRole is ChangeRole of somebody who is locked. account is the one that brings
// the role, and stays.
func changeRole(ctx context.Context, tx *store.Tx, u *ent.User, role user.Role, spared, account uuid.UUID) error {
	if err := keepAnOwner(ctx, tx, u, "demoted"); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, u, spared); err != nil {
		return err
	}
	if err := endLinks(ctx, tx, u); err != nil {
		return err
	}
	if isMore(role, u.Role) {
		if err := removePasskeys(ctx, tx, u); err != nil {
			return err
		}
		if err := untieUnproved(ctx, tx, u, account); err != nil {
			return err
		}
	}
	tx.Name(u.ID, "role_changed")
	return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error { m.SetRole(role); return nil })
}

// ApproveLinkOf is ApproveLink by id. Errors: those of Person, and
// fault.Precondition when no connection has asked.
func (d *Directory) ApproveLinkOf(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	u, err := d.Person(ctx, tx, id)
	if err != nil {
		return err
	}
	return approveLink(ctx, tx, u)
}

func approveLink(ctx context.Context, tx *store.Tx, u *ent.User) error {
	if u.LinkAskedBy == nil {
		return fault.New(fault.Precondition, "no connection has asked to take over %s", u.UserName)
	}
	if u.LinkApproved {
		return nil
	}
	tx.Name(u.ID, "link_approved")
	return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error { m.SetLinkApproved(true); return nil })
}
