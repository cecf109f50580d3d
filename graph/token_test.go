package graph_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/migrate"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	createScim     = `mutation($c: ID!, $name: String!, $days: Int) { createScimToken(connectionId: $c, name: $name, expiresInDays: $days) { secret token { id name hint scopes expiresAt } } }`
	createAPI      = `mutation($name: String!, $scopes: [String!]!, $days: Int) { createApiToken(name: $name, scopes: $scopes, expiresInDays: $days) { secret token { id name hint scopes expiresAt } } }`
	createPersonal = `mutation($name: String!, $scopes: [String!]!, $days: Int) { createPersonalToken(name: $name, scopes: $scopes, expiresInDays: $days) { secret token { id name hint scopes expiresAt } } }`
	rotateToken    = `mutation($id: ID!, $hours: Int) { rotateToken(id: $id, overlapHours: $hours) { secret token { id name scopes } } }`
	revokeToken    = `mutation($id: ID!) { revokeToken(id: $id) { token { status revokedAt } } }`
	allOfTokens    = `{ tokens { id kind name hint scopes status createdAt expiresAt revokedAt replacedById lastUsedAt lastUsedFrom lastUsedBy
		connection { id name } owner { userName } madeById } }`
)

// bearer is the caller that a secret of a payload makes.
func (r *reply) bearer(mutation string) caller {
	r.Helper()
	secret, _ := r.at(mutation, "secret").(string)
	if !access.Pattern.MatchString(secret) {
		r.Fatalf("%q is no secret: %s", secret, r.text)
	}
	return caller{"Authorization", "Bearer " + secret}
}

func (r *reply) id(mutation string) uuid.UUID {
	r.Helper()
	id, err := uuid.Parse(fmt.Sprint(r.at(mutation, "token", "id")))
	if err != nil {
		r.Fatalf("%s: %v", r.text, err)
	}
	return id
}

func TestTokensAreMadeWithinTheirLimits(t *testing.T) {
	onBoth(t, func(h *house) {
		owner, admin := h.as(user.RoleOWNER), h.as(user.RoleADMIN)
		until := func(days int) string { return h.store.Now().AddDate(0, 0, days).Format("2006-01-02") }
		for _, c := range []struct {
			mutation, operation string
			v                   vars
			days                int
		}{
			{"createScimToken", createScim, vars{"c": h.conn.ID, "name": "entra"}, 365},
			{"createScimToken", createScim, vars{"c": h.conn.ID, "name": "entra", "days": 3650}, 3650},
			{"createApiToken", createAPI, vars{"name": "ci", "scopes": []string{"all"}}, 90},
			{"createApiToken", createAPI, vars{"name": "ci", "scopes": []string{"users:read"}, "days": 365}, 365},
			{"createPersonalToken", createPersonal, vars{"name": "mine", "scopes": []string{"users:read"}}, 90},
		} {
			expires := h.ask(owner, c.operation, c.v).ok().at(c.mutation, "token", "expiresAt").(string)
			if !strings.HasPrefix(expires, until(c.days)) {
				h.Errorf("%s %v expires %s, want %s", c.mutation, c.v, expires, until(c.days))
			}
		}
		for _, c := range []struct {
			who             caller
			operation       string
			v               vars
			code, fieldName string
		}{
			{admin, createScim, vars{"c": h.conn.ID, "name": " "}, "BAD_USER_INPUT", "name"},
			{admin, createScim, vars{"c": h.conn.ID, "name": "x", "days": 0}, "BAD_USER_INPUT", "expiresInDays"},
			{admin, createScim, vars{"c": h.conn.ID, "name": "x", "days": 3651}, "BAD_USER_INPUT", "expiresInDays"},
			{admin, createScim, vars{"c": h.conn.ID, "name": "x", "days": 2147483647}, "BAD_USER_INPUT", "expiresInDays"},
			{admin, createAPI, vars{"name": "x", "scopes": []string{"users:read"}, "days": 366}, "BAD_USER_INPUT", "expiresInDays"},
			{admin, createAPI, vars{"name": "x", "scopes": []string{}}, "BAD_USER_INPUT", "scopes"},
			{admin, createAPI, vars{"name": "x", "scopes": []string{"organizations"}}, "BAD_USER_INPUT", "scopes"},
			{admin, createAPI, vars{"name": "x", "scopes": []string{"roles:write"}}, "FORBIDDEN", "scopes"},
			{admin, createAPI, vars{"name": "x", "scopes": []string{"all"}}, "FORBIDDEN", "scopes"},
			{admin, createPersonal, vars{"name": "x", "scopes": []string{"organization:write"}}, "FORBIDDEN", "scopes"},
			{h.as(user.RoleAUDITOR), createPersonal, vars{"name": "x", "scopes": []string{"users:write"}}, "FORBIDDEN", "scopes"},
			{h.with("all"), createPersonal, vars{"name": "x", "scopes": []string{"users:read"}}, "FORBIDDEN", ""},
			{h.with("tokens:write"), createAPI, vars{"name": "x", "scopes": []string{"users:read"}}, "FORBIDDEN", "scopes"},
			{h.as(user.RoleLEARNER), createPersonal, vars{"name": "x", "scopes": []string{"users:read"}}, "FORBIDDEN", ""},
			{h.as(user.RoleAUDITOR), createAPI, vars{"name": "x", "scopes": []string{"users:read"}}, "FORBIDDEN", ""},
			{h.as(user.RoleAUDITOR), createScim, vars{"c": h.conn.ID, "name": "x"}, "FORBIDDEN", ""},
		} {
			before := h.dump(h.org.ID)
			r := h.ask(c.who, c.operation, c.v).refused(c.code)
			if field, _ := r.Errors[0].Extensions["field"].(string); field != c.fieldName {
				h.Errorf("%v: the error is about %q, want %q", c.v, field, c.fieldName)
			}
			if h.dump(h.org.ID) != before {
				h.Errorf("%v was refused and yet something was written", c.v)
			}
		}
	})
}

