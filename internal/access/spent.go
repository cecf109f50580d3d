package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
)

// The purposes of messages that count once.
const (
	SpentAssertion = "saml_assertion"
	SpentLogout    = "logout_token" // of SAML a LogoutRequest

	spentClientAssertion = "client-assertion"
)

// Spend notes that a message of a connection's provider has come, by the hash of
// its id, until it would be refused for its age. Errors: fault.Conflict when it has
// come before.
func (s *SignOns) Spend(ctx context.Context, connection uuid.UUID, purpose string, hash []byte, until time.Time) error {
	return s.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Spent.Create().SetConnectionID(connection).SetPurpose(purpose).SetHash(hash).SetExpiresAt(until).Exec(ctx)
	})
}
