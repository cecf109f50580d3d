package access

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	maxAge      = time.Second
	maxCached   = 4096
	lookupLimit = 10 * time.Second
)

type hash = [sha256.Size]byte

// cache keeps what the database said of a token for at most a second, counted
// from before the question, so that nothing begun a second after a revocation
// passes. Unknown tokens are not kept: a stranger could fill it with them.
type cache struct {
	store   *store.Store
	flights singleflight.Group
	mu      sync.Mutex
	found   map[hash]answer
}

type answer struct {
	grant *Grant // nil: unknown
	asked time.Time
}

func newCache(s *store.Store) *cache { return &cache{store: s, found: map[hash]answer{}} }

// fresh says whether the answer may be used now. A clock that was set back
// makes it stale.
func (a answer) fresh(now time.Time) bool {
	age := now.Sub(a.asked)
	return age >= 0 && age < maxAge
}

// find returns the grant of a token without judging it, nil when there is none.
func (c *cache) find(ctx context.Context, h hash) (*Grant, error) {
	if a, ok := c.known(h); ok {
		return a.grant, nil
	}
	for began := c.store.Now(); ; {
		a, err := c.ask(ctx, h)
		if err != nil {
			return nil, err
		}
		if began.Sub(a.asked) < maxAge { // else another's question was on its way for too long
			return a.grant, nil
		}
	}
}

// known is the fresh answer to a question that was asked before.
func (c *cache) known(h hash) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.found[h]
	return a, ok && a.fresh(c.store.Now())
}

// ask has one question on its way for each token. It doesn't end with the
// request that happened to come first.
func (c *cache) ask(ctx context.Context, h hash) (answer, error) {
	flight := c.flights.DoChan(string(h[:]), func() (any, error) {
		if a, ok := c.known(h); ok { // answered since find looked
			return a, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupLimit)
		defer cancel()
		a := answer{asked: c.store.Now()}
		var err error
		if a.grant, err = c.load(ctx, c.store.Read(), h); err == nil && a.grant != nil {
			c.keep(h, a)
		}
		return a, err
	})
	select {
	case <-ctx.Done():
		return answer{}, ctx.Err()
	case r := <-flight:
		a, _ := r.Val.(answer)
		return a, r.Err
	}
}

func (c *cache) keep(h hash, a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.found) >= maxCached {
		now := c.store.Now()
		for old, a := range c.found {
			if !a.fresh(now) {
				delete(c.found, old)
			}
		}
		if len(c.found) >= maxCached {
			clear(c.found)
		}
	}
	c.found[h] = a
}

// load asks the database: for the token whosever it is, then for the rest. A token
// whose organization is gone is unknown; one whose connection is gone has been
// revoked.
func (c *cache) load(ctx context.Context, read *ent.Client, h hash) (*Grant, error) {
	t, err := read.Token.Query().Where(token.Hash(h[:])).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	g := &Grant{Token: t}
	if t.OrgID == actor.Installation {
		return g, nil
	}
	ctx = actor.InOrg(ctx, t.OrgID)
	g.Organization, err = read.Organization.Query().Where(organization.ID(t.OrgID)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if t.UserID != nil {
		g.User, err = read.User.Query().Where(user.ID(*t.UserID), user.DeletedAtIsNil()).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return nil, err
		}
	}
	if t.Kind == token.KindSetup {
		if g.orphaned, err = c.orphaned(ctx, read, t); err != nil {
			return nil, err
		}
	}
	if t.ConnectionID == nil {
		return g, nil
	}
	g.Connection, err = read.Connection.Query().Where(connection.ID(*t.ConnectionID)).Only(ctx)
	if ent.IsNotFound(err) {
		return g, nil
	}
	if err != nil {
		return nil, err
	}
	if t.ClientID != nil {
		g.Client, err = read.ScimClient.Query().Where(scimclient.ID(*t.ClientID)).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return nil, err
		}
	}
	g.Attributes, err = read.Attribute.Query().
		Where(attribute.ConnectionID(*t.ConnectionID), attribute.Declared(true)).Order(attribute.ByID()).All(ctx)
	return g, err
}

// maker is the person or token with that id, as an actor, nil when it may not
// come in now.
func (c *cache) maker(ctx context.Context, read *ent.Client, id uuid.UUID) (*actor.Actor, error) {
	u, err := read.User.Query().Where(user.ID(id), user.DeletedAtIsNil()).Only(ctx)
	if err == nil {
		if !u.Active {
			return nil, nil
		}
		return &actor.Actor{Kind: actor.User, ID: u.ID, User: u.ID, Org: u.OrgID, Role: string(u.Role), Scopes: ScopesOf(u.Role)}, nil
	}
	if !ent.IsNotFound(err) {
		return nil, err
	}
	t, err := read.Token.Query().Where(token.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	g, err := c.load(ctx, read, hash(t.Hash))
	if err != nil || g == nil || g.refusal(token.KindAPI, c.store.Now()) != "" {
		return nil, err
	}
	who := g.Actor()
	return &who, nil
}
