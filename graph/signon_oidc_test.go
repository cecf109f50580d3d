package graph_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
)

const configureOidc = `mutation($c: ID!, $in: OidcInput!) { configureOidc(connectionId: $c, input: $in) { warnings connection { signOn {
	enabled clientId issuer secrets { hint } } } } }`

// A registration moves to another issuer in one act: its secrets go, the new one comes,
// and whoever signs in meanwhile notices nothing.
func TestARegistrationMovesWithItsSecret(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(user.RoleADMIN)
		set := func(issuer, client, secret string) *reply {
			h.Helper()
			in := vars{"issuer": issuer, "clientId": client}
			if secret != "" {
				in["secret"], in["secretExpiresAt"] = secret, h.store.Now().Add(24*time.Hour).Format(time.RFC3339)
			}
			return h.ask(admin, configureOidc, vars{"c": h.conn.ID, "in": in}).ok()
		}
		at := func(path ...any) []any { return append([]any{"configureOidc", "connection", "signOn"}, path...) }
		set("https://idp.test", "rollcall", "the first secret, x7Q2").is(false, at("enabled")...).is("x7Q2", at("secrets", 0, "hint")...)
		h.ask(admin, `mutation($c: ID!) { switchSignOn(connectionId: $c, enabled: true) { connection { id } } }`, vars{"c": h.conn.ID}).ok()

		set("https://idp.test", "rollcall-2", "").is(true, at("enabled")...).is("x7Q2", at("secrets", 0, "hint")...)
		set("https://elsewhere.test", "rollcall-2", "the second secret, mB41").is(true, at("enabled")...).is("mB41", at("secrets", 0, "hint")...)
		set("https://third.test", "rollcall-2", "").is(false, at("enabled")...).is([]any{}, at("secrets")...)

		past := h.store.Now().Add(-time.Hour).Format(time.RFC3339)
		r := h.ask(admin, configureOidc, vars{"c": h.conn.ID, "in": vars{"issuer": "https://fourth.test", "clientId": "x", "secret": "s", "secretExpiresAt": past}}).refused("BAD_USER_INPUT")
		if r.Errors[0].Extensions["field"] != "secretExpiresAt" {
			h.Errorf("the refusal names %v", r.Errors[0].Extensions)
		}
		h.ask(admin, `{ connections { signOn { issuer } } }`, nil).ok().is("https://third.test", "connections", 0, "signOn", "issuer")
	})
}

// A registration that is saved for the first time with a secret that can't be one
// leaves nothing behind.
func TestTheFirstRegistrationWithABadSecret(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(user.RoleADMIN)
		past := h.store.Now().Add(-time.Hour).Format(time.RFC3339)
		for field, in := range map[string]vars{
			"secret":          {"issuer": "https://idp.test", "clientId": "rollcall", "secret": " "},
			"secretExpiresAt": {"issuer": "https://idp.test", "clientId": "rollcall", "secret": "s", "secretExpiresAt": past},
		} {
			if r := h.ask(admin, configureOidc, vars{"c": h.conn.ID, "in": in}).refused("BAD_USER_INPUT"); r.Errors[0].Extensions["field"] != field {
				h.Errorf("the refusal names %v, want %s", r.Errors[0].Extensions, field)
			}
		}
		h.ask(admin, `{ connections { signOn { issuer } } }`, nil).ok().is(nil, "connections", 0, "signOn")
		if n := h.store.Read().Event.Query().Where(event.Entity("SignOn")).CountX(h.in(h.org.ID)); n != 0 {
			h.Errorf("%d events of it", n)
		}
	})
}

// What the provider says against a registration is told when it is saved, and keeps
// nobody from saving unless it can't be right.
func TestTheProviderIsAskedWhenItsRegistrationIsSaved(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(user.RoleADMIN)
		const tenant, client = "72f988bf-86f1-41af-91ab-2d7cd011db47", "11111111-86f1-41af-91ab-2d7cd011db47"
		v := vars{"c": h.conn.ID, "in": vars{"tenantId": tenant, "clientId": client}}
		h.discover = func(s schema.SignOnSettings) (string, error) {
			return "", fault.New(fault.Invalid, "there is no %s", s.Issuer).On("tenant")
		}
		if r := h.ask(admin, configureOidc, v).refused("BAD_USER_INPUT"); r.Errors[0].Extensions["field"] != "tenant" ||
			r.Errors[0].Message != "there is no https://login.microsoftonline.com/"+tenant+"/v2.0" {
			h.Errorf("refused: %+v", r.Errors[0])
		}
		h.ask(admin, `{ connections { signOn { issuer } } }`, nil).ok().is(nil, "connections", 0, "signOn")
		h.discover = func(schema.SignOnSettings) (string, error) { return "it can't be reached", nil }
		h.ask(admin, configureOidc, v).ok().is([]string{"It can't be reached"}, "configureOidc", "warnings").
			is(client, "configureOidc", "connection", "signOn", "clientId")
		h.discover = func(schema.SignOnSettings) (string, error) { h.Error("nonsense was asked for"); return "", nil }
		h.ask(admin, configureOidc, vars{"c": h.conn.ID, "in": vars{"tenantId": "common", "clientId": client}}).refused("BAD_USER_INPUT")
	})
}
