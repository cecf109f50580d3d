package sso

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/issuer"
	"github.com/rollcall/rollcall/internal/sso/oidc"
)

// discoverLimit is how long a provider has to answer when its registration is saved.
const discoverLimit = 5 * time.Second

// Discover asks an OpenID Connect provider whether it is there, when its registration
// is saved. The warning is a sentence against what it answered, "" for none: a
// provider that can't be reached now may be later. Errors: fault.Invalid on tenant
// when Microsoft says that there is no such directory.
func Discover(client *http.Client, now func() time.Time) func(ctx context.Context, s schema.SignOnSettings) (warning string, err error) {
	return func(ctx context.Context, s schema.SignOnSettings) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, discoverLimit)
		defer cancel()
		err := oidc.New(client, now).Discover(ctx, s.Issuer) // anew: nothing that was read before counts
		if err == nil {
			return "", nil
		}
		answered, ok := errors.AsType[*issuer.Answered](err)
		if s.Tenant != "" && ok && (answered.Code == http.StatusBadRequest || answered.Code == http.StatusNotFound) {
			return "", fault.New(fault.Invalid, "Microsoft knows no directory with this id; client id and tenant id are often swapped").On("tenant").Because(err)
		}
		if refusal, ok := errors.AsType[*oidc.Refusal](err); ok {
			return refusal.Detail + ". Nobody can sign in until that is mended.", nil
		}
		return "", err
	}
}
