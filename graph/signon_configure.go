package graph

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// maxLinking is how long people can be linked by name.
const maxLinking = 90 * 24 * time.Hour

// configureSignOn sets the registration at the provider, and leaves alone for whom it is.
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

// saml reads the settings of a SAML provider, from its metadata, where that is given, or
// from its parts, with what to watch about it.
func (r *Resolver) saml(ctx context.Context, in SamlInput) (s schema.SignOnSettings, warnings []string, err error) {
	if text, from := worth(in.Metadata), worth(in.MetadataURL); text != "" || from != "" {
		if s, warnings, err = r.importSAML(ctx, text, from); err != nil {
			return s, nil, err
		}
	} else {
		s = schema.SignOnSettings{EntityID: worth(in.EntityID), SignInURL: worth(in.SignInURL), SignOutURL: worth(in.SignOutURL)}
		if s.Certificates, warnings, err = r.pinSAML(in.Certificates); err != nil {
			return s, nil, err
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

func worth(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func isTrue(b *bool) bool { return b != nil && *b }
