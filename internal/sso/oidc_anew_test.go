package sso_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// What a provider says counts by the settings against which it was checked: an account
// of one for which nobody vouches is never judged by what an owner saves meanwhile, and
// the other way round.
func TestSetUpAnewWhileTheCodeIsRedeemed(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.grace.ID).SetRole(user.RoleADMIN).Exec(ctx)
		})
		weak := actor.With(o.Context(), actor.Actor{Kind: actor.Token, Org: o.org.ID, Scopes: []string{"connections:write"}})
		theirs := schema.SignOnSettings{Issuer: o.provider.issuer, ClientID: clientID}
		honest := schema.SignOnSettings{Issuer: "https://honest.test", ClientID: clientID}
		employee := theirs
		employee.SubjectClaim = "employee"
		for _, c := range []struct {
			what     string
			now      schema.SignOnSettings
			by, then context.Context
			next     schema.SignOnSettings
		}{
			{"an owner puts it right", theirs, weak, o.inOrg(), honest},
			{"somebody without the right to it points it elsewhere", theirs, o.inOrg(), weak, honest},
			{"another claim says who it is", theirs, o.inOrg(), o.inOrg(), employee},
		} {
			o.register(o.inOrg(), honest)
			o.register(c.by, c.now)
			b := o.visitor()
			answer := o.provider.answer(o.leave(b, "/"), graces())
			o.whileRedeemed(func() { o.register(c.then, c.next) })
			p := o.arrive(b, answer).want(o.T, http.StatusBadRequest, "SSO-ISSUER")
			if b.session() != "" || o.store.Read().Identity.Query().CountX(o.inOrg()) != 0 {
				o.Errorf("%s: Grace is signed in", c.what)
			}
			if told := o.told(p); told["detail"] != "single sign-on was set up anew while this sign-in was under way" {
				o.Errorf("%s: the event says %v", c.what, told)
			}
		}
		// What doesn't change how an answer is checked keeps nobody out.
		o.register(o.inOrg(), theirs)
		b := o.visitor()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		o.whileRedeemed(func() {
			create := theirs
			create.Create = true
			o.register(o.inOrg(), create)
		})
		o.arrive(b, answer).want(o.T, http.StatusSeeOther, "")
	})
}

// Rules give roles as they stand when somebody is let in.
func TestRulesCountAsTheyAreAtTheSignIn(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		rules := []schema.RoleRule{{Claim: "roles", Value: "admin", Role: "ADMIN"}}
		change := func(to []schema.RoleRule) func() {
			return func() { o.configure(func(s *schema.SignOnSettings) { s.Roles = to }) }
		}
		for _, c := range []struct {
			before, meanwhile []schema.RoleRule
			want              user.Role
		}{{rules, nil, user.RoleLEARNER}, {nil, rules, user.RoleADMIN}} {
			change(c.before)()
			b := o.visitor()
			answer := o.provider.answer(o.leave(b, "/"), with(graces(), "roles", "admin"))
			o.whileRedeemed(change(c.meanwhile))
			o.arrive(b, answer).want(o.T, http.StatusSeeOther, "")
			if got := o.store.Read().User.GetX(o.inOrg(), o.grace.ID).Role; got != c.want {
				o.Errorf("by %v, then %v: %s", c.before, c.meanwhile, got)
			}
		}
	})
}
