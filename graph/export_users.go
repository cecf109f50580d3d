package graph

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
)

// exported is a person of an export, with what hangs on it.
type exported struct {
	*ent.User
	connection, department, manager *string
	emails                          emailList
	groups                          textList
}

// userColumns are in the order of the file. docs/import-export.md describes them.
var userColumns = []column[exported]{
	{"id", func(u exported) any { return u.ID.String() }},
	{"userName", func(u exported) any { return u.UserName }},
	{"displayName", func(u exported) any { return u.DisplayName }},
	{"formattedName", func(u exported) any { return u.FormattedName }},
	{"givenName", func(u exported) any { return u.GivenName }},
	{"familyName", func(u exported) any { return u.FamilyName }},
	{"email", func(u exported) any { return u.Email }},
	{"emails", func(u exported) any { return u.emails }},
	{"title", func(u exported) any { return u.Title }},
	{"department", func(u exported) any { return u.department }},
	{"departmentName", func(u exported) any { return u.DepartmentName }},
	{"manager", func(u exported) any { return u.manager }},
	{"managerValue", func(u exported) any { return u.ManagerValue }},
	{"employeeNumber", func(u exported) any { return u.EmployeeNumber }},
	{"costCenter", func(u exported) any { return u.CostCenter }},
	{"division", func(u exported) any { return u.Division }},
	{"company", func(u exported) any { return u.Company }},
	{"userType", func(u exported) any { return u.UserType }},
	{"preferredLanguage", func(u exported) any { return u.PreferredLanguage }},
	{"locale", func(u exported) any { return u.Locale }},
	{"timezone", func(u exported) any { return u.Timezone }},
	{"active", func(u exported) any { return u.Active }},
	{"role", func(u exported) any { return string(u.Role) }},
	{"externalId", func(u exported) any { return u.ExternalID }},
	{"connection", func(u exported) any { return u.connection }},
	{"groups", func(u exported) any { return u.groups }},
	{"attributes", func(u exported) any { return objectOf(u.Attributes) }},
	{"createdAt", func(u exported) any { return u.CreatedAt.UTC() }},
	{"updatedAt", func(u exported) any { return u.UpdatedAt.UTC() }},
	{"version", func(u exported) any { return u.Version }},
}

// exportedFields are the columns of the table that userColumns are made of.
var exportedFields = func() (names []string) {
	for _, c := range user.Columns {
		if c != user.FieldFolded {
			names = append(names, c)
		}
	}
	return names
}()

// keptWhere is a UserWhere as a link keeps it: a list without values, which holds
// for nobody, is not the same there as no list.
type keptWhere struct {
	Statuses          []UserStatus
	Roles             []user.Role
	DepartmentIds     []uuid.UUID
	WithoutDepartment *bool
	ConnectionIds     []uuid.UUID
	Local             *bool
	ManagerID         *uuid.UUID
	WithoutManager    *bool
	GroupID           *uuid.UUID
	Ids               []uuid.UUID
	LinkAsked         *bool
	CreatedFrom       *time.Time
	CreatedBefore     *time.Time
}

// keepUserList writes into a link which people it is for.
func keepUserList(into schema.Document, l userList) error {
	if l.filter != "" {
		into[exportFilter] = l.filter
	}
	if l.search != "" {
		into[exportSearch] = l.search
	}
	if l.where == nil {
		return nil
	}
	text, err := json.Marshal(keptWhere(*l.where))
	if err != nil {
		return fmt.Errorf("keep which people are exported: %w", err)
	}
	into[exportWhere] = string(text)
	return nil
}

// keptUserList reads what keepUserList has written.
func keptUserList(from schema.Document) (l userList, err error) {
	l.filter, _ = from[exportFilter].(string)
	l.search, _ = from[exportSearch].(string)
	if text, ok := from[exportWhere].(string); ok {
		var kept keptWhere
		if err := json.Unmarshal([]byte(text), &kept); err != nil {
			return l, fmt.Errorf("read which people are exported: %w", err)
		}
		l.where = (*UserWhere)(&kept)
	}
	return l, nil
}

