package scim_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const nobody = "01900000-0000-7000-8000-000000000000"

// crowd makes n people of the connection without HTTP, and returns their ids sorted.
func (h *house) crowd(n int) []string {
	h.Helper()
	ids := make([]string, 0, n)
	for len(ids) < n {
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			rows := make([]*ent.UserCreate, min(1000, n-len(ids)))
			for i := range rows {
				id := entschema.NewID()
				ids = append(ids, id.String())
				rows[i] = tx.User.Create().SetID(id).SetConnectionID(h.conn.ID).SetUserName("crowd-" + id.String())
			}
			return tx.User.CreateBulk(rows...).Exec(ctx)
		})
	}
	slices.Sort(ids)
	return ids
}

// filled is a group of so many members.
func (h *house) filled(name string, ids []string) string {
	h.Helper()
	group := h.createGroup(name)
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		g, err := tx.Group.Get(ctx, uuid.MustParse(group))
		if err != nil {
			return err
		}
		_, err = h.directory.ChangeMembers(ctx, tx, g, directory.MemberChange{Kind: directory.AddMembers, IDs: ids})
		return err
	})
	return group
}

func (h *house) version(endpoint, id string) any {
	h.Helper()
	return h.do(http.MethodGet, endpoint+"/"+id+"?attributes=meta", nil).want(http.StatusOK).at("meta", "version")
}

func TestMemberChanges(t *testing.T) {
	const a, b, c = 0, 1, 2 // people; a and b are members
	for name, test := range map[string]struct {
		ops   func(id []string) []map[string]any
		want  []int
		moves bool
	}{
		"add":              {func(id []string) []map[string]any { return []map[string]any{op("Add", "members", refs(id[c]))} }, []int{a, b, c}, true},
		"add who is there": {func(id []string) []map[string]any { return []map[string]any{op("add", "members", refs(id[a], id[b]))} }, []int{a, b}, false},
		"add old and new":  {func(id []string) []map[string]any { return []map[string]any{op("add", "members", refs(id[a], id[c]))} }, []int{a, b, c}, true},
		"add twice": {func(id []string) []map[string]any {
			return []map[string]any{op("add", "members", refs(id[c], id[c])), op("add", "members", refs(id[c]))}
		}, []int{a, b, c}, true},
		"add nobody":           {func([]string) []map[string]any { return []map[string]any{op("add", "members", []any{})} }, []int{a, b}, false},
		"remove by value list": {func(id []string) []map[string]any { return []map[string]any{op("Remove", "members", refs(id[a]))} }, []int{b}, true},
		"remove by filter": {func(id []string) []map[string]any {
			return []map[string]any{op("remove", `members[value eq "`+id[a]+`"]`, nil)}
		}, []int{b}, true},
		"remove unknown": {func([]string) []map[string]any {
			return []map[string]any{op("remove", "members", refs(nobody, "no id at all"))}
		}, []int{a, b}, false},
		"remove unknown and known": {func(id []string) []map[string]any {
			return []map[string]any{op("remove", "members", refs(nobody, id[b]))}
		}, []int{a}, true},
		"remove with an empty list": {func([]string) []map[string]any { return []map[string]any{op("remove", "members", []any{})} }, []int{a, b}, false},
		"remove all":                {func([]string) []map[string]any { return []map[string]any{op("remove", "members", nil)} }, nil, true},
		"replace": {func(id []string) []map[string]any {
			return []map[string]any{op("replace", "members", refs(id[b], id[c]))}
		}, []int{b, c}, true},
		"replace by the same": {func(id []string) []map[string]any {
			return []map[string]any{op("replace", "members", refs(id[b], id[a]))}
		}, []int{a, b}, false},
		"replace by none": {func([]string) []map[string]any { return []map[string]any{op("replace", "members", []any{})} }, nil, true},
		"replace without path, none": {func([]string) []map[string]any {
			return []map[string]any{op("replace", "", map[string]any{"members": []any{}})}
		}, nil, true},
		"replace without path or them": {func([]string) []map[string]any {
			return []map[string]any{op("replace", "", map[string]any{"displayName": "Wardens"})}
		}, []int{a, b}, false},
		"in and out again": {func(id []string) []map[string]any {
			return []map[string]any{op("add", "members", refs(id[c])), op("remove", "members", refs(id[c]))}
		}, []int{a, b}, false},
		"out and in again": {func(id []string) []map[string]any {
			return []map[string]any{op("remove", "members", refs(id[a])), op("add", "members", refs(id[a]))}
		}, []int{a, b}, false},
		"all out, one in again": {func(id []string) []map[string]any {
			return []map[string]any{op("remove", "members", nil), op("add", "members", refs(id[a], id[c]))}
		}, []int{a, c}, true},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				ids := h.crowd(3)
				group := h.filled("Wardens", []string{ids[a], ids[b]})
				version, events := h.version("/Groups", group), len(h.events(group))
				h.do(http.MethodPatch, "/Groups/"+group, patch(test.ops(ids)...)).want(http.StatusNoContent)
				want := []string{}
				for _, i := range test.want {
					want = append(want, ids[i])
				}
				if diff := cmp.Diff(want, h.members(group)); diff != "" {
					t.Errorf("members:\n%s", diff)
				}
				moved, more := h.version("/Groups", group) != version, len(h.events(group))-events
				if moved != test.moves || more > 1 || (more == 1) != test.moves {
					t.Errorf("the version moved: %t, %d new Events; want %t", moved, more, test.moves)
				}
			})
		})
	}
}

