package directory

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/domain"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Account is an account at an identity provider whose owner has just proved to be
// there. Issuer, tenant and subject never change and say who it is; everything
// else may be changed by its owner or by somebody at the provider, and never finds
// a person by itself.
type Account struct {
	Issuer, Tenant, Subject string
	// ExternalID is what SCIM's externalId has to say of the same person: the object
	// id for Entra.
	ExternalID            string
	Name, UserName, Email string
	// Home says that the account is a member's own of the provider's tenant, which
	// gives it its names; EmailProved that the provider vouches for Email. Without
	// either, its owner may have written whatever names.
	Home, EmailProved bool
}

// The reasons of a Verdict without a person.
const (
	AccountUnknown     = "not_provisioned" // nobody here is it
	AccountCandidate   = "candidate"       // somebody may be it: an administrator decides
	AccountDeactivated = "deactivated"     // somebody is it, and is locked out
	AccountRefused     = "refused"         // an administrator has decided that it is nobody
	AccountUnvouched   = "unvouched"       // somebody is it who may do more than learn, and no owner has vouched for the connection
)

// The ways in which an account became a person's.
const (
	LinkedByExternalID = "external_id"
	LinkedByName       = "name"
	LinkedByApproval   = "approved"
	LinkedByOwner      = "approved_by_owner" // somebody who may give roles has approved it
	LinkedByCreation   = "created"
)

// Verdict is whose an account is.
type Verdict struct {
	User     *ent.User     // who is signed in; nil when nobody is
	Identity *ent.Identity // nil while the account is nobody's
	// How says how an account that was nobody's becomes the user's: one of the Linked
	// constants, "" when it was already.
	How       string
	Reason    string // why there is no user
	Candidate *ent.User
	Why       string // the same as a sentence for the administrator

	stale *ent.Identity // the account was that of somebody who is deleted, or may be no more
}

// Judge says whose an account is, by the table in docs/sign-in.md, and changes
// nothing.
func (d *Directory) Judge(ctx context.Context, read *ent.Client, on *ent.SignOn, a Account) (*Verdict, error) {
	a = a.cleaned()
	known, err := read.Identity.Query().Where(accountIs(on.ConnectionID, a)...).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, err
	}
	if known != nil {
		u, err := read.User.Query().Where(user.ID(known.UserID), user.DeletedAtIsNil()).Only(ctx)
		if err == nil {
			return d.judgeKnown(ctx, read, on, u, known)
		}
		if !ent.IsNotFound(err) {
			return nil, err
		}
	}
	v, err := d.judgeUnknown(ctx, read, on, a)
	if err == nil {
		v.stale = known
	}
	return v, err
}

// judgeKnown is for an account that is somebody's. One that is not proved to be theirs
// signs in a learner, and waits for an owner before a group makes more of the person.
func (d *Directory) judgeKnown(ctx context.Context, read *ent.Client, on *ent.SignOn, u *ent.User, known *ent.Identity) (*Verdict, error) {
	v := admitted(on, u, known, "", "The account is known as "+u.UserName+"’s.")
	if v.User == nil || !on.Settings.Vouched || !unproved(known) {
		return v, nil
	}
	fits, err := fitting(ctx, read, on.Settings.Roles, u.ID, func(string) []string { return nil })
	if err != nil || !isMore(roleOf(fits), u.Role) {
		return v, err
	}
	return &Verdict{Reason: AccountCandidate, Candidate: u, stale: known, Why: "A group gives " + u.UserName + " the role " + string(roleOf(fits)) +
		", and the account was linked while that person was a learner: an owner has to approve it."}, nil
}

// judgeUnknown is for an account that is nobody's yet.
func (d *Directory) judgeUnknown(ctx context.Context, read *ent.Client, on *ent.SignOn, a Account) (*Verdict, error) {
	if pending, err := read.PendingLink.Query().Where(pendingIs(on.ConnectionID, a)...).Only(ctx); err == nil && pending.Status == "REFUSED" {
		return &Verdict{Reason: AccountRefused, Why: "An administrator has refused this account."}, nil
	} else if err != nil && !ent.IsNotFound(err) {
		return nil, err
	}
	u, err := provisionedAs(ctx, read, on, a)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return d.judgeStranger(ctx, read, on, a)
	}
	other, err := read.Identity.Query().Where(identity.UserID(u.ID), identity.ConnectionID(on.ConnectionID)).Exist(ctx)
	if err != nil {
		return nil, err
	}
	if other {
		return &Verdict{Reason: AccountCandidate, Candidate: u, Why: u.UserName + " has the same externalId, but signs in with another account already."}, nil
	}
	return admitted(on, u, nil, LinkedByExternalID, "The directory provisions "+u.UserName+" with the same externalId."), nil
}

func admitted(on *ent.SignOn, u *ent.User, known *ent.Identity, how, why string) *Verdict {
	if u.Role != user.RoleLEARNER && !on.Settings.Vouched {
		return &Verdict{Reason: AccountUnvouched, Candidate: u, Why: why + " " + u.UserName + " has the role " + string(u.Role) +
			" here, and no owner has saved the connection’s single sign-on as it stands: an owner has to look at it and save it."}
	}
	if !u.Active {
		return &Verdict{Reason: AccountDeactivated, Identity: known, Candidate: u, Why: why + " " + u.UserName + " is deactivated here."}
	}
	return &Verdict{User: u, Identity: known, How: how, Why: why}
}

