package directory

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// What a person signs in by says who that person is: user name, e-mail addresses
// and the id that the directory has for them. Whoever may change it for an account
// with an administrative role has that account. So a connection may not, while the
// account is active. It may deactivate and delete such a person, for leavers must be
// out: whoever is inactive under another identity has no role to come back to.

// keepIdentity says what a connection makes another of somebody who may do more than
// learn and is left inactive: "user name", say, with which the role is lost; "" when
// the identity stays. Errors: fault.Conflict when the account would be active.
func keepIdentity(u *ent.User, was, next *Profile) (another string, err error) {
	if !mayDoMore(u) {
		return "", nil
	}
	switch {
	case store.Fold(was.UserName) != store.Fold(next.UserName):
		another = "user name"
	case next.ExternalID != nil && !equalText(was.ExternalID, next.ExternalID):
		another = "externalId"
	case gainsAddress(was, next):
		another = "e-mail address"
	default:
		return "", nil
	}
	if next.Active {
		return "", fault.New(fault.Conflict, "%s has the role %s here, and a directory can't give such an account another %s; an owner can take the role away until the directory has sent this again. What leaves the account inactive goes through, and takes the role away", u.UserName, u.Role, another)
	}
	return another, nil
}

// loseRole ends what goes with the role that somebody loses with the identity. What a
// claim has said of the one who was is nothing that rules give the next one a role for.
func loseRole(ctx context.Context, tx *store.Tx, u *ent.User, another string) error {
	if !u.Active { // else it is a deactivation first
		tx.Name(u.ID, "role_changed")
	}
	tx.NoteUpdate(ent.TypeUser, u.ID, nil, map[string]any{"reason": "the directory gave the account another " + another})
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

// keepIdentityOf is keepIdentity for a person whose e-mail rows aren't loaded.
func keepIdentityOf(ctx context.Context, tx *store.Tx, u *ent.User, next *Profile) (another string, err error) {
	if !mayDoMore(u) {
		return "", nil
	}
	was, err := profileOf(ctx, tx, u)
	if err != nil {
		return "", err
	}
	return keepIdentity(u, was, next)
}
