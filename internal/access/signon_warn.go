package access

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/store"
)

// warnAt are the days before a secret ends at which there is a warning. One more
// comes when it has ended.
var warnAt = []int{60, 30, 14, 7, 1}

// stageOf is how many of the warnings are due.
func stageOf(expires, now time.Time) (stage, days int) {
	left := expires.Sub(now)
	if left <= 0 {
		return len(warnAt) + 1, 0
	}
	days = int(math.Ceil(left.Hours() / 24))
	for _, at := range warnAt {
		if days <= at {
			stage++
		}
	}
	return stage, days
}

// Ending is a secret of which it is time to warn.
type Ending struct {
	*ent.SignOn
	Secret  schema.SignOnSecret // ExpiresAt is set
	Days    int                 // until then, rounded up; 0: it has ended
	Covered bool                // another secret of the same use lasts longer
}

// Key says whether it is a key with a certificate, not a client secret.
func (e Ending) Key() bool { return !isClientSecret(e.Secret) }

// Warn leaves an Event for each secret of the actor's organization that ends within
// 60, 30, 14, 7 days or one, or has ended: one for each of these, however often and
// on however many replicas it runs. tell, unless it is nil, passes each on within the
// same transaction. It returns how many that were.
func (s *SignOns) Warn(ctx context.Context, tell func(context.Context, *store.Tx, Ending) error) (warned int, err error) {
	all, err := s.store.Read().SignOn.Query().Where(signon.Enabled(true)).All(ctx)
	if err != nil {
		return 0, err
	}
	for _, on := range all {
		if !slices.ContainsFunc(on.Secrets, func(k schema.SignOnSecret) bool { return due(k, s.store.Now()) }) {
			continue
		}
		n := 0
		err := s.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			current, err := s.locked(ctx, tx, on.ConnectionID)
			if err != nil {
				return err
			}
			endings, err := warn(ctx, tx, current)
			n = len(endings)
			for _, e := range endings {
				if err == nil && tell != nil {
					err = tell(ctx, tx, e)
				}
			}
			return err
		})
		if err != nil {
			return warned, err
		}
		warned += n
	}
	return warned, nil
}

func due(k schema.SignOnSecret, now time.Time) bool {
	if k.ExpiresAt == nil {
		return false
	}
	stage, _ := stageOf(*k.ExpiresAt, now)
	return stage > k.Warned
}

// warn notes what is due now. The last of several secrets is what the Event tells
// of: it is one for each SignOn.
func warn(ctx context.Context, tx *store.Tx, on *ent.SignOn) (endings []Ending, err error) {
	secrets := slices.Clone(on.Secrets)
	for i, k := range secrets {
		if !due(k, tx.Now()) {
			continue
		}
		stage, days := stageOf(*k.ExpiresAt, tx.Now())
		secrets[i].Warned = stage
		endings = append(endings, Ending{on, k, days, covered(k, secrets)})
		verb := "secret_expires"
		if days == 0 {
			verb = "secret_expired"
		}
		tx.Note(ent.TypeSignOn, on.ID, verb, map[string]any{"connection_id": on.ConnectionID, "hint": "…" + k.Hint, "days": days, "expires_at": *k.ExpiresAt})
	}
	if len(endings) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(secrets)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, "UPDATE sign_ons SET secrets = ? WHERE id = ?", string(text), on.ID)
	return endings, err
}

// covered says whether one of the secrets does what k does, for longer.
func covered(k schema.SignOnSecret, secrets []schema.SignOnSecret) bool {
	return slices.ContainsFunc(secrets, func(other schema.SignOnSecret) bool {
		return other.Use == k.Use && other.ID != k.ID && (other.ExpiresAt == nil || other.ExpiresAt.After(*k.ExpiresAt))
	})
}
