package graph

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/membership"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// userList is a question for people.
type userList struct {
	window
	search, filter string
	where          *UserWhere
	order          *UserOrder // nil: the newest in front
}

// listUsers answers it, in one statement and one more where the total is asked
// for; what hangs on the people comes in one statement for each kind.
func (r *Resolver) listUsers(ctx context.Context, l userList) (*UserConnection, error) {
	conditions, err := r.userConditions(ctx, l)
	if err != nil {
		return nil, err
	}
	if l.where != nil && l.where.Ids != nil {
		ctx = store.ByID(ctx)
	}
	query := func() *ent.UserQuery { return r.store.Read().User.Query().Where(conditions...) }
	order := UserOrder{Field: UserOrderFieldCreated, Direction: OrderDirectionDesc}
	if l.order != nil {
		order = *l.order
	}
	descending := order.Direction == OrderDirectionDesc
	var rows []*ent.User
	at := func(u *ent.User) place { return place{id: u.ID} }
	switch order.Field {
	case UserOrderFieldUserName:
		at = func(u *ent.User) place { return place{key: u.UserNameKey, id: u.ID} }
		rows, err = sorted(ctx, query(), l.window, user.FieldUserNameKey, descending)
	case UserOrderFieldDisplayName:
		at = func(u *ent.User) place {
			return place{key: deref(u.DisplayNameKey), null: u.DisplayNameKey == nil, id: u.ID}
		}
		rows, err = byDisplayName(ctx, query, l.window, descending)
	default:
		rows, err = read(ctx, query(), l.byID(descending))
	}
	if err != nil {
		return nil, err
	}
	return r.userPage(ctx, l.window, rows, at, func(ctx context.Context) (int, error) { return query().Count(ctx) })
}

// userPage makes a page of the people that were read; count is asked for their
// total where the caller wants it.
func (r *Resolver) userPage(ctx context.Context, w window, rows []*ent.User, at func(*ent.User) place, count func(context.Context) (int, error)) (*UserConnection, error) {
	page := &UserConnection{Edges: []*UserEdge{}, Nodes: []*ent.User{}}
	all := w.from == nil && len(rows) <= w.limit // one page holds everybody
	rows, page.PageInfo = pageOf(w, rows, at)
	for _, u := range rows {
		page.Nodes = append(page.Nodes, u)
		page.Edges = append(page.Edges, &UserEdge{Cursor: at(u).String(), Node: u})
	}
	asked := selected(ctx)
	if all {
		page.TotalCount = len(rows) // a search through everybody is not made twice
	} else if asked.has("totalCount") {
		var err error
		if page.TotalCount, err = count(ctx); err != nil {
			return nil, err
		}
	}
	return page, requestOf(ctx).loader.fill(ctx, asked.nodes(), page.Nodes...)
}

// byKeyAndID narrows and sorts by a folded column that is never NULL here, and the
// id among equals.
func (w window) byKeyAndID(column string, descending bool) func(*sql.Selector) {
	return func(s *sql.Selector) {
		down := descending != w.backward
		if w.from != nil {
			sign := " > ("
			if down {
				sign = " < ("
			}
			s.Where(sql.P(func(b *sql.Builder) {
				b.WriteString("(").Ident(s.C(column)).WriteString(", ").Ident(s.C("id")).WriteString(")" + sign)
				b.Args(w.from.key, w.from.id).WriteString(")")
			}))
		}
		if down {
			s.OrderBy(sql.Desc(s.C(column)), sql.Desc(s.C("id")))
		} else {
			s.OrderBy(s.C(column), s.C("id"))
		}
		s.Limit(w.limit + 1)
	}
}

func read(ctx context.Context, q *ent.UserQuery, modify func(*sql.Selector)) ([]*ent.User, error) {
	q.Modify(modify)
	return q.All(ctx)
}

