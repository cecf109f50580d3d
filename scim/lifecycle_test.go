package scim_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	entuser "github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

func TestCreateAnswersWhatWasSent(t *testing.T) {
	onBoth(t, func(h *house) {
		r := h.do(http.MethodPost, "/Users", person("ada")).want(http.StatusCreated)
		location := "https://rollcall.test/scim/v2/acme/Users/" + r.id()
		if r.header.Get("Location") != location || r.at("meta", "location") != location {
			t.Errorf("Location %q, meta.location %v", r.header.Get("Location"), r.at("meta", "location"))
		}
		read := h.do(http.MethodGet, "/Users/"+r.id(), nil).want(http.StatusOK)
		if diff := cmp.Diff(r.body, read.body); diff != "" {
			t.Errorf("the person read differs from the answer to the create:\n%s", diff)
		}
		for name, value := range person("ada") {
			if name == "meta" || name == "roles" {
				continue
			}
			if name == "schemas" {
				value = []any{"urn:ietf:params:scim:schemas:core:2.0:User", enterprise}
			}
			if diff := cmp.Diff(value, read.body[name]); diff != "" {
				t.Errorf("%s is not as sent:\n%s", name, diff)
			}
		}
	})
}

func contains(text string, words ...string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

func (h *house) createGroup(name string, members ...string) string {
	h.Helper()
	body := map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": name}
	if len(members) > 0 {
		body["members"] = refs(members...)
	}
	return h.do(http.MethodPost, "/Groups", body).want(http.StatusCreated).id()
}

func refs(ids ...string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = map[string]any{"value": id}
	}
	return list
}

// members are the ids of a group's members, sorted.
func (h *house) members(group string) []string {
	h.Helper()
	list, _ := h.do(http.MethodGet, "/Groups/"+group, nil).want(http.StatusOK).body["members"].([]any)
	ids := make([]string, 0, len(list))
	for _, m := range list {
		ids = append(ids, m.(map[string]any)["value"].(string))
	}
	slices.Sort(ids)
	return ids
}

// events are what happened to an entity, in order.
func (h *house) events(id string) []*ent.Event {
	h.Helper()
	all, err := h.store.Read().Event.Query().Where(event.EntityID(uuid.MustParse(id))).Order(event.ByPosition(), event.ByID()).All(h.inOrg())
	if err != nil {
		h.Fatal(err)
	}
	return all
}

func kinds(events []*ent.Event) []string {
	out := make([]string, len(events))
	for i, e := range events {
		out[i] = e.Kind
	}
	return out
}

func TestDeactivationKeepsIDAndMemberships(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		group := h.createGroup("Wardens", id)
		for _, value := range []any{"False", "True", false, true} {
			r := h.do(http.MethodPatch, "/Users/"+id, patch(op("Replace", "active", value))).want(http.StatusOK)
			if want := value == true || value == "True"; r.body["active"] != want || r.id() != id {
				h.Errorf("active %v answers %s", value, r.text)
			}
			if got := h.members(group); len(got) != 1 {
				h.Errorf("members after active %v: %v", value, got)
			}
			if found := h.find("/Users", `userName eq "ada@example.test"`); found.body["totalResults"] != 1.0 {
				h.Errorf("lookup after active %v: %s", value, found.text)
			}
		}
		want := []string{"user.created", "user.deactivated", "user.reactivated", "user.deactivated", "user.reactivated"}
		if diff := cmp.Diff(want, kinds(h.events(id))); diff != "" {
			h.Errorf("events:\n%s", diff)
		}
		h.do(http.MethodPut, "/Users/"+id, with(person("ada"), "active", false)).want(http.StatusOK)
		body := person("ada")
		delete(body, "active")
		if r := h.do(http.MethodPut, "/Users/"+id, body).want(http.StatusOK); r.body["active"] != false {
			h.Error("a PUT without active woke a deactivated person up")
		}
	})
}

