package sso_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/pendinglink"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/store"
)

// The answer of one provider does nothing in a flow that began at another.
func TestMixUp(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		for _, where := range []string{"the same organization", "another organization"} {
			evil := *o
			evil.provider = newProvider(o.house)
			h := *o.house
			evil.house = &h
			if where == "another organization" {
				evil = *o.neighbour()
				evil.provider = newProvider(o.house)
			} else {
				h.write(func(ctx context.Context, tx *store.Tx) (err error) {
					h.conn, err = tx.Connection.Create().SetName("other").SetKind("GENERIC").SetSettings(schema.DefaultConnectionSettings()).Save(ctx)
					return err
				})
			}
			hybrid := o.hybrid()
			evil.configure(func(s *schema.SignOnSettings) { s.Hybrid = hybrid })
			refused := func(what string, b *browser, p page, code string) {
				o.Helper()
				if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, code) || b.session() != "" {
					o.Errorf("%s, %s: %d\n%s", where, what, p.StatusCode, p.text)
				}
			}
			b := o.visitor()
			refused("the other's answer", b, o.arrive(b, evil.provider.answer(o.leave(b, "/"), graces())), "SSO-")
			b = o.visitor()
			refused("at the other's address", b, evil.arrive(b, o.provider.answer(o.leave(b, "/"), graces())), "SSO-STATE")
			b = o.visitor()
			answer := o.provider.answer(o.leave(b, "/"), graces())
			answer.Set("iss", evil.provider.issuer)
			refused("with the other's name", b, o.arrive(b, answer), "SSO-ISSUER")
			answer = failed(o.leave(b, "/"))
			answer.Set("iss", evil.provider.issuer)
			refused("an error in the other's name", b, o.arrive(b, answer), "SSO-ISSUER")
			b = o.visitor()
			theirs := evil.provider.answer(evil.leave(b, "/"), graces())
			ours := o.provider.answer(o.leave(b, "/"), graces())
			theirs.Set("state", ours.Get("state"))
			refused("with the state of ours", b, o.arrive(b, theirs), "SSO-")
		}
		o.provider.change = func(document map[string]any) { document["authorization_response_iss_parameter_supported"] = true }
		o.pass(2 * time.Hour)
		b := o.visitor()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		if o.hybrid() { // the ID token beside the code names it, signed: some providers leave it at that
			o.arrive(b, answer).want(o.T, http.StatusSeeOther, "")
			b = o.visitor()
		} else { // it says that it always names itself
			o.arrive(b, answer).want(o.T, http.StatusBadRequest, "SSO-ISSUER")
		}
		answer = failed(o.leave(b, "/")) // there is no ID token beside an error
		o.arrive(b, answer).want(o.T, http.StatusBadRequest, "SSO-ISSUER")
		answer = failed(o.leave(b, "/"))
		answer.Set("iss", o.provider.issuer)
		o.arrive(b, answer).want(o.T, http.StatusBadRequest, "SSO-PROVIDER")
		answer = o.provider.answer(o.leave(b, "/"), graces())
		answer.Set("iss", o.provider.issuer)
		o.arrive(b, answer).want(o.T, http.StatusSeeOther, "")
		b.signedIn(true)
	})
}

// failed is a provider's error in place of a code.
func failed(authorize string) url.Values {
	_, query, _ := strings.Cut(authorize, "?")
	asked, _ := url.ParseQuery(query)
	return url.Values{"state": asked["state"], "error": {"access_denied"}}
}

// A connection that is pointed at another provider while somebody is there takes
// neither's answer.
func TestPointedElsewhereWhileAFlowIsUnderWay(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b, c := o.visitor(), o.visitor()
		theirs := o.provider.answer(o.leave(b, "/"), graces())
		to := o.leave(c, "/")
		hybrid := o.hybrid()
		o.provider = newProvider(o.house)
		o.write(func(ctx context.Context, tx *store.Tx) error { // with the secret of the new one
			on, err := o.signOns.Configure(ctx, tx, o.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: o.provider.issuer, ClientID: clientID, Hybrid: hybrid})
			if err != nil || len(on.Secrets) != 0 {
				return err
			}
			if _, err := o.signOns.AddSecret(ctx, tx, o.conn.ID, "right", nil); err != nil {
				return err
			}
			_, err = o.signOns.Switch(ctx, tx, o.conn.ID, true, false)
			return err
		})
		for what, arrived := range map[string]page{"the first provider's answer": o.arrive(b, theirs), "the second's": o.arrive(c, o.provider.answer(to, graces()))} {
			arrived.want(o.T, http.StatusBadRequest, "SSO-ISSUER")
			if told := o.told(arrived); told["detail"] != "the connection was pointed at another provider after this sign-in began" {
				o.Errorf("%s: the event says %v", what, told)
			}
		}
		if b.session()+c.session() != "" {
			o.Error("somebody is signed in")
		}
		again := o.visitor()
		o.signIn(again, graces())
		again.signedIn(true)
	})
}

// What the provider of one organization says is about people of that one alone.
func TestOtherOrganizationsProvider(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		evil := o.neighbour()
		evil.provider = newProvider(o.house)
		until := o.store.Now().Add(time.Hour)
		evil.configure(func(s *schema.SignOnSettings) { s.LinkUntil, s.Create = &until, true })
		o.prove("acme.test")
		all := with(graces(), "sub", "nobody", "email_verified", true)
		evil.keptOut("names of another organization's", all)
		evil.keptOut("an owner of another organization", with(all, "email", "ada@acme.test", "preferred_username", "ada@acme.test"))
		b := o.visitor()
		evil.signIn(b, graces()) // grace-1 is known at both
		b.signedIn(true)
		if s := o.store.Read().Session.Query().AllX(o.inOrg()); len(s) != 0 {
			o.Errorf("sessions at the other organization: %v", s)
		}
		if s := o.store.Read().Session.Query().OnlyX(evil.inOrg()); s.UserID != evil.grace.ID {
			o.Errorf("it signed in %v", s.UserID)
		}
	})
}

// What one connection's provider says is about the people of that one alone, whatever
// mail domain they share.
func TestTwoConnectionsOfOneMailDomain(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		hybrid := o.hybrid()
		until := o.store.Now().Add(time.Hour)
		o.prove("acme.test")
		all := with(graces(), "sub", "nobody", "email_verified", true)
		second := *o
		h := *o.house
		second.house, second.provider = &h, newProvider(o.house)
		h.write(func(ctx context.Context, tx *store.Tx) (err error) {
			h.conn, err = tx.Connection.Create().SetName("second").SetKind("GENERIC").SetSettings(schema.DefaultConnectionSettings()).Save(ctx)
			return err
		})
		second.configure(func(s *schema.SignOnSettings) { s.Hybrid, s.LinkUntil = hybrid, &until })
		second.keptOut("the same subject at another connection", graces())
		second.keptOut("the same names at another connection", all)
		second.configure(func(s *schema.SignOnSettings) { s.Create = true })
		second.keptOut("where people are made", all)
		if n := o.store.Read().PendingLink.Query().Where(pendinglink.CandidateIDNotNil()).CountX(o.inOrg()); n != 0 {
			o.Errorf("%d people of another connection are offered", n)
		}
	})
}
