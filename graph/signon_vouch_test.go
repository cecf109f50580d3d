package graph_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/user"
)

func TestOnlyAnOwnerVouchesForSingleSignOn(t *testing.T) {
	onBoth(t, func(h *house) {
		admin, owner := h.as(user.RoleADMIN), h.as(user.RoleOWNER)
		const configure = `mutation($c: ID!, $i: String!) { configureOidc(connectionId: $c, input: {issuer: $i, clientId: "rollcall"}) { connection { signOn { vouched updatedAt } } } }`
		const vouch = `mutation($c: ID!, $at: Time!) { vouchForSignOn(connectionId: $c, updatedAt: $at) { connection { signOn { vouched } } } }`
		set := func(by caller, issuer string, vouched bool) any {
			h.Helper()
			h.pass(time.Second)
			r := h.ask(by, configure, vars{"c": h.conn.ID, "i": issuer}).ok().is(vouched, "configureOidc", "connection", "signOn", "vouched")
			return r.at("configureOidc", "connection", "signOn", "updatedAt")
		}
		seen := set(admin, "https://idp.test", false)
		h.ask(admin, vouch, vars{"c": h.conn.ID, "at": seen}).refused("FORBIDDEN")
		h.ask(h.with("connections:write"), vouch, vars{"c": h.conn.ID, "at": seen}).refused("FORBIDDEN")
		set(admin, "https://mallory.test", false)
		h.ask(owner, vouch, vars{"c": h.conn.ID, "at": seen}).refused("CONFLICT")
		h.ask(owner, `{ connections { signOn { vouched } } }`, nil).ok().is(false, "connections", 0, "signOn", "vouched")

		seen = set(admin, "https://idp.test", false)
		h.ask(owner, vouch, vars{"c": h.conn.ID, "at": seen}).ok().is(true, "vouchForSignOn", "connection", "signOn", "vouched")
		if n := h.eventsOf("signon.vouched_for"); n != 1 {
			h.Errorf("%d events of it", n)
		}
		set(admin, "https://idp.test", true)
		set(admin, "https://mallory.test", false)
		set(owner, "https://idp.test", true)
		_, other := h.organization("other")
		h.ask(owner, vouch, vars{"c": other.ID, "at": seen}).refused("NOT_FOUND")
	})
}
