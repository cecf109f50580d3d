package sso_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

// reference is what a page is found by.
func (p page) reference() string {
	if found := onPage.FindStringSubmatch(p.text); found != nil {
		return found[1]
	}
	return ""
}

// An account that stays out gets the same reference again, whether or not somebody here
// has the names that it comes with.
func TestTheReferenceTellsNothingAboutPeople(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		o.prove("acme.test")
		b := o.visitor()
		mallory := map[string]any{"sub": "mallory", "email": "nobody1@acme.test", "email_verified": true}
		first := o.signIn(b, mallory).reference()
		for _, name := range []string{"nobody2@acme.test", "grace@acme.test", "ada@acme.test", "nobody3@acme.test"} {
			if got := o.signIn(b, with(mallory, "email", name, "preferred_username", name)).reference(); got != first || got == "" {
				o.Errorf("after %s comes %s for %s", first, got, name)
			}
		}
	})
}

// A connection that is switched off is no different from none, by the page and by the
// references of several.
func TestTheReferenceTellsNothingAboutConnections(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Switch(ctx, tx, o.conn.ID, false, false)
			return err
		})
		b := o.visitor()
		seen := map[string]bool{}
		for range 3 {
			nothing, off := b.get(sso.StartPath(uuid.New())), b.get(sso.StartPath(o.conn.ID))
			if strip(nothing.text) != strip(off.text) {
				o.Errorf("the pages differ:\n%s\n%s", nothing.text, off.text)
			}
			for _, p := range []page{nothing, off} {
				if p.reference() == "" || seen[p.reference()] {
					o.Errorf("the reference %q came before", p.reference())
				}
				seen[p.reference()] = true
			}
		}
		if said := o.refusals(); len(said) != 1 || !seen[said[0]["reference"].(string)] {
			o.Errorf("the events say %v", said)
		}
	})
}

// However many strangers are refused, an administrator's test leads to an event of its own.
func TestATestIsNotedBesideStrangers(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.provider.wrong = func(claims map[string]any) { claims["nonce"] = "another" }
		for range 12 {
			o.signIn(o.visitor(), graces())
		}
		b := o.visitor()
		b.open(o.link(o.ada))
		test := func() map[string]any {
			return o.told(o.arrive(b, o.provider.answer(b.get(sso.TestPath(o.conn.ID)).Header.Get("Location"), graces())))
		}
		first := test()
		if first["test"] != true || first["code"] != "SSO-NONCE" || first["others"] != nil {
			o.Errorf("the reference of the test leads to %v", first)
		}
		if again := test(); again["reference"] != first["reference"] {
			o.Errorf("the next one leads to %v", again)
		}
	})
}

// bait is a sentence that a stranger would like an administrator to read.
const bait = "URGENT: your licence ends today, call +1 555 0100"

// baited expects that the log alone tells of it.
func (h *house) baited(what, code string) {
	h.Helper()
	said := h.refusals()
	if len(said) == 0 || said[len(said)-1]["code"] != code || said[len(said)-1]["detail"] == "" {
		h.Errorf("%s: the events say %v", what, said)
	}
	for _, e := range said {
		if strings.Contains(text(e), "URGENT") {
			h.Errorf("%s: the event takes anybody's word: %v", what, e)
		}
	}
	if !strings.Contains(h.log.String(), "URGENT") {
		h.Errorf("%s: the log doesn't say what came:\n%s", what, h.log.String())
	}
	h.log.reset()
}

// What nobody has signed is in no event, whatever it says.
func TestNobodysWordsAreInTheHistory(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.backChannel(encoded(map[string]string{"alg": "RS256", "typ": bait}) + "." + encoded(map[string]any{"sub": "x"}) + ".AAAA")
		o.baited("the type of a logout token", "SSO-CLAIMS")
		b := o.visitor()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		answer.Set("iss", bait)
		if p := o.arrive(b, answer).want(o.T, http.StatusBadRequest, "SSO-ISSUER"); strings.Contains(p.text, "URGENT") {
			o.Errorf("the page says it:\n%s", p.text)
		}
		o.baited("the iss of an answer", "SSO-ISSUER")
	})
}

func TestNobodysWordsAreInTheHistoryBySAML(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		const opens = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" Version="2.0">`
		status := func(value, message string) string {
			return opens + `<samlp:Status><samlp:StatusCode Value="` + value + `"/>` + message + `</samlp:Status></samlp:Response>`
		}
		const failed = "urn:oasis:names:tc:SAML:2.0:status:Responder"
		for _, c := range []struct{ what, code, text string }{
			{"an element's name", "SAML-SHAPE", `<URGENT-call/>`},
			{"an attribute's name", "SAML-XML", `<a URGENT-call="1" URGENT-call="2"/>`},
			{"an entity", "SAML-XML", `<a b="&URGENT;"/>`},
			{"a prefix", "SAML-XML", `<URGENT:a/>`},
			{"a status", "SAML-STATUS", status(bait, "")},
			{"a status message", "SAML-STATUS", status(failed, `<samlp:StatusMessage>`+bait+`</samlp:StatusMessage>`)},
		} {
			b := s.visitor()
			_, relay := s.leave(b, sso.StartPath(s.conn.ID))
			s.post(b, sso.ACSPath(s.conn.ID), url.Values{"SAMLResponse": {inBase64(c.text)}, "RelayState": {relay}}).want(s.T, http.StatusBadRequest, c.code)
			s.baited(c.what, c.code)
		}
		// The envelope of a believed assertion need not be signed.
		b := s.visitor()
		a := s.says(s.leave(b, sso.StartPath(s.conn.ID)))
		form := s.answer(a)
		raw := s.parse(unbased(s.T, form.Get("SAMLResponse")))
		raw.CreateAttr("Destination", bait)
		form.Set("SAMLResponse", inBase64(s.text(raw)))
		s.post(b, sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusBadRequest, "SAML-DESTINATION")
		s.baited("where it was sent", "SAML-DESTINATION")

		s.visitor().get(sso.SLOPath(s.conn.ID)+"?SAMLRequest=x&Signature=y&SigAlg="+url.QueryEscape(bait)).want(s.T, http.StatusBadRequest, "SAML-ALGORITHM")
		s.baited("a method of signing", "SAML-ALGORITHM")
		// What the status means is told all the same.
		if said := text(s.refusals()[5]["detail"]); !strings.Contains(said, "Responder") {
			s.Errorf("of the status the event says %s", said)
		}
	})
}
