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
// with an administrative role has that account. So a connection may not; it may
// deactivate and delete such a person, for leavers must be out.

// keepIdentity refuses to let a connection give another identity to somebody who may
// do more than learn. Errors: fault.Conflict.
func keepIdentity(u *ent.User, was, next *Profile) error {
	if !mayDoMore(u) {
		return nil
	}
	what := ""
	switch {
	case store.Fold(was.UserName) != store.Fold(next.UserName):
		what = "user name"
	case next.ExternalID != nil && !equalText(was.ExternalID, next.ExternalID):
		what = "externalId"
	case gainsAddress(was, next):
		what = "e-mail address"
	default:
		return nil
	}
	return fault.New(fault.Conflict, "%s has the role %s here, and a directory can't give such an account another %s; an owner can take the role away until the directory has sent this again", u.UserName, u.Role, what)
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
func keepIdentityOf(ctx context.Context, tx *store.Tx, u *ent.User, next *Profile) error {
	if !mayDoMore(u) {
		return nil
	}
	was, err := profileOf(ctx, tx, u)
	if err != nil {
		return err
	}
	return keepIdentity(u, was, next)
}
