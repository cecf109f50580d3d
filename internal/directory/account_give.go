package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Whoever has somebody's account has all that the person may do, today and later. So
// whoever may not give roles gives accounts to learners alone who stay learners.

// mayGiveAccount says how an account becomes a person's that the actor gives. Errors:
// fault.Forbidden when the person may do more, or may come to, than the actor may give.
func mayGiveAccount(ctx context.Context, read *ent.Client, u *ent.User) (how string, err error) {
	if a, ok := actor.From(ctx); ok && a.May(changeRoles) {
		return LinkedByOwner, nil
	}
	more, err := mayBecomeMore(ctx, read, u)
	switch {
	case err != nil || !more:
		return LinkedByApproval, err
	case mayDoMore(u):
		return "", fault.New(fault.Forbidden, "%s has the role %s here; only an owner may say who signs in as that person", u.UserName, u.Role)
	}
	return "", fault.New(fault.Forbidden, "%s is in a group that gives a role; only an owner may say who signs in as that person", u.UserName)
}

// mayBecomeMore says whether somebody may do more than learn, or is in a group that
// gives a role at the next sign-in.
func mayBecomeMore(ctx context.Context, read *ent.Client, u *ent.User) (bool, error) {
	if mayDoMore(u) {
		return true, nil
	}
	return read.Group.Query().Where(group.GivesRole(true), group.DeletedAtIsNil(), group.HasUsersWith(user.ID(u.ID))).Exist(ctx)
}

// unproved says whether neither the directory nor somebody who may give roles has said
// that an account is its person's.
func unproved(i *ent.Identity) bool { return i.How != LinkedByExternalID && i.How != LinkedByOwner }

// untieProvisioned takes the accounts away that were somebody's because of an externalId
// that the directory has replaced: it says that the person is another account, and whoever
// has the first may be somebody else, or the one who made it say so. When it says the first
// again, they come back at the next sign-in. left says that the one before has left, so that
// the record is given on: then all accounts go, and the passkeys. It returns the role that
// the person is left with.
func untieProvisioned(ctx context.Context, tx *store.Tx, u *ent.User, left bool) (user.Role, error) {
	all, err := tx.Identity.Query().Where(identity.UserID(u.ID)).Order(identity.ByID()).All(ctx)
	if err != nil {
		return "", err
	}
	if left {
		err = removePasskeys(ctx, tx, u)
	} else {
		all = slices.DeleteFunc(all, func(i *ent.Identity) bool { return i.How != LinkedByExternalID })
	}
	if err != nil {
		return "", err
	}
	role := roleWithout(u, all...)
	if role != u.Role { // nothing goes on under the old one
		if err := endSessions(ctx, tx, u, uuid.Nil); err != nil {
			return "", err
		}
		if err := endLinks(ctx, tx, u); err != nil {
			return "", err
		}
	}
	return role, endAccounts(ctx, tx, all)
}

// untieUnproved takes the unproved accounts but one away from somebody who is about to
// do more.
func untieUnproved(ctx context.Context, tx *store.Tx, u *ent.User, but uuid.UUID) error {
	all, err := tx.Identity.Query().Where(identity.UserID(u.ID), identity.IDNEQ(but)).Order(identity.ByID()).All(ctx)
	if err != nil {
		return err
	}
	return endAccounts(ctx, tx, slices.DeleteFunc(all, func(i *ent.Identity) bool { return !unproved(i) }))
}

func endAccounts(ctx context.Context, tx *store.Tx, accounts []*ent.Identity) error {
	for _, i := range accounts {
		if err := endAccount(ctx, tx, i); err != nil {
			return err
		}
	}
	return nil
}

// untie takes an account away from its person, with the role that rules gave for it.
func untie(ctx context.Context, tx *store.Tx, i *ent.Identity) error {
	u, err := tx.User.Query().Where(user.ID(i.UserID), store.Lock).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return err
	}
	if u != nil {
		if err := takeRole(ctx, tx, u, i); err != nil {
			return err
		}
	}
	return endAccount(ctx, tx, i)
}

// endAccount removes an account and the sessions that began with it.
func endAccount(ctx context.Context, tx *store.Tx, i *ent.Identity) error {
	ended, err := collectIDs(tx.Query(ctx, "DELETE FROM sessions WHERE org_id = ? AND identity_id = ? RETURNING id", i.OrgID, i.ID))
	if err != nil {
		return err
	}
	for _, s := range ended {
		tx.Note(ent.TypeSession, s, "ended", nil)
	}
	if err := tx.Identity.DeleteOneID(i.ID).Exec(ctx); err != nil {
		return err
	}
	tx.Name(i.ID, "unlinked")
	return nil
}

// roleWithout is the role that somebody is left with when accounts go: what rules gave
// goes with the account that they gave it for, for nobody would take it back later.
// Owners stay owners.
func roleWithout(u *ent.User, accounts ...*ent.Identity) user.Role {
	for _, i := range accounts {
		if len(i.Fits) > 0 && u.Role != user.RoleOWNER && u.Role == roleOf(i.Fits) {
			return user.RoleLEARNER
		}
	}
	return u.Role
}

// takeRole brings somebody, who is locked, to roleWithout.
func takeRole(ctx context.Context, tx *store.Tx, u *ent.User, accounts ...*ent.Identity) error {
	role := roleWithout(u, accounts...)
	if role == u.Role {
		return nil
	}
	return changeRole(ctx, tx, u, role, uuid.Nil, uuid.Nil)
}

func setRole(m *ent.UserMutation, u *ent.User, role user.Role) {
	if role != u.Role {
		m.SetRole(role)
	}
}