func TestTokensMakeNoTokensThatOutliveThem(t *testing.T) {
	onBoth(t, func(h *house) {
		maker := h.token(h.org.ID, access.NewToken{Kind: token.KindAPI, Name: "maker", Scopes: []string{"tokens:write", "users:read"}, Expires: 10 * day})
		h.ask(maker, createAPI, vars{"name": "x", "scopes": []string{"users:read"}, "days": 11}).refused("FORBIDDEN").about("expiresInDays")
		child := h.ask(maker, createAPI, vars{"name": "child", "scopes": []string{"users:read"}}).ok().bearer("createApiToken")
		h.ask(child, `{ users { totalCount } }`, nil).ok()
		h.ask(h.with("tokens:write"), createScim, vars{"c": h.conn.ID, "name": "x"}).refused("FORBIDDEN").about("scopes")
		h.ask(h.with("tokens:write", "users:write"), createScim, vars{"c": h.conn.ID, "name": "its maker sees the secret"}).ok().bearer("createScimToken")
		h.pass(10 * day)
		h.ask(child, `{ users { totalCount } }`, nil).refused("UNAUTHENTICATED")
		h.ask(maker, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED")
	})
}

// readable is everything in the database as texts.
func (h *house) readable() string {
	h.Helper()
	var b strings.Builder
	for _, t := range migrate.Tables {
		rows, err := h.store.Query(h.Context(), "SELECT * FROM "+t.Name)
		if err != nil {
			h.Fatal(err)
		}
		columns, _ := rows.Columns()
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.RawBytes)
		}
		for rows.Next() {
			if err := rows.Scan(values...); err != nil {
				h.Fatal(err)
			}
			for _, v := range values {
				b.Write(*v.(*sql.RawBytes))
				b.WriteByte('\n')
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			h.Fatal(err)
		}
	}
	return b.String()
}

func TestSecretsOfTokensAreShownOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		var secrets []string
		shown := func(r *reply, mutation string) (id uuid.UUID) {
			r.ok()
			if n := len(access.Pattern.FindAll(r.text, -1)); n != 1 {
				h.Errorf("%d secrets in %s", n, r.text)
			}
			if got := r.header.Get("Cache-Control"); got != "no-store" {
				h.Errorf("Cache-Control is %q", got)
			}
			secrets = append(secrets, strings.TrimPrefix(r.bearer(mutation).value, "Bearer "))
			return r.id(mutation)
		}
		id := shown(h.ask(owner, createScim, vars{"c": h.conn.ID, "name": "entra"}), "createScimToken")
		shown(h.ask(owner, createAPI, vars{"name": "ci", "scopes": []string{"all"}}), "createApiToken")
		shown(h.ask(owner, createPersonal, vars{"name": "mine", "scopes": []string{"all"}}), "createPersonalToken")
		shown(h.ask(owner, rotateToken, vars{"id": id}), "rotateToken")
		after := h.readable() + string(h.ask(owner, allOfTokens, nil).ok().text) +
			string(h.ask(owner, `{ auditTrail { nodes { type before after } } }`, nil).ok().text) +
			string(h.ask(owner, `{ connections { tokens { id name hint status } } }`, nil).ok().text)
		if !strings.Contains(after, "token.rotated") || !strings.Contains(after, "rcs_…") {
			h.Error("the database was not read as text")
		}
		for _, s := range secrets {
			if strings.Contains(after, s) || strings.Contains(after, s[4:40]) {
				h.Errorf("a secret is shown again")
			}
		}
	})
}