// exportUsers is everybody whom a list means, by id.
func (r *Resolver) exportUsers(ctx context.Context, l userList) (*source, error) {
	conditions, err := r.userConditions(ctx, l)
	if err != nil {
		return nil, err
	}
	return sourceOf(userColumns, func(ctx context.Context, last *exported) ([]exported, error) {
		q := r.store.Read().User.Query().Where(conditions...).Order(user.ByID()).Limit(exportPage)
		if last != nil {
			q.Where(user.IDGT(last.ID))
		}
		people, err := q.Select(exportedFields...).All(ctx)
		if err != nil || len(people) == 0 {
			return nil, err
		}
		return r.exportedPeople(ctx, people)
	}), nil
}

// exportedPeople brings what hangs on a page of people, in one statement for each kind.
func (r *Resolver) exportedPeople(ctx context.Context, people []*ent.User) ([]exported, error) {
	l := newLoader(r)
	ids := make([]uuid.UUID, len(people))
	var departmentIDs, managerIDs []uuid.UUID
	for i, u := range people {
		ids[i] = u.ID
		departmentIDs, managerIDs = appendID(departmentIDs, u.DepartmentID), appendID(managerIDs, u.ManagerID)
	}
	departments, err := l.departmentsBy(ctx, departmentIDs...)
	if err != nil {
		return nil, err
	}
	emails, err := l.emailsOf(ctx, ids...)
	if err != nil {
		return nil, err
	}
	managers, err := r.userNames(ctx, managerIDs)
	if err != nil {
		return nil, err
	}
	groups, err := r.groupNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]exported, len(people))
	for i, u := range people {
		out[i] = exported{User: u, emails: emails[u.ID], groups: groups[u.ID]}
		if c, err := l.connectionBy(ctx, u.ConnectionID); err != nil {
			return nil, err
		} else if c != nil {
			out[i].connection = &c.Name
		}
		if u.DepartmentID != nil && departments[*u.DepartmentID] != nil {
			out[i].department = &departments[*u.DepartmentID].Name
		}
		if u.ManagerID != nil {
			if name, ok := managers[*u.ManagerID]; ok {
				out[i].manager = &name
			}
		}
	}
	return out, nil
}

// userNames are the user names of people who aren't deleted.
func (r *Resolver) userNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	in, arg := r.store.In("id", ids)
	return pairs[string](ctx, r, "SELECT id, user_name FROM users WHERE (org_id = ?) IS TRUE AND deleted_at IS NULL AND "+in, arg,
		func(out map[uuid.UUID]string, id uuid.UUID, name string) { out[id] = name })
}

// groupNames are the names of the groups of people: of all groups, where lists
// show only the first.
func (r *Resolver) groupNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]textList, error) {
	in, arg := r.store.In("m.user_id", ids)
	return pairs[textList](ctx, r, `SELECT m.user_id, g.display_name FROM memberships m JOIN groups g ON g.id = m.group_id
		WHERE (m.org_id = ?) IS TRUE AND g.deleted_at IS NULL AND `+in+` ORDER BY g.display_name_key, g.id`, arg,
		func(out map[uuid.UUID]textList, id uuid.UUID, name string) { out[id] = append(out[id], name) })
}

// pairs reads ids with a text each, of the actor's organization, for which queries
// ask as emailsOf does.
func pairs[T any](ctx context.Context, r *Resolver, query string, arg any, add func(map[uuid.UUID]T, uuid.UUID, string)) (map[uuid.UUID]T, error) {
	who, _ := actor.From(ctx)
	rows, err := r.store.Query(ctx, query, who.Org, arg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[uuid.UUID]T{}
	for rows.Next() {
		var id uuid.UUID
		var text sql.NullString
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		add(out, id, text.String)
	}
	return out, rows.Err()
}
