package access

import (
	"context"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/challenge"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// CeremonyLifetime is how long a person has to answer the browser's question for
// a passkey.
const CeremonyLifetime = 5 * time.Minute

// The purposes of challenges: one never answers for another.
const (
	toRegister = "passkey.register"
	toSignIn   = "passkey.sign_in"
)

// remember keeps what a ceremony must know when it is finished, for the actor's
// organization, and returns the secret that binds it to the browser.
func (a *Access) remember(ctx context.Context, purpose string, data *webauthn.SessionData) (secret string, err error) {
	document, err := documentOf(data)
	if err != nil {
		return "", err
	}
	secret = draw(challengeLetter)
	hash := hashOf(secret)
	err = a.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Challenge.Create().SetPurpose(purpose).SetHash(hash[:]).SetData(document).
			SetExpiresAt(tx.Now().Add(CeremonyLifetime)).Exec(ctx)
	})
	return secret, err
}

// recall returns what remember has kept for the organization, nil when there is
// nothing or it has expired. It is gone afterwards, whatever becomes of the
// ceremony.
func (a *Access) recall(ctx context.Context, org uuid.UUID, purpose, secret string) (*webauthn.SessionData, error) {
	if !shaped(secret, challengeLetter) {
		return nil, nil
	}
	hash := hashOf(secret)
	var data *webauthn.SessionData
	err := a.store.Write(actor.InOrg(ctx, org), func(ctx context.Context, tx *store.Tx) error {
		data = nil
		c, err := tx.Challenge.Query().Where(challenge.Hash(hash[:]), challenge.Purpose(purpose), store.Lock).Only(ctx)
		if ent.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if tx.Now().Before(c.ExpiresAt) {
			data = new(webauthn.SessionData)
			if err := decodeDocument(c.Data, data); err != nil {
				return err
			}
		}
		return tx.Challenge.DeleteOneID(c.ID).Exec(ctx)
	})
	return data, err
}
