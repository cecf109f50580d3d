package oidc

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"
)

const (
	skew   = 120 * time.Second
	maxAge = 10 * time.Minute // of an ID token, since it was issued
)

// Claims is what a believed ID token says. Issuer, Tenant and Subject are who it is; all
// else is what the provider lets be changed, and finds nobody by itself.
type Claims struct {
	Issuer, Tenant string
	Subject        string // what never changes: oid for Entra, else sub
	Session        string // sid, "" without one
	LogoutHint     string // Entra's login_hint claim
	Name           string
	UserName       string // preferred_username, or upn
	Email          string
	Home           bool // Entra: a member's own account in this tenant, no guest's
	EmailProved    bool // the provider vouches for Email: xms_edov (Entra), email_verified
	All            map[string]any
}

// String is a claim that is a text, "" when it is none.
func (c *Claims) String(name string) string {
	text, _ := c.All[name].(string)
	return text
}

// Texts are the values of a claim that is a text or a list of them.
func (c *Claims) Texts(name string) []string {
	switch v := c.All[name].(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// check judges what go-oidc leaves to its caller.
func (c *Client) check(p Provider, token *goidc.IDToken, nonce string) (*Claims, *Refusal) {
	var all map[string]any
	var raw struct {
		IssuedAt  *json.Number `json:"iat"`
		NotBefore *json.Number `json:"nbf"`
		Party     *string      `json:"azp"`
	}
	if err := token.Claims(&all); err != nil {
		return nil, refuse(CodeClaims, "the ID token's claims can't be read").because(err)
	}
	if err := token.Claims(&raw); err != nil {
		return nil, refuse(CodeClaims, "the ID token's iat, nbf or azp has the wrong type").because(err)
	}
	now := c.now()
	switch {
	case len(token.Audience) != 1 || token.Audience[0] != p.ClientID:
		return nil, refuse(CodeAudience, "the ID token is for %d applications, not for this one alone", len(token.Audience))
	case raw.Party != nil && *raw.Party != p.ClientID:
		return nil, refuse(CodeAudience, "the ID token was issued to another application (azp)")
	case raw.IssuedAt == nil:
		return nil, refuse(CodeClaims, "the ID token does not say when it was issued (iat)")
	case token.IssuedAt.After(now.Add(skew)):
		return nil, clock("comes from the future", token.IssuedAt.Sub(now))
	case token.IssuedAt.Before(now.Add(-maxAge)):
		return nil, clock("is older than ten minutes", now.Sub(token.IssuedAt))
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 || nonce == "":
		return nil, refuse(CodeNonce, "the ID token belongs to another sign-in (nonce)")
	case token.Subject == "" || len(token.Subject) > 255:
		return nil, refuse(CodeClaims, "the ID token does not say whom it is about (sub)")
	}
	if raw.NotBefore != nil {
		at, err := raw.NotBefore.Float64()
		at = min(at, 1<<40) // more would come out as long ago
		if begins := time.Unix(int64(at), 0); err != nil || begins.After(now.Add(skew)) {
			return nil, clock("is not valid yet", begins.Sub(now))
		}
	}
	// "1", 1 and "true" occur, and are no yes.
	claims := &Claims{Issuer: p.Issuer, Subject: token.Subject, EmailProved: all["email_verified"] == true, All: all}
	if p.Tenant != "" {
		if r := claims.entra(p.Tenant); r != nil {
			return nil, r
		}
	}
	if p.google() {
		if r := claims.google(); r != nil {
			return nil, r
		}
	}
	claims.Session, claims.LogoutHint = claims.String("sid"), claims.String("login_hint")
	claims.Name, claims.Email = Plain(claims.String("name")), claims.String("email")
	if claims.UserName = claims.String("preferred_username"); claims.UserName == "" {
		claims.UserName = claims.String("upn")
	}
	return claims, nil
}

// entra reads the claims of Microsoft Entra ID, whose sub differs between the
// applications of a tenant and whose oid doesn't.
func (c *Claims) entra(tenant string) *Refusal {
	tid, oid := c.String("tid"), c.String("oid")
	id, err := uuid.Parse(oid)
	switch {
	case tid != tenant:
		return refuse(CodeTenant, "the account belongs to the directory %q, not to %s", Plain(tid), tenant)
	case err != nil || id.String() != oid: // one way to write it
		return refuse(CodeClaims, "the ID token has no object id (oid); the scope profile brings it")
	case c.String("ver") != "2.0":
		return refuse(CodeClaims, "the ID token is of version %q; the application's tokens have to be of version 2.0", Plain(c.String("ver")))
	}
	c.Tenant, c.Subject = tid, oid
	from, present := c.All["idp"]
	c.Home = !present || from == c.Issuer
	c.EmailProved = c.All["xms_edov"] == true
	return nil
}

const googleIssuer = "https://accounts.google.com"

func (p Provider) google() bool { return p.Workspace || p.Issuer == googleIssuer }

// google refuses accounts that belong to no organization: anybody can make one with
// any address that can be read once, and keep it after leaving.
func (c *Claims) google() *Refusal {
	domain := c.String("hd")
	if domain == "" {
		return refuse(CodeTenant, "the account is a personal one of Google's, and belongs to no organization (hd)")
	}
	c.EmailProved = c.EmailProved && strings.HasSuffix(strings.ToLower(c.String("email")), "@"+strings.ToLower(domain))
	return nil
}

// hashFits says whether a claim is the left half of a text's SHA-2 in base64, as at_hash and c_hash
// have it (OpenID Connect Core 1.0 §3.3.2.11).
func hashFits(claim, text, algorithm string) bool {
	sum := half(text, algorithm)
	return sum != "" && subtle.ConstantTimeCompare([]byte(claim), []byte(sum)) == 1
}

// half is the left half of a text's hash, by the algorithm of the token's
// signature, "" for one that nobody knows.
func half(text, algorithm string) string {
	var sum []byte
	switch {
	case strings.HasSuffix(algorithm, "256"):
		s := sha256.Sum256([]byte(text))
		sum = s[:]
	case strings.HasSuffix(algorithm, "384"):
		s := sha512.Sum384([]byte(text))
		sum = s[:]
	case strings.HasSuffix(algorithm, "512"), algorithm == "EdDSA":
		s := sha512.Sum512([]byte(text))
		sum = s[:]
	}
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
