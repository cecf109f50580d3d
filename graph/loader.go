package graph

import (
	"context"
	"slices"
	"sync"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/membership"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// loader remembers, for one request, what the resolvers of its fields asked for.
// Whoever brings a page of people first has their edges filled (fill.go), in one
// statement for each kind whatever the page's length; resolvers then find
// everything here.
type loader struct {
	r *Resolver

	mu          sync.Mutex
	departments map[uuid.UUID]*ent.Department
	connections map[uuid.UUID]*ent.Connection // all of the organization, once asked for
	people      map[uuid.UUID]*ent.User
	tokens      map[uuid.UUID]*ent.Token
	emails      map[uuid.UUID][]*ent.Email
	groups      map[uuid.UUID][]*ent.Group
	groupNames  map[uuid.UUID]*string
	sessions    map[uuid.UUID][]*ent.Session
	passkeys    map[uuid.UUID][]*ent.Passkey
	accounts    map[uuid.UUID][]*ent.Identity
	signOns     map[uuid.UUID]*SignOn               // by connection; all of the organization, once asked for
	ends        map[uuid.UUID]access.CredentialsEnd // by connection; all of the organization, once asked for
	counts      map[countKey]int
	healths     map[uuid.UUID]*shared[*ConnectionHealth]
	ranked      []*ent.User // who may do more than learn, once asked for
	ofConnections
}

// countKey is what is counted, and of what.
type countKey struct {
	what string
	of   uuid.UUID
}

func newLoader(r *Resolver) *loader {
	l := &loader{r: r}
	l.forget()
	return l
}

// forget is called before each mutation: what it answers is read anew.
func (l *loader) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ofConnections = ofConnections{}
	l.departments, l.connections = map[uuid.UUID]*ent.Department{}, nil
	l.tokens = map[uuid.UUID]*ent.Token{}
	l.people, l.counts = map[uuid.UUID]*ent.User{}, map[countKey]int{}
	l.emails, l.groups = map[uuid.UUID][]*ent.Email{}, map[uuid.UUID][]*ent.Group{}
	l.groupNames = map[uuid.UUID]*string{}
	l.sessions, l.passkeys = map[uuid.UUID][]*ent.Session{}, map[uuid.UUID][]*ent.Passkey{}
	l.accounts, l.signOns, l.ends = map[uuid.UUID][]*ent.Identity{}, nil, nil
	l.ranked = nil
	l.healths = map[uuid.UUID]*shared[*ConnectionHealth]{}
}

// missing are the ids, each once, that are not in known yet.
func missing[T any](known map[uuid.UUID]T, ids []uuid.UUID) []uuid.UUID {
	var out []uuid.UUID
	seen := map[uuid.UUID]bool{}
	for _, id := range ids {
		if _, ok := known[id]; !ok && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// picked is the part of what is known that was asked for.
func picked[T any](known map[uuid.UUID]T, ids []uuid.UUID) map[uuid.UUID]T {
	out := make(map[uuid.UUID]T, len(ids))
	for _, id := range ids {
		out[id] = known[id]
	}
	return out
}

// departmentsBy brings departments; what is not there is nil in the map.
func (l *loader) departmentsBy(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]*ent.Department, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.departments, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().Department.Query().Where(department.IDIn(lacking...)).All(store.ByID(ctx))
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.departments[id] = nil
		}
		for _, d := range found {
			l.departments[d.ID] = d
		}
	}
	return picked(l.departments, ids), nil
}

// peopleBy brings people, deleted ones included; who is not there is nil.
func (l *loader) peopleBy(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]*ent.User, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.people, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().User.Query().Where(user.IDIn(lacking...)).All(store.ByID(ctx))
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.people[id] = nil
		}
		for _, u := range found {
			l.people[u.ID] = u
		}
	}
	return picked(l.people, ids), nil
}

