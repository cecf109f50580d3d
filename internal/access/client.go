package access

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	// DefaultTokenMinutes, MinTokenMinutes and MaxTokenMinutes say for how long the
	// access tokens of a client work.
	DefaultTokenMinutes = 60
	MinTokenMinutes     = 60
	MaxTokenMinutes     = 360

	maxSecrets = 2  // one and its successor
	maxClients = 10 // that work, of one connection
)

// NewScimClient is an OAuth 2.0 client to be made.
type NewScimClient struct {
	Connection   uuid.UUID
	Name         string // what its makers call it
	TokenMinutes int    // how long its access tokens work
}

// CreateScimClient makes a client of a connection. It gets no token before it has
// a secret or a federation. Errors: fault.NotFound, fault.Conflict when the
// connection has too many, fault.Forbidden, fault.Invalid on name and token_minutes.
func (a *Access) CreateScimClient(ctx context.Context, tx *store.Tx, n NewScimClient) (*ent.ScimClient, error) {
	n.Name = strings.TrimSpace(n.Name)
	if n.Name == "" || utf8.RuneCountInString(n.Name) > maxName || strings.ContainsFunc(n.Name, unicode.IsControl) {
		return nil, fault.New(fault.Invalid, "a client needs a name of at most %d characters", maxName).On("name")
	}
	if n.TokenMinutes < MinTokenMinutes || n.TokenMinutes > MaxTokenMinutes {
		return nil, fault.New(fault.Invalid, "the access tokens of a client work for %d to %d minutes", MinTokenMinutes, MaxTokenMinutes).On("token_minutes")
	}
	if err := mayProvision(ctx); err != nil {
		return nil, err
	}
	if _, err := tx.LockConnection(ctx, n.Connection); ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such connection")
	} else if err != nil {
		return nil, err
	}
	who, _ := actor.From(ctx)
	if err := mayLift(ctx, tx, who, n.Connection); err != nil {
		return nil, err
	}
	working, err := tx.ScimClient.Query().Where(scimclient.ConnectionID(n.Connection), scimclient.RevokedAtIsNil()).Count(ctx)
	if err != nil {
		return nil, err
	}
	if working >= maxClients {
		return nil, fault.New(fault.Conflict, "the connection has %d clients; revoke one that is not in use", working)
	}
	create := tx.ScimClient.Create().SetConnectionID(n.Connection).SetName(n.Name).SetTokenMinutes(n.TokenMinutes)
	if who.ID != uuid.Nil {
		create.SetMadeBy(who.ID)
	}
	return create.Save(ctx)
}

// AddScimSecret gives a client a secret and returns it, which nobody can see again.
// It works for a year unless told. At most two work at a time: one and its
// successor. Those that have expired go. Errors: fault.NotFound, fault.Conflict when
// the client is revoked or has two, fault.Forbidden, fault.Invalid on expires_in_days.
func (a *Access) AddScimSecret(ctx context.Context, tx *store.Tx, client uuid.UUID, expires time.Duration) (string, *ent.ScimClient, error) {
	if expires < 0 || expires > maxScimLife {
		return "", nil, fault.New(fault.Invalid, "a secret of a client expires after now, within 10 years").On("expires_in_days")
	}
	c, err := clientToChange(ctx, tx, client)
	if err != nil {
		return "", nil, err
	}
	who, _ := actor.From(ctx)
	if err := mayLift(ctx, tx, who, c.ConnectionID); err != nil {
		return "", nil, err
	}
	live := slices.DeleteFunc(slices.Clone(c.Secrets), func(s schema.ScimSecret) bool { return expired(s, tx.Now()) })
	if len(live) >= maxSecrets {
		return "", nil, fault.New(fault.Conflict, "the client %s has two secrets already: remove the one that is not in use first", c.Name)
	}
	if expires == 0 {
		expires = year
	}
	secret, until := draw(clientLetter), tx.Now().Add(expires)
	hash := hashOf(secret)
	added := schema.ScimSecret{ID: schema.NewID(), Hash: hash[:], Hint: hintOf(secret), AddedAt: tx.Now(), ExpiresAt: &until}
	c, err = tx.ScimClient.UpdateOneID(client).SetSecrets(append(live, added)).Save(ctx)
	if err != nil {
		return "", nil, err
	}
	tx.NoteUpdate(ent.TypeScimClient, client, nil, map[string]any{"hint": added.Hint, "expires_at": until})
	tx.Name(client, "secret_added")
	return secret, c, nil
}

