package access

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// endTokens is the scope of those who may end tokens that are not their own.
const endTokens = "tokens:write"

// RevokeToken ends a token for good. Revoking it again changes nothing. Everybody
// who has signed in may end a personal token of their own, and a token itself; any
// other takes the scope tokens:write. Errors: fault.NotFound, and fault.Forbidden
// also when the token, or the person whose it is, may do more than who asks.
func (a *Access) RevokeToken(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	who, _ := actor.From(ctx)
	t, err := tokenOf(ctx, tx, id)
	own := err == nil && isOwn(who, t)
	if !own && !who.May(endTokens) { // whether or not there is such a token
		return fault.New(fault.Forbidden, "ending a token that is not your own needs the scope %s", endTokens)
	}
	if err != nil {
		return err
	}
	if !own {
		if err := mayEnd(ctx, tx, t); err != nil {
			return err
		}
	}
	if t.RevokedAt != nil {
		return nil
	}
	if err := tx.Token.UpdateOneID(id).SetRevokedAt(tx.Now()).Exec(ctx); err != nil {
		return err
	}
	tx.Name(id, "revoked")
	return nil
}

// isOwn says whether a token is the actor itself, or a personal token of the person
// who has signed in. A personal token has no say over the others of its owner, who
// may have given those more.
func isOwn(who actor.Actor, t *ent.Token) bool {
	if who.Kind == actor.Token {
		return who.ID == t.ID
	}
	return t.UserID != nil && *t.UserID == who.User
}

// mayEnd refuses to end or to replace a token that may do more than who asks, and
// one of a person whose role allows more.
func mayEnd(ctx context.Context, tx *store.Tx, t *ent.Token) error {
	who, _ := actor.From(ctx)
	if who.Kind == actor.System {
		return nil
	}
	scopes, whose := t.Scopes, "the token "+t.Hint
	switch {
	case t.UserID != nil:
		owner, err := tx.User.Query().Where(user.ID(*t.UserID)).Only(ctx)
		if ent.IsNotFound(err) {
			break // it lets nobody in
		}
		if err != nil {
			return err
		}
		scopes, whose = ScopesOf(owner.Role), owner.UserName+", whose personal token this is,"
	case t.Kind == token.KindScim:
		scopes = []string{"users:write"}
	case t.Kind == token.KindSetup:
		scopes = setupMaker
	case t.Kind == token.KindOperator:
		scopes = []string{Operate}
	}
	for _, s := range scopes {
		if !Includes(who.Scopes, s) {
			return fault.New(fault.Forbidden, "%s may do more than you (%s); ask somebody who may do as much", whose, s)
		}
	}
	return nil
}
