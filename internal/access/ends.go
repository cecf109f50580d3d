package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/store"
)

// The kinds of Ends, of which there is one figure each.
const (
	EndsClientSecret     = "sign_on_client"
	EndsSigningKey       = "sign_on_key"
	EndsProvider         = "sign_on_provider"
	EndsScimToken        = "scim_token"
	EndsScimClientSecret = "scim_client"
)

// EndKinds are all of them.
var EndKinds = []string{EndsClientSecret, EndsSigningKey, EndsProvider, EndsScimToken, EndsScimClientSecret}

// kindsOfUses are the kinds of what the server proves itself by.
var kindsOfUses = map[string]string{UseClientSecret: EndsClientSecret, UseSigningKey: EndsSigningKey}

// warnedOrganization are the conditions of an organization whose secrets matter: it is
// not suspended, and no rehearsal's copy.
var warnedOrganization = []predicate.Organization{organization.SuspendedAtIsNil(), organization.RehearsalOfIsNil()}

// Ends are the times at which, over all organizations that are not suspended, the
// first connection has no working secret of a kind any more; a time in the past where
// one hasn't now. The secret that lasts longest counts: an old one beside its
// successor is no worry. Kinds of which none ends are left out.
func (s *SignOns) Ends(ctx context.Context) (map[string]time.Time, error) {
	ctx = store.AcrossOrganizations(ctx)
	read := s.store.Read()
	excluded, err := read.Organization.Query().Where(organization.Not(organization.And(warnedOrganization...))).IDs(ctx)
	if err != nil {
		return nil, err
	}
	left := ends{}
	ons, err := read.SignOn.Query().Where(signon.Enabled(true), signon.OrgIDNotIn(excluded...)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, on := range ons {
		for _, k := range on.Secrets {
			if k.Use == proofOf(on) {
				left.note(kindsOfUses[k.Use], on.ID, k.ExpiresAt)
			}
		}
		if c := lastPinned(on); c != nil {
			left.note(EndsProvider, on.ID, &c.NotAfter)
		}
	}
	credentials, err := credentialsOf(ctx, read, excluded...)
	if err != nil {
		return nil, err
	}
	for _, c := range credentials {
		left.note(c.kind, c.owner, c.ends)
	}
	return left.first(), nil
}

// ends is, by kind and owner, when the last of its secrets ends.
type ends map[string]longest

func (e ends) note(kind string, owner uuid.UUID, at *time.Time) {
	if e[kind] == nil {
		e[kind] = longest{}
	}
	e[kind].note(owner, at)
}

// longest is, by owner, when the last of its secrets ends; nil for never.
type longest map[uuid.UUID]*time.Time

func (l longest) note(owner uuid.UUID, at *time.Time) {
	if was, known := l[owner]; !known || was != nil && (at == nil || at.After(*was)) {
		l[owner] = at
	}
}

func (e ends) first() map[string]time.Time {
	first := map[string]time.Time{}
	for kind, owners := range e {
		for _, at := range owners {
			if at == nil {
				continue
			}
			if was, known := first[kind]; !known || at.Before(was) {
				first[kind] = *at
			}
		}
	}
	return first
}
