package access

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// ClientKind is the kind of credential, among Kinds, that secrets and assertions of
// clients are.
const ClientKind = "client"

// TokenPlace is where a client asks for a token: one connection.
type TokenPlace struct {
	Slug       string // of the organization
	Connection uuid.UUID
}

// Issued is an access token that a client got.
type Issued struct {
	Secret string
	Token  *ent.Token
	Client *ent.ScimClient
}

// Verify checks the signature of an assertion with the keys of an issuer and returns
// what it says. It errs with fault.Unauthenticated when the assertion is at fault,
// and otherwise when the keys can't be had now.
type Verify func(ctx context.Context, issuer, assertion string) (*Assertion, error)

// IssueScimToken gives a client an access token for its secret. Errors:
// fault.Unauthenticated, whatever is wrong with the client or the secret, and
// fault.Forbidden for the right one while the connection is paused or the
// organization suspended.
func (a *Access) IssueScimToken(ctx context.Context, at TokenPlace, client uuid.UUID, secret string) (*Issued, error) {
	if !shaped(secret, clientLetter) {
		return nil, a.turnDown(ClientKind, place{}.refuse(nil, "not a secret of a client: wrong shape or checksum"))
	}
	p, err := a.placeAt(ctx, at)
	if err != nil {
		return nil, err
	}
	hash := hashOf(secret)
	var known *ent.ScimClient
	for _, c := range p.clients {
		if c.ID == client {
			known = c
		}
	}
	right, reason := secretOf(known, hash, a.store.Now())
	if reason != "" {
		return nil, a.turnDown(ClientKind, p.refuse(known, reason))
	}
	return a.issue(ctx, p.org, known, func(_ context.Context, tx *store.Tx, c *ent.ScimClient) (*uuid.UUID, error) {
		if _, reason := secretOf(c, hash, tx.Now()); reason != "" { // removed since
			return nil, refuseClient(c, reason)
		}
		return &right, nil
	})
}

// secretOf finds the secret with that hash among those of a client, and says why
// there is none. It takes as long for a wrong one as for the right one.
func secretOf(c *ent.ScimClient, h hash, now time.Time) (id uuid.UUID, refusal string) {
	if c == nil {
		return uuid.Nil, "unknown client"
	}
	refusal = "wrong secret of a client"
	for _, s := range c.Secrets {
		if subtle.ConstantTimeCompare(s.Hash, h[:]) != 1 {
			continue
		}
		id, refusal = s.ID, ""
		if expired(s, now) {
			refusal = "expired secret of a client"
		}
	}
	if refusal == "" && c.RevokedAt != nil {
		refusal = "revoked client"
	}
	return id, refusal
}

// IssueScimTokenFor gives a client an access token for an assertion that its
// issuer has signed. client may be uuid.Nil: the assertion says whom it is about.
// Errors: those of IssueScimToken, and those of verify.
func (a *Access) IssueScimTokenFor(ctx context.Context, at TokenPlace, client uuid.UUID, assertion string, verify Verify) (*Issued, error) {
	p, err := a.placeAt(ctx, at)
	if err != nil {
		return nil, err
	}
	said := unverified(assertion)
	var known *ent.ScimClient
	for _, c := range p.clients {
		if c.RevokedAt == nil && c.Issuer != "" && (client == uuid.Nil || client == c.ID) &&
			c.Issuer == said.Issuer && c.Subject == said.Subject && (known == nil || said.isFor(c)) {
			known = c
		}
	}
	if known == nil { // before anybody's keys are asked for
		return nil, a.turnDown(ClientKind, p.refuse(nil, "assertion of an issuer and about a subject that no client takes"))
	}
	checked, err := verify(ctx, known.Issuer, assertion)
	if fault.CodeOf(err) == fault.Unauthenticated {
		return nil, a.turnDown(ClientKind, p.refuse(known, "assertion: "+err.Error()))
	}
	if err != nil {
		return nil, err
	}
	return a.issue(ctx, p.org, known, func(ctx context.Context, tx *store.Tx, c *ent.ScimClient) (*uuid.UUID, error) {
		reason := checked.refusal(c, tx.Now())
		if c.RevokedAt != nil {
			reason = "revoked client"
		}
		if reason != "" {
			return nil, refuseClient(c, reason)
		}
		return nil, checked.spend(ctx, tx, c)
	})
}

// claims are what an assertion says of itself.
type claims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience any    `json:"aud"`
}

func (s claims) isFor(c *ent.ScimClient) bool {
	only, _ := s.Audience.(string)
	if list, ok := s.Audience.([]any); ok && len(list) == 1 {
		only, _ = list[0].(string)
	}
	return only == c.Audience
}

// unverified reads what a JWT says of itself, to know which client is meant.
// Nothing is believed before the signature was checked.
func unverified(assertion string) (s claims) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return s
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		_ = json.Unmarshal(text, &s)
	}
	return s
}

// place is what is at a TokenPlace: nothing where there is no such connection.
type place struct {
	org     *ent.Organization
	conn    *ent.Connection
	clients []*ent.ScimClient
}

