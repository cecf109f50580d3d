package access

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	maxPinned = 500 // bytes of an issuer, a subject or an audience

	// clockLeeway is how far the clocks of two servers may be apart.
	clockLeeway = 2 * time.Minute

	// maxAssertionAge is how long ago an assertion may have been made.
	maxAssertionAge = time.Hour
)

// Federation says whose signed assertions a client may present in place of a secret
// (RFC 7523 §2.2). All three are compared byte by byte.
type Federation struct {
	Issuer   string // https; its discovery document names its keys
	Subject  string
	Audience string
}

// SetFederation sets whose assertions a client may present, or with nil takes that
// back. Errors: fault.NotFound, fault.Conflict when the client is revoked or
// another of the connection has the same, fault.Forbidden, fault.Invalid on issuer,
// subject and audience.
func (a *Access) SetFederation(ctx context.Context, tx *store.Tx, client uuid.UUID, f *Federation) (*ent.ScimClient, error) {
	if err := mayProvision(ctx); err != nil {
		return nil, err
	}
	if err := lockConnectionOfClient(ctx, tx, client); err != nil {
		return nil, err
	}
	c, err := clientToChange(ctx, tx, client)
	if err != nil {
		return nil, err
	}
	if f == nil {
		c, err = tx.ScimClient.UpdateOneID(client).ClearIssuer().ClearSubject().ClearAudience().Save(ctx)
		tx.Name(client, "federation_removed")
		return c, err
	}
	who, _ := actor.From(ctx)
	if err := mayLift(ctx, tx, who, c.ConnectionID); err != nil {
		return nil, err
	}
	f = &Federation{strings.TrimSpace(f.Issuer), strings.TrimSpace(f.Subject), strings.TrimSpace(f.Audience)}
	if err := f.check(); err != nil {
		return nil, err
	}
	twin, err := tx.ScimClient.Query().Where(scimclient.ConnectionID(c.ConnectionID), scimclient.IDNEQ(client), scimclient.RevokedAtIsNil(),
		scimclient.Issuer(f.Issuer), scimclient.Subject(f.Subject), scimclient.Audience(f.Audience)).Exist(ctx)
	if err != nil {
		return nil, err
	}
	if twin {
		return nil, fault.New(fault.Conflict, "another client of this connection takes the same assertions; revoke it first").On("subject")
	}
	c, err = tx.ScimClient.UpdateOneID(client).SetIssuer(f.Issuer).SetSubject(f.Subject).SetAudience(f.Audience).Save(ctx)
	tx.Name(client, "federation_set")
	return c, err
}

// lockConnectionOfClient takes the connection of a client before the client, as
// whoever removes a connection does.
func lockConnectionOfClient(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	c, err := tx.ScimClient.Query().Where(scimclient.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil // clientOf says so
	}
	if err == nil {
		_, err = tx.LockConnection(ctx, c.ConnectionID)
	}
	if ent.IsNotFound(err) {
		return fault.New(fault.Conflict, "the connection of this client was removed").Because(err)
	}
	return err
}

func (f *Federation) check() error {
	for _, p := range []struct{ field, value string }{{"issuer", f.Issuer}, {"subject", f.Subject}, {"audience", f.Audience}} {
		if p.value == "" || len(p.value) > maxPinned || strings.ContainsFunc(p.value, unicode.IsControl) {
			return fault.New(fault.Invalid, "the %s is needed, with at most %d characters", p.field, maxPinned).On(p.field)
		}
	}
	u, err := url.Parse(f.Issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return fault.New(fault.Invalid, "the issuer is an address that begins with https://, as its assertions have it in iss").On("issuer")
	}
	return nil
}

// Assertion is what a signed assertion says, once its signature was found right.
type Assertion struct {
	Issuer, Subject             string
	Audience                    []string
	ID                          string // "" when it has none
	IssuedAt, NotBefore, Expiry time.Time
}

// refusal is why the assertion is not what a client's federation asks for, "" when
// it is.
func (s *Assertion) refusal(c *ent.ScimClient, now time.Time) string {
	switch {
	case s.Issuer != c.Issuer:
		return "assertion of another issuer"
	case s.Subject != c.Subject:
		return "assertion about another subject"
	case len(s.Audience) != 1 || s.Audience[0] != c.Audience:
		return "assertion for another audience"
	case s.Expiry.IsZero() || s.IssuedAt.IsZero():
		return "assertion without iat or exp"
	case !now.Before(s.Expiry.Add(clockLeeway)):
		return "expired assertion"
	case now.Add(clockLeeway).Before(s.IssuedAt), now.Add(clockLeeway).Before(s.NotBefore):
		return "assertion that is not valid yet: compare the clocks"
	case now.Sub(s.IssuedAt) > maxAssertionAge+clockLeeway:
		return "assertion that was made more than an hour ago"
	}
	return ""
}

// over is the time from which the assertion is refused for its age.
func (s *Assertion) over() time.Time {
	end := s.IssuedAt.Add(maxAssertionAge)
	if s.Expiry.Before(end) {
		end = s.Expiry
	}
	return end.Add(clockLeeway + time.Second)
}

// spend notes that an assertion has come, and refuses one that came before.
func (s *Assertion) spend(ctx context.Context, tx *store.Tx, c *ent.ScimClient) error {
	if s.ID == "" {
		return nil
	}
	hash := hashOf(s.Issuer + "\n" + s.ID)
	err := tx.Spent.Create().SetConnectionID(c.ConnectionID).SetPurpose(spentClientAssertion).SetHash(hash[:]).SetExpiresAt(s.over()).Exec(ctx)
	if ent.IsConstraintError(err) {
		return refuseClient(c, "assertion that came before (jti)")
	}
	return err
}
