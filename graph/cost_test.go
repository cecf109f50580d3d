package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
)

// TestWhatReadsMuchCostsMuch sends documents to an organization with next to
// nothing in it: what is refused is so for what it might read.
func TestWhatReadsMuchCostsMuch(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		aliases := func(n int, field string) (out string) {
			for i := range n {
				out += fmt.Sprintf("a%d: %s ", i, field)
			}
			return out
		}
		for _, document := range []string{
			`{ users(first: 200) { nodes { history(first: 1) { nodes { at } } } } }`,
			`{ groups(first: 200) { nodes { members(first: 1) { totalCount } } } }`,
			`{ users(first: 200) { nodes { a: reports(first: 1) { nodes { id } } b: reports(first: 1) { nodes { id } } } } }`,
			`{ users(first: 200) { edges { node { groups { id displayName version } } } } }`,
			`{ tokens { owner { groups { id } } } }`,
			`{ provisioningLogs(first: 200) { nodes { user { emails { value kind primary } groups { id displayName version } } } } }`,
			`{ ` + aliases(3, `provisioningLogs(first: 200) { nodes { requestBody responseBody } }`) + ` }`,
			`{ ` + aliases(30, `userCounts { total }`) + ` }`,
			`{ ` + aliases(10, `connections { signOnRemoval { sessions } }`) + ` }`,
			`{ waitingAccounts { candidate { history(first: 1) { nodes { at } } } } }`,
			`{ waitingAccounts { candidate { groups { id displayName version } } } }`,
			`{ ` + aliases(4, `connections { name attributes { urn name } tokens { name scopes owner { name } connection { name health { status } } } }`) + ` }`,
		} {
			sent := h.statements(func() {
				if r := h.ask(c, document, nil); len(r.Errors) == 0 || r.Errors[0].Extensions["code"] != "TOO_LARGE" {
					h.Errorf("%s: %.200s", document, r.text)
				}
			})
			if sent > 4 {
				h.Errorf("%d statements: %s", sent, document)
			}
		}
		for _, document := range []string{
			`{ users(first: 200) { totalCount nodes { id name email department { id name } manager { id name } groups { id displayName } } } }`,
			`{ users(first: 50) { nodes { id history(first: 10) { nodes { at summary } } } } }`,
			`{ provisioningLogs(first: 200) { totalCount nodes { id operation status detail requestBody responseBody changes { attribute old new } } } }`,
			`{ connections { id name userCount groupCount attributes { name type } tokens { id name status } health { status summary problems { detail } advice { message } } removal { tokens } } }`,
			`{ tokens { id kind name hint scopes status createdAt expiresAt lastUsedAt connection { name } owner { id name } } }`,
			`{ connections { id name signOn { protocol enabled } signOnRemoval { sessions people withoutPasskey } } }`,
			`{ waitingAccounts { id connectionName name email candidate { id name } looksLike reason attempts createdAt lastAt } domains { name verifiedAt } }`,
			`{ organization { counts { users } } userCounts { total byDepartment { total department { id name userCount } } } }`,
		} {
			h.ask(c, document, nil).ok()
		}
		// What a mutation for many people answers is as long as what it names.
		const greedy = `mutation($ids: [ID!]!) { deactivateUsers(ids: $ids) { results { user { groups { id displayName version } } } } }`
		some := make([]any, 1000)
		for i := range some {
			some[i] = schema.NewID()
		}
		h.ask(c, greedy, vars{"ids": some[:100]}).ok()
		h.ask(c, greedy, vars{"ids": some}).refused("TOO_LARGE")
	})
}

func TestADocumentHasOneMutationForManyPeople(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		id := h.person("ada@acme.test", user.RoleLEARNER).ID
		for _, more := range []string{
			`again: deactivateUsers(ids: $ids) { succeeded } }`,
			`...other } fragment other on Mutation { importUsers(csv: "userName\nx@acme.test", dryRun: false) { created } }`,
		} {
			r := h.ask(c, `mutation($ids: [ID!]!) { deactivateUsers(ids: $ids) { succeeded } `+more, vars{"ids": []any{id}}).refused("TOO_LARGE")
			if !strings.Contains(r.Errors[0].Message, "one at a time") || !h.userRow(id).Active {
				h.Errorf("%s; the person is active: %v", r.text, h.userRow(id).Active)
			}
		}
	})
}

func TestCountsOfDepartmentsAreAskedForOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		cost := func() int {
			return h.statements(func() {
				h.ask(c, `{ userCounts { byDepartment { total department { name userCount } } } }`, nil).ok()
			})
		}
		move := func(name string) {
			id := h.person(name+"@acme.test", user.RoleLEARNER).ID
			h.ask(c, `mutation($id: ID!, $to: ID!) { updateUser(id: $id, input: {departmentId: $to}) { user { id } } }`,
				vars{"id": id, "to": h.newDepartment(name).ID}).ok()
		}
		move("one")
		one := cost()
		for _, name := range []string{"two", "three", "four"} {
			move(name)
		}
		if four := cost(); four != one {
			h.Errorf("1 department costs %d statements, 4 cost %d", one, four)
		}
	})
}
