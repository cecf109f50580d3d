package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/token"
)

// credential is something with which a directory gets in.
type credential struct {
	kind       string // EndsScimToken or EndsScimClientSecret
	connection uuid.UUID
	owner      uuid.UUID  // the connection of a token, the client of a secret
	ends       *time.Time // nil for never
	made       time.Time
	used       bool // a directory has come with it
}

// enterWithin is how long a credential that was never used counts: somebody is about to
// enter it at the provider. After that it may have been forgotten.
const enterWithin = 6 * time.Hour

// lets says whether a directory comes with it, or is about to.
func (c credential) lets(now time.Time) bool { return c.used || now.Sub(c.made) < enterWithin }

// credentialsOf are those that are not revoked, ended ones among them, of the actor's
// organization or, across organizations, of all but those that are excluded.
func credentialsOf(ctx context.Context, read *ent.Client, excluded ...uuid.UUID) (all []credential, err error) {
	tokens, err := read.Token.Query().Where(token.KindEQ(token.KindScim), token.ClientIDIsNil(), token.ConnectionIDNotNil(), token.RevokedAtIsNil(),
		token.OrgIDNotIn(excluded...)).Select(token.FieldConnectionID, token.FieldCreatedAt, token.FieldExpiresAt, token.FieldLastUsedAt).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		all = append(all, credential{EndsScimToken, *t.ConnectionID, *t.ConnectionID, t.ExpiresAt, t.CreatedAt, t.LastUsedAt != nil})
	}
	clients, err := read.ScimClient.Query().Where(scimclient.RevokedAtIsNil(), scimclient.OrgIDNotIn(excluded...)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range clients {
		if c.Issuer != "" { // its assertions are taken, whatever becomes of its secrets
			all = append(all, credential{EndsScimClientSecret, c.ConnectionID, c.ID, nil, c.UpdatedAt, c.LastUsedAt != nil})
		}
		for _, k := range c.Secrets {
			all = append(all, credential{EndsScimClientSecret, c.ConnectionID, c.ID, k.ExpiresAt, k.AddedAt, k.UsedAt != nil})
		}
	}
	return all, nil
}

// provisioned says whether a directory has ever got in through a connection. What
// clients got is forgotten soon; that they got it is not.
func provisioned(ctx context.Context, read *ent.Client, connection uuid.UUID) (bool, error) {
	used, err := read.Token.Query().Where(token.KindEQ(token.KindScim), token.ConnectionID(connection), token.LastUsedAtNotNil()).Exist(ctx)
	if used || err != nil {
		return used, err
	}
	return read.ScimClient.Query().Where(scimclient.ConnectionID(connection), scimclient.LastUsedAtNotNil()).Exist(ctx)
}

// CredentialsEnd is when the directory behind a connection is turned away: of the SCIM
// credentials with which it comes, or is about to, the one that lasts longest has ended.
type CredentialsEnd struct {
	At time.Time // UTC
	// Spare says that another one lasts longer, with which the directory has never come:
	// perhaps nobody has entered it there.
	Spare bool
}

// CredentialEnds are, by connection, those of the actor's organization. A connection
// through which nobody has come yet has none, nor has one whose credential never ends.
func (a *Access) CredentialEnds(ctx context.Context) (map[uuid.UUID]CredentialsEnd, error) {
	return credentialEnds(ctx, a.store.Read(), a.store.Now())
}

func credentialEnds(ctx context.Context, read *ent.Client, now time.Time) (map[uuid.UUID]CredentialsEnd, error) {
	credentials, err := credentialsOf(ctx, read)
	if err != nil {
		return nil, err
	}
	all, last, came := longest{}, longest{}, map[uuid.UUID]bool{}
	for _, c := range credentials {
		all.note(c.connection, c.ends)
		if c.lets(now) {
			last.note(c.connection, c.ends)
		}
		came[c.connection] = came[c.connection] || c.used
	}
	ends := map[uuid.UUID]CredentialsEnd{}
	for connection, furthest := range all {
		at, known := last[connection]
		if !known { // what was used is revoked
			at = furthest
		}
		if at == nil {
			continue
		}
		if !came[connection] {
			if came[connection], err = provisioned(ctx, read, connection); err != nil {
				return nil, err
			}
		}
		if came[connection] {
			ends[connection] = CredentialsEnd{at.UTC(), furthest == nil || furthest.After(*at)}
		}
	}
	return ends, nil
}
