package sso_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

var onPage = regexp.MustCompile(`<dt>Reference</dt><dd>(\w+)</dd>`)

// told is the connection's Event that a page's reference leads to.
func (h *house) told(p page) map[string]any {
	h.Helper()
	reference := onPage.FindStringSubmatch(p.text)
	if reference == nil {
		h.Errorf("%d without a reference:\n%s", p.StatusCode, p.text)
		return nil
	}
	found := h.store.Read().Event.Query().Where(event.KindHasPrefix("signon."), event.CorrelationID(access.RequestOf(strings.ToLower(reference[1])))).AllX(h.inOrg())
	if len(found) == 1 && found[0].Data.After["reference"] == reference[1] {
		return found[0].Data.After
	}
	h.Errorf("no event bears the reference %s of the page\n%s", reference[1], p.text)
	return nil
}

// refusals are the Events of sign-ins that were refused, the oldest first.
func (h *house) refusals() (said []map[string]any) {
	for _, e := range h.store.Read().Event.Query().Where(event.KindIn("signon.sign_in_refused", "signon.sign_out_refused")).Order(event.ByID()).AllX(h.inOrg()) {
		said = append(said, e.Data.After)
	}
	return said
}

// lines is how many lines the log has about refusals.
func (h *house) lines() int { return strings.Count(h.log.String(), "-in refused") }

// Whatever comes to a connection's address, it leaves few Events and lines.
func TestRefusalsAreBounded(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		garbage := sso.CallbackPath(o.conn.ID) + "?state=rcc_x&code=y&error_description=hunter2"
		b := o.visitor()
		first := b.get(garbage).want(o.T, http.StatusBadRequest, "SSO-STATE")
		if told := o.told(first); told["code"] != "SSO-STATE" || told["address"] != "127.1.0.1" || told["connection_id"] != o.conn.ID.String() || told["name"] != o.conn.Name {
			o.Errorf("the event says %v", told)
		}
		for range 50 {
			o.told(b.get(garbage)) // the reference leads to the first one
		}
		for range 30 {
			o.told(o.visitor().get(garbage))
		}
		if n, lines := len(o.refusals()), o.lines(); n != 10 || lines != 10 {
			o.Errorf("81 refusals leave %d events and %d lines, want 10 of each", n, lines)
		}
		b.get(sso.StartPath(o.conn.ID) + "x")
		for range 30 {
			b.get(sso.StartPath(uuid.New())).want(o.T, http.StatusNotFound, "SSO-CONNECTION-OFF")
		}
		if lines := o.lines(); lines != 11 {
			o.Errorf("connections that aren't there leave %d lines, want 1", lines-10)
		}
		// What it takes a provider for is another matter, and noted beside all that.
		o.provider.wrong = func(claims map[string]any) { claims["nonce"] = "another" }
		o.told(o.signIn(b, graces()).want(o.T, http.StatusBadRequest, "SSO-NONCE"))
		o.provider.wrong = nil
		if n := len(o.refusals()); n != 11 {
			o.Errorf("%d events, want 11", n)
		}

		o.pass(15 * time.Minute)
		told := o.told(b.get(garbage))
		if told["repeats"] != 50.0 || told["others"] != 21.0 {
			o.Errorf("a quarter of an hour later the event says %v, want 50 of the same and 21 others", told)
		}
		if n, lines := len(o.refusals()), o.lines(); n != 12 || lines != 13 {
			o.Errorf("then there are %d events and %d lines", n, lines)
		}
	})
}

// An account that is refused for the same reason again and again leaves an Event
// each quarter of an hour; another account behind the same address leaves its own.
func TestRefusedAccountsAgainAndAgain(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.visitor()
		for _, who := range []string{"one", "two"} {
			for range 3 {
				if told := o.told(o.signIn(b, with(graces(), "sub", who))); told["subject"] != who || told["reason"] == "" || told["issuer"] != o.provider.issuer {
					o.Errorf("the event says %v", told)
				}
			}
		}
		if n := len(o.refusals()); n != 2 {
			o.Errorf("two accounts leave %d events", n)
		}
		o.pass(15 * time.Minute)
		if told := o.told(o.signIn(b, with(graces(), "sub", "one"))); told["repeats"] != 2.0 {
			o.Errorf("the next event says %v", told)
		}
		o.signIn(o.visitor(), graces())
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, o.grace.ID) })
		if told := o.told(o.signIn(b, graces())); told["code"] != "SSO-DEACTIVATED" || told["reason"] != "deactivated" {
			o.Errorf("of a deactivated person the event says %v", told)
		}
		for range 5 {
			o.signIn(b, graces())
		}
		own := o.store.Read().Event.Query().Where(event.Kind("user.sign_in_refused")).AllX(o.inOrg())
		if len(own) != 1 || own[0].EntityID != o.grace.ID || own[0].Data.After["reference"] != o.told(o.signIn(b, graces()))["reference"] {
			o.Errorf("on her own there are %d events of six refusals: %v", len(own), own)
		}
		if text := o.log.String(); strings.Contains(text, "grace@acme.test") || strings.Contains(text, "Grace") {
			o.Errorf("the log names people:\n%s", text)
		}
	})
}