func sorted(ctx context.Context, q *ent.UserQuery, w window, column string, descending bool) ([]*ent.User, error) {
	return read(ctx, q, w.byKeyAndID(column, descending))
}

// byDisplayName reads those with a display name and those without as two lists,
// one behind the other, each from an index of its own.
func byDisplayName(ctx context.Context, query func() *ent.UserQuery, w window, descending bool) (rows []*ent.User, err error) {
	named := func(w window) ([]*ent.User, error) {
		return sorted(ctx, query().Where(user.DisplayNameKeyNotNil()), w, user.FieldDisplayNameKey, descending)
	}
	unnamed := func(w window) ([]*ent.User, error) {
		return read(ctx, query().Where(user.DisplayNameKeyIsNil()), w.byID(descending))
	}
	parts := []func(window) ([]*ent.User, error){named, unnamed}
	if w.backward {
		slices.Reverse(parts)
	}
	if w.from != nil && w.from.null != w.backward { // begins in the second list
		parts = parts[1:]
	}
	for i, part := range parts {
		rest := w
		rest.limit -= len(rows)
		if i > 0 {
			rest.from = nil
		}
		more, err := part(rest)
		if rows = append(rows, more...); err != nil || len(rows) > w.limit {
			return rows, err
		}
	}
	return rows, nil
}

// userConditions are those of all that a question says, the deleted left out
// unless it names them.
func (r *Resolver) userConditions(ctx context.Context, l userList) ([]predicate.User, error) {
	where := l.where
	if where == nil {
		where = &UserWhere{}
	}
	if err := checkLengths("where", len(where.Roles), len(where.Statuses)); err != nil {
		return nil, err
	}
	conditions := where.conditions(r.store)
	if where.GroupID != nil {
		conditions = append(conditions, inGroup(*where.GroupID))
	}
	for _, word := range strings.Fields(store.Fold(l.search)) {
		conditions = append(conditions, mentions(word))
	}
	if strings.TrimSpace(l.filter) != "" {
		condition, err := r.filter(ctx, l.filter)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, func(s *sql.Selector) { s.Where(sql.P(condition)) })
	}
	if n := max(len(where.Ids), len(where.DepartmentIds), len(where.ConnectionIds)); n > maxIDs {
		return nil, fault.New(fault.Invalid, "%d ids are more than one question may name: %d", n, maxIDs).On("where")
	}
	if len(l.search) > maxSearch {
		return nil, fault.New(fault.Invalid, "the search is longer than %d bytes", maxSearch).On("search")
	}
	return conditions, nil
}

const (
	maxSearch = 200  // bytes
	maxIDs    = 1000 // in one condition
	maxValues = 200  // of any other kind in one condition
)

// checkLengths refuses lists of values that are longer than a condition may be.
// Errors: fault.Invalid on the field.
func checkLengths(field string, lengths ...int) error {
	for _, n := range lengths {
		if n > maxValues {
			return fault.New(fault.Invalid, "%d values are more than one list may have: %d; name each one once", n, maxValues).On(field)
		}
	}
	return nil
}

func (where *UserWhere) conditions(s *store.Store) []predicate.User {
	conditions := []predicate.User{ofStatus(where.Statuses)}
	add := func(p predicate.User) { conditions = append(conditions, p) }
	if where.Roles != nil {
		add(user.RoleIn(where.Roles...))
	}
	if where.DepartmentIds != nil {
		add(s.Among(user.FieldDepartmentID, where.DepartmentIds))
	}
	if where.ConnectionIds != nil {
		add(s.Among(user.FieldConnectionID, where.ConnectionIds))
	}
	if where.Ids != nil {
		add(s.Among(user.FieldID, where.Ids))
	}
	if where.ManagerID != nil {
		add(user.ManagerID(*where.ManagerID))
	}
	for _, c := range []struct {
		asked *bool
		is    predicate.User
	}{
		{where.WithoutDepartment, user.DepartmentIDIsNil()}, {where.Local, user.ConnectionIDIsNil()},
		{where.WithoutManager, user.ManagerIDIsNil()}, {where.LinkAsked, user.LinkAskedByNotNil()},
	} {
		switch {
		case c.asked != nil && *c.asked:
			add(c.is)
		case c.asked != nil:
			add(user.Not(c.is))
		}
	}
	if where.CreatedFrom != nil {
		add(user.CreatedAtGTE(where.CreatedFrom.UTC()))
	}
	if where.CreatedBefore != nil {
		add(user.CreatedAtLT(where.CreatedBefore.UTC()))
	}
	return conditions
}