func TestBadMembersLeaveTheGroupAlone(t *testing.T) {
	onBoth(t, func(h *house) {
		ids := h.crowd(3)
		group := h.filled("Wardens", ids[:1])
		local := h.local(directory.Local{UserName: "local"}).ID.String()
		version := h.version("/Groups", group)
		for _, bad := range []string{nobody, "", "42", "ada@example.test", local, group, h.org.ID.String(), "{" + ids[2] + "}", "01900000-0000-7000-8000-00000000000\u0130"} {
			for name, r := range map[string]*reply{
				"add":     h.do(http.MethodPatch, "/Groups/"+group, patch(op("replace", "displayName", "X"), op("add", "members", refs(ids[1], bad)))),
				"replace": h.do(http.MethodPatch, "/Groups/"+group, patch(op("replace", "members", refs(bad)))),
				"later":   h.do(http.MethodPatch, "/Groups/"+group, patch(op("add", "members", refs(ids[2])), op("remove", "members", refs(ids[0])), op("add", "members", refs(bad)))),
				"PUT":     h.do(http.MethodPut, "/Groups/"+group, map[string]any{"displayName": "X", "members": refs(ids[2], bad)}),
				"POST":    h.do(http.MethodPost, "/Groups", map[string]any{"displayName": "New", "members": refs(ids[2], bad)}),
			} {
				if detail, _ := r.body["detail"].(string); r.status != http.StatusBadRequest || r.body["scimType"] != "invalidValue" || bad != "" && !contains(detail, "members", bad) {
					h.Errorf("%s of %q: %d %s", name, bad, r.status, r.text)
				}
			}
		}
		for name, operation := range map[string]map[string]any{
			"remove, no id":         op("remove", "members", []any{map[string]any{"display": "Ada"}}),
			"remove, a number list": op("remove", "members", []any{[]any{ids[0]}}),
			"remove, other filter":  op("remove", `members[display eq "Ada"]`, nil),
			"remove, sub-attribute": op("remove", `members[value eq "`+ids[0]+`"].value`, nil),
			"remove, negated":       op("remove", `members[value ne "`+ids[0]+`"]`, nil),
			"remove, null inside":   op("remove", "members", []any{nil}),
			"remove, broken filter": op("remove", `members[value eq "`+ids[0]+`"`, nil),
			"add, no value at all":  op("add", "members", nil),
		} {
			if r := h.do(http.MethodPatch, "/Groups/"+group, patch(operation)); r.status != http.StatusBadRequest {
				h.Errorf("%s: %d %s", name, r.status, r.text)
			}
		}
		if got := h.version("/Groups", group); got != version {
			h.Errorf("the version went from %v to %v", version, got)
		}
		if diff := cmp.Diff(ids[:1], h.members(group)); diff != "" {
			h.Errorf("members:\n%s", diff)
		}
		if r := h.find("/Groups", `displayName eq "New" or displayName eq "X"`); r.body["totalResults"] != 0.0 {
			h.Errorf("a refused request left %s", r.text)
		}
	})
}

