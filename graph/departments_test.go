package graph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const createDepartment = `mutation($name: String!) { createDepartment(name: $name) { department { id name userCount } } }`

// department makes a department by hand and returns its id.
func (h *house) department(c caller, name string) string {
	h.Helper()
	return h.ask(c, createDepartment, vars{"name": name}).ok().at("createDepartment", "department", "id").(string)
}

// sentPerson makes a person as the directory would, in a department.
func (h *house) sentPerson(userName, dept string) *ent.User {
	h.Helper()
	ctx := h.in(h.org.ID)
	p := &directory.Profile{UserName: userName, Active: true, Department: &dept}
	match, err := h.directory.Match(ctx, h.conn, p)
	if err != nil {
		h.Fatal(err)
	}
	var made *directory.Provisioned
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
		made, err = h.directory.Provision(ctx, tx, h.conn, p, match)
		return err
	})
	return made.User
}

func TestDepartmentNamesAreCheckedAndUnique(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("departments:read", "departments:write", "users:read")
		h.ask(c, createDepartment, vars{"name": "  Straße\u00a0"}).ok().is("Straße", "createDepartment", "department", "name").
			is(0, "createDepartment", "department", "userCount")
		other := h.department(c, strings.Repeat("ä", 255))
		rename := `mutation($id: ID!, $name: String!) { renameDepartment(id: $id, name: $name) { department { name } } }`
		for name, code := range map[string]string{
			"": "BAD_USER_INPUT", " \t ": "BAD_USER_INPUT", "\u200b": "BAD_USER_INPUT", "a\nb": "BAD_USER_INPUT", "a\x00b": "BAD_USER_INPUT",
			strings.Repeat("ä", 256): "BAD_USER_INPUT", "STRASSE": "CONFLICT", " straße": "CONFLICT",
		} {
			for _, r := range []*reply{h.ask(c, createDepartment, vars{"name": name}), h.ask(c, rename, vars{"id": other, "name": name})} {
				if r.refused(code).Errors[0].Extensions["field"] != "name" {
					h.Errorf("%q: %s", name, r.text)
				}
			}
		}
		h.ask(c, `{ departments { totalCount } }`, nil).ok().is(2, "departments", "totalCount")
		h.ask(c, rename, vars{"id": other, "name": "Quay"}).ok().is("Quay", "renameDepartment", "department", "name")
		h.ask(c, rename, vars{"id": other, "name": "QUAY"}).ok().is("QUAY", "renameDepartment", "department", "name")
		h.ask(c, rename, vars{"id": other, "name": " QUAY "}).ok()
		want := []string{"department.created by token", "department.updated by token", "department.updated by token"}
		if d := cmp.Diff(want, h.told(uuid.MustParse(other))); d != "" {
			h.Error(d)
		}
	})
}

func TestDirectoryGoesOnAfterARename(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		ada := h.sentPerson("ada@acme.test", "Finance")
		id := ada.DepartmentID.String()
		h.ask(c, `mutation($id: ID!) { renameDepartment(id: $id, name: "Money") { department { name userCount } } }`, vars{"id": id}).ok().
			is(map[string]any{"name": "Money", "userCount": 1}, "renameDepartment", "department")
		bob := h.sentPerson("bob@acme.test", "Finance")
		if *bob.DepartmentID == *ada.DepartmentID {
			h.Error("a new person of the old name came into the renamed department")
		}
		if now := h.userRow(ada.ID); *now.DepartmentID != *ada.DepartmentID || *now.DepartmentName != "Finance" {
			h.Errorf("ada is in %v, sent as %q", now.DepartmentID, *now.DepartmentName)
		}
		h.ask(c, `{ departments { nodes { name userCount } } }`, nil).ok().
			is([]any{map[string]any{"name": "Finance", "userCount": 1}, map[string]any{"name": "Money", "userCount": 1}}, "departments", "nodes")
	})
}

