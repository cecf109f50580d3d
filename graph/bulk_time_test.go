package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/user"
)

// TestBulkThatRunsOutOfTimeSaysWhatItDid lets the time of a mutation end while it
// is under way.
func TestBulkThatRunsOutOfTimeSaysWhatItDid(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		ada, bob, cyd := h.person("ada@acme.test", user.RoleLEARNER).ID, h.person("bob@acme.test", user.RoleLEARNER).ID, h.person("cyd@acme.test", user.RoleLEARNER).ID
		const deactivate = `mutation($ids: [ID!]!) { deactivateUsers(ids: $ids) { succeeded failed results { user { status } problem { code message } } } }`
		slow := func(query string) {
			if strings.HasPrefix(query, "UPDATE") {
				h.pass(51 * time.Second)
			}
		}
		h.during(slow, func() {
			r := h.ask(c, deactivate, vars{"ids": []any{ada, bob, cyd}}).ok().is(1, "deactivateUsers", "succeeded").is(2, "deactivateUsers", "failed").
				is("INACTIVE", "deactivateUsers", "results", 0, "user", "status").is(nil, "deactivateUsers", "results", 0, "problem")
			for i := 1; i < 3; i++ {
				r.is(nil, "deactivateUsers", "results", i, "user").is("TIMEOUT", "deactivateUsers", "results", i, "problem", "code")
			}
		})
		if h.userRow(ada).Active || !h.userRow(bob).Active || !h.userRow(cyd).Active {
			h.Error("the answer isn't what was done")
		}
		h.ask(c, deactivate, vars{"ids": []any{bob, cyd}}).ok().is(2, "deactivateUsers", "succeeded")
	})
}

func TestImportThatRunsOutOfTimeCanBeSentAgain(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		file := "userName,manager\n"
		for i := range 120 { // in three transactions
			file += fmt.Sprintf("p%d@acme.test,p%d@acme.test\n", i, (i+1)%120)
		}
		late := false
		slow := func(query string) {
			if !late && strings.HasPrefix(query, "INSERT INTO") {
				late = true
				h.pass(51 * time.Second)
			}
		}
		h.during(slow, func() {
			r := h.importing(c, file, false).ok().is(0, "importUsers", "created").is(120, "importUsers", "conflicts")
			for i, want := range map[int]string{0: "no time left for the manager", 49: "no time left for the manager", 50: "no time left for this row", 119: "no time left for this row"} {
				problems := r.at("importUsers", "rows", i, "problems").([]any)
				if len(problems) != 1 || !strings.Contains(problems[0].(string), want) {
					h.Errorf("row %d: %v, want %q", i, problems, want)
				}
			}
		})
		if n := h.store.Read().User.Query().CountX(h.in(h.org.ID)); n != 50 {
			h.Errorf("%d people were made, want 50", n)
		}
		h.importing(c, file, false).ok().is(70, "importUsers", "created").is(50, "importUsers", "updated").is(0, "importUsers", "conflicts")
		h.importing(c, file, false).ok().is(120, "importUsers", "unchanged")
	})
}
