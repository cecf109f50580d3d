package scim_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const managerPath = enterprise + ":manager"

// managerOf is the person that the database takes for somebody's manager.
func (h *house) managerOf(id string) string {
	h.Helper()
	if m := h.row(id).ManagerID; m != nil {
		return m.String()
	}
	return ""
}

func managed(name, manager string) map[string]any {
	return with(person(name), enterprise, map[string]any{"manager": map[string]any{"value": manager}})
}

func TestManagerIsFoundByAnyName(t *testing.T) {
	for name, value := range map[string]func(id string) string{
		"id":              func(id string) string { return id },
		"external id":     func(string) string { return "ext-Boss" },
		"user name":       func(string) string { return "BOSS@example.test" },
		"employee number": func(string) string { return "E-4711" },
	} {
		boss := with(with(person("boss"), "externalId", "ext-Boss"), enterprise, map[string]any{"employeeNumber": "E-4711"})
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				early := h.do(http.MethodPost, "/Users", managed("early", value("not known yet"))).want(http.StatusCreated).id()
				boss := h.do(http.MethodPost, "/Users", boss).want(http.StatusCreated).id()
				sent := value(boss)
				if name == "id" { // nobody can name an id before it is there
					h.do(http.MethodPatch, "/Users/"+early, patch(op("add", managerPath, sent))).want(http.StatusOK)
				}
				late := h.do(http.MethodPost, "/Users", managed("late", sent)).want(http.StatusCreated).id()
				patched := h.create("patched")
				h.do(http.MethodPatch, "/Users/"+patched, patch(op("add", managerPath, sent))).want(http.StatusOK)
				for _, id := range []string{early, late, patched} {
					if got := h.managerOf(id); got != boss {
						h.Errorf("manager of %s is %q, want %s", h.row(id).UserName, got, boss)
					}
					r := h.do(http.MethodGet, "/Users/"+id, nil)
					if r.at(enterprise, "manager", "value") != sent {
						h.Errorf("the value is not as sent (%s): %s", sent, r.text)
					}
					for _, filter := range []string{`id eq "` + id + `" and manager eq "` + sent + `"`, `manager eq "` + sent + `" and id eq "` + id + `"`} {
						if found := h.find("/Users", filter); found.body["totalResults"] != 1.0 {
							h.Errorf("%s finds %s", filter, found.text)
						}
					}
				}
			})
		})
	}
}

func TestManagerWaitsForTheExactExternalID(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.do(http.MethodPost, "/Users", managed("ada", "EXT-boss")).want(http.StatusCreated).id()
		h.create("boss")
		if got := h.managerOf(id); got != "" {
			h.Errorf("an external id in another case found %s", got)
		}
	})
}

func TestManagerArrivesByRename(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.do(http.MethodPost, "/Users", managed("ada", "boss@example.test")).want(http.StatusCreated).id()
		other := h.create("other")
		h.do(http.MethodPatch, "/Users/"+other, patch(op("replace", "userName", "Boss@example.test"))).want(http.StatusOK)
		if got := h.managerOf(id); got != other {
			h.Errorf("manager is %q, want %s", got, other)
		}
	})
}

func TestManagerChangesAndGoes(t *testing.T) {
	onBoth(t, func(h *house) {
		one, two, id := h.create("one"), h.create("two"), h.create("ada")
		for name, clear := range map[string]map[string]any{
			"remove":            op("Remove", managerPath, nil),
			"remove, bare":      op("remove", "manager", nil),
			"remove of value":   op("remove", managerPath+".value", nil),
			"empty text":        op("Replace", managerPath, ""),
			"empty value":       op("replace", managerPath, map[string]any{"value": ""}),
			"null":              {"op": "replace", "path": managerPath, "value": nil},
			"null value":        op("replace", managerPath, map[string]any{"value": nil}),
			"empty list":        op("replace", managerPath, []any{}),
			"no path":           op("replace", "", map[string]any{managerPath: ""}),
			"in the extension":  op("replace", "", map[string]any{enterprise: map[string]any{"manager": nil}}),
			"value of no value": op("replace", managerPath+".value", ""),
		} {
			for _, set := range []struct {
				op   map[string]any
				want string
			}{
				{op("Add", managerPath, one), one},
				{op("replace", managerPath, []any{map[string]any{"$ref": "../Users/" + two, "value": two}}), two},
				{op("add", "", map[string]any{managerPath + ".value": one}), one},
				{op("replace", "manager", map[string]any{"value": two}), two},
			} {
				h.do(http.MethodPatch, "/Users/"+id, patch(set.op)).want(http.StatusOK)
				if got := h.managerOf(id); got != set.want {
					h.Fatalf("%v leaves manager %q, want %s", set.op, got, set.want)
				}
			}
			r := h.do(http.MethodPatch, "/Users/"+id, patch(clear))
			if r.status != http.StatusOK || r.at(enterprise, "manager") != nil || h.managerOf(id) != "" || h.row(id).ManagerKey != nil {
				h.Errorf("%s: %d %s, manager %q", name, r.status, r.text, h.managerOf(id))
			}
		}
		h.do(http.MethodPatch, "/Users/"+id, patch(op("add", managerPath, one))).want(http.StatusOK)
		if r := h.do(http.MethodPut, "/Users/"+id, person("ada")).want(http.StatusOK); r.at(enterprise, "manager") != nil || h.managerOf(id) != "" {
			h.Errorf("a PUT without manager leaves %s", r.text)
		}
		h.do(http.MethodPatch, "/Users/"+id, patch(op("add", managerPath, id))).want(http.StatusOK)
		if h.managerOf(id) != "" {
			h.Error("somebody is their own manager")
		}
	})
}

func TestManagerDeletedIsAwaitedAgain(t *testing.T) {
	onBoth(t, func(h *house) {
		boss := h.create("boss")
		id := h.do(http.MethodPost, "/Users", managed("ada", "boss@example.test")).want(http.StatusCreated).id()
		h.do(http.MethodDelete, "/Users/"+boss, nil).want(http.StatusNoContent)
		if h.managerOf(id) != "" {
			h.Error("a tombstone is still the manager")
		}
		if r := h.do(http.MethodGet, "/Users/"+id, nil); r.at(enterprise, "manager", "value") != "boss@example.test" {
			h.Errorf("the value went with the manager: %s", r.text)
		}
		if again := h.create("boss"); h.managerOf(id) != again {
			h.Errorf("manager is %q, want the new %s", h.managerOf(id), again)
		}
	})
}

// Two that come at the same moment don't see each other; the sweep brings them together.
func TestSweepFindsLateManagers(t *testing.T) {
	onBoth(t, func(h *house) {
		boss, id := h.create("boss"), h.create("ada")
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error { // as the race leaves it
			return tx.User.UpdateOneID(uuid.MustParse(id)).SetManagerValue("ext-boss").Exec(ctx)
		})
		for _, want := range []int{1, 0} {
			if n, err := directory.New(h.store).ResolveManagers(h.inOrg()); n != want || err != nil {
				h.Errorf("resolved %d (%v), want %d", n, err, want)
			}
		}
		if got := h.managerOf(id); got != boss {
			h.Errorf("manager is %q, want %s", got, boss)
		}
	})
}