// What refuses a sign-in before there is a person leaves an Event too.
func TestRefusalsOfTheProtocolLeaveEvents(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		grace := entras(gracesOID, "grace@acme.test")
		fault := func(claim string, value any) page {
			o.Helper()
			o.provider.wrong = func(claims map[string]any) { claims[claim] = value }
			defer func() { o.provider.wrong = nil }()
			return o.signIn(o.visitor(), grace)
		}
		for code, p := range map[string]page{
			"SSO-NONCE":    fault("nonce", "another"),
			"SSO-TENANT":   fault("tid", otherTenant),
			"SSO-CLOCK":    fault("exp", o.store.Now().Add(-time.Hour).Unix()),
			"SSO-AUDIENCE": fault("aud", "another"),
			"SSO-ISSUER":   fault("iss", "https://idp.evil.test"),
			"SSO-CLAIMS":   fault("ver", "1.0"),
		} {
			if told := o.told(p); told["code"] != code || told["detail"] == "" {
				o.Errorf("%s: the event says %v", code, told)
			}
		}
		o.provider.sign = func(claims map[string]any) string { return hs256(claims, []byte("right")) }
		if told := o.told(o.signIn(o.visitor(), grace)); told["code"] != "SSO-SIGNATURE" {
			o.Errorf("a bad signature: the event says %v", told)
		}
		o.provider.sign = nil

		b := o.visitor()
		for _, number := range []string{"50105", "7000215", "53003"} { // one after the other, as somebody sets it up
			p := o.saidNo(b, "access_denied", "AADSTS"+number+": victim@acme.test must call +1 555. Trace ID: 0a0a0a0a-1111-2222-3333-444444444444")
			told := o.told(p)
			if told["code"] != "SSO-PROVIDER" || told["provider_error"] != "access_denied" || told["provider_number"] != number || told["provider_trace"] != "0a0a0a0a-1111-2222-3333-444444444444" {
				o.Errorf("AADSTS%s: the event says %v", number, told)
			}
			if strings.Contains(text(told), "victim") {
				o.Errorf("the event takes anybody's word: %v", told)
			}
		}
		if told := o.told(o.saidNo(o.visitor(), "call +1 555 now", "")); told["provider_error"] != nil {
			o.Errorf("the event takes anybody's word: %v", told)
		}

		answer := o.provider.answer(o.leave(b, "/"), grace)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Switch(ctx, tx, o.conn.ID, false, false)
			return err
		})
		off, nowhere := o.arrive(b, answer), b.get(sso.StartPath(uuid.New()))
		if told := o.told(off); told["code"] != "SSO-CONNECTION-OFF" || strip(off.text) != strip(nowhere.text) {
			o.Errorf("switched off: the event says %v, and the page isn't that of no connection:\n%s", told, off.text)
		}
		for _, e := range o.refusals() {
			for _, secret := range []string{answer.Get("code"), answer.Get("state"), "eyJ", "right"} {
				if secret != "" && strings.Contains(text(e), secret) {
					o.Errorf("the event %v holds %q", e, secret)
				}
			}
		}
	})
}

// An answer that can't be read leaves an Event too: whoever is in thousands of groups
// may send one.
func TestAnswersThatAreTooLarge(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, true)
		b := o.visitor()
		answer := o.provider.answer(o.leave(b, "/"), with(graces(), "groups", strings.Repeat("g", 64<<10)))
		p := o.arrive(b, answer).want(o.T, http.StatusRequestEntityTooLarge, "damaged or too large").want(o.T, http.StatusRequestEntityTooLarge, "64 kB")
		if told := o.told(p); told["code"] != "SSO-FORM" || b.session() != "" {
			o.Errorf("the event says %v", told)
		}
	})
}

// A provider whose message to sign somebody out is not believed.
func TestRefusedSignOutsLeaveEvents(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		for range 30 {
			o.backChannel("forged").want(o.T, http.StatusBadRequest, "invalid_request")
		}
		if said := o.refusals(); len(said) != 10 || said[0]["code"] != "SSO-SIGNATURE" || o.events("signon.sign_out_refused") != 10 {
			o.Errorf("30 from as many addresses leave %d events: %v", len(said), said)
		}
	})
}

func TestRefusalsOfSAMLLeaveEvents(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		refused := func(code string, p page) {
			s.Helper()
			if told := s.told(p); told["code"] != code || told["detail"] == "" {
				s.Errorf("%s: the event says %v\n%s", code, told, p.text)
			}
		}
		refused("SAML-AUDIENCE", s.signIn(s.visitor(), func(a *assertion) { a.audience = "https://else.test" }))
		b := s.visitor()
		_, relay := s.leave(b, sso.StartPath(s.conn.ID))
		refused("SAML-XML", s.post(b, sso.ACSPath(s.conn.ID), url.Values{"SAMLResponse": {"garbage"}, "RelayState": {relay}}))
		if told := s.told(s.post(b, sso.ACSPath(s.conn.ID), url.Values{"SAMLResponse": {"garbage"}})); told["code"] != "SSO-STATE" {
			s.Errorf("without a flow the event says %v", told)
		}
		// Begun while the connection led to another provider.
		s.configure(s.inOrg(), s.conn, func(settings *schema.SignOnSettings) { settings.EntityID = "https://another.test" })
		request, begun := s.leave(b, sso.StartPath(s.conn.ID))
		s.configure(s.inOrg(), s.conn, nil)
		refused("SAML-ISSUER", s.post(b, sso.ACSPath(s.conn.ID), s.answer(s.says(request, begun))))
		if b.session() != "" {
			s.Error("somebody is signed in")
		}
	})
}
