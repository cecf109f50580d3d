package graph_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

const healthQuery = `query($id: ID!) { connection(id: $id) { health { connectionId status summary lastHeardAt usualIntervalMinutes overdueSince requests failures successRate
	problems { detail scimType requests targets lastSeenAt exampleId } advice { code message users } } } }`

// health is what is said of the house's connection.
func (h *house) health(c caller) *reply {
	h.Helper()
	r := h.ask(c, healthQuery, vars{"id": h.conn.ID}).ok()
	r.Data = r.at("connection", "health").(map[string]any)
	return r
}

// sums expects words in the summary.
func (r *reply) sums(words ...string) *reply {
	r.Helper()
	for _, w := range words {
		if !strings.Contains(r.at("summary").(string), w) {
			r.Errorf("the summary says %q, without %q", r.at("summary"), w)
		}
	}
	return r
}

func TestHealthOfAConnectionThroughItsLife(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		h.health(c).is("WAITING", "status").is(nil, "lastHeardAt").is(nil, "successRate").is([]any{}, "problems").is([]any{}, "advice").sums("not heard yet")
		e := h.entra()
		e.send(http.MethodGet, "Users", "")
		h.settle()
		h.health(c).is("HEALTHY", "status").is(1, "requests").is(1, "successRate").is(nil, "usualIntervalMinutes").is(h.conn.ID, "connectionId").sums("1 request")
		for range 4 {
			h.pass(40 * time.Minute)
			e.send(http.MethodGet, "Users", "")
		}
		h.settle()
		heard := h.store.Now()
		h.health(c).is("HEALTHY", "status").is(40, "usualIntervalMinutes").is(5, "requests").is(heard, "lastHeardAt")
		h.pass(2 * time.Hour) // three times as long as usual, and not longer
		h.health(c).is("HEALTHY", "status").is(nil, "overdueSince")
		h.pass(time.Minute)
		h.health(c).is("DEGRADED", "status").is(heard.Add(40*time.Minute), "overdueSince").sums("late", "2 hours", "40 minutes")
		h.pass(24 * time.Hour)
		h.health(c).is("FAILING", "status").is(0, "requests").is(nil, "successRate").sums("usually comes back after 40 minutes")
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			return tx.Connection.UpdateOneID(h.conn.ID).SetEnabled(false).Exec(ctx)
		})
		h.health(c).is("PAUSED", "status").sums("paused")
	})
}

func TestAClientThatIsTurnedAwayFails(t *testing.T) {
	onBoth(t, func(h *house) {
		e, c := h.entra(), h.with("all")
		e.send(http.MethodGet, "Users", "")
		h.pass(time.Minute)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			for _, t := range tx.Token.Query().AllX(ctx) {
				if t.ConnectionID != nil {
					if err := tx.Token.UpdateOne(t).SetRevokedAt(tx.Now()).Exec(ctx); err != nil {
						return err
					}
				}
			}
			return nil
		})
		h.settle()
		h.health(c).is("FAILING", "status").sums("no token that works")
		h.pass(time.Hour)
		if status, _ := e.send(http.MethodGet, "Users", ""); status != http.StatusUnauthorized {
			h.Fatalf("status %d", status)
		}
		h.settle()
		h.health(c).is("FAILING", "status").is(h.store.Now(), "lastHeardAt").is(2, "requests").is(1, "failures").is(0.5, "successRate").sums("revoked token", "enter it").
			is("The credential was refused: revoked token", "problems", 0, "detail").is(0, "problems", 0, "targets")
		h.pass(time.Minute)
		h.entra().send(http.MethodGet, "Users", "")
		h.settle()
		h.health(c).is("HEALTHY", "status").is([]any{}, "problems")
	})
}