// provisionedAs is the one person whom the connection has sent under the account's
// externalId, nil when there is none.
func provisionedAs(ctx context.Context, read *ent.Client, on *ent.SignOn, a Account) (*ent.User, error) {
	if a.ExternalID == "" {
		return nil, nil
	}
	found, err := read.User.Query().Where(user.ExternalID(a.ExternalID), user.ConnectionID(on.ConnectionID), user.DeletedAtIsNil()).Limit(2).All(ctx)
	if err != nil || len(found) != 1 {
		return nil, err
	}
	return found[0], nil
}

// judgeStranger looks for somebody who has the account's names, which proves
// nothing by itself.
func (d *Directory) judgeStranger(ctx context.Context, read *ent.Client, on *ent.SignOn, a Account) (*Verdict, error) {
	candidates, err := namedLike(ctx, read, on, a)
	if err != nil {
		return nil, err
	}
	if len(candidates) == 0 {
		if !on.Settings.Create {
			return &Verdict{Reason: AccountUnknown, Why: "Nobody here has this account’s externalId, user name or e-mail address."}, nil
		}
		if why, err := d.mayNotCreate(ctx, read, on, a); err != nil || why != "" {
			return &Verdict{Reason: AccountUnknown, Why: why}, err
		}
		return &Verdict{How: LinkedByCreation, Why: "Nobody here has this account’s names, so a person is made."}, nil
	}
	v := &Verdict{Reason: AccountCandidate, Candidate: candidates[0]}
	if v.Why, err = d.mayNotLinkByName(ctx, read, on, a, candidates); err != nil || v.Why != "" {
		return v, err
	}
	return admitted(on, candidates[0], nil, LinkedByName, candidates[0].UserName+" has the account’s name, in a proved domain, within the time for it."), nil
}