func TestTokenListSaysHowTokensStand(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		scim := h.ask(owner, createScim, vars{"c": h.conn.ID, "name": "first"}).ok()
		h.ask(owner, createAPI, vars{"name": "short", "scopes": []string{"users:read"}, "days": 1}).ok()
		revoked := h.ask(owner, createAPI, vars{"name": "revoked", "scopes": []string{"users:read"}}).ok()
		mine := h.ask(owner, createPersonal, vars{"name": "mine", "scopes": []string{"users:read"}}).ok()
		h.ask(owner, revokeToken, vars{"id": revoked.id("createApiToken")}).ok().is("REVOKED", "revokeToken", "token", "status")
		h.pass(2 * day)
		owner = h.as(user.RoleOWNER)
		second := h.ask(owner, rotateToken, vars{"id": scim.id("createScimToken")}).ok()
		h.ask(mine.bearer("createPersonalToken"), `{ viewer { name } }`, nil).ok()

		r := h.ask(owner, `{ tokens { name kind status replacedById owner { role } connection { name } } }`, nil).ok()
		r.is([]any{
			vars{"name": "first", "kind": "SCIM", "status": "WORKING", "replacedById": nil, "owner": nil, "connection": vars{"name": "default"}},
			vars{"name": "mine", "kind": "API", "status": "WORKING", "replacedById": nil, "owner": vars{"role": "OWNER"}, "connection": nil},
			vars{"name": "revoked", "kind": "API", "status": "REVOKED", "replacedById": nil, "owner": nil, "connection": nil},
			vars{"name": "short", "kind": "API", "status": "EXPIRED", "replacedById": nil, "owner": nil, "connection": nil},
			vars{"name": "first", "kind": "SCIM", "status": "REPLACED", "replacedById": second.id("rotateToken"), "owner": nil, "connection": vars{"name": "default"}},
		}, "tokens")
		for args, want := range map[string]string{
			`kinds: [SCIM]`:                 "first first",
			`working: true`:                 "first mine first",
			`working: false`:                "revoked short",
			`kinds: [API], working: true`:   "mine",
			`kinds: [], working: true`:      "",
			`kinds: [API, SCIM]`:            "first mine revoked short first",
			`kinds: [SCIM], working: false`: "",
		} {
			list := h.ask(owner, `{ tokens(`+args+`) { name } }`, nil).ok().at("tokens").([]any)
			var got []string
			for _, entry := range list {
				got = append(got, entry.(map[string]any)["name"].(string))
			}
			if strings.Join(got, " ") != want {
				h.Errorf("tokens(%s) are %v, want %s", args, got, want)
			}
		}
		few := h.statements(func() { h.ask(owner, allOfTokens, nil).ok() })
		for range 5 {
			h.ask(h.as(user.RoleADMIN), createPersonal, vars{"name": "more", "scopes": []string{"users:read"}}).ok()
		}
		h.ask(owner, allOfTokens, nil).ok()
		if many := h.statements(func() { h.ask(owner, allOfTokens, nil).ok() }); many > few {
			h.Errorf("ten tokens cost %d statements, five %d", many, few)
		}
	})
}