// tokensBy brings tokens, revoked ones included; what is not there is nil. A SCIM
// client is told as the token that its access tokens are.
func (l *loader) tokensBy(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]*ent.Token, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.tokens, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().Token.Query().Where(token.IDIn(lacking...)).All(store.ByID(ctx))
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.tokens[id] = nil
		}
		for _, t := range found {
			l.tokens[t.ID] = t
		}
		if clients := slices.DeleteFunc(lacking, func(id uuid.UUID) bool { return l.tokens[id] != nil }); len(clients) > 0 {
			found, err := l.r.store.Read().ScimClient.Query().Where(scimclient.IDIn(clients...)).All(store.ByID(ctx))
			if err != nil {
				return nil, err
			}
			for _, c := range found {
				l.tokens[c.ID] = &ent.Token{ID: c.ID, Name: c.Name, Kind: token.KindScim, ConnectionID: &c.ConnectionID}
			}
		}
	}
	return picked(l.tokens, ids), nil
}

// connectionBy brings a connection, nil when there is none.
func (l *loader) connectionBy(ctx context.Context, id *uuid.UUID) (*ent.Connection, error) {
	if id == nil {
		return nil, nil
	}
	all, err := l.allConnections(ctx)
	return all[*id], err
}

// allConnections brings the connections of the organization.
func (l *loader) allConnections(ctx context.Context) (map[uuid.UUID]*ent.Connection, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.connections == nil {
		found, err := l.r.store.Read().Connection.Query().All(ctx)
		if err != nil {
			return nil, err
		}
		l.connections = map[uuid.UUID]*ent.Connection{}
		for _, c := range found {
			l.connections[c.ID] = c
		}
	}
	return l.connections, nil
}

// emailsOf brings the e-mail addresses of people, the primary one in front.
func (l *loader) emailsOf(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID][]*ent.Email, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.emails, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().Email.Query().Where(email.UserIDIn(lacking...)).
			Order(email.ByPrimary(sql.OrderDesc()), email.ByID()).All(store.ByID(ctx))
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.emails[id] = []*ent.Email{}
		}
		for _, e := range found {
			l.emails[e.UserID] = append(l.emails[e.UserID], e)
		}
	}
	return picked(l.emails, ids), nil
}

// maxGroups is how many groups of one person a list shows.
const maxGroups = 200

// groupsOf brings the groups of people, by name.
func (l *loader) groupsOf(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID][]*ent.Group, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.groups, ids); len(lacking) > 0 {
		pairs, err := l.r.store.Read().Membership.Query().Where(membership.UserIDIn(lacking...)).All(store.ByID(ctx))
		if err != nil {
			return nil, err
		}
		var groupIDs []uuid.UUID
		for _, p := range pairs {
			groupIDs = append(groupIDs, p.GroupID)
		}
		found, err := l.r.store.Read().Group.Query().Where(group.IDIn(missing(map[uuid.UUID]bool{}, groupIDs)...), group.DeletedAtIsNil()).
			Order(group.ByDisplayNameKey(), group.ByID()).All(store.ByID(ctx))
		if err != nil {
			return nil, err
		}
		in := map[uuid.UUID]map[uuid.UUID]bool{}
		for _, p := range pairs {
			if in[p.GroupID] == nil {
				in[p.GroupID] = map[uuid.UUID]bool{}
			}
			in[p.GroupID][p.UserID] = true
		}
		for _, id := range lacking {
			l.groups[id] = []*ent.Group{}
		}
		for _, g := range found {
			for id := range in[g.ID] {
				if len(l.groups[id]) < maxGroups {
					l.groups[id] = append(l.groups[id], g)
				}
			}
		}
	}
	return picked(l.groups, ids), nil
}

// countsOf counts things of each of several owners with one question.
func (l *loader) countsOf(ctx context.Context, what string, ask func(context.Context, []uuid.UUID) (map[uuid.UUID]int, error), ids ...uuid.UUID) (map[uuid.UUID]int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[uuid.UUID]int{}
	var lacking []uuid.UUID
	for _, id := range ids {
		if n, known := l.counts[countKey{what, id}]; known {
			out[id] = n
		} else {
			lacking = append(lacking, id)
		}
	}
	if len(lacking) == 0 {
		return out, nil
	}
	found, err := ask(ctx, lacking)
	if err != nil {
		return nil, err
	}
	for _, id := range lacking {
		out[id], l.counts[countKey{what, id}] = found[id], found[id]
	}
	return out, nil
}