func TestDeletedPersonIsGone(t *testing.T) {
	onBoth(t, func(h *house) {
		id, other := h.create("ada"), h.create("bob")
		group := h.createGroup("Wardens", id, other)
		before := h.do(http.MethodGet, "/Groups/"+group, nil).header.Get("ETag")
		if r := h.do(http.MethodDelete, "/Users/"+id, nil).want(http.StatusNoContent); r.text != "" {
			h.Errorf("the answer has a body: %s", r.text)
		}
		h.do(http.MethodGet, "/Users/"+id, nil).refused(http.StatusNotFound, "", "no such user")
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "active", true))).refused(http.StatusNotFound, "", "no such user")
		h.do(http.MethodPut, "/Users/"+id, person("ada")).refused(http.StatusNotFound, "", "no such user")
		h.do(http.MethodDelete, "/Users/"+id, nil).refused(http.StatusNotFound, "", "no such user")
		for _, filter := range []string{`id eq "` + id + `"`, `userName eq "ada@example.test"`, `externalId eq "ext-ada"`, `emails.value co "ada"`, `not (userName pr)`} {
			if r := h.find("/Users", filter).want(http.StatusOK); r.body["totalResults"] != 0.0 {
				h.Errorf("%s finds %s", filter, r.text)
			}
		}
		if r := h.find("/Groups", `members.value eq "`+id+`"`).want(http.StatusOK); r.body["totalResults"] != 0.0 {
			h.Errorf("a group still has the member: %s", r.text)
		}
		r := h.do(http.MethodGet, "/Groups/"+group, nil)
		if diff := cmp.Diff([]string{other}, h.members(group)); diff != "" || r.header.Get("ETag") == before {
			h.Errorf("members after the delete, ETag %s then %s:\n%s", before, r.header.Get("ETag"), diff)
		}
		again := h.create("ada")
		if again == id {
			h.Error("the id was used again")
		}
		if tombstone := h.row(id); tombstone.DeletedAt == nil || tombstone.Active || tombstone.UserName != "ada@example.test" {
			h.Errorf("tombstone: %v", tombstone)
		}
		if diff := cmp.Diff([]string{"user.created", "user.deleted"}, kinds(h.events(id))); diff != "" {
			h.Errorf("events:\n%s", diff)
		}
	})
}

func (h *house) promote(id string, role entuser.Role) {
	h.Helper()
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(uuid.MustParse(id)).SetRole(role).Exec(ctx)
	})
}

func TestLastOwnerStays(t *testing.T) {
	onBoth(t, func(h *house) {
		id, other := h.create("ada"), h.create("bob")
		h.promote(id, entuser.RoleOWNER)
		h.promote(other, entuser.RoleADMIN)
		refuse := func(r *reply) { h.Helper(); r.refused(http.StatusConflict, "", "last active owner") }
		refuse(h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "title", "x"), op("replace", "active", "False"))))
		refuse(h.do(http.MethodPut, "/Users/"+id, with(person("ada"), "active", false)))
		refuse(h.do(http.MethodDelete, "/Users/"+id, nil))
		if r := h.do(http.MethodGet, "/Users/"+id, nil).want(http.StatusOK); r.body["active"] != true || r.body["title"] != nil {
			h.Errorf("the owner is now %s", r.text)
		}
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "title", "Fitter"))).want(http.StatusOK)
		h.do(http.MethodPatch, "/Users/"+other, patch(op("replace", "active", false))).want(http.StatusOK)
		h.promote(other, entuser.RoleOWNER) // deactivated: doesn't count
		refuse(h.do(http.MethodDelete, "/Users/"+id, nil))
		h.do(http.MethodPatch, "/Users/"+other, patch(op("replace", "active", true))).want(http.StatusOK)
		h.do(http.MethodDelete, "/Users/"+id, nil).want(http.StatusNoContent)
		refuse(h.do(http.MethodDelete, "/Users/"+other, nil))
	})
}

func TestTwoOwnersCannotLeaveAtTheSameMoment(t *testing.T) {
	onBoth(t, func(h *house) {
		owners := []string{h.create("ada"), h.create("bob")}
		for range 5 {
			for _, id := range owners {
				h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "active", true))).want(http.StatusOK)
				h.promote(id, entuser.RoleOWNER)
			}
			status := make([]int, len(owners))
			h.atOnce(len(owners), func(i int) {
				status[i] = h.do(http.MethodPatch, "/Users/"+owners[i], patch(op("replace", "active", false))).status
			})
			slices.Sort(status)
			if diff := cmp.Diff([]int{http.StatusOK, http.StatusConflict}, status); diff != "" {
				h.Fatalf("two owners left at once:\n%s", diff)
			}
		}
	})
}

// atOnce runs n calls that start together.
func (h *house) atOnce(n int, call func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			call(i)
		})
	}
	close(start)
	all.Wait()
}
