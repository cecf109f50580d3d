package graph_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/user"
)

const readDomain = `{ domains { verifiedAt missingSince lapsesAt connectionId } }`

// watchDomains is a round of the worker that looks for the records of proved domains. DNS
// says that a name isn't there as a resolver of Go does, or fails.
func (h *house) watchDomains(failing error) {
	h.Helper()
	_, err := h.directory.WatchDomains(h.in(h.org.ID), func(_ context.Context, name string) ([]string, error) {
		if failing != nil {
			return nil, failing
		}
		if h.dns[name] == nil {
			return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		}
		return h.dns[name], nil
	})
	if (err != nil) != (failing != nil) {
		h.Errorf("the round says %v", err)
	}
}

func (h *house) eventsOf(kind string) int {
	return h.store.Read().Event.Query().Where(event.Kind(kind)).CountX(h.in(h.org.ID))
}

func TestProvedDomainsAreLookedAtAgain(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(user.RoleADMIN)
		claim := h.ask(h.with("connections:write", "connections:read"), `mutation { claimDomain(name: "acme.test") { domain { id recordName recordValue } } }`, nil).ok()
		id, record, challenge := claim.at("claimDomain", "domain", "id"), claim.at("claimDomain", "domain", "recordName").(string), claim.at("claimDomain", "domain", "recordValue").(string)
		h.dns[record] = []string{challenge}
		const prove = `mutation($id: ID!) { proveDomain(id: $id) { domain { verifiedAt missingSince } } }`
		h.ask(admin, prove, vars{"id": id}).ok()
		h.ask(admin, `mutation($c: ID!, $d: ID!) {
			configureOidc(connectionId: $c, input: {issuer: "https://idp.test", clientId: "rollcall"}) { connection { id } }
			routeDomain(id: $d, connectionId: $c) { domain { id } } }`, vars{"c": h.conn.ID, "d": id}).ok()
		routed := func(want bool, when string) {
			h.Helper()
			to, err := h.directory.RouteOf(h.Context(), "ada@acme.test")
			if err != nil || (to != uuid.Nil) != want {
				h.Errorf("%s: people are sent to %v, %v", when, to, err)
			}
		}
		state := func(missing bool, when string) {
			h.Helper()
			d := h.ask(h.with("connections:read"), readDomain, nil).ok().at("domains", 0).(map[string]any)
			if (d["missingSince"] != nil) != missing || (d["lapsesAt"] != nil) != missing || d["verifiedAt"] == nil {
				h.Errorf("%s: %v", when, d)
			}
			routed(true, when)
		}
		broken := &net.DNSError{Err: "server misbehaving", Name: record}

		delete(h.dns, record)
		h.watchDomains(nil)
		state(false, "looked at within a day")
		h.pass(25 * time.Hour)
		h.watchDomains(broken)
		h.watchDomains(&net.DNSError{Err: "server misbehaving", Name: record, IsTemporary: true})
		h.watchDomains(&net.DNSError{Err: "i/o timeout", Name: record, IsTimeout: true})
		state(false, "DNS can't be asked")
		h.watchDomains(nil)
		state(true, "the record is gone")
		h.dns[record] = []string{"v=spf1 -all", challenge}
		h.pass(25 * time.Hour)
		h.watchDomains(nil)
		state(false, "the record is back")

		h.dns[record] = []string{"rollcall-domain=another"}
		h.pass(25 * time.Hour)
		h.watchDomains(nil)
		state(true, "the record says something else")
		h.ask(h.with("connections:write"), prove, vars{"id": id}).refused("CONFLICT")
		state(true, "looked at by hand")
		for range 6 {
			h.pass(25 * time.Hour)
			h.watchDomains(nil)
		}
		state(true, "six days later")
		h.pass(25 * time.Hour)
		h.watchDomains(broken)
		state(true, "seven days later, and DNS can't be asked")
		h.watchDomains(nil)
		h.watchDomains(nil)
		routed(false, "seven days later")
		h.ask(h.with("connections:read"), readDomain, nil).ok().is(map[string]any{"verifiedAt": nil, "missingSince": nil, "lapsesAt": nil, "connectionId": h.conn.ID}, "domains", 0)
		for kind, want := range map[string]int{"domain.record_missing": 2, "domain.record_found": 1, "domain.lapsed": 1, "domain.proved": 1, "domain.updated": 1} {
			if n := h.eventsOf(kind); n != want {
				h.Errorf("%d events %s, want %d", n, kind, want)
			}
		}

		h.dns[record] = []string{challenge}
		h.ask(h.with("connections:write", "connections:read"), prove, vars{"id": id}).ok().is(nil, "proveDomain", "domain", "missingSince")
		routed(true, "proved again")
		delete(h.dns, record)
		h.pass(25 * time.Hour)
		h.watchDomains(nil)
		h.dns[record] = []string{challenge}
		h.ask(h.with("connections:write", "connections:read"), prove, vars{"id": id}).ok().is(nil, "proveDomain", "domain", "missingSince")
		state(false, "found by hand")
	})
}
