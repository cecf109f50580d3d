package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/challenge"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// Remember keeps data, as JSON, for the actor's organization until a browser comes
// back with the secret that it returns. One purpose never answers for another.
func (a *Access) Remember(ctx context.Context, purpose string, data any, lifetime time.Duration) (secret string, err error) {
	document, err := documentOf(data)
	if err != nil {
		return "", err
	}
	secret = draw(challengeLetter)
	hash := hashOf(secret)
	err = a.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Challenge.Create().SetPurpose(purpose).SetHash(hash[:]).SetData(document).SetExpiresAt(tx.Now().Add(lifetime)).Exec(ctx)
	})
	return secret, err
}

// Recall reads what Remember has kept into data and returns whose it is; found is
// false when there is nothing, or it has expired. It is gone afterwards, so that of
// several who bring the same secret one finds it.
func (a *Access) Recall(ctx context.Context, purpose, secret string, data any) (org uuid.UUID, found bool, err error) {
	if !shaped(secret, challengeLetter) {
		return uuid.Nil, false, nil
	}
	hash := hashOf(secret)
	kept, err := a.store.Read().Challenge.Query().Where(challenge.Hash(hash[:]), challenge.Purpose(purpose)).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return uuid.Nil, false, nil
	}
	if err != nil {
		return uuid.Nil, false, err
	}
	err = a.store.Write(actor.InOrg(ctx, kept.OrgID), func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Challenge.Delete().Where(challenge.ID(kept.ID)).Exec(ctx)
		found = n == 1 && tx.Now().Before(kept.ExpiresAt)
		return err
	})
	if err != nil || !found {
		return uuid.Nil, false, err
	}
	return kept.OrgID, true, decodeDocument(kept.Data, data)
}
