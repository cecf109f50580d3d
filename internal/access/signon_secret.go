package access

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	maxClientSecrets = 2
	maxSecret        = 4096 // bytes
	secretHint       = 4
)

// ClientSecret is a client secret as somebody enters it.
type ClientSecret struct {
	Value   string
	Expires *time.Time // when the provider says that it ends; nil: not known
}

// AddSecret keeps a client secret, sealed: beside the one that is there, so that
// the provider's side can change meanwhile. expires is when the provider says that
// it ends, nil for unknown. Errors: fault.NotFound, fault.Invalid on secret or
// expires_at, fault.Conflict when there are two already.
func (s *SignOns) AddSecret(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, value string, expires *time.Time) (*ent.SignOn, error) {
	on, err := s.locked(ctx, tx, connectionID)
	if err != nil {
		return nil, err
	}
	return s.addSecret(ctx, tx, on, ClientSecret{value, expires})
}

// addSecret is AddSecret for a SignOn that the transaction holds.
func (s *SignOns) addSecret(ctx context.Context, tx *store.Tx, on *ent.SignOn, secret ClientSecret) (*ent.SignOn, error) {
	value, expires := strings.TrimSpace(secret.Value), secret.Expires
	n := 0
	for _, known := range on.Secrets {
		if isClientSecret(known) {
			n++
		}
	}
	switch {
	case value == "" || len(value) > maxSecret:
		return nil, fault.New(fault.Invalid, "enter the client secret's value").On("secret")
	case on.Settings.Tenant != "" && guid.MatchString(strings.ToLower(value)):
		return nil, fault.New(fault.Invalid, "this is the secret's ID; copy its value, which Microsoft shows once, in the column beside it").On("secret")
	case expires != nil && !expires.After(tx.Now()):
		return nil, fault.New(fault.Invalid, "this day has passed").On("expires_at")
	case n >= maxClientSecrets:
		return nil, fault.New(fault.Conflict, "two secrets count at a time; remove the old one first").On("secret")
	}
	return s.keep(ctx, tx, on, schema.SignOnSecret{Use: UseClientSecret, Hint: endOf(value), ExpiresAt: expires}, value)
}

// endOf is what people recognise a secret by, nothing of a short one.
func endOf(value string) string {
	if len(value) < 4*secretHint {
		return ""
	}
	return strings.ToValidUTF8(value[len(value)-secretHint:], "")
}

// keep seals a secret and adds it.
func (s *SignOns) keep(ctx context.Context, tx *store.Tx, on *ent.SignOn, secret schema.SignOnSecret, value string) (*ent.SignOn, error) {
	secret.ID, secret.AddedAt = schema.NewID(), tx.Now()
	secret.Sealed = s.box.Seal([]byte(value), belongings(on, secret.ID)...)
	tx.NoteUpdate(ent.TypeSignOn, on.ID, nil, map[string]any{"hint": "…" + secret.Hint})
	saved, err := tx.SignOn.UpdateOneID(on.ID).SetSecrets(append(slices.Clone(on.Secrets), secret)).Save(ctx)
	tx.Name(on.ID, "secret_added")
	return saved, err
}

// RemoveSecret forgets a secret. Errors: fault.NotFound, fault.Conflict when it is
// the last one of a connection through which people sign in.
func (s *SignOns) RemoveSecret(ctx context.Context, tx *store.Tx, connectionID, id uuid.UUID) (*ent.SignOn, error) {
	on, err := s.locked(ctx, tx, connectionID)
	if err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(slices.Clone(on.Secrets), func(k schema.SignOnSecret) bool { return k.ID == id })
	switch {
	case len(left) == len(on.Secrets):
		return nil, fault.New(fault.NotFound, "there is no such secret")
	case on.Enabled && !provesItself(on, left):
		return nil, fault.New(fault.Conflict, "nobody could sign in without this; add the new one first, or switch single sign-on off")
	}
	saved, err := tx.SignOn.UpdateOneID(on.ID).SetSecrets(left).Save(ctx)
	tx.Name(on.ID, "secret_removed")
	return saved, err
}

// NoteSecrets keeps which secret the provider took and which it refused, and when:
// again within the hour only where that is news. It leaves no Event.
func (s *SignOns) NoteSecrets(ctx context.Context, on *ent.SignOn, worked string, refused []string) error {
	now := s.store.Now()
	note := func(k *schema.SignOnSecret) (news bool) {
		switch id := k.ID.String(); {
		case id == worked:
			if news = isNews(k.WorkedAt, k.RefusedAt, now); news {
				k.WorkedAt = &now
			}
		case slices.Contains(refused, id):
			if news = isNews(k.RefusedAt, k.WorkedAt, now); news {
				k.RefusedAt = &now
			}
		}
		return news
	}
	if !slices.ContainsFunc(slices.Clone(on.Secrets), func(k schema.SignOnSecret) bool { return note(&k) }) {
		return nil
	}
	return s.store.Write(actor.InOrg(ctx, on.OrgID), func(ctx context.Context, tx *store.Tx) error {
		current, err := s.locked(ctx, tx, on.ConnectionID)
		if err != nil || current.Settings.Issuer != on.Settings.Issuer || current.Settings.ClientID != on.Settings.ClientID {
			return err // of a registration that is no longer there, nothing is noted
		}
		secrets := slices.Clone(current.Secrets)
		for i := range secrets {
			note(&secrets[i])
		}
		text, err := json.Marshal(secrets)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE sign_ons SET secrets = ? WHERE id = ?", string(text), current.ID)
		return err
	})
}

// isNews says whether what a provider does with a secret is worth a note: it did the
// opposite since it was noted, or that was in another hour.
func isNews(noted, opposite *time.Time, now time.Time) bool {
	return noted == nil || opposite != nil && !opposite.Before(*noted) || noted.Before(now.Truncate(time.Hour))
}