// ofStatus keeps people of any of the states; of none: all but the deleted.
func ofStatus(statuses []UserStatus) predicate.User {
	if len(statuses) == 0 {
		return present
	}
	var any []predicate.User
	for _, s := range statuses {
		switch s {
		case UserStatusActive:
			any = append(any, user.And(user.DeletedAtIsNil(), user.Active(true)))
		case UserStatusInactive:
			any = append(any, user.And(user.DeletedAtIsNil(), user.Active(false)))
		case UserStatusDeleted:
			any = append(any, user.DeletedAtNotNil())
		}
	}
	if slices.Contains(statuses, UserStatusDeleted) {
		return user.Or(any...)
	}
	return user.And(present, user.Or(any...))
}

// present leaves out the deleted. The second part is always true: it is what the
// index of the organization's people by id is made for.
func present(s *sql.Selector) {
	s.Where(sql.And(sql.IsNull(s.C(user.FieldDeletedAt)), sql.P(func(b *sql.Builder) {
		b.Ident(s.C(user.FieldRole)).WriteString(" <> ''")
	})))
}

// inGroup keeps the members of a group. Memberships never cross organizations.
func inGroup(id uuid.UUID) predicate.User {
	return func(s *sql.Selector) {
		m := sql.Table(membership.Table)
		s.Where(sql.In(s.C(user.FieldID), sql.Select(m.C(membership.FieldUserID)).From(m).Where(sql.EQ(m.C(membership.FieldGroupID), id))))
	}
}

// mentions keeps people of whom a folded word is a part of some name.
func mentions(word string) predicate.User {
	pattern := like(word)
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			part := func(text string) { b.WriteString(text + " LIKE ").Arg(pattern).WriteString(` ESCAPE '\'`) }
			b.WriteString("(")
			part("users.user_name_key")
			b.WriteString(" OR ")
			part("users.display_name_key")
			b.WriteString(" OR (")
			if s.Dialect() == dialect.SQLite && isPlain(word) {
				// The document is text there. Taking it apart takes ten times as long as
				// looking through it, and few mention the word anywhere.
				part("users.folded")
				b.WriteString(" AND ")
			}
			b.WriteString("(")
			for i, column := range [...]string{"formatted_name", "given_name", "family_name", "employee_number"} {
				if i > 0 {
					b.WriteString(" OR ")
				}
				part("users.folded ->> '" + column + "'")
			}
			b.WriteString(")) OR EXISTS (SELECT 1 FROM emails WHERE emails.user_id = users.id AND ")
			part("emails.value_key")
			b.WriteString("))")
		}))
	}
}

// isPlain says whether a text stands in a JSON document as it is.
func isPlain(text string) bool {
	quoted, err := json.Marshal(text)
	return err == nil && string(quoted) == `"`+text+`"`
}

// findUser brings one person, nil when there is none.
func (r *Resolver) findUser(ctx context.Context, id uuid.UUID) (*ent.User, error) {
	u, err := r.store.Read().User.Query().Where(user.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return u, err
}

// one picks the entry of a map that a loader has brought.
func one[T any](known map[uuid.UUID]T, err error) func(uuid.UUID) (T, error) {
	return func(id uuid.UUID) (T, error) { return known[id], err }
}