func TestProblemsAreGroupedByTheirReason(t *testing.T) {
	onBoth(t, func(h *house) {
		e, c := h.entra(), h.with("all")
		for _, name := range []string{"ada", "bob", "cyd"} {
			h.person(name+"@acme.test", "ADMIN") // whom no connection takes over
			h.pass(time.Second)
			for range 2 {
				e.send(http.MethodPost, "Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "`+name+`@acme.test", "externalId": "id-`+name+`", "active": true}`)
			}
		}
		dan := e.provisions("dan@acme.test")
		h.pass(time.Second)
		e.patch(dan, "nonsense", `"x"`)
		e.send(http.MethodGet, "Users/"+uuid.NewString(), "") // asks, and has its answer
		h.settle()
		r := h.health(c).is("DEGRADED", "status").is(9, "requests").is(8, "failures").
			is(6, "problems", 0, "requests").is(3, "problems", 0, "targets").is("uniqueness", "problems", 0, "scimType").
			is("User … is here with an administrative role; such an account is never taken over by a connection", "problems", 0, "detail").
			is(`User has no attribute "…"`, "problems", 1, "detail").is(1, "problems", 1, "targets").
			sums("3 people or groups could not be provisioned", "There is one more problem")
		if n := len(r.at("problems").([]any)); n != 2 {
			h.Errorf("%d problems: %s", n, r.text)
		}
		h.ask(c, `query($id: ID!) { provisioningLog(id: $id) { operation } }`, vars{"id": r.at("problems", 0, "exampleId")}).ok().
			is("Tried to create cyd@acme.test", "provisioningLog", "operation")

		h.pass(time.Second)
		e.patch(dan, "title", `"Clerk"`) // the same person succeeds
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			for _, u := range tx.User.Query().AllX(ctx) {
				if u.UserName == "ada@acme.test" {
					return tx.User.UpdateOne(u).SetUserName("other@acme.test").Exec(ctx)
				}
			}
			return nil
		})
		e.provisions("ada@acme.test")
		h.settle()
		h.health(c).is(2, "problems", 0, "targets").is(4, "problems", 0, "requests")
		// Somebody mends the name at the provider, the second time well.
		h.person("bobby@acme.test", "ADMIN")
		e.send(http.MethodPost, "Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bobby@acme.test", "externalId": "id-bob", "active": true}`)
		h.settle()
		h.health(c).is(3, "problems", 0, "targets").is(5, "problems", 0, "requests")
		e.send(http.MethodPost, "Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "robert@acme.test", "externalId": "id-bob", "active": true}`)
		h.settle()
		h.health(c).is(1, "problems", 0, "targets").is(2, "problems", 0, "requests")
		h.pass(24 * time.Hour)
		h.health(c).is([]any{}, "problems").is(0, "failures")
	})
}

func TestReasonsLeaveOutWhatDiffers(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, test := range []struct {
			details []string
			reason  string
		}{
			{[]string{`the user name "ada" is in use by user 0190a4c6-0000-7000-8000-000000000001`, `the user name "\"bob\" x" is in use by user 0190A4C6-0000-7000-8000-000000000002`},
				`The user name "…" is in use by user …`},
			{[]string{"emails has 12 values; at most 10 are allowed (reference 0190a4c6-0000-7000-8000-000000000001)", "emails has 1300 values; at most 10 are allowed"},
				"Emails has … values; at most 10 are allowed"},
			{[]string{"ada@acme.test is the last active owner", "bob.b@acme.test is the last active owner"}, "… is the last active owner"},
			{[]string{`a POST needs a bulkId (RFC 7644 §3.7), at position 5`, `a POST needs a bulkId (RFC 7644 §3.7), at position 17`}, "A POST needs a bulkId (RFC 7644 §3.7), at position …"},
			{[]string{`"remove" needs a "path" that says what to remove`}, `"remove" needs a "path" that says what to remove`},
			{[]string{""}, "Conflict"},
		} {
			h.pass(25 * time.Hour)
			for _, d := range test.details {
				target := schema.NewID()
				h.writeLog(h.org.ID, &ent.ProvisioningLog{Method: "PATCH", Status: http.StatusConflict, Detail: d, ConnectionID: &h.conn.ID, TargetID: &target, CycleID: &target})
			}
			r := h.health(h.with("all")).is(test.reason, "problems", 0, "detail").is(len(test.details), "problems", 0, "targets")
			if n := len(r.at("problems").([]any)); n != 1 {
				h.Errorf("%v are %d reasons", test.details, n)
			}
		}
	})
}

