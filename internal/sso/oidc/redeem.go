package oidc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"

	"github.com/rollcall/rollcall/internal/issuer"
)

// redeemLimit is how long the provider has to answer for a code.
const redeemLimit = 10 * time.Second

// maxReturned is how long an ID token may be that goes back in an address, in bytes:
// servers take 8 kB of it, sometimes less.
const maxReturned = 4000

// Answer is what the browser brought back from the provider.
type Answer struct {
	Code    string
	IDToken string // of the hybrid flow
	Issuer  string // iss (RFC 9207), "" when it wasn't there

	Error, Description string // instead of a code
}

// Redeemed is what came of a code.
type Redeemed struct {
	Claims *Claims
	Secret string   // the id of the secret that worked, "" for a key
	Stale  []string // ids of secrets that the provider refused
	// IDToken is for signing out at the provider: "" where that goes without it.
	IDToken string
}

// Redeem exchanges the code of an answer and judges the ID token that comes for it.
// Errors: a *Refusal; when the provider took none of the secrets, which those were
// comes with it.
func (c *Client) Redeem(ctx context.Context, p Provider, f Flow, a Answer) (*Redeemed, error) {
	ctx, cancel := context.WithTimeout(goidc.ClientContext(ctx, c.http), redeemLimit)
	defer cancel()
	known, err := c.discover(ctx, p.Issuer)
	if err != nil {
		return nil, err
	}
	if !a.from(p, known) {
		return nil, refuse(CodeIssuer, "the answer comes from another provider (iss)").because(fmt.Errorf("it says that it is %q", a.Issuer))
	}
	if a.Error != "" {
		r := refuse(CodeProvider, "the provider answered with an error")
		r.Provider = NewProviderError(a.Error, a.Description)
		return nil, r
	}
	var front *Claims
	if p.Hybrid {
		if front, err = c.front(ctx, known, p, f, a); err != nil {
			return nil, err
		}
	}
	tokens, out, err := c.exchange(ctx, known, p, f, a.Code)
	if err != nil {
		return out, err
	}
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return nil, refuse(CodeClaims, "the provider's answer has no ID token in it")
	}
	token, claims, err := c.believe(ctx, known, p, raw, f.Nonce)
	if err != nil {
		return nil, err
	}
	if token.AccessTokenHash != "" && token.VerifyAccessToken(tokens.AccessToken) != nil {
		return nil, refuse(CodeHash, "the access token is not the one that the ID token names (at_hash)")
	}
	if front != nil && (front.Subject != claims.Subject || front.Tenant != claims.Tenant || front.String("sub") != claims.String("sub")) {
		return nil, refuse(CodeClaims, "the two ID tokens of the answer are about different people")
	}
	if err := fill(ctx, known, p, claims, tokens); err != nil {
		return nil, err
	}
	out.Claims = claims
	if p.Tenant == "" && known.EndSession != "" && len(raw) <= maxReturned { // Entra goes by its login_hint
		out.IDToken = raw
	}
	return out, nil
}

// from says whether an answer, or an error, may come from the provider that was asked:
// its iss has to be the provider's name, and may be left out only by who doesn't
// announce to send it (RFC 9207 §2.4). In the hybrid flow the ID token beside the code
// names the provider under its signature, which is enough (§4); an error has none.
func (a Answer) from(p Provider, known *issuer.Issuer) bool {
	if a.Issuer == "" {
		return !known.NamesIssuer || p.Hybrid && a.Error == ""
	}
	return a.Issuer == p.Issuer
}

// believe verifies an ID token and checks its claims.
func (c *Client) believe(ctx context.Context, known *issuer.Issuer, p Provider, raw, nonce string) (*goidc.IDToken, *Claims, error) {
	token, err := known.Verify(ctx, c.config(p), raw)
	if err != nil {
		return nil, nil, c.unbelieved(err, p)
	}
	claims, refused := c.check(p, token, nonce)
	if refused != nil {
		return nil, nil, refused
	}
	return token, claims, nil
}

// config tolerates two minutes between the clocks. Entra signs by RS256 alone.
func (c *Client) config(p Provider) goidc.Config {
	config := goidc.Config{ClientID: p.ClientID, Now: func() time.Time { return c.now().Add(-skew) }}
	if p.Tenant != "" {
		config.SupportedSigningAlgs = []string{goidc.RS256}
	}
	return config
}

