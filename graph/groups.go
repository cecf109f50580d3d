package graph

import (
	"context"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/membership"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// groupList is a question for groups.
type groupList struct {
	window
	search     string
	connection *uuid.UUID
	local      *bool
}

func (l groupList) conditions() ([]predicate.Group, error) {
	conditions := []predicate.Group{group.DeletedAtIsNil()}
	part, err := partOf(l.search)
	if err != nil {
		return nil, err
	}
	if part != "" {
		conditions = append(conditions, contains(group.FieldDisplayNameKey, part))
	}
	if l.connection != nil {
		conditions = append(conditions, group.ConnectionID(*l.connection))
	}
	switch {
	case l.local != nil && *l.local:
		conditions = append(conditions, group.ConnectionIDIsNil())
	case l.local != nil:
		conditions = append(conditions, group.ConnectionIDNotNil())
	}
	return conditions, nil
}

// listGroups answers it by name, and among equal names by id: in one statement,
// and one for each of the total and the number of members where they are asked for.
func (r *Resolver) listGroups(ctx context.Context, l groupList) (*GroupConnection, error) {
	conditions, err := l.conditions()
	if err != nil {
		return nil, err
	}
	query := func() *ent.GroupQuery { return r.store.Read().Group.Query().Where(conditions...) }
	q := query()
	q.Modify(l.byKeyAndID(group.FieldDisplayNameKey, false))
	rows, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	at := func(g *ent.Group) place { return place{key: g.DisplayNameKey, id: g.ID} }
	page := &GroupConnection{Edges: []*GroupEdge{}, Nodes: []*ent.Group{}}
	rows, page.PageInfo = pageOf(l.window, rows, at)
	for _, g := range rows {
		page.Nodes = append(page.Nodes, g)
		page.Edges = append(page.Edges, &GroupEdge{Cursor: at(g).String(), Node: g})
	}
	asked := selected(ctx)
	if asked.has("totalCount") {
		if page.TotalCount, err = query().Count(ctx); err != nil {
			return nil, err
		}
	}
	return page, requestOf(ctx).loader.fillGroups(ctx, asked.nodes(), rows...)
}

// groupsOfUser are the groups of one person, with what is asked of them.
func (r *Resolver) groupsOfUser(ctx context.Context, u *ent.User) ([]*ent.Group, error) {
	l := requestOf(ctx).loader
	groups, err := one(l.groupsOf(ctx, u.ID))(u.ID)
	if err != nil {
		return nil, err
	}
	return groups, l.fillGroups(ctx, selected(ctx), groups...)
}

// fillGroups asks once for all groups what their fields would ask for one by one.
func (l *loader) fillGroups(ctx context.Context, s selection, groups ...*ent.Group) error {
	if len(groups) == 0 || !s.has("memberCount") {
		return nil
	}
	ids := make([]uuid.UUID, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	_, err := l.memberCounts(ctx, ids...)
	return err
}

// memberCounts is how many people are in each group. Who is deleted leaves all
// groups. The groups are the organization's, and so are their members: without
// naming it the primary key alone answers.
func (l *loader) memberCounts(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]int, error) {
	return l.countsOf(ctx, "members", func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error) {
		among, list := l.r.store.In("group_id", ids)
		rows, err := l.r.store.Query(ctx, "SELECT group_id, count(*) FROM memberships WHERE "+among+" GROUP BY group_id", list)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		out := map[uuid.UUID]int{}
		for rows.Next() {
			var id uuid.UUID
			var n int
			if err := rows.Scan(&id, &n); err != nil {
				return nil, err
			}
			out[id] = n
		}
		return out, rows.Err()
	}, ids...)
}

// members are the people of a group, by id.
func (r *Resolver) members(ctx context.Context, g *ent.Group, w window, search string) (*UserConnection, error) {
	conditions, err := r.userConditions(ctx, userList{search: search})
	if err != nil {
		return nil, err
	}
	query := func() *ent.UserQuery { return r.store.Read().User.Query().Where(conditions...).Where(memberOf(g.ID)) }
	count := func(ctx context.Context) (int, error) { return query().Count(ctx) }
	if strings.TrimSpace(search) == "" {
		count = func(ctx context.Context) (int, error) {
			return one(requestOf(ctx).loader.memberCounts(ctx, g.ID))(g.ID)
		}
	}
	q := query()
	q.Modify(w.byMember)
	rows, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	return r.userPage(ctx, w, rows, func(u *ent.User) place { return byID(u.ID) }, count)
}

// memberOf keeps the members of a group, read from the group's memberships: they
// lie in the order of the people's ids, so that a page reads no more than itself
// however large the group is.
func memberOf(id uuid.UUID) predicate.User {
	return func(s *sql.Selector) {
		m := sql.Table(membership.Table).As("m")
		s.Join(m).On(s.C(user.FieldID), m.C(membership.FieldUserID))
		s.Where(sql.EQ(m.C(membership.FieldGroupID), id))
	}
}

// byMember narrows and sorts people who were found by memberOf. It always says
// where to begin: SQLite then begins with the memberships. PostgreSQL may read both
// tables side by side, and has to be told where to begin in either.
func (w window) byMember(s *sql.Selector) {
	column := sql.Table(membership.Table).As("m").C(membership.FieldUserID)
	s.Where(sql.GT(column, deref(w.from).id)).OrderBy(column).Limit(w.limit + 1)
	if s.Dialect() == dialect.Postgres {
		s.Where(sql.GT(s.C(user.FieldID), deref(w.from).id))
	}
}

// findGroup brings one group, nil when there is none.
func (r *Resolver) findGroup(ctx context.Context, id uuid.UUID) (*ent.Group, error) {
	g, err := r.store.Read().Group.Query().Where(group.ID(id), group.DeletedAtIsNil()).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return g, err
}

// changedGroup does something with a group and answers with what it is then.
func (r *Resolver) changedGroup(ctx context.Context, id uuid.UUID, do func(context.Context, *store.Tx) error) (*GroupPayload, error) {
	if err := r.store.Write(ctx, do); err != nil {
		return nil, err
	}
	g, err := r.store.Read().Group.Get(ctx, id)
	return &GroupPayload{Group: g}, err
}
