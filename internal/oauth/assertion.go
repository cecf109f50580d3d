package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/issuer"
)

// verify is an access.Verify.
func (d *door) verify(ctx context.Context, name, assertion string) (*access.Assertion, error) {
	known, err := d.issuers.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	config := oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true} // both are access's to judge
	token, err := known.Verify(ctx, config, assertion)
	if _, away := errors.AsType[*issuer.Unavailable](err); away {
		return nil, err
	}
	if err != nil {
		return nil, fault.New(fault.Unauthenticated, "its signature or issuer does not hold").Because(err)
	}
	var more struct {
		ID        string       `json:"jti"`
		NotBefore *json.Number `json:"nbf"`
	}
	if err := token.Claims(&more); err != nil {
		return nil, fault.New(fault.Unauthenticated, "its jti or nbf is malformed").Because(err)
	}
	a := &access.Assertion{Issuer: token.Issuer, Subject: token.Subject, Audience: token.Audience, ID: more.ID,
		IssuedAt: since1970(token.IssuedAt), Expiry: since1970(token.Expiry)}
	if more.NotBefore != nil {
		seconds, err := more.NotBefore.Float64()
		if err != nil || seconds >= 1<<40 { // which would come out as long ago
			return nil, fault.New(fault.Unauthenticated, "its nbf is malformed").Because(err)
		}
		a.NotBefore = time.Unix(int64(seconds), 0)
	}
	return a, nil
}

// since1970 is a time in a claim, zero when it is absent or before there were any.
func since1970(t time.Time) time.Time {
	if t.Unix() <= 0 {
		return time.Time{}
	}
	return t
}
