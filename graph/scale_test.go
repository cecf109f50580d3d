package graph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

// maxTaken is how many rows any step of a statement may take up for a page of 50.
const maxTaken = 500

// The lists of crowd, with what is asked of them beside the page.
var crowdLists = []struct{ field, args string }{
	{"users", `orderBy: {field: CREATED, direction: ASC}`}, {"users", `orderBy: {field: CREATED, direction: DESC}`},
	{"users", `orderBy: {field: USER_NAME, direction: ASC}`}, {"users", `orderBy: {field: USER_NAME, direction: DESC}`},
	{"users", `orderBy: {field: DISPLAY_NAME, direction: ASC}`}, {"users", `orderBy: {field: DISPLAY_NAME, direction: DESC}`},
	{"users", `where: {departmentIds: ["00000007-0000-7000-8000-00000000002a"]}`},
	{"groups", ""}, {"groups", "local: true"}, {"departments", ""},
	{"provisioningLogs", ""}, {"provisioningCycles", ""}, {"auditTrail", ""},
}

func TestListsOfALargeOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		h.crowd()
		c := h.with("all")
		for _, list := range crowdLists {
			h.Run(list.field+" "+list.args, func(t *testing.T) {
				h := h.inside(t)
				h.frugalPages(c, "{ %s { nodes { id } pageInfo { hasNextPage endCursor } } }", list.field, list.args, list.field)
			})
		}
		h.Run("the last people by name", func(t *testing.T) {
			h := h.inside(t)
			h.frugalPage(c, `{ users(last: 50, orderBy: {field: DISPLAY_NAME}) { nodes { id } } }`)
		})
		h.Run("members of a group of all", func(t *testing.T) {
			h := h.inside(t)
			const group = `{ group(id: "00000000-0000-7000-8000-00000000003a") { %s { nodes { id } pageInfo { hasNextPage endCursor } } } }`
			h.frugalPages(c, group, "members", "", "group", "members")
		})
		h.Run("what one did and what one request did", func(t *testing.T) {
			h := h.inside(t)
			one := schema.NewID()
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, "UPDATE events SET actor_id = ?, correlation_id = ? WHERE org_id = ? AND id < ?", one, one, h.org.ID, "0000000a-0000-7000-8000-000000000000")
				return err
			})
			h.settled()
			for field, id := range map[string]string{"actorId": one.String(), "correlationId": one.String(), "entityId": "00000007-0000-7000-8000-00000000001a"} {
				sent := h.statementsOf(func() {
					r := h.ask(c, `{ auditTrail(where: {`+field+`: "`+id+`"}) { nodes { id } } }`, nil).ok()
					if n := len(r.at("auditTrail", "nodes").([]any)); n != map[bool]int{true: 10, false: 1}[id == one.String()] {
						h.Errorf("%d events by %s", n, field)
					}
				})
				for _, s := range sent {
					if h.store.Postgres() {
						h.frugal(s, maxTaken)
					}
				}
				for _, walk := range h.walks(sent) {
					h.Error(walk)
				}
			}
		})
		h.Run("what hangs on people is found by their ids", func(t *testing.T) {
			h := h.inside(t)
			ids := h.ask(c, `{ users(first: 200) { nodes { id } } }`, nil).ok().at("users", "nodes")
			var some []any
			for _, u := range ids.([]any) {
				some = append(some, u.(map[string]any)["id"])
			}
			sent := h.statementsOf(func() {
				h.ask(c, `query($ids: [ID!]) { users(first: 200, where: {ids: $ids}) { nodes { userName reportCount emails { value } department { name userCount } manager { name } groups { displayName } } } }`,
					vars{"ids": some}).ok()
			})
			for _, walk := range h.walks(sent) {
				h.Error(walk)
			}
			for _, s := range sent {
				if h.store.Postgres() {
					h.frugal(s, 10_000)
				}
			}
		})
		for most, fields := range map[int]string{
			5: `userName department { name } manager { name } groups { displayName }`,
			7: `userName department { name userCount } manager { name } groups { displayName memberCount }`,
		} {
			h.Run("statements for people with "+fields, func(t *testing.T) {
				h := h.inside(t)
				for _, size := range []int{10, 50, 200} {
					sent := h.statementsOf(func() {
						r := h.ask(c, `query($n: Int) { users(first: $n) { nodes { `+fields+` } } }`, vars{"n": size}).ok()
						if got := len(r.at("users", "nodes").([]any)); got != size {
							h.Fatalf("%d people, want %d", got, size)
						}
					})
					if len(sent) > most {
						h.Errorf("a page of %d costs %d statements, want %d at most: %v", size, len(sent), most, sent)
					}
				}
			})
		}
		h.ask(c, `{ users(first: 1) { nodes { department { userCount } groups { memberCount } } } }`, nil).ok().
			is(50, "users", "nodes", 0, "department", "userCount").is(crowdPeople, "users", "nodes", 0, "groups", 0, "memberCount")
	})
}

// inside is the house in a test within the test.
func (h *house) inside(t *testing.T) *house {
	inner := *h
	inner.T = t
	return &inner
}

// frugalPages looks at the statements for the first page of a list, and for the
// one behind 5000 entries where it is that long. operation has a place for the
// field; path leads to the list in the answer.
func (h *house) frugalPages(c caller, operation, field, args string, path ...any) {
	h.Helper()
	page := func(size int, after string) string {
		all := fmt.Sprintf("%s(first: %d, after: %q, %s)", field, size, after, args)
		return fmt.Sprintf(operation, strings.Replace(all, ", )", ")", 1))
	}
	h.frugalPage(c, page(50, ""))
	after := ""
	for range 25 {
		r := h.ask(c, page(200, after), nil).ok()
		info := r.at(append(path, "pageInfo")...).(map[string]any)
		if info["hasNextPage"] == false {
			return
		}
		after, _ = info["endCursor"].(string)
	}
	h.frugalPage(c, page(50, after))
}

func (h *house) frugalPage(c caller, operation string) {
	h.Helper()
	for _, s := range h.statementsOf(func() { h.ask(c, operation, nil).ok() }) {
		h.frugal(s, maxTaken)
	}
}