func TestTokensAreRotatedByThoseWhoMayDoAsMuch(t *testing.T) {
	onBoth(t, func(h *house) {
		owner, admin := h.as(user.RoleOWNER), h.as(user.RoleADMIN)
		strong := h.ask(owner, createAPI, vars{"name": "strong", "scopes": []string{"all"}}).ok()
		weak := h.ask(owner, createAPI, vars{"name": "weak", "scopes": []string{"users:read"}}).ok()
		personal := h.ask(owner, createPersonal, vars{"name": "own", "scopes": []string{"users:read"}}).ok()
		before := h.dump(h.org.ID)
		h.ask(admin, rotateToken, vars{"id": strong.id("createApiToken")}).refused("FORBIDDEN")
		h.ask(admin, rotateToken, vars{"id": personal.id("createPersonalToken")}).refused("FORBIDDEN")
		for _, hours := range []int{-1, 721, 2147483647} {
			h.ask(admin, rotateToken, vars{"id": weak.id("createApiToken"), "hours": hours}).refused("BAD_USER_INPUT").about("overlapHours")
		}
		if h.dump(h.org.ID) != before {
			h.Error("a refused rotation has changed something")
		}

		next := h.ask(admin, rotateToken, vars{"id": weak.id("createApiToken"), "hours": 24}).ok()
		next.is([]any{"users:read"}, "rotateToken", "token", "scopes").is("weak", "rotateToken", "token", "name")
		both := []caller{weak.bearer("createApiToken"), next.bearer("rotateToken")}
		h.pass(24*time.Hour - time.Second)
		for _, c := range both {
			h.ask(c, `{ users { totalCount } }`, nil).ok()
		}
		h.pass(2 * time.Second)
		h.ask(both[0], `{ users { totalCount } }`, nil).refused("UNAUTHENTICATED")
		h.ask(both[1], `{ users { totalCount } }`, nil).ok()

		admin = h.as(user.RoleADMIN)
		h.ask(admin, revokeToken, vars{"id": next.id("rotateToken")}).ok()
		h.ask(admin, revokeToken, vars{"id": next.id("rotateToken")}).ok()
		h.ask(admin, rotateToken, vars{"id": next.id("rotateToken")}).refused("CONFLICT")
		h.pass(time.Second)
		h.ask(both[1], `{ users { totalCount } }`, nil).refused("UNAUTHENTICATED")
		if got, want := h.told(weak.id("createApiToken")), []string{"token.created by user", "token.rotated by user"}; !slices.Equal(got, want) {
			h.Errorf("Events are %v, want %v", got, want)
		}
		if got, want := h.told(next.id("rotateToken")), []string{"token.created by user", "token.revoked by user"}; !slices.Equal(got, want) {
			h.Errorf("Events are %v, want %v", got, want)
		}
	})
}

func TestPersonalTokensFollowTheirOwner(t *testing.T) {
	onBoth(t, func(h *house) {
		u := h.person("ada@acme.test", user.RoleOWNER)
		session := h.session(u)
		h.person("second@acme.test", user.RoleOWNER)
		mine := h.ask(session, createPersonal, vars{"name": "mine", "scopes": []string{"all"}}).ok().bearer("createPersonalToken")
		h.ask(mine, `{ viewer { kind userName role } }`, nil).ok().is(vars{"kind": "TOKEN", "userName": "ada@acme.test", "role": "OWNER"}, "viewer")
		role := func(r user.Role) {
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return tx.User.UpdateOneID(u.ID).SetRole(r).Exec(ctx) })
			h.pass(time.Second)
		}
		const rename = `mutation { updateOrganization(input: {name: "Acme"}) { organization { name } } }`
		h.ask(mine, rename, nil).ok()
		role(user.RoleADMIN)
		h.ask(mine, rename, nil).refused("FORBIDDEN")
		h.ask(mine, createAPI, vars{"name": "x", "scopes": []string{"users:read"}}).refused("FORBIDDEN").about("user")
		h.ask(mine, `{ users { totalCount } }`, nil).ok()
		role(user.RoleLEARNER)
		h.ask(mine, `{ users { totalCount } }`, nil).refused("FORBIDDEN")
		h.ask(mine, `{ viewer { scopes } }`, nil).ok().is([]any{}, "viewer", "scopes")
		role(user.RoleADMIN)
		h.ask(mine, `{ users { totalCount } }`, nil).ok()
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.directory.Deactivate(ctx, tx, u.ID) })
		h.pass(time.Second)
		h.ask(mine, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED")
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.directory.Reactivate(ctx, tx, u.ID) })
		h.pass(time.Second)
		h.ask(mine, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED")
	})
}

func TestTokensWorkAtTheirOwnDoorOnly(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		scim := h.ask(owner, createScim, vars{"c": h.conn.ID, "name": "entra"}).ok().bearer("createScimToken")
		api := h.ask(owner, createAPI, vars{"name": "ci", "scopes": []string{"all"}}).ok().bearer("createApiToken")
		for name, c := range map[string]struct {
			caller
			graphql, scim int
		}{
			"SCIM token": {scim, 401, 200}, "API token": {api, 200, 401}, "operator token": {h.operator(), 200, 401},
			"session": {owner, 200, 401}, "nobody": {caller{"Authorization", "Bearer "}, 401, 401},
		} {
			if r := h.ask(c.caller, `{ viewer { kind } }`, nil); r.status != c.graphql {
				h.Errorf("%s: /graphql answers %d, want %d", name, r.status, c.graphql)
			}
			hr, _ := http.NewRequestWithContext(h.Context(), http.MethodGet, h.server.URL+"/scim/v2/acme/Users", nil)
			hr.Header.Set(c.header, c.value)
			answer, err := h.server.Client().Do(hr)
			if err != nil {
				h.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode != c.scim {
				h.Errorf("%s: /scim answers %d, want %d", name, answer.StatusCode, c.scim)
			}
		}
	})
}

