package access

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	day  = 24 * time.Hour
	year = 365 * day

	// DefaultOverlap is how long a rotated token works beside its successor.
	DefaultOverlap = 7 * day

	// MaxOverlap is how long it can at most.
	MaxOverlap = 30 * day

	maxName     = 100
	maxScimLife = 10 * year // identity providers don't renew by themselves
)

// NewToken is a token to be made.
type NewToken struct {
	Kind       token.Kind
	Connection uuid.UUID     // of a SCIM token, which outlives its maker and the token that made it, or of a set-up link, which doesn't
	User       uuid.UUID     // of a personal token: it dies with the person, and shrinks with the role
	Client     uuid.UUID     // of an access token: the SCIM client that got it
	Name       string        // what its makers call it
	Scopes     []string      // of an API token
	Expires    time.Duration // from now; 0: a year for SCIM tokens, 7 days for set-up links, 90 for the others
}

// CreateToken makes a token of the actor's organization and returns its secret,
// which nobody can see again. Errors: fault.Invalid with the field at fault,
// fault.NotFound, fault.Forbidden when it could do more than who asks, also by the
// roles that groups of its connection give, fault.Unauthenticated when it is for somebody
// who has been locked out.
func (a *Access) CreateToken(ctx context.Context, tx *store.Tx, n NewToken) (secret string, t *ent.Token, err error) {
	if err := n.check(ctx); err != nil {
		return "", nil, err
	}
	if err := n.checkMaker(ctx, tx.Now()); err != nil {
		return "", nil, err
	}
	if n.User != uuid.Nil {
		owner, _, err := enter(ctx, tx, n.User)
		if err != nil {
			return "", nil, err
		}
		if owner == nil { // since who asks was let in
			return "", nil, refuse(&Refused{Reason: "token for someone who may not come in"})
		}
	}
	if n.Connection != uuid.Nil {
		_, err := tx.LockConnection(ctx, n.Connection)
		if ent.IsNotFound(err) {
			return "", nil, fault.New(fault.NotFound, "there is no such connection")
		}
		if err != nil {
			return "", nil, err
		}
		who, _ := actor.From(ctx)
		if err := mayLift(ctx, tx, who, n.Connection); err != nil {
			return "", nil, err
		}
	}
	return insert(ctx, tx, n)
}

// RotateToken makes the successor of a token: the same kind, connection, name,
// scopes and lifetime. The old one works until the overlap ends, with 0 until
// now, and never longer than it would have. A token and its successor are all that
// works at a time: rotating again ends the predecessor at once. Errors:
// fault.NotFound, fault.Conflict when it is revoked, fault.Invalid on
// overlap_hours, and fault.Forbidden when it may do more, or works for longer, than
// who asks.
func (a *Access) RotateToken(ctx context.Context, tx *store.Tx, id uuid.UUID, overlap time.Duration) (secret string, t *ent.Token, err error) {
	if overlap < 0 || overlap > MaxOverlap {
		return "", nil, fault.New(fault.Invalid, "the overlap is 0 to %d hours", int(MaxOverlap.Hours())).On("overlap_hours")
	}
	if err := lockConnectionOf(ctx, tx, id); err != nil {
		return "", nil, err
	}
	if err := lockOwnerOf(ctx, tx, id); err != nil {
		return "", nil, err
	}
	old, err := tokenOf(ctx, tx, id)
	if err != nil {
		return "", nil, err
	}
	if err := mayEnd(ctx, tx, old); err != nil {
		return "", nil, err
	}
	if old.RevokedAt != nil {
		return "", nil, fault.New(fault.Conflict, "the token %s is revoked and has no successor; make a new one", old.Hint)
	}
	if old.ClientID != nil {
		return "", nil, fault.New(fault.Conflict, "this is an access token of a client, which gets a new one by itself")
	}
	if old.Kind == token.KindSetup {
		return "", nil, fault.New(fault.Conflict, "a set-up link has no successor; make a new one and end this one")
	}
	n := NewToken{Kind: old.Kind, Name: old.Name, Scopes: old.Scopes}
	if old.ReplacedBy == nil && old.ExpiresAt != nil && old.ExpiresAt.After(tx.Now()) { // else it has been cut short
		n.Expires = old.ExpiresAt.Sub(old.CreatedAt)
	}
	if old.ConnectionID != nil {
		n.Connection = *old.ConnectionID
	}
	if old.UserID != nil {
		n.User = *old.UserID
	}
	if err := n.checkMaker(ctx, tx.Now()); err != nil {
		return "", nil, err
	}
	if n.Connection != uuid.Nil {
		who, _ := actor.From(ctx)
		if err := mayLift(ctx, tx, who, n.Connection); err != nil {
			return "", nil, err
		}
	}
	if secret, t, err = insert(ctx, tx, n); err != nil {
		return "", nil, err
	}
	if err := end(ctx, tx, old, tx.Now().Add(overlap), &t.ID); err != nil {
		return "", nil, err
	}
	tx.Name(old.ID, "rotated")
	return secret, t, endPredecessors(ctx, tx, old)
}