func (a *Access) placeAt(ctx context.Context, at TokenPlace) (p place, err error) {
	org, err := a.store.Read().Organization.Query().Where(organization.Slug(at.Slug)).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	ctx = actor.InOrg(ctx, org.ID)
	conn, err := a.store.Read().Connection.Query().Where(connection.ID(at.Connection)).Only(ctx)
	if ent.IsNotFound(err) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.org, p.conn = org, conn
	p.clients, err = a.store.Read().ScimClient.Query().Where(scimclient.ConnectionID(conn.ID)).Order(scimclient.ByID()).All(ctx)
	return p, err
}

// refuse is refuseClient at a place, where the client may be unknown.
func (p place) refuse(c *ent.ScimClient, reason string) error {
	r := &Refused{Reason: reason}
	if p.conn != nil {
		r.Organization, r.Connection = p.org.ID, p.conn.ID
	}
	if c != nil {
		r.Token = c.ID
	}
	return refuseSaying(r)
}

// issue makes the access token once check has found the credential right, in the
// same transaction. check names the secret that was presented, if one was.
func (a *Access) issue(ctx context.Context, org *ent.Organization, known *ent.ScimClient,
	check func(context.Context, *store.Tx, *ent.ScimClient) (*uuid.UUID, error)) (*Issued, error) {
	issued := new(Issued)
	ctx = actor.With(ctx, actor.Actor{Kind: actor.Token, ID: known.ID, Org: org.ID, Connection: known.ConnectionID})
	err := a.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		conn, err := tx.Connection.Query().Where(connection.ID(known.ConnectionID)).Only(ctx)
		if ent.IsNotFound(err) {
			return refuseClient(known, "connection removed")
		}
		if err != nil {
			return err
		}
		c, err := clientOf(ctx, tx, known.ID)
		if fault.CodeOf(err) == fault.NotFound {
			return refuseClient(known, "unknown client")
		}
		if err != nil {
			return err
		}
		secret, err := check(ctx, tx, c)
		switch {
		case err != nil:
			return err
		case org.SuspendedAt != nil:
			return unauthorized(c, "organization suspended", "the organization is suspended")
		case !conn.Enabled:
			return unauthorized(c, "connection switched off", "the connection is paused; resume it in Rollcall")
		}
		life := time.Duration(c.TokenMinutes) * time.Minute
		issued.Client = c
		issued.Secret, issued.Token, err = insert(ctx, tx, NewToken{Kind: token.KindScim, Connection: c.ConnectionID, Client: c.ID, Name: c.Name, Expires: life})
		if err != nil {
			return err
		}
		tx.Name(issued.Token.ID, "issued")
		return noteSecretUsed(ctx, tx, c, secret)
	})
	if fault.CodeOf(err) == fault.Unauthenticated {
		return nil, a.turnDown(ClientKind, err)
	}
	if err != nil {
		return nil, err
	}
	return issued, nil
}

// noteSecretUsed writes when a secret was last used, to the minute. It is no change
// of the client that anybody made, so it goes past the hook and leaves no Event.
func noteSecretUsed(ctx context.Context, tx *store.Tx, c *ent.ScimClient, secret *uuid.UUID) error {
	if secret == nil {
		return nil
	}
	minute, secrets := tx.Now().Truncate(time.Minute), slices.Clone(c.Secrets)
	for i, s := range secrets {
		if s.ID != *secret {
			continue
		}
		if s.UsedAt != nil && !s.UsedAt.Before(minute) {
			return nil
		}
		secrets[i].UsedAt = &minute
	}
	text, err := json.Marshal(secrets)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE scim_clients SET secrets = ? WHERE id = ? AND org_id = ?", json.RawMessage(text), c.ID, c.OrgID)
	return err
}

func refuseClient(c *ent.ScimClient, reason string) error {
	return refuseSaying(&Refused{Reason: reason, Organization: c.OrgID, Connection: c.ConnectionID, Token: c.ID})
}

// refuseSaying is the same for the client whatever the reason, which is for the log.
func refuseSaying(r *Refused) error {
	return fault.New(fault.Unauthenticated, "the client is unknown, or its secret or assertion is wrong, expired or revoked").Because(r)
}

// unauthorized refuses a client that has shown the right credential.
func unauthorized(c *ent.ScimClient, reason, sentence string) error {
	return fault.New(fault.Forbidden, "%s", sentence).Because(&Refused{Reason: reason, Organization: c.OrgID, Connection: c.ConnectionID, Token: c.ID})
}

// tokenPrefix is where the token endpoints are.
const tokenPrefix = "/oauth/"

// TokenURL is the token endpoint of a place below a public URL.
func TokenURL(publicURL string, at TokenPlace) string {
	return publicURL + tokenPrefix + at.Slug + "/" + at.Connection.String() + "/token"
}

// TokenPlaceOf reads the path of a token endpoint.
func TokenPlaceOf(path string) (at TokenPlace, ok bool) {
	rest, below := strings.CutPrefix(path, tokenPrefix)
	parts := strings.Split(rest, "/")
	if !below || len(parts) != 3 || parts[2] != "token" {
		return at, false
	}
	id, err := uuid.Parse(parts[1])
	at = TokenPlace{Slug: parts[0], Connection: id}
	return at, err == nil && TokenURL("", at) == path && slugged(at.Slug)
}

// slugged says whether a text has only characters that slugs have.
func slugged(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && len(text) <= 63
}
