package access

import (
	"context"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
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
	return a.Remember(ctx, purpose, data, CeremonyLifetime)
}

// recall returns what remember has kept for the organization, nil when there is
// nothing or it has expired.
func (a *Access) recall(ctx context.Context, org uuid.UUID, purpose, secret string) (*webauthn.SessionData, error) {
	data := new(webauthn.SessionData)
	of, found, err := a.Recall(ctx, purpose, secret, data)
	if err != nil || !found || of != org {
		return nil, err
	}
	return data, nil
}