// lockConnectionOf takes the connection of a token before the token, as whoever
// removes a connection does: a token made afterwards would outlive it.
func lockConnectionOf(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	t, err := tx.Token.Query().Where(token.ID(id), token.ConnectionIDNotNil()).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err == nil {
		_, err = tx.LockConnection(ctx, *t.ConnectionID)
	}
	if ent.IsNotFound(err) {
		return fault.New(fault.Conflict, "the connection of this token was removed").Because(err)
	}
	return err
}

// lockOwnerOf takes the person of a personal token before the token, as whoever locks
// that person out does: the successor would not be revoked.
func lockOwnerOf(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	t, err := tx.Token.Query().Where(token.ID(id), token.UserIDNotNil()).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err == nil {
		_, _, err = enter(ctx, tx, *t.UserID)
	}
	return err
}

// endPredecessors ends the tokens that old has replaced and that still work.
func endPredecessors(ctx context.Context, tx *store.Tx, old *ent.Token) error {
	earlier, err := tx.Token.Query().Where(token.ReplacedBy(old.ID), token.RevokedAtIsNil(), token.ExpiresAtGT(tx.Now())).All(ctx)
	if err != nil {
		return err
	}
	for _, t := range earlier {
		if err := end(ctx, tx, t, tx.Now(), nil); err != nil {
			return err
		}
		tx.Name(t.ID, "ended")
	}
	return nil
}

func (n *NewToken) check(ctx context.Context) (err error) {
	n.Name = strings.TrimSpace(n.Name)
	if n.Name == "" || utf8.RuneCountInString(n.Name) > maxName || strings.ContainsFunc(n.Name, unicode.IsControl) {
		return fault.New(fault.Invalid, "a token needs a name of at most %d characters", maxName).On("name")
	}
	if who, ok := actor.From(ctx); !ok || (who.Org == actor.Installation) != (n.Kind == token.KindOperator) {
		return fault.New(fault.Invalid, "an operator token belongs to the installation, every other to an organization").On("kind")
	}
	if n.Expires < 0 || n.Expires > maxScimLife || n.Kind != token.KindScim && n.Expires > year {
		return fault.New(fault.Invalid, "a token expires after now: SCIM tokens within 10 years, all others within one").On("expires_in_days")
	}
	if n.Kind == token.KindSetup && n.Expires > maxSetupLife {
		return fault.New(fault.Invalid, "a set-up link works for %d days at most", int(maxSetupLife/day)).On("expires_in_days")
	}
	switch n.Kind {
	case token.KindScim, token.KindSetup:
		if n.Connection == uuid.Nil {
			return fault.New(fault.Invalid, "a SCIM token or set-up link belongs to a connection").On("connection_id")
		}
	case token.KindAPI:
		n.Scopes, err = checkScopes(n.Scopes)
		return err
	case token.KindOperator:
	default:
		return fault.New(fault.Invalid, "a token is of the kind scim, api, operator or setup").On("kind")
	}
	if len(n.Scopes) > 0 {
		return fault.New(fault.Invalid, "scopes are for API tokens only").On("scopes")
	}
	return nil
}

