package graph

import (
	"context"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// selection is a field with what is asked of it.
type selection struct {
	op     *graphql.OperationContext
	fields []graphql.CollectedField
}

// selected is what is asked of the field that is being resolved.
func selected(ctx context.Context) selection {
	return selection{graphql.GetOperationContext(ctx), graphql.CollectFieldsCtx(ctx, objects)}
}

// objects are the types that a fragment can be on. None is an interface, so a
// fragment of a valid document always applies.
var objects = func() (names []string) {
	for name, t := range parsedSchema.Types {
		if len(t.Fields) > 0 {
			names = append(names, name)
		}
	}
	return names
}()

// below is what is asked of the fields of that name, under whichever alias; ok is
// false when there are none.
func (s selection) below(name string) (_ selection, ok bool) {
	out := selection{op: s.op}
	for _, f := range s.fields {
		if f.Name == name {
			ok = true
			out.fields = append(out.fields, graphql.CollectFields(s.op, f.Selections, objects)...)
		}
	}
	return out, ok
}

// has says whether a field is asked for.
func (s selection) has(name string) bool {
	_, ok := s.below(name)
	return ok
}

// nodes is what is asked of the entries of a connection.
func (s selection) nodes() selection {
	out, _ := s.below("nodes")
	if edges, ok := s.below("edges"); ok {
		in, _ := edges.below("node")
		out.op, out.fields = s.op, append(out.fields, in.fields...)
	}
	return out
}

// fill asks once for all people what their fields would ask for one by one.
func (l *loader) fill(ctx context.Context, s selection, people ...*ent.User) error {
	if len(people) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(people))
	var departments, managers []uuid.UUID
	for i, u := range people {
		ids[i] = u.ID
		departments = appendID(departments, u.DepartmentID)
		managers = appendID(managers, u.ManagerID)
	}
	if err := l.fillDepartmentsOf(ctx, s, departments); err != nil {
		return err
	}
	if s.has("sessions") {
		if _, err := l.sessionsOf(ctx, ids...); err != nil {
			return err
		}
	}
	if s.has("passkeys") {
		if _, err := l.passkeysOf(ctx, ids...); err != nil {
			return err
		}
	}
	if s.has("accounts") {
		if _, err := l.accountsOf(ctx, ids...); err != nil {
			return err
		}
	}
	if s.has("emails") {
		if _, err := l.emailsOf(ctx, ids...); err != nil {
			return err
		}
	}
	if err := l.fillGroupsOf(ctx, s, ids); err != nil {
		return err
	}
	if s.has("reportCount") {
		if _, err := l.reportCounts(ctx, ids...); err != nil {
			return err
		}
	}
	return l.fillPeople(ctx, s, "manager", managers)
}

func (l *loader) fillDepartmentsOf(ctx context.Context, s selection, ids []uuid.UUID) error {
	below, asked := s.below("department")
	if !asked || len(ids) == 0 {
		return nil
	}
	known, err := l.departmentsBy(ctx, ids...)
	if err != nil {
		return err
	}
	var departments []*ent.Department
	for _, d := range known {
		if d != nil {
			departments = append(departments, d)
		}
	}
	return l.fillDepartments(ctx, below, departments...)
}

func (l *loader) fillGroupsOf(ctx context.Context, s selection, people []uuid.UUID) error {
	below, asked := s.below("groups")
	if !asked {
		return nil
	}
	known, err := l.groupsOf(ctx, people...)
	if err != nil {
		return err
	}
	return l.fillGroups(ctx, below, slices.Concat(slices.Collect(maps.Values(known))...)...)
}

// fillPeople asks once for the people that a field names, and for what hangs on them.
func (l *loader) fillPeople(ctx context.Context, s selection, field string, ids []uuid.UUID) error {
	below, asked := s.below(field)
	if !asked || len(ids) == 0 {
		return nil
	}
	known, err := l.peopleBy(ctx, ids...)
	if err != nil {
		return err
	}
	var people []*ent.User
	for _, u := range known {
		if u != nil {
			people = append(people, u)
		}
	}
	return l.fill(ctx, below, people...)
}

func appendID(ids []uuid.UUID, id *uuid.UUID) []uuid.UUID {
	if id == nil {
		return ids
	}
	return append(ids, *id)
}

// reportCounts is how many people report to each.
func (l *loader) reportCounts(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]int, error) {
	return l.countsOf(ctx, "reports", func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error) {
		var rows []struct {
			ManagerID uuid.UUID `json:"manager_id"`
			Count     int       `json:"count"`
		}
		err := l.r.store.Read().User.Query().Where(user.ManagerIDIn(ids...), user.DeletedAtIsNil()).
			GroupBy(user.FieldManagerID).Aggregate(ent.Count()).Scan(store.ByID(ctx), &rows)
		out := map[uuid.UUID]int{}
		for _, r := range rows {
			out[r.ManagerID] = r.Count
		}
		return out, err
	}, ids...)
}
