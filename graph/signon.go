package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/domain"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/pendinglink"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	maxWaiting = 200
	maxLinking = 90 * 24 * time.Hour
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
			AddedAt: k.AddedAt, ExpiresAt: k.ExpiresAt, WorkedAt: k.WorkedAt, RefusedAt: k.RefusedAt})
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

// configure sets the registration at the provider, and leaves alone for whom it is.
func (r *Resolver) configureSignOn(ctx context.Context, connection uuid.UUID, protocol signon.Protocol, next schema.SignOnSettings, secret *access.ClientSecret) (*SignOnPayload, error) {
	return r.signOnPayload(ctx, connection, func(ctx context.Context, tx *store.Tx) error {
		was, err := tx.SignOn.Query().Where(signon.ConnectionID(connection), store.Lock).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return err
		}
		settings := next
		if was != nil {
			settings.SubjectClaim, settings.Create, settings.LinkUntil, settings.Roles = was.Settings.SubjectClaim, was.Settings.Create, was.Settings.LinkUntil, was.Settings.Roles
		}
		_, err = r.signOns.ConfigureWith(ctx, tx, connection, protocol, settings, secret)
		return err
	})
}

// configureOIDC asks the provider before the transaction.
func (r *Resolver) configureOIDC(ctx context.Context, connection uuid.UUID, in OidcInput) (*ConfigureOidcPayload, error) {
	settings, err := access.CheckOIDC(schema.SignOnSettings{Tenant: worth(in.TenantID), Authority: worth(in.Authority), Issuer: worth(in.Issuer),
		ClientID: in.ClientID, Hybrid: isTrue(in.Hybrid), KeyCredential: isTrue(in.KeyCredential)})
	if err != nil {
		return nil, err
	}
	warning := ""
	if r.discover != nil {
		if warning, err = r.discover(ctx, settings); err != nil {
			return nil, err
		}
	}
	var secret *access.ClientSecret
	if in.Secret != nil {
		secret = &access.ClientSecret{Value: *in.Secret, Expires: in.SecretExpiresAt}
	}
	p, err := r.configureSignOn(ctx, connection, signon.ProtocolOIDC, settings, secret)
	if refusal, ok := errors.AsType[*fault.Error](err); ok && refusal.Field == "expires_at" {
		return nil, refusal.On("secret_expires_at")
	}
	if err != nil {
		return nil, err
	}
	warned := &ConfigureOidcPayload{Connection: p.Connection, Warnings: []string{}}
	if warning != "" {
		warned.Warnings = append(warned.Warnings, sentence(warning))
	}
	return warned, nil
}

// saml reads the settings of a SAML provider: from its metadata, where that is given,
// with what to watch about it, or from its parts.
func (r *Resolver) saml(ctx context.Context, in SamlInput) (s schema.SignOnSettings, warnings []string, err error) {
	if text, from := worth(in.Metadata), worth(in.MetadataURL); text != "" || from != "" {
		if s, warnings, err = r.importSAML(ctx, text, from); err != nil {
			return s, nil, err
		}
	} else {
		s = schema.SignOnSettings{EntityID: worth(in.EntityID), SignInURL: worth(in.SignInURL), SignOutURL: worth(in.SignOutURL)}
		for _, text := range in.Certificates {
			c := access.Certificate(text)
			if c == nil {
				return s, nil, fault.New(fault.Invalid, "this is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----").On("certificates")
			}
			s.Certificates = append(s.Certificates, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})))
		}
	}
	s.ProviderInitiated, s.LegacySHA1 = isTrue(in.ProviderInitiated), isTrue(in.LegacySha1)
	return s, warnings, nil
}

// configureSAML gives the connection a key too, the first time: requests are signed.
func (r *Resolver) configureSAML(ctx context.Context, connection uuid.UUID, in SamlInput) (*ConfigureSamlPayload, error) {
	settings, warnings, err := r.saml(ctx, in)
	if err != nil {
		return nil, err
	}
	p, err := r.configureSignOn(ctx, connection, signon.ProtocolSAML, settings, nil)
	if err != nil {
		return nil, err
	}
	on, err := requestOf(ctx).loader.signOnOf(ctx, connection)
	if err == nil && on != nil && len(on.Secrets) == 0 {
		p, err = r.addSigningKey(ctx, connection)
	}
	if err != nil {
		return nil, err
	}
	return &ConfigureSamlPayload{Connection: p.Connection, Warnings: append([]string{}, warnings...)}, nil
}

// addSigningKey makes a key before the transaction, and adds it.
func (r *Resolver) addSigningKey(ctx context.Context, connection uuid.UUID) (*SignOnPayload, error) {
	key, err := access.NewSigningKey()
	if err != nil {
		return nil, err
	}
	requestOf(ctx).loader.forget()
	return r.signOnPayload(ctx, connection, func(ctx context.Context, tx *store.Tx) error {
		_, err := r.signOns.AddKey(ctx, tx, connection, key)
		return err
	})
}