func TestMergeMovesPeopleInAFewStatements(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		into := h.department(c, "Into")
		cost := map[int]int{}
		for _, n := range []int{3, 60} {
			var from []string
			var people []*ent.User
			for i := range n {
				people = append(people, h.sentPerson(fmt.Sprintf("p%d.%d@acme.test", n, i), fmt.Sprintf("Old %d", i%3)))
			}
			for _, u := range people[:3] {
				from = append(from, u.DepartmentID.String())
			}
			gone := people[0]
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.directory.Remove(ctx, tx, gone) })
			cost[n] = h.statements(func() {
				h.ask(c, `mutation($from: [ID!]!, $into: ID!) { mergeDepartments(from: $from, into: $into) { department { id name } } }`,
					vars{"from": append(from, from[0]), "into": into}).ok().is(map[string]any{"id": into, "name": "Into"}, "mergeDepartments", "department")
			})
			for _, u := range people[1:] {
				now := h.userRow(u.ID)
				if now.DepartmentID.String() != into || *now.DepartmentName != *u.DepartmentName || now.Version != u.Version+1 {
					h.Errorf("%s is in %v, sent as %s, version %d", now.UserName, now.DepartmentID, *now.DepartmentName, now.Version)
				}
				if d := cmp.Diff([]string{"user.created by system", "user.updated by token"}, h.told(u.ID)); d != "" {
					h.Error(d)
				}
			}
			if now := h.userRow(gone.ID); now.DepartmentID != nil {
				h.Error("a deleted person was moved")
			}
			h.eventSays(people[1].ID, map[string]any{"department_id": people[1].DepartmentID.String()}, map[string]any{"department_id": into})
			h.eventSays(*gone.DepartmentID, map[string]any{"name": "Old 0"}, map[string]any{"merged_into": into})
		}
		if cost[60] != cost[3] {
			h.Errorf("moving 60 people costs %d statements, 3 people %d", cost[60], cost[3])
		}
		h.ask(c, `{ departments { nodes { name userCount } } }`, nil).ok().is([]any{map[string]any{"name": "Into", "userCount": 61}}, "departments", "nodes")
		if again := h.sentPerson("late@acme.test", "Old 1"); again.DepartmentID.String() == into {
			h.Error("the directory's old name means the merged department")
		}
	})
}

// eventSays expects the last Event of an entity to tell what was and what is.
func (h *house) eventSays(id uuid.UUID, before, after map[string]any) {
	h.Helper()
	e, err := h.store.Read().Event.Query().Where(event.EntityID(id)).Order(ent.Desc(event.FieldPosition, event.FieldID)).First(h.in(h.org.ID))
	if err != nil {
		h.Fatal(err)
	}
	if d := cmp.Diff(schema.EventData{Before: before, After: after}, e.Data); d != "" {
		h.Errorf("%s: %s", e.Kind, d)
	}
}

func TestDepartmentsGoWhenNobodyIsInThem(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("departments:write", "users:read")
		const remove = `mutation($id: ID!) { removeDepartment(id: $id) { id } }`
		ada := h.sentPerson("ada@acme.test", "Finance")
		id := ada.DepartmentID.String()
		if r := h.ask(c, remove, vars{"id": id}).refused("CONFLICT"); !strings.Contains(r.Errors[0].Message, "1 person") {
			h.Error(r.Errors[0].Message)
		}
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.directory.Remove(ctx, tx, ada) })
		h.ask(c, remove, vars{"id": id}).ok().is(id, "removeDepartment", "id")
		h.ask(c, remove, vars{"id": id}).refused("NOT_FOUND")
		if d := cmp.Diff([]string{"department.created by system", "department.deleted by token"}, h.told(*ada.DepartmentID)); d != "" {
			h.Error(d)
		}
	})
}

