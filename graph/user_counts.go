package graph

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
)

// maxCounts is how many departments are counted one by one.
const maxCounts = 200

// count is how many people share some values.
type count struct {
	DepartmentID uuid.NullUUID `json:"department_id"`
	ConnectionID uuid.NullUUID `json:"connection_id"`
	Active       bool          `json:"active"`
	Count        int           `json:"count"`
}

// userCounts counts the organization's people in five statements, however many
// departments and connections there are.
func (r *Resolver) userCounts(ctx context.Context) (*UserCounts, error) {
	read := r.store.Read()
	var rows []count
	if err := read.User.Query().Where(present).GroupBy(user.FieldDepartmentID, user.FieldConnectionID, user.FieldActive).
		Aggregate(ent.Count()).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	org, err := read.Organization.Query().Only(ctx)
	if err != nil {
		return nil, err
	}
	out := &UserCounts{}
	since := directory.RestorableSince(org.Settings, r.store.Now())
	if out.Deleted, err = read.User.Query().Where(user.DeletedAtGT(since)).Count(ctx); err != nil {
		return nil, err
	}
	departments, connections := map[uuid.NullUUID]*DepartmentCount{}, map[uuid.UUID]*ConnectionCount{}
	all, err := read.Connection.Query().Order(connection.ByName()).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		connections[c.ID] = &ConnectionCount{ConnectionID: c.ID, Name: c.Name}
		out.ByConnection = append(out.ByConnection, connections[c.ID])
	}
	for _, row := range rows {
		d := departments[row.DepartmentID]
		if d == nil {
			d = &DepartmentCount{}
			departments[row.DepartmentID] = d
		}
		active := 0
		if row.Active {
			active = row.Count
		}
		d.Total, d.Active = d.Total+row.Count, d.Active+active
		out.Total, out.Active = out.Total+row.Count, out.Active+active
		if c := connections[row.ConnectionID.UUID]; c != nil {
			c.Total, c.Active = c.Total+row.Count, c.Active+active
		} else if !row.ConnectionID.Valid {
			out.Local += row.Count
		}
	}
	out.Inactive = out.Total - out.Active
	out.ByDepartment, err = r.largest(ctx, departments)
	return out, err
}

// largest are the departments with the most people, with their names.
func (r *Resolver) largest(ctx context.Context, counts map[uuid.NullUUID]*DepartmentCount) ([]*DepartmentCount, error) {
	ids := make([]uuid.NullUUID, 0, len(counts))
	for id := range counts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uuid.NullUUID) int {
		return cmp.Or(cmp.Compare(counts[b].Total, counts[a].Total), cmp.Compare(a.UUID.String(), b.UUID.String()))
	})
	ids = ids[:min(len(ids), maxCounts)]
	var named []uuid.UUID
	for _, id := range ids {
		if id.Valid {
			named = append(named, id.UUID)
		}
	}
	byDepartment, _ := selected(ctx).below("byDepartment")
	loader := requestOf(ctx).loader
	if err := loader.fillDepartmentsOf(ctx, byDepartment, named); err != nil {
		return nil, err
	}
	known, err := loader.departmentsBy(ctx, named...)
	if err != nil {
		return nil, err
	}
	out := make([]*DepartmentCount, len(ids))
	for i, id := range ids {
		out[i] = counts[id]
		out[i].Department = known[id.UUID]
	}
	return out, nil
}
