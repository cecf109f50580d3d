package access

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
)

// Recheck asks the database whether a grant still holds, for doors that go on
// for long under it. It doesn't count as a use. Errors: fault.Unauthenticated.
func (a *Access) Recheck(ctx context.Context, g *Grant) error {
	now := a.store.Now()
	if g.Session == nil {
		fresh, err := a.grants.load(ctx, a.store.Read(), hash(g.Token.Hash))
		switch {
		case err != nil:
			return err
		case fresh == nil:
			return refuse(g.refused("unknown token"))
		}
		if reason := fresh.refusal(g.Token.Kind, now); reason != "" {
			return refuse(g.refused(reason))
		}
		return sameRole(g, fresh)
	}
	read := a.store.Read()
	within := actor.InOrg(ctx, g.Session.OrgID)
	fresh := &Grant{}
	var err error
	if fresh.Session, err = read.Session.Query().Where(session.ID(g.Session.ID)).Only(within); err == nil {
		fresh.Organization, err = read.Organization.Query().Where(organization.ID(g.Session.OrgID)).Only(within)
	}
	if err == nil {
		fresh.User, err = read.User.Query().Where(user.ID(g.Session.UserID), user.DeletedAtIsNil()).Only(within)
	}
	if ent.IsNotFound(err) {
		return refuseSession(&Refused{Reason: "session has ended", Organization: g.Session.OrgID})
	}
	if err != nil {
		return err
	}
	if reason := fresh.sessionRefusal(a.uses.seenAt(fresh.Session), now); reason != "" {
		return refuseSession(&Refused{Reason: reason, Organization: g.Session.OrgID})
	}
	return sameRole(g, fresh)
}

// sameRole refuses a grant whose person has another role now: what was begun
// under the old one ends.
func sameRole(was, is *Grant) error {
	if was.User == nil || is.User != nil && was.User.Role == is.User.Role {
		return nil
	}
	return refuseSession(&Refused{Reason: "another role", Organization: was.User.OrgID})
}