func TestDepartmentsOfOthersAreNotThere(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		mine := h.department(c, "Mine")
		other, _ := h.organization("other")
		var theirs *ent.Department
		h.write(other.ID, func(ctx context.Context, tx *store.Tx) (err error) {
			theirs, err = h.directory.CreateDepartment(ctx, tx, "Theirs")
			return err
		})
		for _, id := range []string{theirs.ID.String(), schema.NewID().String()} {
			h.ask(c, `query($id: ID!) { department(id: $id) { id } }`, vars{"id": id}).ok().is(nil, "department")
			for _, operation := range []string{
				`mutation($id: ID!) { renameDepartment(id: $id, name: "Stolen") { department { id } } }`,
				`mutation($id: ID!) { removeDepartment(id: $id) { id } }`,
				`mutation($id: ID!, $mine: ID!) { mergeDepartments(from: [$id], into: $mine) { department { id } } }`,
				`mutation($id: ID!, $mine: ID!) { mergeDepartments(from: [$mine], into: $id) { department { id } } }`,
				`mutation($id: ID!, $mine: ID!) { mergeDepartments(from: [$mine, $id], into: $mine) { department { id } } }`,
			} {
				v := vars{"id": id}
				if strings.Contains(operation, "$mine") {
					v["mine"] = mine
				}
				want := "NOT_FOUND"
				if strings.Contains(operation, "$mine, $id") {
					want = "BAD_USER_INPUT"
				}
				h.ask(c, operation, v).refused(want)
			}
		}
		h.ask(c, `mutation($id: ID!) { mergeDepartments(from: [], into: $id) { department { id } } }`, vars{"id": mine}).refused("BAD_USER_INPUT")
		kept, err := h.store.Read().Department.Query().Where(department.Name("Theirs")).Count(h.in(other.ID))
		if kept != 1 || err != nil {
			h.Errorf("%d of their departments are left, %v", kept, err)
		}
		h.ask(c, `{ departments { nodes { name } } }`, nil).ok().is([]any{map[string]any{"name": "Mine"}}, "departments", "nodes")
		h.ask(h.as(user.RoleAUDITOR), createDepartment, vars{"name": "X"}).refused("FORBIDDEN")
	})
}

func TestDepartmentsArePagedAndSearched(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("departments:read", "departments:write", "users:read")
		for _, name := range []string{"beta", "Alpha", "Ömega", "100%", "gamma", "delta_x"} {
			h.department(c, name)
		}
		var got []string
		after := any(nil)
		for {
			r := h.ask(c, `query($after: String) { departments(first: 4, after: $after) { edges { node { name } } totalCount pageInfo { hasNextPage endCursor } } }`,
				vars{"after": after}).ok().is(6, "departments", "totalCount")
			for i := range r.at("departments", "edges").([]any) {
				got = append(got, r.at("departments", "edges", i, "node", "name").(string))
			}
			if after = r.at("departments", "pageInfo", "endCursor"); r.at("departments", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		if d := cmp.Diff([]string{"100%", "Alpha", "beta", "delta_x", "gamma", "Ömega"}, got); d != "" {
			h.Error(d)
		}
		for search, want := range map[string]string{"MEG": "[Ömega]", "öme": "[Ömega]", "%": "[100%]", "_": "[delta_x]", "  ta ": "[beta delta_x]"} {
			var found []string
			r := h.ask(c, `query($s: String) { departments(search: $s) { nodes { name } totalCount } }`, vars{"s": search}).ok()
			for i := range r.at("departments", "nodes").([]any) {
				found = append(found, r.at("departments", "nodes", i, "name").(string))
			}
			if fmt.Sprint(found) != want {
				h.Errorf("%q finds %v, want %s", search, found, want)
			}
			r.is(len(found), "departments", "totalCount")
		}
		h.ask(c, `query($s: String) { departments(search: $s) { totalCount } }`, vars{"s": strings.Repeat("x", 201)}).refused("BAD_USER_INPUT")
		h.ask(c, `{ departments(after: "nonsense") { totalCount } }`, nil).refused("BAD_USER_INPUT")
	})
}
