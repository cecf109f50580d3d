package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/token"
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

// Ends are the times at which, over all organizations that are not suspended, the
// first connection has no working secret of a kind any more; a time in the past where
// one hasn't now. The secret that lasts longest counts: an old one beside its
// successor is no worry. Kinds of which none ends are left out.
func (s *SignOns) Ends(ctx context.Context) (map[string]time.Time, error) {
	ctx = store.AcrossOrganizations(ctx)
	read := s.store.Read()
	suspended, err := read.Organization.Query().Where(organization.Or(organization.SuspendedAtNotNil(), organization.RehearsalOfNotNil())).IDs(ctx)
	if err != nil {
		return nil, err
	}
	left := ends{}
	ons, err := read.SignOn.Query().Where(signon.Enabled(true), signon.OrgIDNotIn(suspended...)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, on := range ons {
		for _, k := range on.Secrets {
			if isClientSecret(k) {
				left.note(EndsClientSecret, on.ID, k.ExpiresAt)
			} else {
				left.note(EndsSigningKey, on.ID, k.ExpiresAt)
			}
		}
		if c := lastPinned(on); c != nil {
			left.note(EndsProvider, on.ID, &c.NotAfter)
		}
	}
	tokens, err := read.Token.Query().Where(token.KindEQ(token.KindScim), token.ClientIDIsNil(), token.ConnectionIDNotNil(), token.RevokedAtIsNil(),
		token.OrgIDNotIn(suspended...)).Select(token.FieldConnectionID, token.FieldExpiresAt).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		left.note(EndsScimToken, *t.ConnectionID, t.ExpiresAt)
	}
	clients, err := read.ScimClient.Query().Where(scimclient.RevokedAtIsNil(), scimclient.OrgIDNotIn(suspended...)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range clients {
		left.ofClient(c)
	}
	return left.first(), nil
}

// ends is, by kind and owner, when the last of its secrets ends; nil for never.
type ends map[string]map[uuid.UUID]*time.Time

func (e ends) note(kind string, owner uuid.UUID, at *time.Time) {
	if e[kind] == nil {
		e[kind] = map[uuid.UUID]*time.Time{}
	}
	if was, known := e[kind][owner]; !known || was != nil && (at == nil || at.After(*was)) {
		e[kind][owner] = at
	}
}

// ofClient leaves out a client that needs no secret, because its assertions are taken.
func (e ends) ofClient(c *ent.ScimClient) {
	for _, k := range c.Secrets {
		if c.Issuer == "" {
			e.note(EndsScimClientSecret, c.ID, k.ExpiresAt)
		}
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
