package access

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Access knows who may come into a store, and with what.
type Access struct {
	store  *store.Store
	grants *cache
	uses   uses

	refusals *Limiter
	refused  map[string]*atomic.Int64 // by kind of credential
}

// New returns the Access of a store. Its caller runs Run beside it.
func New(s *store.Store) *Access {
	return &Access{store: s, grants: newCache(s), uses: uses{pending: map[uuid.UUID]use{}},
		refusals: NewLimiter(refusedPerMinute), refused: countersOf(Kinds)}
}

// Grant is what a credential allows. It is shared by the requests of a second:
// nobody changes it.
type Grant struct {
	Token        *ent.Token        // nil for sessions
	Session      *ent.Session      // nil for tokens
	Client       *ent.ScimClient   // that the token was given to; else nil
	User         *ent.User         // who signed in, or whose personal token it is; else nil
	Organization *ent.Organization // nil for operator tokens
	Connection   *ent.Connection   // nil for all but SCIM tokens and set-up links
	Attributes   []*ent.Attribute  // declared on the connection

	orphaned bool // a set-up link whose maker may not make one any more
}

// Refused is the cause of an Unauthenticated fault: for the log, never for the
// client, which gets the same sentence whatever the reason.
type Refused struct {
	Reason              string
	Organization, Token uuid.UUID // where the secret is one of ours; of a client's, the client
	Connection          uuid.UUID
}

func (r *Refused) Error() string { return r.Reason }

// Authenticate returns what the secret allows at a door that takes the given
// kind. Fakes cost no query; nor does a secret that came within the last second.
func (a *Access) Authenticate(ctx context.Context, secret string, kind token.Kind) (*Grant, error) {
	if secret == "" {
		return nil, refuse(&Refused{Reason: "no token"})
	}
	if !wellFormed(secret) {
		return nil, a.turnDown(string(kind), refuse(&Refused{Reason: "not a token: wrong shape or checksum"}))
	}
	g, err := a.grants.find(ctx, hashOf(secret))
	if err != nil {
		return nil, err
	}
	if g == nil {
		return nil, a.turnDown(string(kind), refuse(&Refused{Reason: "unknown token"}))
	}
	if reason := g.refusal(kind, a.store.Now()); reason != "" {
		return nil, a.turnDown(string(kind), refuse(g.refused(reason)))
	}
	return g, nil
}

// Kinds are the kinds of credentials.
var Kinds = []string{string(token.KindScim), string(token.KindAPI), string(token.KindOperator), string(token.KindSetup), session.Label, ClientKind}

func countersOf(kinds []string) map[string]*atomic.Int64 {
	counters := map[string]*atomic.Int64{}
	for _, kind := range kinds {
		counters[kind] = new(atomic.Int64)
	}
	return counters
}

// turnDown counts a refusal.
func (a *Access) turnDown(kind string, err error) error {
	a.refused[kind].Add(1)
	return err
}

// Refusals is how many credentials of one of the Kinds were refused since New.
// The kind of a token is the one that the door asked for.
func (a *Access) Refusals(kind string) int64 { return a.refused[kind].Load() }

// Credential is the id by which people know the credential of a token's grant: of an
// access token, of which there are many, the client that got it; else the token.
func (g *Grant) Credential() uuid.UUID {
	if g.Token.ClientID != nil {
		return *g.Token.ClientID
	}
	return g.Token.ID
}

// Actor is who asks under this grant.
func (g *Grant) Actor() actor.Actor {
	a := actor.Actor{Kind: actor.User, Scopes: g.Scopes()}
	if g.Organization != nil {
		a.Org = g.Organization.ID
	}
	if g.User != nil {
		a.ID, a.User, a.Role = g.User.ID, g.User.ID, string(g.User.Role)
	}
	if g.Token != nil {
		a.Kind, a.ID = actor.Token, g.Credential()
		if g.Token.ExpiresAt != nil {
			a.Until = *g.Token.ExpiresAt
		}
	}
	if g.Connection != nil {
		a.Connection = g.Connection.ID
	}
	return a
}

// refusal is why the grant doesn't hold, "" when it does.
func (g *Grant) refusal(kind token.Kind, now time.Time) string {
	switch t := g.Token; {
	case t.Kind != kind:
		return "token of kind " + string(t.Kind) + " where " + string(kind) + " is asked for"
	case t.RevokedAt != nil:
		return "revoked token"
	case t.ExpiresAt != nil && !now.Before(*t.ExpiresAt):
		return "expired token"
	case g.Organization != nil && g.Organization.SuspendedAt != nil:
		return "organization suspended"
	case t.ConnectionID != nil && g.Connection == nil:
		return "connection removed"
	case t.ClientID != nil && (g.Client == nil || g.Client.RevokedAt != nil):
		return "access token of a client that was revoked"
	case g.orphaned:
		return "set-up link of someone who may not make one any more"
	case kind == token.KindSetup: // a paused connection can be looked at
	case g.Connection != nil && !g.Connection.Enabled:
		return "connection switched off"
	case t.UserID != nil && (g.User == nil || !g.User.Active):
		return "token of someone who is not active"
	}
	return ""
}

func (g *Grant) refused(reason string) *Refused {
	r := &Refused{Reason: reason, Organization: g.Token.OrgID, Token: g.Credential()}
	if g.Connection != nil {
		r.Connection = g.Connection.ID
	}
	return r
}

func refuse(r *Refused) error {
	return fault.New(fault.Unauthenticated, "the bearer token is missing, mistyped, expired or revoked").Because(r)
}