func TestAtMostTwentyProblemsAreTold(t *testing.T) {
	onBoth(t, func(h *house) {
		for i := range 25 {
			target := schema.NewID()
			h.writeLog(h.org.ID, &ent.ProvisioningLog{Method: "PATCH", Status: http.StatusConflict, Detail: "reason " + string(rune('a'+i)), ConnectionID: &h.conn.ID, TargetID: &target, CycleID: &target})
		}
		if n := len(h.health(h.with("all")).at("problems").([]any)); n != 20 {
			h.Errorf("%d problems", n)
		}
	})
}

func TestAdviceOnTheMapping(t *testing.T) {
	onBoth(t, func(h *house) {
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			settings := schema.DefaultConnectionSettings()
			settings.Groups = false
			return tx.Connection.UpdateOneID(h.conn.ID).SetKind("ENTRA").SetSettings(settings).Exec(ctx)
		})
		e, c := h.entra(), h.with("all")
		const work, enterprise = `"emails": [{"type": "work", "value": "%s@acme.test", "primary": true}]`, `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {%s}`
		good := func(n int) []string {
			return []string{fmt.Sprintf(`"externalId": "0190a4c6-0000-4000-8000-00000000000%d"`, n), fmt.Sprintf(work, "x"), fmt.Sprintf(enterprise, `"department": "Sales"`)}
		}
		e.provisions("a1", good(1)...)
		h.settle()
		h.health(c).is([]any{}, "advice")
		e.provisions("a2", `"externalId": "mail.nickname"`, fmt.Sprintf(work, "a2"), fmt.Sprintf(enterprise, `"department": "Sales", "manager": {"value": "nobody"}`))
		e.provisions("a3", fmt.Sprintf(work, "a3"))
		e.provisions("a4@acme.test")
		e.provisions("a5")
		e.send(http.MethodGet, "Groups", "")
		h.settle()
		r := h.health(c)
		want := []struct {
			code  string
			users int
			words string
		}{
			{"EXTERNAL_ID_NOT_OBJECT_ID", 1, "can't sign in with Microsoft by themselves"}, {"EXTERNAL_ID_MISSING", 3, "3 people have no externalId"}, {"NO_EMAIL", 2, "Map mail to emails"},
			{"USER_NAME_NOT_EMAIL", 1, "one person has neither"}, {"NO_DEPARTMENT", 3, "department"}, {"MANAGER_UNKNOWN", 1, "never provisioned"}, {"GROUPS_OFF_BUT_SENT", 0, "set Enabled to No"},
		}
		for i, w := range want {
			r.is(w.code, "advice", i, "code").is(w.users, "advice", i, "users")
			if m := r.at("advice", i, "message").(string); !strings.Contains(m, w.words) {
				h.Errorf("%s says %q", w.code, m)
			}
		}
		if n := len(r.at("advice").([]any)); n != len(want) {
			h.Errorf("%d pieces of advice", n)
		}
	})
}

// However much fails, health costs the same.
func TestHealthCostsFewStatements(t *testing.T) {
	onBoth(t, func(h *house) {
		for i := range 300 {
			target := schema.NewID()
			l := &ent.ProvisioningLog{Method: "PATCH", Status: http.StatusConflict, Detail: "no", ConnectionID: &h.conn.ID, CycleID: &target}
			if i%2 == 0 {
				l.TargetID = &target
			} else {
				l.Operation = fmt.Sprintf("Tried to create p%d", i)
			}
			h.writeLog(h.org.ID, l)
		}
		c := h.with("all")
		h.ask(c, `{ viewer { name } }`, nil)
		if n := h.statements(func() { h.health(c).is(300, "problems", 0, "targets") }); n > 9 {
			h.Errorf("%d statements", n)
		}
		h.writeLog(h.org.ID, slices.Collect(func(yield func(*ent.ProvisioningLog) bool) {
			for range 20_000 { // reads, which health doesn't look at
				_ = yield(&ent.ProvisioningLog{ConnectionID: &h.conn.ID})
			}
		})...)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, "ANALYZE")
			return err
		})
		for _, s := range h.statementsOf(func() { h.health(c) }) {
			if strings.Contains(s.query, "provisioning_logs") && !strings.Contains(s.query, "AS refused") {
				h.frugal(s, 1000)
			}
		}
	})
}
