package sso_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

// Whoever is at the SAML provider when the connection is switched off, or the
// organization suspended, stays out.
func TestTakenAwayWhileASAMLFlowIsUnderWay(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		turn := func(on bool) func(context.Context, *store.Tx) error {
			return func(ctx context.Context, tx *store.Tx) error {
				_, err := s.signOns.Switch(ctx, tx, s.conn.ID, on, false)
				return err
			}
		}
		for _, c := range []struct {
			what     string
			do, undo func(context.Context, *store.Tx) error
		}{
			{"switched off", turn(false), turn(true)},
			{"suspended", s.directory.SuspendOrganization, s.directory.ResumeOrganization},
		} {
			b := s.visitor()
			form := s.answer(s.says(s.leave(b, sso.StartPath(s.conn.ID))))
			s.write(c.do)
			s.post(b, sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusNotFound, "SSO-CONNECTION-OFF")
			if b.session() != "" {
				s.Errorf("%s, and somebody is signed in", c.what)
			}
			s.write(c.undo)
			s.signIn(b, nil).want(s.T, http.StatusSeeOther, "")
		}
	})
}

// One answer that comes to two replicas at once is one sign-in.
func TestSAMLAnswerThatComesTwiceAtOnce(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		b := s.browser()
		form := s.answer(s.says(s.leave(b, sso.StartPath(s.conn.ID))))
		in := s.twins(10, b, func(twin *browser) { s.post(twin, sso.ACSPath(s.conn.ID), form) })
		if in != 1 || s.sessions() != 1 {
			s.Errorf("%d browsers and %d sessions", in, s.sessions())
		}
	})
}

// One person's first sign-in in several browsers, at two replicas, links the account once.
func TestFirstSignInsAtOnceBySAML(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		other := s.replica()
		var work sync.WaitGroup
		for i := range 8 {
			at := s.house
			if i%2 == 1 {
				at = other
			}
			b := at.visitor()
			form := s.answer(s.says(s.leave(b, sso.StartPath(s.conn.ID))))
			work.Go(func() {
				if p := s.post(b, sso.ACSPath(s.conn.ID), form); b.session() == "" {
					s.Errorf("browser %d is not signed in: %d", i, p.StatusCode)
				}
			})
		}
		work.Wait()
		if n := s.store.Read().Identity.Query().CountX(s.inOrg()); n != 1 || s.sessions() != 8 {
			s.Errorf("%d accounts, %d sessions", n, s.sessions())
		}
	})
}

// What comes back beside an answer is no secret of ours, whatever its length.
func TestRelayStatesOfStrangers(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		for _, relay := range []string{strings.Repeat("x", 10<<10), "/" + strings.Repeat("y", 10<<10), `"><script>alert(1)</script>`, "javascript:alert(1)", "rcc_", "\x00", ""} {
			b := s.visitor()
			a := s.says(s.leave(b, sso.StartPath(s.conn.ID)))
			a.relay = relay
			p := s.post(b, sso.ACSPath(s.conn.ID), s.answer(a)).want(s.T, http.StatusBadRequest, "SSO-STATE")
			if strings.Contains(p.text, "alert(1)") || b.session() != "" {
				s.Errorf("RelayState %.40q: the session %q\n%s", relay, b.session(), p.text)
			}
		}
	})
}

// A rule that an owner takes away while somebody is at the provider gives nothing.
func TestARuleTakenAwayWhileASAMLFlowIsUnderWay(t *testing.T) {
	onBothSAML(t, func(s *samlHouse) {
		s.configure(s.inOrg(), s.conn, func(o *schema.SignOnSettings) {
			o.Roles = []schema.RoleRule{{Claim: "mail", Value: "grace@acme.test", Role: "ADMIN"}}
		})
		b := s.browser()
		form := s.answer(s.says(s.leave(b, sso.StartPath(s.conn.ID))))
		s.configure(s.inOrg(), s.conn, nil)
		s.post(b, sso.ACSPath(s.conn.ID), form).want(s.T, http.StatusSeeOther, "")
		if role := s.store.Read().User.GetX(s.inOrg(), s.grace.ID).Role; role != user.RoleLEARNER {
			s.Errorf("it has given %s", role)
		}
	})
}