// checkMaker sees that no token can do more, or for longer, than its maker.
func (n *NewToken) checkMaker(ctx context.Context, now time.Time) error {
	maker, _ := actor.From(ctx)
	if maker.Kind == actor.System {
		return nil
	}
	for _, s := range n.Scopes {
		if !Includes(maker.Scopes, s) {
			return fault.New(fault.Forbidden, "a token can't have a scope that its maker lacks: %s", s).On("scopes")
		}
	}
	if n.Kind == token.KindSetup {
		if err := checkSetupMaker(maker); err != nil {
			return err
		}
	}
	if n.Kind == token.KindScim && !Includes(maker.Scopes, "users:write") && !Includes(maker.Scopes, Operate) && !isSetUpOf(maker, n.Connection) {
		return fault.New(fault.Forbidden, "a SCIM token writes people, so its maker needs the scope users:write").On("scopes")
	}
	if n.User != uuid.Nil && n.User != maker.User {
		return fault.New(fault.Forbidden, "a personal token can be made by its owner only").On("user")
	}
	if maker.Kind == actor.Token && maker.User != uuid.Nil && n.Kind == token.KindAPI && maker.User != n.User {
		return fault.New(fault.Forbidden, "a personal token can make personal tokens only").On("user")
	}
	if expires := now.Add(n.lifetime()); n.Kind != token.KindScim && !maker.Until.IsZero() && expires.After(maker.Until) {
		if n.Expires > 0 {
			return fault.New(fault.Forbidden, "a token can't outlive the token that makes it, which expires %s", maker.Until.UTC().Format(time.RFC3339)).On("expires_in_days")
		}
		n.Expires = maker.Until.Sub(now)
	}
	return nil
}

// lifetime is how long the token works from now.
func (n *NewToken) lifetime() time.Duration {
	switch {
	case n.Expires > 0:
		return n.Expires
	case n.Kind == token.KindScim:
		return year
	case n.Kind == token.KindSetup:
		return setupLife
	}
	return 90 * day
}

func insert(ctx context.Context, tx *store.Tx, n NewToken) (string, *ent.Token, error) {
	secret := newSecret(n.Kind)
	hash := hashOf(secret)
	create := tx.Token.Create().SetKind(n.Kind).SetName(n.Name).SetScopes(n.Scopes).
		SetHash(hash[:]).SetHint(hintOf(secret)).SetExpiresAt(tx.Now().Add(n.lifetime()))
	if n.Connection != uuid.Nil {
		create.SetConnectionID(n.Connection)
	}
	if n.User != uuid.Nil {
		create.SetUserID(n.User)
	}
	if n.Client != uuid.Nil {
		create.SetClientID(n.Client)
	}
	if maker, _ := actor.From(ctx); maker.ID != uuid.Nil {
		create.SetMadeBy(maker.ID)
	}
	t, err := create.Save(ctx)
	if err != nil {
		return "", nil, err
	}
	return secret, t, nil
}

// end lets a token expire at the given time if it doesn't before.
func end(ctx context.Context, tx *store.Tx, t *ent.Token, at time.Time, successor *uuid.UUID) error {
	update := tx.Token.UpdateOneID(t.ID).SetNillableReplacedBy(successor)
	if t.ExpiresAt == nil || at.Before(*t.ExpiresAt) {
		update.SetExpiresAt(at)
	}
	return update.Exec(ctx)
}

func tokenOf(ctx context.Context, tx *store.Tx, id uuid.UUID) (*ent.Token, error) {
	t, err := tx.Token.Query().Where(token.ID(id), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such token").Because(err)
	}
	return t, err
}
