package access

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Configure sets how people sign in through a connection of the actor's
// organization. It makes the SignOn, switched off, when there is none. Errors:
// fault.NotFound, fault.Invalid with the field at fault, fault.Conflict when
// people sign in through it by another protocol, or when it would end the only way
// of single sign-on of an organization that requires it.
func (s *SignOns) Configure(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, protocol signon.Protocol, settings schema.SignOnSettings) (*ent.SignOn, error) {
	return s.ConfigureWith(ctx, tx, connectionID, protocol, settings, nil)
}

// ConfigureWith is Configure with a client secret that is added in the same act, nil
// for none. Secrets were given to this server for one provider, who alone may see
// them: with another issuer those that were there are forgotten. Then, unless the new
// one has come along, nobody can sign in any more. Errors: also those of AddSecret.
func (s *SignOns) ConfigureWith(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, protocol signon.Protocol, settings schema.SignOnSettings, secret *ClientSecret) (*ent.SignOn, error) {
	c, err := tx.Connection.Query().Where(connection.ID(connectionID), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such connection").Because(err)
	}
	if err != nil {
		return nil, err
	}
	if err := checkSignOn(protocol, &settings); err != nil {
		return nil, err
	}
	who, _ := actor.From(ctx)
	settings.Vouched = who.May(giveRoles)
	if err := markGroups(ctx, tx, c.OrgID, settings.Roles); err != nil {
		return nil, err
	}
	on, err := tx.SignOn.Query().Where(signon.ConnectionID(c.ID), store.Lock).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		on, err = tx.SignOn.Create().SetConnectionID(c.ID).SetProtocol(protocol).SetSettings(settings).Save(ctx)
		if err != nil || secret == nil {
			return on, err
		}
		if on, err = s.addSecret(ctx, tx, on, *secret); err != nil {
			return nil, err
		}
		tx.Name(on.ID, "created")
		return on, nil
	case err != nil:
		return nil, err
	case on.Protocol != protocol:
		return nil, fault.New(fault.Conflict, "people sign in through %s by %s; remove that first, or make another connection", c.Name, on.Protocol).On("protocol")
	}
	settings.Vouched = settings.Vouched || on.Settings.Vouched && sameTrust(on.Settings, settings)
	return s.reconfigure(ctx, tx, on, settings, secret)
}

// reconfigure changes the settings of a SignOn, and what they mean for its secrets.
func (s *SignOns) reconfigure(ctx context.Context, tx *store.Tx, on *ent.SignOn, settings schema.SignOnSettings, secret *ClientSecret) (*ent.SignOn, error) {
	kept := secretsFor(on, settings)
	saved, err := tx.SignOn.UpdateOneID(on.ID).SetSettings(settings).SetSecrets(kept).Save(ctx)
	if err != nil {
		return nil, err
	}
	removed := len(kept) < len(on.Secrets)
	if secret != nil {
		if saved, err = s.addSecret(ctx, tx, saved, *secret); err != nil {
			return nil, err
		}
	}
	if removed {
		tx.NoteUpdate(ent.TypeSignOn, on.ID, map[string]any{"client_secrets": hintsOf(on.Secrets)}, map[string]any{"client_secrets": hintsOf(saved.Secrets)})
		tx.Name(on.ID, map[bool]string{true: "secrets_removed", false: "secrets_replaced"}[secret == nil])
	}
	if !saved.Enabled || provesItself(saved, saved.Secrets) {
		return saved, nil
	}
	if err := keepAWayIn(ctx, tx, saved); err != nil {
		return nil, err
	}
	return tx.SignOn.UpdateOneID(on.ID).SetEnabled(false).Save(ctx)
}

// secretsFor are the secrets of a SignOn that still count with other settings: those
// of the same issuer, who alone has ever seen them. What the provider said of one
// belongs to the client id with which it was shown.
func secretsFor(on *ent.SignOn, next schema.SignOnSettings) []schema.SignOnSecret {
	kept := slices.Clone(on.Secrets)
	if on.Protocol != signon.ProtocolOIDC || on.Settings.Issuer == next.Issuer && on.Settings.ClientID == next.ClientID {
		return kept
	}
	if on.Settings.Issuer != next.Issuer {
		kept = slices.DeleteFunc(kept, isClientSecret)
	}
	for i := range kept {
		kept[i].WorkedAt, kept[i].RefusedAt = nil, nil
	}
	return kept
}

// hintsOf is what people know client secrets by.
func hintsOf(secrets []schema.SignOnSecret) []string {
	hints := []string{}
	for _, k := range secrets {
		if isClientSecret(k) {
			hints = append(hints, "…"+k.Hint)
		}
	}
	return hints
}