func worth(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func isTrue(b *bool) bool { return b != nil && *b }

// apply changes for whom people sign in, and what doesn't come from SAML metadata.
func (in *UpdateSignOnInput) apply(s *schema.SignOnSettings, protocol signon.Protocol, now time.Time) error {
	if protocol != signon.ProtocolSAML && (in.ProviderInitiated != nil || in.LegacySha1 != nil) {
		return fault.New(fault.Invalid, "this is a setting of SAML, and people sign in here by OpenID Connect").On("protocol")
	}
	if in.ProviderInitiated != nil {
		s.ProviderInitiated = *in.ProviderInitiated
	}
	if in.LegacySha1 != nil {
		s.LegacySHA1 = *in.LegacySha1
	}
	if name, set := in.SubjectClaim.ValueOK(); set {
		s.SubjectClaim = worth(name)
	}
	if in.CreatePeople != nil {
		s.Create = *in.CreatePeople
	}
	if until, set := in.LinkUntil.ValueOK(); set {
		if until != nil && (!until.After(now) || until.After(now.Add(maxLinking))) {
			return fault.New(fault.Invalid, "this has to end within 90 days from now").On("link_until")
		}
		s.LinkUntil = until
	}
	if in.Roles == nil {
		return nil
	}
	s.Roles = nil
	for _, r := range in.Roles {
		rule := schema.RoleRule{Claim: worth(r.Claim), Value: worth(r.Value), Role: string(r.Role)}
		if r.GroupID != nil {
			rule.Group = *r.GroupID
		}
		s.Roles = append(s.Roles, rule)
	}
	return nil
}

// updateSignOn changes the part of the settings that is no registration.
func (r *Resolver) updateSignOn(ctx context.Context, connection uuid.UUID, in UpdateSignOnInput) (*SignOnPayload, error) {
	return r.signOnPayload(ctx, connection, func(ctx context.Context, tx *store.Tx) error {
		was, err := tx.SignOn.Query().Where(signon.ConnectionID(connection), store.Lock).Only(ctx)
		if ent.IsNotFound(err) {
			return fault.New(fault.NotFound, "nobody can sign in through this connection; set single sign-on up first").Because(err)
		}
		if err != nil {
			return err
		}
		settings := was.Settings
		if err := in.apply(&settings, was.Protocol, tx.Now()); err != nil {
			return err
		}
		if err := groupsAreThere(ctx, tx, settings.Roles); err != nil {
			return err
		}
		_, err = r.signOns.Configure(ctx, tx, connection, was.Protocol, settings)
		return err
	})
}

func groupsAreThere(ctx context.Context, tx *store.Tx, rules []schema.RoleRule) error {
	for _, rule := range rules {
		if rule.Group == uuid.Nil {
			continue
		}
		if _, err := tx.Group.Get(ctx, rule.Group); ent.IsNotFound(err) {
			return fault.New(fault.Invalid, "there is no such group").On("roles")
		} else if err != nil {
			return err
		}
	}
	return nil
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

// accountsOf brings the accounts of people, the oldest in front.
func (l *loader) accountsOf(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID][]*ent.Identity, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.accounts, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().Identity.Query().Where(identity.UserIDIn(lacking...)).Order(identity.ByID()).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.accounts[id] = []*ent.Identity{}
		}
		for _, i := range found {
			l.accounts[i.UserID] = append(l.accounts[i.UserID], i)
		}
	}
	return picked(l.accounts, ids), nil
}

// unlinkAccount takes an account away and reads whose it was.
func (r *Resolver) unlinkAccount(ctx context.Context, id uuid.UUID) (*UserPayload, error) {
	i, err := r.store.Read().Identity.Query().Where(identity.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such account").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return r.changeUser(ctx, i.UserID, func(ctx context.Context, tx *store.Tx, _ uuid.UUID) error { return r.directory.Unlink(ctx, tx, id) })
}

// waitingAccounts are those that nobody has decided about, or those refused.
func (r *Resolver) waitingAccounts(ctx context.Context, refused bool) ([]*ent.PendingLink, error) {
	status := pendinglink.StatusWAITING
	if refused {
		status = pendinglink.StatusREFUSED
	}
	found, err := r.store.Read().PendingLink.Query().Where(pendinglink.StatusEQ(status)).Order(pendinglink.ByID(sql.OrderDesc())).Limit(maxWaiting).All(ctx)
	if err != nil {
		return nil, err
	}
	var people []uuid.UUID
	for _, p := range found {
		people = appendID(people, p.CandidateID)
	}
	_, err = requestOf(ctx).loader.peopleBy(ctx, people...)
	return found, err
}

// requireSSO sets the requirement, and who is excepted from it.
func (r *Resolver) requireSSO(ctx context.Context, required bool, breakGlass []uuid.UUID) (*OrganizationPayload, error) {
	return r.organizationPayload(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := r.directory.RequireSSO(ctx, tx, required, breakGlass)
		return err
	})
}

// domainPayload changes a domain.
func (r *Resolver) domainPayload(ctx context.Context, change func(context.Context, *store.Tx) (*ent.Domain, error)) (*DomainPayload, error) {
	var d *ent.Domain
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = change(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DomainPayload{Domain: d.Unwrap()}, nil
}

// domainRecords asks DNS what stands beside a claimed domain, before the
// transaction. A resolver that fails is an error for people.
func (r *Resolver) domainRecords(ctx context.Context, id uuid.UUID) ([]string, error) {
	d, err := r.store.Read().Domain.Query().Where(domain.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such domain").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return directory.RecordsOf(ctx, d.Name, r.lookupTXT)
}
