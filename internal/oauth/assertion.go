package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
)

// unavailable says that the keys of an issuer can't be had now.
type unavailable struct{ err error }

func (u *unavailable) Error() string { return "ask the issuer for its keys: " + u.err.Error() }

// Unwrap returns the cause.
func (u *unavailable) Unwrap() error { return u.err }

// algorithms may sign assertions where the issuer has them. Those with a shared key
// are not among them: the key would be public.
var algorithms = map[string]bool{oidc.RS256: true, oidc.RS384: true, oidc.RS512: true, oidc.PS256: true, oidc.PS384: true, oidc.PS512: true,
	oidc.ES256: true, oidc.ES384: true, oidc.ES512: true, oidc.EdDSA: true}

// verify is an access.Verify. A signature that fits no key is tried once more with
// keys that are asked for anew, for the issuer may have changed them.
func (d *door) verify(ctx context.Context, issuer, assertion string) (*access.Assertion, error) {
	checked, err := d.verifyWith(ctx, issuer, assertion, documentsAge)
	if err != nil {
		checked, err = d.verifyWith(ctx, issuer, assertion, documentsEvery)
	}
	return checked, err
}

func (d *door) verifyWith(ctx context.Context, issuer, assertion string, age time.Duration) (*access.Assertion, error) {
	reader := d.documents.reader(age)
	ctx = oidc.ClientContext(ctx, reader.client())
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, &unavailable{err}
	}
	var says struct {
		Keys       string   `json:"jwks_uri"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := provider.Claims(&says); err != nil {
		return nil, &unavailable{err}
	}
	if u, err := url.Parse(says.Keys); err != nil || u.Scheme != "https" {
		return nil, &unavailable{errors.New("the discovery document has no jwks_uri that begins with https://")}
	}
	config := &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true} // both are access's to judge
	for _, a := range says.Algorithms {
		if algorithms[a] {
			config.SupportedSigningAlgs = append(config.SupportedSigningAlgs, a)
		}
	}
	if len(config.SupportedSigningAlgs) == 0 {
		config.SupportedSigningAlgs = []string{oidc.RS256}
	}
	token, err := provider.VerifierContext(ctx, config).Verify(ctx, assertion)
	if err != nil && reader.failed != nil {
		return nil, &unavailable{reader.failed}
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
		if err != nil {
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
