package access

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	setupLife    = 7 * day
	maxSetupLife = 30 * day

	// setUpOverlap is how long a SCIM token works beside the one that a set-up link
	// makes in its place.
	setUpOverlap = day
)

// setupMaker are the scopes that a set-up link gives a part of, for one connection.
// Its maker needs all of them, for as long as it is to work.
var setupMaker = []string{"connections:write", "tokens:write", "users:write"}

// SetUpPath is where the console takes the secret of a set-up link, behind a #, so
// that no server and no log sees it.
const SetUpPath = "/setup#"

func checkSetupMaker(maker actor.Actor) error {
	for _, s := range setupMaker {
		if !Includes(maker.Scopes, s) {
			return fault.New(fault.Forbidden, "a set-up link declares attributes and makes a SCIM token, which writes people, so its maker needs the scope %s", s).On("scopes")
		}
	}
	return nil
}

// isSetUpOf says whether the actor has come with a set-up link of the connection.
func isSetUpOf(who actor.Actor, connection uuid.UUID) bool {
	return who.Kind == actor.Token && who.Connection == connection && Includes(who.Scopes, SetUp)
}

// IsSetUp says whether the grant is that of a set-up link.
func (g *Grant) IsSetUp() bool { return g.Token != nil && g.Token.Kind == token.KindSetup }

// SetUpToken makes the SCIM token of the connection whose set-up link asks. Where
// that link has made one before that still works, the new one is its successor.
// Nobody else's token is touched. Errors: fault.Forbidden without a set-up link, or
// when its maker may not make such a token now, fault.Conflict while the connection
// is paused.
func (a *Access) SetUpToken(ctx context.Context, tx *store.Tx) (secret string, t *ent.Token, err error) {
	who, _ := actor.From(ctx)
	if who.Connection == uuid.Nil || !isSetUpOf(who, who.Connection) {
		return "", nil, fault.New(fault.Forbidden, "this needs the scope %s", SetUp)
	}
	c, err := tx.LockConnection(ctx, who.Connection)
	if ent.IsNotFound(err) {
		return "", nil, fault.New(fault.NotFound, "there is no such connection")
	}
	if err != nil {
		return "", nil, err
	}
	if !c.Enabled {
		return "", nil, fault.New(fault.Conflict, "the connection is paused; ask whoever sent you this link to resume it")
	}
	old, err := tx.Token.Query().Where(MadeBySetUp(who.ID), token.RevokedAtIsNil(), token.ReplacedByIsNil(), token.ExpiresAtGT(tx.Now()), store.Lock).
		Order(token.ByID(sql.OrderDesc())).First(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return "", nil, err
	}
	n := NewToken{Kind: token.KindScim, Connection: c.ID, Name: setUpName}
	if err := n.checkMaker(ctx, tx.Now()); err != nil {
		return "", nil, err
	}
	if err := a.sentByLifter(ctx, tx, who); err != nil {
		return "", nil, err
	}
	if secret, t, err = insert(ctx, tx, n); err != nil || old == nil {
		return secret, t, err
	}
	if err := end(ctx, tx, old, tx.Now().Add(setUpOverlap), &t.ID); err != nil {
		return "", nil, err
	}
	tx.Name(old.ID, "rotated")
	return secret, t, endPredecessors(ctx, tx, old)
}

// sentByLifter refuses a set-up link whose maker may not give the roles that the
// directory of its connection gives.
func (a *Access) sentByLifter(ctx context.Context, tx *store.Tx, who actor.Actor) error {
	link, err := tokenOf(ctx, tx, who.ID)
	if err != nil || link.MadeBy == nil {
		return err
	}
	maker, err := a.grants.maker(ctx, tx.Client, *link.MadeBy)
	if err != nil {
		return err
	}
	if maker == nil {
		maker = &actor.Actor{}
	}
	err = mayLift(ctx, tx, *maker, who.Connection)
	if fault.CodeOf(err) == fault.Forbidden {
		err = fault.New(fault.Forbidden, "groups of this connection give people roles, so its token takes a link that an owner has made; ask whoever sent you this one").Because(err)
	}
	return err
}

// setUpName is what a SCIM token is called that a set-up link has made.
const setUpName = "Made through a set-up link"

// MadeBySetUp keeps the SCIM tokens that a set-up link has made.
func MadeBySetUp(link uuid.UUID) func(*sql.Selector) {
	return sql.AndPredicates(token.KindEQ(token.KindScim), token.MadeBy(link))
}

// UsedSetUp is Used for set-up links, whose first use leaves an Event, so it is
// written before anything is done.
func (a *Access) UsedSetUp(ctx context.Context, g *Grant, at time.Time, address, client string) error {
	if g.Token.LastUsedAt != nil {
		a.Used(g, at, address, client)
		return nil
	}
	return a.store.Write(actor.With(ctx, g.Actor()), func(ctx context.Context, tx *store.Tx) error {
		t, err := tokenOf(ctx, tx, g.Token.ID)
		if err != nil || t.LastUsedAt != nil {
			return err
		}
		tx.Name(t.ID, "first_used")
		return tx.Token.UpdateOneID(t.ID).SetLastUsedAt(at).SetLastUsedFrom(cut(address)).SetLastUsedBy(cut(client)).Exec(ctx)
	})
}

// orphaned says whether the maker of a set-up link may not make one any more: it
// ends with the person, the role or the token behind it.
func (c *cache) orphaned(ctx context.Context, read *ent.Client, t *ent.Token) (bool, error) {
	if t.MadeBy == nil {
		return false, nil // Rollcall itself
	}
	maker, err := c.maker(ctx, read, *t.MadeBy)
	if err != nil || maker == nil {
		return true, err
	}
	return checkSetupMaker(*maker) != nil, nil
}
