package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// What a person signs in by says who that person is: user name, e-mail addresses
// and the id that the directory has for them. Whoever may change it for an account
// that may do more than learn, or will at the next sign-in, has that account. So a
// connection may not, while the account is active. It may deactivate and delete such a
// person, for leavers must be out: whoever is inactive under another identity has no
// role to come back to.

// another is another identity of somebody who may do more, or become more.
type another struct {
	what   string      // that is another: "user name", say
	groups []uuid.UUID // that give a role and that the connection doesn't own
}

// keepIdentity says what a connection makes another of somebody who may do more than
// learn, or is in a group of others that gives a role, and who is left inactive; nil
// when the identity stays, or gives nobody anything. Errors: fault.Conflict when the
// account would be active.
func keepIdentity(ctx context.Context, tx *store.Tx, conn *ent.Connection, u *ent.User, was, next *Profile) (*another, error) {
	a := &another{}
	switch {
	case store.Fold(was.UserName) != store.Fold(next.UserName):
		a.what = "user name"
	case next.ExternalID != nil && !equalText(was.ExternalID, next.ExternalID):
		a.what = "externalId"
	case gainsAddress(was, next):
		a.what = "e-mail address"
	default:
		return nil, nil
	}
	giving, err := givenBy(ctx, tx, conn, u)
	if err != nil {
		return nil, err
	}
	const through = "What leaves the account inactive goes through, and takes the role away"
	switch {
	case !mayDoMore(u) && len(giving) == 0:
		return nil, nil
	case next.Active && mayDoMore(u):
		return nil, fault.New(fault.Conflict, "%s has the role %s here, and a directory can't give such an account another %s; an owner can take the role away until the directory has sent this again. "+through, u.UserName, u.Role, a.what)
	case next.Active:
		return nil, fault.New(fault.Conflict, "%s is in the group %s, which gives a role, and a directory can't give such an account another %s; an owner can take the person out of it until the directory has sent this again. "+through, u.UserName, giving[0].DisplayName, a.what)
	}
	for _, g := range giving {
		a.groups = append(a.groups, g.ID)
	}
	return a, nil
}

// givenBy are the groups of somebody that give more than a learner's role by a rule and
// that others than the connection fill: of its own it may say who is in them.
func givenBy(ctx context.Context, tx *store.Tx, conn *ent.Connection, u *ent.User) ([]*ent.Group, error) {
	marked, err := tx.Group.Query().Where(group.GivesRole(true), group.DeletedAtIsNil(), group.HasUsersWith(user.ID(u.ID)),
		group.Or(group.ConnectionIDIsNil(), group.ConnectionIDNEQ(conn.ID))).Order(group.ByID()).All(ctx)
	if err != nil || len(marked) == 0 {
		return nil, err
	}
	all, err := tx.SignOn.Query().All(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(marked, func(g *ent.Group) bool {
		return !slices.ContainsFunc(all, func(on *ent.SignOn) bool {
			return slices.ContainsFunc(on.Settings.Roles, func(r schema.RoleRule) bool { return r.Group == g.ID && r.Role != string(user.RoleLEARNER) })
		})
	}), nil
}

// loseRole ends what goes with the role that somebody has, or would get, when the
// identity becomes another. What a claim has said of the one who was is nothing that
// rules give the next one a role for.
func loseRole(ctx context.Context, tx *store.Tx, u *ent.User, a *another) error {
	if !u.Active && mayDoMore(u) { // else it is a deactivation first
		tx.Name(u.ID, "role_changed")
	}
	tx.NoteUpdate(ent.TypeUser, u.ID, nil, map[string]any{"reason": "the directory gave the account another " + a.what})
	if len(a.groups) > 0 {
		if err := leaveGroups(ctx, tx, u, a.groups...); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "UPDATE identities SET fits = NULL WHERE org_id = ? AND user_id = ? AND fits IS NOT NULL", u.OrgID, u.ID)
	return err
}

// mayDoMore says whether somebody may do more than learn.
func mayDoMore(u *ent.User) bool { return u.Role != user.RoleLEARNER }

// gainsAddress says whether next has an address, or a primary one, that was hasn't.
func gainsAddress(was, next *Profile) bool {
	had := map[string]bool{}
	for _, e := range was.Emails {
		had[store.Fold(e.Value)] = true
	}
	for _, e := range next.Emails {
		if !had[store.Fold(e.Value)] {
			return true
		}
	}
	old, primary := was.PrimaryEmail(), next.PrimaryEmail()
	return primary != nil && (old == nil || store.Fold(*old) != store.Fold(*primary))
}
