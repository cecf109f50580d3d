package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// signOnOf is how people sign in through a connection, nil when that was never
// set up.
func (l *loader) signOnOf(ctx context.Context, connection uuid.UUID) (*SignOn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.signOns == nil {
		all, err := l.r.store.Read().SignOn.Query().All(ctx)
		if err != nil {
			return nil, err
		}
		l.signOns = map[uuid.UUID]*SignOn{}
		for _, on := range all {
			l.signOns[on.ConnectionID] = signOnView(on)
		}
	}
	return l.signOns[connection], nil
}

// signOnView is a SignOn without its secrets.
func signOnView(on *ent.SignOn) *SignOn {
	s := on.Settings
	v := &SignOn{Protocol: on.Protocol, Enabled: on.Enabled, Vouched: s.Vouched, UpdatedAt: on.UpdatedAt, Authority: filled(s.Authority), TenantID: filled(s.Tenant),
		Issuer: filled(s.Issuer), ClientID: filled(s.ClientID), Hybrid: s.Hybrid, KeyCredential: s.KeyCredential, EntityID: filled(s.EntityID),
		SignInURL: filled(s.SignInURL), SignOutURL: filled(s.SignOutURL), MetadataURL: filled(s.MetadataURL), Certificates: []*SignOnCertificate{},
		ProviderInitiated: s.ProviderInitiated, LegacySha1: s.LegacySHA1, SubjectClaim: filled(s.SubjectClaim), CreatePeople: s.Create,
		LinkUntil: s.LinkUntil, Roles: []*RoleRule{}, Secrets: []*SignOnSecret{}}
	for _, text := range s.Certificates {
		if c := access.Certificate(text); c != nil {
			sum := sha256.Sum256(c.Raw)
			v.Certificates = append(v.Certificates, &SignOnCertificate{Subject: c.Subject.String(), Fingerprint: hex.EncodeToString(sum[:]), NotBefore: c.NotBefore, NotAfter: c.NotAfter})
		}
	}
	for _, r := range s.Roles {
		rule := &RoleRule{Claim: filled(r.Claim), Value: filled(r.Value), Role: user.Role(r.Role)}
		if r.Group != uuid.Nil {
			rule.GroupID = &r.Group
		}
		v.Roles = append(v.Roles, rule)
	}
	for _, k := range on.Secrets {
		v.Secrets = append(v.Secrets, &SignOnSecret{ID: k.ID, Key: k.Use == access.UseSigningKey, Hint: k.Hint, Certificate: filled(k.Public),
			AddedAt: k.AddedAt, ExpiresAt: k.ExpiresAt, Needed: access.Needed(on, k), WorkedAt: k.WorkedAt, RefusedAt: k.RefusedAt})
	}
	return v
}

// signOnPayload changes how people sign in through a connection.
func (r *Resolver) signOnPayload(ctx context.Context, connection uuid.UUID, change func(context.Context, *store.Tx) error) (*SignOnPayload, error) {
	p, err := r.connectionPayload(ctx, func(ctx context.Context, tx *store.Tx) (uuid.UUID, error) { return connection, change(ctx, tx) })
	if err != nil {
		return nil, err
	}
	return &SignOnPayload{Connection: p.Connection}, nil
}

// signOnRemoval counts whom switching single sign-on off would concern.
func (r *Resolver) signOnRemoval(ctx context.Context, connection uuid.UUID) (*SignOnRemoval, error) {
	const people = "(SELECT count(DISTINCT user_id) FROM identities i WHERE i.org_id = c.org_id AND i.connection_id = c.id"
	rows, err := r.store.Query(ctx, "SELECT (SELECT count(*) FROM sessions s WHERE s.org_id = c.org_id AND s.connection_id = c.id AND s.expires_at > ?), "+
		people+"), "+people+" AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.org_id = i.org_id AND p.user_id = i.user_id)) "+
		"FROM connections c WHERE c.org_id = ? AND c.id = ?", r.store.Now(), requestOf(ctx).grant.Organization.ID, connection)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	n := &SignOnRemoval{}
	for rows.Next() {
		if err := rows.Scan(&n.Sessions, &n.People, &n.WithoutPasskey); err != nil {
			return nil, err
		}
	}
	return n, rows.Err()
}
