package graph

import (
	"context"
	"maps"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// leftPeople are the words of the rules for those of the schema.
var leftPeople = map[RemovedConnectionPeople]directory.LeftPeople{
	RemovedConnectionPeopleKeep:       directory.KeepPeople,
	RemovedConnectionPeopleDeactivate: directory.DeactivatePeople,
	RemovedConnectionPeopleRemove:     directory.RemovePeople,
}

// matchKeys are the names that settings have for the keys of the schema.
var matchKeys = map[MatchKey]string{
	MatchKeyExternalID: directory.MatchExternalID, MatchKeyUserName: directory.MatchUserName,
	MatchKeyEmail: directory.MatchEmail, MatchKeyEmployeeNumber: directory.MatchEmployeeNumber,
}

func settingsOf(s schema.ConnectionSettings) *ConnectionSettings {
	out := &ConnectionSettings{Groups: s.Groups, Match: []MatchKey{}, LocalPeople: LocalPeople(s.Local), Revive: s.Revive,
		Domains: append([]string{}, s.Domains...)}
	for _, name := range s.Match {
		for key, n := range matchKeys {
			if n == name {
				out.Match = append(out.Match, key)
			}
		}
	}
	return out
}

// apply changes what the input says; the rules judge it.
func (in *ConnectionSettingsInput) apply(s *schema.ConnectionSettings) {
	if in == nil {
		return
	}
	if in.Groups != nil {
		s.Groups = *in.Groups
	}
	if in.Match != nil {
		s.Match = []string{}
		for _, key := range in.Match {
			s.Match = append(s.Match, matchKeys[key])
		}
	}
	if in.LocalPeople != nil {
		s.Local = string(*in.LocalPeople)
	}
	if in.Revive != nil {
		s.Revive = *in.Revive
	}
	if in.Domains != nil {
		s.Domains = in.Domains
	}
}

func idOf(c *ent.Connection) uuid.UUID {
	if c == nil {
		return uuid.Nil
	}
	return c.ID
}

// connectionPayload changes a connection and reads it.
func (r *Resolver) connectionPayload(ctx context.Context, change func(context.Context, *store.Tx) (uuid.UUID, error)) (*ConnectionPayload, error) {
	var id uuid.UUID
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = change(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := requestOf(ctx).loader.connectionBy(ctx, &id)
	return &ConnectionPayload{Connection: c}, err
}

// scimURL is the address of an organization's SCIM service.
func (r *Resolver) scimURL(org *ent.Organization) string { return r.publicURL + "/scim/v2/" + org.Slug }

// How much of what hangs on one connection a list shows.
const (
	maxConnectionTokens = 100 // of a kind
	maxAttributes       = 200
)

// firstOfEach keeps the first rows of a table for each connection, of those which
// a condition of ours holds for.
func firstOfEach(ctx context.Context, table, order string, most int, which string) func(*sql.Selector) {
	who, _ := actor.From(ctx)
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.Ident(s.C("id")).WriteString(" IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY connection_id ORDER BY " + order +
				") AS n FROM " + table + " WHERE org_id = ").Arg(who.Org).WriteString(" AND connection_id IS NOT NULL AND " + which + ") AS ranked WHERE n <= ").Arg(most).WriteString(")")
		}))
	}
}

// ofConnections is what hangs on connections. An organization has few, so the
// first question for one of them brings it for all.
type ofConnections struct {
	attributes map[uuid.UUID][]*ent.Attribute
	kinds      map[token.Kind]map[uuid.UUID][]*ent.Token
	clients    map[uuid.UUID][]*ent.ScimClient
	removals   map[uuid.UUID]directory.Removal
	rehearsals map[uuid.UUID]*ent.Rehearsal
	days       map[int]map[uuid.UUID][]*ConnectionDay // by how many
}

func (l *loader) attributesOf(ctx context.Context, id uuid.UUID) ([]*ent.Attribute, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.attributes == nil {
		all, err := l.r.store.Read().Attribute.Query().Where(firstOfEach(ctx, attribute.Table, attribute.FieldPathKey, maxAttributes, "TRUE")).Order(attribute.ByPathKey()).All(ctx)
		if err != nil {
			return nil, err
		}
		l.attributes = map[uuid.UUID][]*ent.Attribute{}
		for _, a := range all {
			l.attributes[a.ConnectionID] = append(l.attributes[a.ConnectionID], a)
		}
	}
	return append([]*ent.Attribute{}, l.attributes[id]...), nil
}

// tokensOf are the newest tokens of a kind that belong to a connection.
func (l *loader) tokensOf(ctx context.Context, kind token.Kind, id uuid.UUID) ([]*ent.Token, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kinds[kind] == nil {
		newest := firstOfEach(ctx, token.Table, "id DESC", maxConnectionTokens, "client_id IS NULL AND kind = '"+string(kind)+"'")
		all, err := l.r.store.Read().Token.Query().Where(newest).Order(token.ByID(sql.OrderDesc())).All(ctx)
		if err != nil {
			return nil, err
		}
		of := map[uuid.UUID][]*ent.Token{}
		for _, t := range all {
			of[*t.ConnectionID] = append(of[*t.ConnectionID], t)
		}
		if l.kinds == nil {
			l.kinds = map[token.Kind]map[uuid.UUID][]*ent.Token{}
		}
		l.kinds[kind] = of
	}
	return append([]*ent.Token{}, l.kinds[kind][id]...), nil
}

func (l *loader) removalOf(ctx context.Context, id uuid.UUID) (*ConnectionRemoval, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.removals == nil {
		var err error
		if l.removals, err = l.r.directory.Removals(ctx); err != nil {
			return nil, err
		}
	}
	r := ConnectionRemoval(l.removals[id])
	return &r, nil
}

// ownedBy is how many people or groups a connection owns.
func (l *loader) ownedBy(ctx context.Context, table string, id uuid.UUID) (int, error) {
	all, err := l.allConnections(ctx)
	if err != nil {
		return 0, err
	}
	counts, err := l.countsOf(ctx, table+" of connections", func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error) {
		return l.countOwned(ctx, table)
	}, append(slices.Collect(maps.Keys(all)), id)...)
	return counts[id], err
}

func (l *loader) countOwned(ctx context.Context, table string) (map[uuid.UUID]int, error) {
	read := l.r.store.Read()
	var rows []struct {
		ConnectionID uuid.UUID `json:"connection_id"`
		Count        int       `json:"count"`
	}
	var err error
	if table == user.Table {
		err = read.User.Query().Where(present, user.ConnectionIDNotNil()).GroupBy(user.FieldConnectionID).Aggregate(ent.Count()).Scan(ctx, &rows)
	} else {
		err = read.Group.Query().Where(group.DeletedAtIsNil(), group.ConnectionIDNotNil()).GroupBy(group.FieldConnectionID).Aggregate(ent.Count()).Scan(ctx, &rows)
	}
	out := map[uuid.UUID]int{}
	for _, row := range rows {
		out[row.ConnectionID] = row.Count
	}
	return out, err
}
