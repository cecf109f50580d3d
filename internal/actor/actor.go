package actor

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Kind is the sort of an Actor.
type Kind string

// The kinds of actors.
const (
	System Kind = "system" // Rollcall itself: command line, workers
	Token  Kind = "token"  // a client with a credential
	User   Kind = "user"   // a person who has signed in
)

// Installation is the organization of what belongs to no customer.
var Installation = uuid.Nil

// Actor is who is asking.
type Actor struct {
	Kind       Kind
	ID         uuid.UUID // the token or the person; nil for System
	Org        uuid.UUID
	User       uuid.UUID // the person behind a session or a personal token
	Role       string    // of that person
	Scopes     []string  // what the actor may do; not asked of System
	Until      time.Time // when the actor's token expires; zero for others
	Connection uuid.UUID // set when the actor provisions for a connection
	Request    uuid.UUID // the ProvisioningLog row of this request, if there will be one
}

// everything is the scope that stands for all others.
const everything = "all"

// May says whether the actor has a scope. Rollcall itself has every one.
func (a Actor) May(scope string) bool {
	return a.Kind == System || slices.Contains(a.Scopes, scope) || slices.Contains(a.Scopes, everything)
}

type contextKey struct{}

// With returns a context in which a asks.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, contextKey{}, a)
}

// From returns who is asking, and false when nobody said.
func From(ctx context.Context) (Actor, bool) {
	a, ok := ctx.Value(contextKey{}).(Actor)
	return a, ok
}

// InOrg returns a context in which Rollcall itself works for one organization.
func InOrg(ctx context.Context, org uuid.UUID) context.Context {
	return With(ctx, Actor{Kind: System, Org: org})
}