// RemoveScimSecret takes a secret from a client: it gets no more access tokens. Those
// that the client has work on until they expire, unless endTokens is set: for a
// secret that has leaked. Errors: fault.NotFound, fault.Conflict when the client is
// revoked, fault.Forbidden.
func (a *Access) RemoveScimSecret(ctx context.Context, tx *store.Tx, client, secret uuid.UUID, endTokens bool) (*ent.ScimClient, error) {
	c, err := clientToChange(ctx, tx, client)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(c.Secrets, func(s schema.ScimSecret) bool { return s.ID == secret })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "the client %s has no such secret", c.Name)
	}
	hint := c.Secrets[i].Hint
	if endTokens {
		if err := endClientTokens(ctx, tx, client); err != nil {
			return nil, err
		}
	}
	c, err = tx.ScimClient.UpdateOneID(client).SetSecrets(slices.Delete(slices.Clone(c.Secrets), i, i+1)).Save(ctx)
	tx.NoteUpdate(ent.TypeScimClient, client, map[string]any{"hint": hint}, nil)
	tx.Name(client, "secret_removed")
	return c, err
}

// endClientTokens ends the access tokens that a client has.
func endClientTokens(ctx context.Context, tx *store.Tx, client uuid.UUID) error {
	ids, err := tx.Token.Query().Where(token.ClientID(client), token.RevokedAtIsNil(), token.ExpiresAtGT(tx.Now())).Order(token.ByID()).IDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.Token.UpdateOneID(id).SetRevokedAt(tx.Now()).Exec(ctx); err != nil {
			return err
		}
		tx.Name(id, "revoked")
	}
	return nil
}

// RevokeScimClient ends a client for good, with its access tokens, within a second.
// Revoking it again changes nothing. Errors: fault.NotFound, fault.Forbidden.
func (a *Access) RevokeScimClient(ctx context.Context, tx *store.Tx, client uuid.UUID) (*ent.ScimClient, error) {
	if err := mayProvision(ctx); err != nil {
		return nil, err
	}
	c, err := clientOf(ctx, tx, client)
	if err != nil || c.RevokedAt != nil {
		return c, err
	}
	c, err = tx.ScimClient.UpdateOneID(client).SetRevokedAt(tx.Now()).Save(ctx)
	tx.Name(client, "revoked")
	return c, err
}

// mayProvision refuses those who may not write people: what makes a client work,
// or stop, takes as much as a SCIM token does.
func mayProvision(ctx context.Context) error {
	if who, _ := actor.From(ctx); who.Kind != actor.System && !Includes(who.Scopes, "users:write") {
		return fault.New(fault.Forbidden, "a client gets tokens that write people, so this needs the scope users:write").On("scopes")
	}
	return nil
}

// clientToChange is a client that works, locked, for who may change it.
func clientToChange(ctx context.Context, tx *store.Tx, id uuid.UUID) (*ent.ScimClient, error) {
	if err := mayProvision(ctx); err != nil {
		return nil, err
	}
	c, err := clientOf(ctx, tx, id)
	if err == nil && c.RevokedAt != nil {
		return nil, fault.New(fault.Conflict, "the client %s is revoked; make a new one", c.Name)
	}
	return c, err
}

func clientOf(ctx context.Context, tx *store.Tx, id uuid.UUID) (*ent.ScimClient, error) {
	c, err := tx.ScimClient.Query().Where(scimclient.ID(id), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such client").Because(err)
	}
	return c, err
}

func expired(s schema.ScimSecret, now time.Time) bool {
	return s.ExpiresAt != nil && !now.Before(*s.ExpiresAt)
}

// ClientWorks says whether a client can get a token now: it has a secret that
// works, or a federation, and is not revoked.
func ClientWorks(c *ent.ScimClient, now time.Time) bool {
	return c.RevokedAt == nil && (c.Issuer != "" ||
		slices.ContainsFunc(c.Secrets, func(s schema.ScimSecret) bool { return !expired(s, now) }))
}

// Lasting leaves out the access tokens of clients, which are many and short-lived.
func Lasting(s *sql.Selector) { s.Where(sql.IsNull(s.C(token.FieldClientID))) }
