package graph

import (
	"context"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// listDepartments answers a question for departments, by name: in one statement,
// and one for each of the total and the number of people where they are asked for.
func (r *Resolver) listDepartments(ctx context.Context, w window, search string) (*DepartmentConnection, error) {
	var conditions []predicate.Department
	if part, err := partOf(search); err != nil {
		return nil, err
	} else if part != "" {
		conditions = append(conditions, contains(department.FieldNameKey, part))
	}
	query := func() *ent.DepartmentQuery { return r.store.Read().Department.Query().Where(conditions...) }
	q := query()
	q.Modify(w.byKey(department.FieldNameKey, false))
	rows, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	at := func(d *ent.Department) place { return place{key: d.NameKey, id: d.ID} }
	page := &DepartmentConnection{Edges: []*DepartmentEdge{}, Nodes: []*ent.Department{}}
	rows, page.PageInfo = pageOf(w, rows, at)
	for _, d := range rows {
		page.Nodes = append(page.Nodes, d)
		page.Edges = append(page.Edges, &DepartmentEdge{Cursor: at(d).String(), Node: d})
	}
	asked := selected(ctx)
	if asked.has("totalCount") {
		if page.TotalCount, err = query().Count(ctx); err != nil {
			return nil, err
		}
	}
	return page, requestOf(ctx).loader.fillDepartments(ctx, asked.nodes(), rows...)
}

// fillDepartments asks once for all departments what their fields would ask for
// one by one.
func (l *loader) fillDepartments(ctx context.Context, s selection, departments ...*ent.Department) error {
	if len(departments) == 0 || !s.has("userCount") {
		return nil
	}
	ids := make([]uuid.UUID, len(departments))
	for i, d := range departments {
		ids[i] = d.ID
	}
	_, err := l.departmentCounts(ctx, ids...)
	return err
}

// departmentCounts is how many people are in each department.
func (l *loader) departmentCounts(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]int, error) {
	return l.countsOf(ctx, "people", func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error) {
		var rows []struct {
			DepartmentID uuid.UUID `json:"department_id"`
			Count        int       `json:"count"`
		}
		err := l.r.store.Read().User.Query().Where(user.DepartmentIDIn(ids...), user.DeletedAtIsNil()).
			GroupBy(user.FieldDepartmentID).Aggregate(ent.Count()).Scan(store.ByID(ctx), &rows)
		out := map[uuid.UUID]int{}
		for _, r := range rows {
			out[r.DepartmentID] = r.Count
		}
		return out, err
	}, ids...)
}

// changedDepartment does something with a department and answers with what it is
// then.
func (r *Resolver) changedDepartment(ctx context.Context, id uuid.UUID, do func(context.Context, *store.Tx) error) (*DepartmentPayload, error) {
	if err := r.store.Write(ctx, do); err != nil {
		return nil, err
	}
	d, err := r.store.Read().Department.Get(ctx, id)
	return &DepartmentPayload{Department: d}, err
}

// partOf is the folded form of a search for a part of a name.
func partOf(search string) (string, error) {
	if len(search) > maxSearch {
		return "", fault.New(fault.Invalid, "the search is longer than %d bytes", maxSearch).On("search")
	}
	return store.Fold(strings.TrimSpace(search)), nil
}

// contains keeps rows of whose folded column a text is a part.
func contains(column, part string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.Ident(s.C(column)).WriteString(" LIKE ").Arg(like(part)).WriteString(` ESCAPE '\'`)
		}))
	}
}