// unbelieved says what is wrong with an ID token that go-oidc refuses.
func (c *Client) unbelieved(err error, p Provider) *Refusal {
	if late, ok := errors.AsType[*goidc.TokenExpiredError](err); ok {
		return clock("has expired", c.now().Sub(late.Expiry)).because(err)
	}
	if away, ok := errors.AsType[*issuer.Unavailable](err); ok {
		return refuse(CodeReach, "%s", away.Sentence).because(away.Err)
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "different provider"):
		return refuse(CodeIssuer, "the ID token comes from another provider than %s", p.Issuer).because(err)
	case strings.Contains(text, "expected audience"):
		return refuse(CodeAudience, "the ID token is for another application").because(err)
	case strings.Contains(text, "nbf"):
		return clock("is not valid yet", skew).because(err)
	}
	return refuse(CodeSignature, "the ID token's signature does not hold").because(err)
}

// front judges the ID token that came through the browser, which binds the code to
// it (OpenID Connect Core 1.0 §3.3.2.11).
func (c *Client) front(ctx context.Context, known *issuer.Issuer, p Provider, f Flow, a Answer) (*Claims, error) {
	if a.IDToken == "" {
		return nil, refuse(CodeClaims, "the answer has no ID token in it; tick “ID tokens” at the provider, or switch this connection to the code flow")
	}
	_, claims, err := c.believe(ctx, known, p, a.IDToken, f.Nonce)
	if err != nil {
		return nil, err
	}
	signed, err := jose.ParseSignedCompact(a.IDToken, known.Algorithms)
	if err != nil {
		return nil, refuse(CodeSignature, "the ID token's signature does not hold").because(err)
	}
	if !hashFits(claims.String("c_hash"), a.Code, signed.Signatures[0].Header.Algorithm) {
		return nil, refuse(CodeHash, "the code is not the one that the ID token names (c_hash)")
	}
	return claims, nil
}

// exchange redeems the code, with the next secret when the provider refuses one.
func (c *Client) exchange(ctx context.Context, known *issuer.Issuer, p Provider, f Flow, code string) (*oauth2.Token, *Redeemed, error) {
	config := configOf(known, p)
	out := new(Redeemed)
	options := []oauth2.AuthCodeOption{oauth2.VerifierOption(f.Verifier)}
	if p.Key != nil {
		assertion, err := p.Key.assertion(p.ClientID, known.Token, c.now())
		if err != nil {
			return nil, nil, refuse(CodeProvider, "the client's certificate can't sign").because(err)
		}
		config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
		tokens, err := config.Exchange(ctx, code, append(options,
			oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
			oauth2.SetAuthURLParam("client_assertion", assertion))...)
		if err != nil {
			return nil, nil, refusedByProvider(err)
		}
		return tokens, out, nil
	}
	if len(p.Secrets) == 0 {
		return nil, nil, refuse(CodeProvider, "the connection has no client secret any more; add one")
	}
	var first *Refusal
	for _, secret := range p.Secrets {
		config.ClientSecret = secret.Value
		tokens, err := config.Exchange(ctx, code, options...)
		if err == nil {
			out.Secret = secret.ID
			return tokens, out, nil
		}
		refused := refusedByProvider(err)
		if first == nil {
			first = refused
		}
		if !secretRefused(refused) {
			return nil, out, refused
		}
		out.Stale = append(out.Stale, secret.ID)
	}
	return nil, out, first
}

// fill asks the provider's userinfo for a name and address that the ID token
// lacks, as those of many providers do in the code flow.
func fill(ctx context.Context, known *issuer.Issuer, p Provider, claims *Claims, tokens *oauth2.Token) error {
	if p.Tenant != "" || claims.Email != "" && claims.Name != "" || known.UserInfo == "" || tokens.AccessToken == "" {
		return nil
	}
	provider := (&goidc.ProviderConfig{IssuerURL: known.Issuer, UserInfoURL: known.UserInfo, JWKSURL: known.Keys}).NewProvider(ctx)
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return nil //nolint:nilerr // what it would bring is for display
	}
	if info.Subject != claims.Subject {
		return refuse(CodeClaims, "the provider's userinfo is about another person")
	}
	var more map[string]any
	if info.Claims(&more) != nil {
		return nil
	}
	for name, value := range more {
		if _, known := claims.All[name]; !known {
			claims.All[name] = value
		}
	}
	if claims.Name == "" {
		claims.Name = Plain(claims.String("name"))
	}
	if claims.Email == "" {
		claims.Email, claims.EmailProved = claims.String("email"), more["email_verified"] == true
		if p.google() {
			if r := claims.google(); r != nil {
				return r
			}
		}
	}
	if claims.UserName == "" {
		claims.UserName = claims.String("preferred_username")
	}
	return nil
}