// namedLike are the people of the connection and the local ones whose user name or
// e-mail address the account names. At most ten.
func namedLike(ctx context.Context, read *ent.Client, on *ent.SignOn, a Account) ([]*ent.User, error) {
	var keys []string
	for _, name := range []string{a.UserName, a.Email} {
		if name != "" && len(name) <= maxEmail && !slices.Contains(keys, store.Fold(name)) {
			keys = append(keys, store.Fold(name))
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	mine := user.Or(user.ConnectionID(on.ConnectionID), user.ConnectionIDIsNil())
	byName, err := read.User.Query().Where(user.UserNameKeyIn(keys...), mine, user.DeletedAtIsNil()).Order(user.ByID()).Limit(10).All(ctx)
	if err != nil {
		return nil, err
	}
	owners, err := read.Email.Query().Where(email.ValueKeyIn(keys...)).Limit(10).All(ctx)
	if err != nil || len(owners) == 0 {
		return byName, err
	}
	var ids []uuid.UUID
	for _, e := range owners {
		if !slices.ContainsFunc(byName, func(u *ent.User) bool { return u.ID == e.UserID }) {
			ids = append(ids, e.UserID)
		}
	}
	byAddress, err := read.User.Query().Where(user.IDIn(ids...), mine, user.DeletedAtIsNil()).Order(user.ByID()).Limit(10).All(ctx)
	return append(byName, byAddress...), err
}

// mayNotLinkByName is why an account may not become somebody's by its name alone;
// "" when it may.
func (d *Directory) mayNotLinkByName(ctx context.Context, read *ent.Client, on *ent.SignOn, a Account, candidates []*ent.User) (string, error) {
	u := candidates[0]
	until := on.Settings.LinkUntil
	switch {
	case len(candidates) > 1:
		return "Several people here have this account’s user name or e-mail address.", nil
	case until == nil || !d.store.Now().Before(*until):
		return onlyTheName(on, u), nil
	case on.ConnectionID == value(u.ConnectionID) && isKey(u.ExternalID, a):
		return "The directory says that " + u.UserName + " is another account: its externalId is another.", nil
	case !a.Home && !a.EmailProved:
		return notVouched, nil
	}
	if more, err := mayBecomeMore(ctx, read, u); err != nil {
		return "", err
	} else if more {
		return u.UserName + " has a role, or is in a group that gives one, which no account gets by its name.", nil
	}
	linked, err := read.Identity.Query().Where(identity.UserID(u.ID)).Exist(ctx)
	if err != nil {
		return "", err
	}
	if linked {
		return u.UserName + " signs in with another account already.", nil
	}
	names := []string{a.Email}
	if a.Home {
		names = append(names, a.UserName)
	}
	for _, name := range names {
		proved, err := d.isProved(ctx, read, on.ConnectionID, name)
		if err != nil {
			return "", err
		}
		if !proved {
			continue
		}
		if theirs, err := isNamed(ctx, read, u, name); err != nil || theirs {
			return "", err
		}
	}
	return "The address’s domain is not proved to be this organization’s.", nil
}

const notVouched = "The account may be a guest’s, and the provider doesn’t vouch for its address (xms_edov at Entra, email_verified elsewhere)."

// onlyTheName is what an administrator should know of somebody who has an account's
// name and nothing else of it.
func onlyTheName(on *ent.SignOn, u *ent.User) string {
	why := u.UserName + " has the account’s name, which can be changed and proves nothing. "
	if on.ConnectionID == value(u.ConnectionID) {
		return why + "The directory has sent another externalId, or none, for them. Map the object id to externalId at the provider, and people are known at once."
	}
	return why + "No directory has sent an id for them that could tell: ask them, or compare the id."
}

// isNamed says whether a person has a user name or an e-mail address.
func isNamed(ctx context.Context, read *ent.Client, u *ent.User, name string) (bool, error) {
	key := store.Fold(name)
	if store.Fold(u.UserName) == key {
		return true, nil
	}
	return read.Email.Query().Where(email.UserID(u.ID), email.ValueKey(key)).Exist(ctx)
}

// mayNotCreate is why no person is made for an account; "" when one may be.
func (d *Directory) mayNotCreate(ctx context.Context, read *ent.Client, on *ent.SignOn, a Account) (string, error) {
	provisioned, err := scimIsOn(ctx, read, on.ConnectionID, d.store.Now())
	switch {
	case err != nil:
		return "", err
	case provisioned:
		return "The directory provisions people through this connection, so nobody is made at sign-in.", nil
	case a.Email == "" || !strings.Contains(a.Email, "@"):
		return "The account comes without an e-mail address, so nobody can be made of it.", nil
	case !a.Home && !a.EmailProved:
		return notVouched, nil
	}
	proved, err := d.isProved(ctx, read, on.ConnectionID, a.Email)
	if err != nil || proved {
		return "", err
	}
	return "The address’s domain is not proved to be this organization’s, so nobody is made at sign-in.", nil
}

func value(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

// isKey says whether an externalId can be compared with an account's key: at Entra
// it is an object id. A mail nickname, which is Entra's default, says nothing.
func isKey(externalID *string, a Account) bool {
	if externalID == nil || *externalID == "" {
		return false
	}
	_, err := uuid.Parse(*externalID)
	return a.Tenant == "" || err == nil
}

// isProved says whether an address lies in a domain that the organization has
// proved to be its own, and that leads to no other connection. A subdomain is
// another domain.
func (d *Directory) isProved(ctx context.Context, read *ent.Client, connection uuid.UUID, address string) (bool, error) {
	local, name, ok := strings.Cut(address, "@")
	if !ok || local == "" || strings.Contains(name, "@") || strings.TrimSpace(address) != address {
		return false, nil
	}
	canonical := canonicalDomain(name)
	if canonical == "" || strings.HasSuffix(name, ".") {
		return false, nil
	}
	return read.Domain.Query().Where(domain.Proved(canonical), domain.Or(domain.ConnectionIDIsNil(), domain.ConnectionID(connection))).Exist(ctx)
}

func accountIs(connection uuid.UUID, a Account) []predicate.Identity {
	return []predicate.Identity{identity.ConnectionID(connection), identity.Issuer(a.Issuer), identity.Tenant(a.Tenant), identity.Subject(a.Subject)}
}

func pendingIs(connection uuid.UUID, a Account) []predicate.PendingLink {
	return []predicate.PendingLink{func(s *sql.Selector) {
		s.Where(sql.And(sql.EQ(s.C("connection_id"), connection), sql.EQ(s.C("issuer"), a.Issuer), sql.EQ(s.C("tenant"), a.Tenant), sql.EQ(s.C("subject"), a.Subject)))
	}}
}

// maxSubject is how long the parts of an account's key may be, in bytes.
const maxSubject = 500

// check refuses an account without a key.
func (a Account) check() error {
	for _, part := range []string{a.Issuer, a.Subject} {
		if part == "" || len(part) > maxSubject || !isText(part) {
			return fault.New(fault.Invalid, "the provider's answer does not say whose account it is")
		}
	}
	if len(a.Tenant) > maxSubject || !isText(a.Tenant) {
		return fault.New(fault.Invalid, "the provider's answer does not say whose account it is")
	}
	return nil
}

// cleaned drops names that can't be anybody's: with control characters, or with
// marks that turn the direction of writing, which would make one look like another.
func (a Account) cleaned() Account {
	for _, name := range []*string{&a.UserName, &a.Email, &a.ExternalID, &a.Name} {
		if !isText(*name) {
			*name = ""
		}
	}
	return a
}

func isText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x2069 || r == 0xfeff
	})
}

// IdentityOf is the account that somebody signs in with, nil when there is none.
// Errors: none but the store's.
func (d *Directory) IdentityOf(ctx context.Context, connection uuid.UUID, issuer, tenant, subject string) (*ent.Identity, error) {
	i, err := d.store.Read().Identity.Query().Where(accountIs(connection, Account{Issuer: issuer, Tenant: tenant, Subject: subject})...).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return i, err
}
