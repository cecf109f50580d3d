package graph_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
)

func TestListsOfValuesHaveALength(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleOWNER)
		const (
			users  = `query($v: UserWhere!) { users(where: $v) { totalCount } }`
			logs   = `query($v: ProvisioningLogWhere!) { provisioningLogs(where: $v) { totalCount } }`
			tokens = `query($v: [TokenKind!]!) { tokens(kinds: $v) { id } }`
		)
		where := func(field string) func(list any) any { return func(list any) any { return vars{field: list} } }
		for _, q := range []struct {
			operation, value, about string
			as                      func(list any) any
		}{
			{users, "ADMIN", "where", where("roles")}, {users, "ACTIVE", "where", where("statuses")},
			{logs, "POST", "where", where("methods")}, {logs, "uniqueness", "where", where("scimTypes")}, {logs, "FAILED", "where", where("outcomes")},
			{tokens, "API", "kinds", func(list any) any { return list }},
		} {
			many := slices.Repeat([]string{q.value}, 201)
			h.ask(c, q.operation, vars{"v": q.as(many[:200])}).ok()
			h.ask(c, q.operation, vars{"v": q.as(many)}).refused("BAD_USER_INPUT").about(q.about).says("200")
		}
		ids := make([]uuid.UUID, 201)
		for i := range ids {
			ids[i] = uuid.New()
		}
		const merge = `mutation($from: [ID!]!, $into: ID!) { mergeDepartments(from: $from, into: $into) { department { id } } }`
		h.ask(c, merge, vars{"from": ids, "into": uuid.New()}).refused("BAD_USER_INPUT").about("from").says("200")
		h.ask(c, merge, vars{"from": ids[:200], "into": uuid.New()}).refused("NOT_FOUND")
	})
}
