package scim_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/event"
)

func inDepartment(name, dept string) map[string]any {
	return with(person(name), enterprise, map[string]any{"department": dept})
}

func (h *house) departments() []string {
	h.Helper()
	names, err := h.store.Read().Department.Query().Order(department.ByName()).Select(department.FieldName).Strings(h.inOrg())
	if err != nil {
		h.Fatal(err)
	}
	return names
}

func TestDepartmentIsMadeWhenFirstNamed(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.do(http.MethodPost, "/Users", inDepartment("ada", "Straße")).want(http.StatusCreated).id()
		bob := h.do(http.MethodPost, "/Users", inDepartment("bob", "STRASSE")).want(http.StatusCreated)
		if bob.at(enterprise, "department") != "STRASSE" {
			h.Errorf("the name is not as sent: %s", bob.text)
		}
		cyd := h.create("cyd")
		h.do(http.MethodPatch, "/Users/"+cyd, patch(op("replace", enterprise+":department", "strasse"))).want(http.StatusOK)
		if diff := cmp.Diff([]string{"Straße", "Yard"}, h.departments()); diff != "" {
			h.Errorf("departments:\n%s", diff)
		}
		for _, id := range []string{ada, bob.id(), cyd} {
			if got, want := h.row(id).DepartmentID, h.row(ada).DepartmentID; got == nil || *got != *want {
				h.Errorf("department of %s is %v, want %v", h.row(id).UserName, got, want)
			}
		}
		if r := h.do(http.MethodPatch, "/Users/"+cyd, patch(op("remove", enterprise+":department", nil))).want(http.StatusOK); h.row(cyd).DepartmentID != nil {
			h.Errorf("still in a department: %s", r.text)
		}
		if len(h.departments()) != 2 {
			h.Error("a department without people went away")
		}
	})
}

func TestManyFirstMentionsMakeOneDepartment(t *testing.T) {
	onBoth(t, func(h *house) {
		const n = 50
		h.atOnce(n, func(i int) {
			h.do(http.MethodPost, "/Users", inDepartment(fmt.Sprintf("p%d", i), []string{"Quay", "QUAY", "quay"}[i%3])).want(http.StatusCreated)
		})
		if got := h.departments(); len(got) != 1 {
			h.Errorf("departments: %v", got)
		}
		people := h.people()
		for _, u := range people {
			if u.DepartmentID == nil || *u.DepartmentID != *people[0].DepartmentID {
				h.Errorf("%s is in %v", u.UserName, u.DepartmentID)
			}
		}
		made, err := h.store.Read().Event.Query().Where(event.Kind("department.created")).Count(h.inOrg())
		if made != 1 || err != nil {
			h.Errorf("%d Events of the making, %v", made, err)
		}
	})
}
