package scim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent/event"
)

func TestManyPostsOfOneNameMakeOnePerson(t *testing.T) {
	onBoth(t, func(h *house) {
		variants := []string{"jos\u00e9@example.test", "JOSE\u0301@example.test", "Jos\u00c9@EXAMPLE.test", "jose\u0301@example.test"}
		const n = 100
		answers := make([]*reply, n)
		h.atOnce(n, func(i int) {
			answers[i] = h.do(http.MethodPost, "/Users", with(person("x"), "userName", variants[i%4]))
		})
		made := 0
		for _, r := range answers {
			if r.status == http.StatusCreated {
				made++
				continue
			}
			r.refused(http.StatusConflict, "uniqueness", "")
		}
		events, err := h.store.Read().Event.Query().Where(event.Kind("user.created")).Count(h.inOrg())
		if made != 1 || len(h.people()) != 1 || events != 1 || err != nil {
			h.Errorf("%d times created, %d rows, %d Events, %v", made, len(h.people()), events, err)
		}
	})
}

func TestManyMembersAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		const n = 100
		ids := h.crowd(n)
		group := h.createGroup("Wardens")
		h.atOnce(n, func(i int) {
			h.do(http.MethodPatch, "/Groups/"+group, patch(op("Add", "members", refs(ids[i])))).want(http.StatusNoContent)
		})
		if diff := cmp.Diff(ids, h.members(group)); diff != "" {
			h.Errorf("members:\n%s", diff)
		}
		if got, want := h.version("/Groups", group), fmt.Sprintf(`W/"%d"`, n+1); got != want {
			h.Errorf("version %v, want %s", got, want)
		}
		if got := len(h.events(group)); got != n+1 {
			h.Errorf("%d Events, want %d", got, n+1)
		}
	})
}

// The Events of a member that is added and removed by many tell a serial story
// that ends where the group ends.
func TestAddAndRemoveOfOneMemberAreSerial(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.crowd(1)[0]
		group := h.createGroup("Wardens")
		h.atOnce(40, func(i int) {
			h.do(http.MethodPatch, "/Groups/"+group, patch(op([]string{"add", "remove"}[i%2], "members", refs(id)))).want(http.StatusNoContent)
		})
		member := false
		for _, e := range h.events(group) {
			if added, removed := len(e.Data.Added), len(e.Data.Removed); added+removed != 0 {
				if added == 1 == member || added == removed {
					h.Fatalf("an Event adds %d and removes %d when it is a member: %t", added, removed, member)
				}
				member = added == 1
			}
		}
		if got := h.members(group); (len(got) == 1) != member {
			h.Errorf("members %v, by the Events: %t", got, member)
		}
	})
}

func TestOneOfManyConditionalWritesWins(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		group := h.createGroup("Wardens")
		for _, target := range []string{"/Users/" + id, "/Groups/" + group} {
			tag := h.do(http.MethodGet, target, nil).header.Get("ETag")
			status := make([]int, 20)
			h.atOnce(len(status), func(i int) {
				status[i] = h.do(http.MethodPatch, target, patch(op("replace", "displayName", fmt.Sprint("Name ", i))), "If-Match", tag).status
			})
			slices.Sort(status)
			if status[0] >= 300 || status[1] != http.StatusPreconditionFailed || status[19] != http.StatusPreconditionFailed {
				h.Errorf("%s: %v", target, status)
			}
			for _, method := range []string{http.MethodPut, http.MethodDelete} {
				h.do(method, target, map[string]any{"userName": "ada@example.test", "displayName": "x"}, "If-Match", tag).refused(http.StatusPreconditionFailed, "", "changed since")
			}
		}
	})
}

// A PATCH beside a PUT is not lost: either it came first and the PUT, which was
// made for the older version, is refused, or it came second.
func TestPutBesidePatch(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		for i := range 10 {
			tag := h.do(http.MethodGet, "/Users/"+id, nil).header.Get("ETag")
			title := fmt.Sprint("Title ", i)
			var put, change *reply
			h.atOnce(2, func(j int) {
				if j == 0 {
					put = h.do(http.MethodPut, "/Users/"+id, with(person("ada"), "nickName", title), "If-Match", tag)
				} else {
					change = h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "title", title))).want(http.StatusOK)
				}
			})
			now := h.do(http.MethodGet, "/Users/"+id, nil)
			if now.body["title"] != title || (put.status == http.StatusOK) != (now.body["nickName"] == title) ||
				put.status != http.StatusOK && put.status != http.StatusPreconditionFailed {
				h.Errorf("PUT %d, PATCH %d, then %s", put.status, change.status, now.text)
			}
		}
	})
}

// Members and people that go at the same moment leave no ghost in a group.
func TestDeletionBesideMembership(t *testing.T) {
	onBoth(t, func(h *house) {
		ids := h.crowd(10)
		group := h.createGroup("Wardens")
		h.atOnce(2*len(ids), func(i int) {
			id := ids[i/2]
			if i%2 == 0 {
				h.do(http.MethodDelete, "/Users/"+id, nil).want(http.StatusNoContent)
			} else {
				h.do(http.MethodPatch, "/Groups/"+group, patch(op("add", "members", refs(id)))).want(http.StatusNoContent)
			}
		})
		if left := h.dump("org_id = ?", []string{"memberships"}, h.org.ID); len(left) > 0 {
			h.Errorf("ghosts:\n%s", strings.Join(left, "\n"))
		}
	})
}

// Both come at the same moment: the person and the manager.
func TestManagerBesideReport(t *testing.T) {
	onBoth(t, func(h *house) {
		const n = 10
		h.atOnce(2*n, func(i int) {
			if i%2 == 0 {
				h.create(fmt.Sprint("boss", i/2))
			} else {
				h.do(http.MethodPost, "/Users", managed(fmt.Sprint("report", i/2), fmt.Sprintf("boss%d@example.test", i/2))).want(http.StatusCreated)
			}
		})
		if _, err := h.directory.ResolveManagers(h.inOrg()); err != nil {
			h.Fatal(err)
		}
		for _, u := range h.people() {
			if strings.HasPrefix(u.UserName, "report") && u.ManagerID == nil {
				h.Errorf("%s has no manager", u.UserName)
			}
		}
	})
}