func TestGhostIsSkippedWithAWarning(t *testing.T) {
	onBoth(t, func(h *house) {
		ghost, id := h.create("ada"), h.create("bob")
		h.do(http.MethodDelete, "/Users/"+ghost, nil).want(http.StatusNoContent)
		group := h.createGroup("Wardens")
		h.do(http.MethodPatch, "/Groups/"+group, patch(op("add", "members", refs(ghost, id)))).want(http.StatusNoContent)
		h.do(http.MethodPatch, "/Groups/"+group, patch(op("add", "members", refs(ghost)))).want(http.StatusNoContent)
		if diff := cmp.Diff([]string{id}, h.members(group)); diff != "" {
			h.Errorf("members:\n%s", diff)
		}
		rows, err := h.store.Read().ProvisioningLog.Query().Where(provisioninglog.Method(http.MethodPatch)).Order(provisioninglog.ByID()).All(h.inOrg())
		if err != nil || len(rows) != 2 {
			h.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, row := range rows {
			if diff := cmp.Diff([]string{"ada@example.test (" + ghost + ") was deleted here and was not added"}, row.Warnings); diff != "" {
				h.Errorf("warnings:\n%s", diff)
			}
		}
	})
}

func TestPutOfAGroup(t *testing.T) {
	onBoth(t, func(h *house) {
		ids := h.crowd(3)
		group := h.filled("Wardens", ids[:2])
		h.do(http.MethodPut, "/Groups/"+group, map[string]any{"displayName": "Guards"}).want(http.StatusOK)
		if diff := cmp.Diff(ids[:2], h.members(group)); diff != "" {
			h.Errorf("without members:\n%s", diff)
		}
		h.do(http.MethodPut, "/Groups/"+group, map[string]any{"displayName": "Guards", "members": refs(ids[1:]...)}).want(http.StatusOK)
		if diff := cmp.Diff(ids[1:], h.members(group)); diff != "" {
			h.Errorf("with members:\n%s", diff)
		}
		h.do(http.MethodPut, "/Groups/"+group, map[string]any{"displayName": "Guards", "members": []any{}}).want(http.StatusOK)
		if got := h.members(group); len(got) != 0 {
			h.Errorf("with none: %v", got)
		}
	})
}

func TestLargeGroupIsComplete(t *testing.T) {
	onBoth(t, func(h *house) {
		ids := h.crowd(3000)
		group := h.createGroup("All")
		for part := range slices.Chunk(ids, 1000) {
			h.do(http.MethodPatch, "/Groups/"+group, patch(op("add", "members", refs(part...)))).want(http.StatusNoContent)
		}
		if got := h.members(group); !slices.Equal(got, ids) {
			h.Errorf("%d members, want %d", len(got), len(ids))
		}
		r := h.find("/Groups", fmt.Sprintf(`id eq %q and members eq %q`, group, ids[2500])).want(http.StatusOK)
		if r.body["totalResults"] != 1.0 {
			h.Errorf("membership probe: %s", r.text[:200])
		}
		if r := h.do(http.MethodGet, "/Groups/"+group+"?excludedAttributes=members", nil); r.at("members") != nil {
			h.Error("members came although they were excluded")
		}
		h.do(http.MethodPatch, "/Groups/"+group, patch(op("remove", "members", refs(ids[:1000]...)))).want(http.StatusNoContent)
		if got := h.members(group); !slices.Equal(got, ids[1000:]) {
			h.Errorf("%d members after the removal, want 2000", len(got))
		}
	})
}
