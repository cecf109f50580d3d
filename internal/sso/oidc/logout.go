package oidc

import (
	"context"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Logout is what a back-channel logout token asks for: the end of a session, or of
// all sessions of a person.
type Logout struct {
	ID               string // counts once
	Subject, Session string
	Until            time.Time // it is refused for its age from then on
}

// Logout judges a back-channel logout token (OpenID Connect Back-Channel Logout
// 1.0 §2.6). Errors: a *Refusal.
func (c *Client) Logout(ctx context.Context, p Provider, raw string) (*Logout, error) {
	known, err := c.discover(ctx, p.Issuer)
	if err != nil {
		return nil, err
	}
	signed, err := jose.ParseSignedCompact(raw, known.Algorithms)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, refuse(CodeSignature, "the logout token is malformed, or signed in a way that is not accepted").because(err)
	}
	if kind, _ := signed.Signatures[0].Protected.ExtraHeaders[jose.HeaderType].(string); kind != "logout+jwt" {
		return nil, refuse(CodeClaims, "the token's typ is not logout+jwt").because(fmt.Errorf("it is %q", kind))
	}
	token, err := known.VerifyLogout(ctx, c.config(p), raw)
	if err != nil {
		return nil, refuse(CodeSignature, "the logout token does not hold").because(err)
	}
	var said struct {
		Events struct {
			Logout map[string]any `json:"http://schemas.openid.net/event/backchannel-logout"`
		} `json:"events"`
	}
	if err := token.Claims(&said); err != nil || said.Events.Logout == nil {
		return nil, refuse(CodeClaims, "the logout token's event is no JSON object").because(err) // §2.4; the library looks only whether it is there
	}
	now := c.now()
	switch {
	case len(token.Audience) != 1:
		return nil, refuse(CodeAudience, "the logout token is for %d applications, not for this one alone", len(token.Audience))
	case token.IssuedAt.After(now.Add(skew)), token.IssuedAt.Before(now.Add(-maxAge)):
		return nil, refuse(CodeClock, "the logout token was issued at another time than now")
	}
	return &Logout{ID: token.TokenID, Subject: token.Subject, Session: token.SessionID, Until: token.IssuedAt.Add(maxAge + skew)}, nil
}
