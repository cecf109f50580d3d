package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signinlink"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// LinkLifetime is how long a sign-in link works.
const LinkLifetime = 15 * time.Minute

// CreateLink makes a link with which a person of the actor's organization signs
// in once, and ends the person's earlier ones. The secret can't be seen again.
// Errors: fault.NotFound, and fault.Conflict when the person may not come in.
func (a *Access) CreateLink(ctx context.Context, tx *store.Tx, person uuid.UUID) (secret string, l *ent.SignInLink, err error) {
	u, err := tx.User.Query().Where(user.ID(person), user.DeletedAtIsNil(), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return "", nil, fault.New(fault.NotFound, "there is no such person").Because(err)
	}
	if err != nil {
		return "", nil, err
	}
	if err := checkLinkMaker(ctx, u); err != nil {
		return "", nil, err
	}
	if !u.Active {
		return "", nil, fault.New(fault.Conflict, "%s is deactivated and can't sign in; reactivate the person first", u.UserName)
	}
	tx.Vouch(u.ID)
	if err := endLinks(ctx, tx, u.ID); err != nil {
		return "", nil, err
	}
	secret = draw(linkLetter)
	hash := hashOf(secret)
	l, err = tx.SignInLink.Create().SetUserID(u.ID).SetHash(hash[:]).SetExpiresAt(tx.Now().Add(LinkLifetime)).Save(ctx)
	return secret, l, err
}

// checkLinkMaker sees that nobody comes by a link to more than they may do: whoever
// makes one could use it.
func checkLinkMaker(ctx context.Context, u *ent.User) error {
	maker, _ := actor.From(ctx)
	for _, s := range ScopesOf(u.Role) {
		if !maker.May(s) {
			return fault.New(fault.Forbidden, "%s may do what you may not (%s); ask somebody who may to make the link", u.UserName, s)
		}
	}
	return nil
}

// LinkURL is the address of a sign-in link.
func LinkURL(publicURL, secret string) string { return publicURL + "/signin/link/" + secret }

// endLinks ends the links of a person that nobody has used.
func endLinks(ctx context.Context, tx *store.Tx, person uuid.UUID) error {
	earlier, err := tx.SignInLink.Query().Where(signinlink.UserID(person), signinlink.UsedAtIsNil(), store.Lock).All(ctx)
	if err != nil {
		return err
	}
	for _, l := range earlier {
		if err := tx.SignInLink.DeleteOneID(l.ID).Exec(ctx); err != nil {
			return err
		}
		tx.Name(l.ID, "ended")
	}
	return nil
}

// Link is what a sign-in link is good for.
type Link struct {
	User         *ent.User
	Organization *ent.Organization
}

// Link says whom a link would sign in, and leaves it as it is. Errors:
// fault.Unauthenticated, the same for every reason.
func (a *Access) Link(ctx context.Context, secret string) (*Link, error) {
	l, err := a.linkOf(ctx, secret)
	if err != nil {
		return nil, err
	}
	if reason := linkRefusal(l, a.store.Now()); reason != "" {
		return nil, refuseLink(l.OrgID, reason)
	}
	ctx = actor.InOrg(ctx, l.OrgID)
	u, err := a.store.Read().User.Query().Where(user.ID(l.UserID), user.DeletedAtIsNil()).Only(ctx)
	if ent.IsNotFound(err) || err == nil && !u.Active {
		return nil, refuseLink(l.OrgID, notAdmitted)
	}
	if err != nil {
		return nil, err
	}
	org, err := a.store.Read().Organization.Query().Where(organization.ID(l.OrgID)).Only(ctx)
	if err != nil {
		return nil, err
	}
	if org.SuspendedAt != nil {
		return nil, refuseLink(l.OrgID, notAdmitted)
	}
	return &Link{u, org}, nil
}

// RedeemLink signs in whom the link is for, exactly once however many try at the
// same time. Errors: fault.Unauthenticated, the same for a link that is used,
// expired or unknown, for a person who is not active, and for an organization
// that is suspended.
func (a *Access) RedeemLink(ctx context.Context, secret string, n NewSession) (sessionSecret string, u *ent.User, err error) {
	n.Method = session.MethodLINK
	found, err := a.linkOf(ctx, secret)
	if err != nil {
		return "", nil, err
	}
	err = a.store.Write(as(ctx, found.OrgID, found.UserID), func(ctx context.Context, tx *store.Tx) (err error) {
		var org *ent.Organization
		if u, org, err = enter(ctx, tx, found.UserID); err != nil { // before the link, as a deactivation does
			return err
		}
		if u == nil {
			return refuseLink(found.OrgID, notAdmitted)
		}
		l, err := tx.SignInLink.Query().Where(signinlink.ID(found.ID), store.Lock).Only(ctx)
		if ent.IsNotFound(err) {
			return refuseLink(found.OrgID, "link that has ended")
		}
		if err != nil {
			return err
		}
		if reason := linkRefusal(l, tx.Now()); reason != "" {
			return refuseLink(l.OrgID, reason)
		}
		if err := tx.SignInLink.UpdateOneID(l.ID).SetUsedAt(tx.Now()).Exec(ctx); err != nil {
			return err
		}
		tx.Name(l.ID, "redeemed")
		sessionSecret, _, err = startSession(ctx, tx, u, org, n)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	return sessionSecret, u.Unwrap(), nil
}

// linkOf finds a link by its secret.
func (a *Access) linkOf(ctx context.Context, secret string) (*ent.SignInLink, error) {
	if !shaped(secret, linkLetter) {
		return nil, refuseLink(uuid.Nil, "not a link: wrong shape or checksum")
	}
	hash := hashOf(secret)
	l, err := a.store.Read().SignInLink.Query().Where(signinlink.Hash(hash[:])).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return nil, refuseLink(uuid.Nil, "unknown link")
	}
	return l, err
}

const notAdmitted = "link of someone who may not come in"

// linkRefusal is why a link doesn't work, "" when it does.
func linkRefusal(l *ent.SignInLink, now time.Time) string {
	switch {
	case l.UsedAt != nil:
		return "link that was used"
	case !now.Before(l.ExpiresAt):
		return "expired link"
	}
	return ""
}

func refuseLink(org uuid.UUID, reason string) error {
	return fault.New(fault.Unauthenticated, "the link was used, has expired, or was replaced by a newer one").
		Because(&Refused{Reason: reason, Organization: org})
}