func TestTokensAreEndedByThoseWhoMayDoAsMuch(t *testing.T) {
	onBoth(t, func(h *house) {
		boss, colleague := h.person("boss@acme.test", user.RoleOWNER), h.person("colleague@acme.test", user.RoleADMIN)
		owner, admin := h.session(boss), h.as(user.RoleADMIN)
		mint := func(c caller, operation, mutation string, scopes ...string) (uuid.UUID, caller) {
			h.Helper()
			r := h.ask(c, operation, vars{"name": "x", "scopes": scopes}).ok()
			return r.id(mutation), r.bearer(mutation)
		}
		works := func(c caller, want bool) {
			h.Helper()
			h.pass(time.Second)
			if r := h.ask(c, `{ viewer { name } }`, nil); (r.status == http.StatusOK) != want {
				h.Errorf("status %d, and the token should work: %t", r.status, want)
			}
		}
		ofOwner, asOwner := mint(owner, createPersonal, "createPersonalToken", "users:read")
		strong, asStrong := mint(owner, createAPI, "createApiToken", "roles:write")
		weak, asWeak := mint(owner, createAPI, "createApiToken", "users:read", "tokens:write")
		ofAdmin, asAdmin := mint(h.session(colleague), createPersonal, "createPersonalToken", "users:read")
		for _, c := range []caller{admin, asWeak} {
			for id, still := range map[uuid.UUID]caller{ofOwner: asOwner, strong: asStrong} {
				h.ask(c, revokeToken, vars{"id": id}).refused("FORBIDDEN").says("may do more than you")
				h.ask(c, rotateToken, vars{"id": id}).refused("FORBIDDEN")
				works(still, true)
			}
		}
		h.ask(asWeak, revokeToken, vars{"id": ofAdmin}).refused("FORBIDDEN")
		h.ask(admin, revokeToken, vars{"id": ofAdmin}).ok()
		works(asAdmin, false)
		h.ask(admin, revokeToken, vars{"id": weak}).ok()
		works(asWeak, false)
		h.ask(owner, revokeToken, vars{"id": strong}).ok()
		works(asStrong, false)
		h.ask(owner, revokeToken, vars{"id": ofOwner}).ok()
		works(asOwner, false)
	})
}

func TestEverybodyEndsTheirOwnTokens(t *testing.T) {
	onBoth(t, func(h *house) {
		const end = `mutation($id: ID!) { revokeToken(id: $id) { __typename } }`
		ada := h.person("ada@acme.test", user.RoleAUDITOR)
		mint := func() (uuid.UUID, caller) {
			h.Helper()
			r := h.ask(h.session(ada), createPersonal, vars{"name": "mine", "scopes": []string{"users:read"}}).ok()
			return r.id("createPersonalToken"), r.bearer("createPersonalToken")
		}
		first, asFirst := mint()
		second, asSecond := mint()
		foreign := h.with("users:read")
		other := h.as(user.RoleAUDITOR)
		for _, c := range []caller{asFirst, foreign, other} { // a token has no say over another one of its owner
			h.ask(c, end, vars{"id": second}).refused("FORBIDDEN")
			h.ask(c, end, vars{"id": uuid.New()}).refused("FORBIDDEN")
		}
		h.ask(asFirst, end, vars{"id": first}).ok()
		h.ask(h.session(ada), revokeToken, vars{"id": second}).ok().is("REVOKED", "revokeToken", "token", "status")
		third, asThird := mint()
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			return h.directory.ChangeRole(ctx, tx, ada.ID, user.RoleLEARNER, uuid.Nil)
		})
		h.ask(h.session(h.userRow(ada.ID)), end, vars{"id": third}).ok()
		h.pass(time.Second)
		for _, c := range []caller{asFirst, asSecond, asThird} {
			h.ask(c, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED")
		}
		if got, want := h.told(second), []string{"token.created by user", "token.revoked by user"}; !slices.Equal(got, want) {
			h.Errorf("the Events are %v, want %v", got, want)
		}
	})
}
