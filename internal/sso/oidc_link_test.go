package sso_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/pendinglink"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

// events is how many of a kind the organization has.
func (h *house) events(kind string) int {
	return h.store.Read().Event.Query().Where(event.Kind(kind)).CountX(h.inOrg())
}

func (h *house) learner(name string) *ent.User {
	h.Helper()
	u := h.person(name, name)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetRole(user.RoleLEARNER).Exec(ctx)
	})
	return u
}

// prove makes a domain the organization's own.
func (h *house) prove(name string) *ent.Domain {
	h.Helper()
	var claimed *ent.Domain
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if claimed, err = h.directory.ClaimDomain(ctx, tx, name); err != nil {
			return err
		}
		claimed, err = h.directory.ProveDomain(ctx, tx, claimed.ID, []string{"v=spf1 -all", claimed.Challenge})
		return err
	})
	return claimed
}

// with adds claims to some; nil takes one away.
func with(claims map[string]any, pairs ...any) map[string]any {
	claims = maps.Clone(claims)
	for i := 0; i < len(pairs); i += 2 {
		claims[pairs[i].(string)] = pairs[i+1]
	}
	return claims
}

// keptOut expects that an account gets in nowhere, with the page that an account
// gets whose names nobody has, and an Event.
func (o *oidcHouse) keptOut(what string, claims map[string]any) {
	o.Helper()
	before := o.events("pendinglink.refused_sign_in")
	b := o.visitor()
	p := o.signIn(b, claims)
	if p.StatusCode != http.StatusForbidden || b.session() != "" {
		o.Errorf("%s: %d with the session %q", what, p.StatusCode, b.session())
	}
	if n := o.events("pendinglink.refused_sign_in") - before; n != 1 {
		o.Errorf("%s leaves %d events, want 1", what, n)
	}
	stranger := with(claims, "sub", "stranger", "email", "nobody@nowhere.test", "preferred_username", "nobody@nowhere.test", "name", nil)
	if _, entra := claims["oid"]; entra {
		stranger["oid"] = strangerOID
	}
	said := o.provider.user
	o.provider.user = nil
	q := o.signIn(o.visitor(), stranger)
	o.provider.user = said
	if strip(p.text) != strip(q.text) {
		o.Errorf("%s: the page tells whether the account exists:\n%s\n%s", what, p.text, q.text)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM pending_links WHERE org_id = ?", o.org.ID)
		return err
	})
}

func TestNamesFindNobody(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		mallory := entras("00000000-0000-4000-8000-000000000002", "mallory@acme.test")
		graces := with(mallory, "preferred_username", "grace@acme.test", "email", "grace@acme.test", "upn", "grace@acme.test")
		o.prove("acme.test")
		o.keptOut("nOAuth: the victim's mail", with(mallory, "email", "grace@acme.test"))
		o.keptOut("all names of the victim", graces)
		o.keptOut("a guest", with(graces, "idp", "https://sts.windows.net/"+otherTenant+"/"))
		for _, yes := range []any{true, "true", "1", 1, nil} {
			o.keptOut("vouched for", with(graces, "email_verified", yes, "xms_edov", yes))
		}
		for _, mail := range []string{"a@evil.test@acme.test", " grace@acme.test", "grace@acme.test.", "grace@acme.test,mallory@acme.test", "GRACE@ACME.TEST", ""} {
			o.keptOut("mail "+mail, with(mallory, "email", mail, "preferred_username", mail))
		}
		if n := o.store.Read().Identity.Query().CountX(o.inOrg()); n != 0 {
			o.Errorf("%d accounts were linked", n)
		}
	})
}

// A leaver's name goes to a newcomer: the newcomer doesn't get the leaver's account.
func TestNameThatIsUsedAgain(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		o.prove("acme.test")
		o.signIn(o.visitor(), entras(gracesOID, "grace@acme.test"))
		newcomer := entras("00000000-0000-4000-8000-000000000003", "grace@acme.test")
		o.keptOut("while the old account is there", newcomer)
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, o.grace.ID) })
		o.keptOut("while it is deactivated", newcomer)
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Delete(ctx, tx, o.grace.ID) })
		o.keptOut("when it is deleted", newcomer)
		o.keptOut("the leaver", entras(gracesOID, "grace@acme.test"))

		fresh := o.provisioned("grace@acme.test", "00000000-0000-4000-8000-000000000003")
		b := o.visitor()
		o.signIn(b, newcomer)
		b.signedIn(true)
		if i := o.store.Read().Identity.Query().OnlyX(o.inOrg()); i.UserID != fresh.ID {
			o.Errorf("the newcomer is %v, want the new person", i.UserID)
		}
		o.keptOut("the leaver, once more", entras(gracesOID, "grace@acme.test"))
	})
}

// Names at the provider change: the account stays, and what the directory sends
// counts here.
func TestNamesChangeAtTheProvider(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		o.signIn(o.visitor(), entras(gracesOID, "grace@acme.test"))
		b := o.visitor()
		o.signIn(b, entras(gracesOID, "ada@acme.test")) // somebody else's name
		b.signedIn(true)
		i := o.store.Read().Identity.Query().OnlyX(o.inOrg())
		u := o.store.Read().User.GetX(o.inOrg(), o.grace.ID)
		if i.UserID != o.grace.ID || i.Email != "ada@acme.test" || u.UserName != "grace@acme.test" || u.Version != o.grace.Version {
			o.Errorf("the account is %+v of %+v", i, u)
		}
		if n := o.store.Read().User.Query().CountX(o.inOrg()); n != 2 {
			o.Errorf("%d people, want Ada and Grace", n)
		}
	})
}

// Entra's default mapping sends mailNickname as externalId.
func TestExternalIDOfAnotherKind(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		alan := o.provisioned("alan@acme.test", "alan")
		p := o.signIn(o.visitor(), entras("00000000-0000-4000-8000-000000000004", "alan@acme.test"))
		p.want(o.T, http.StatusForbidden, "map objectId to externalId").want(o.T, http.StatusForbidden, "mailNickname")
		waiting := o.store.Read().PendingLink.Query().OnlyX(o.inOrg())
		if waiting.CandidateID == nil || *waiting.CandidateID != alan.ID || !strings.Contains(waiting.Reason, "Map the object id to externalId") {
			o.Errorf("waiting: %+v", waiting)
		}
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.ApproveAccount(ctx, tx, waiting.ID, alan.ID)
			return err
		})
		b := o.visitor()
		o.signIn(b, entras("00000000-0000-4000-8000-000000000004", "renamed@acme.test"))
		b.signedIn(true)
		if i := o.store.Read().Identity.Query().OnlyX(o.inOrg()); i.UserID != alan.ID || i.How != "approved" || o.events("identity.linked") != 1 {
			o.Errorf("linked as %+v", i)
		}
	})
}

func TestLinkByNameForATime(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		until := o.store.Now().Add(time.Hour)
		o.configure(func(s *schema.SignOnSettings) { s.LinkUntil = &until })
		o.prove("acme.test")
		guest := "https://sts.windows.net/" + otherTenant + "/"
		own := "https://login.microsoftonline.com/" + tenant + "/v2.0"
		admin := o.learner("admin@acme.test")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(admin.ID).SetRole(user.RoleADMIN).Exec(ctx)
		})
		o.learner("strange@other.test")
		o.learner("STRASSE@acme.test")
		o.learner("decomposed-\u00e9@acme.test")
		o.signIn(o.visitor(), entras(gracesOID, "grace@acme.test"))
		for i, c := range []struct {
			what  string
			who   string // "" for a new learner
			says  []any
			taken bool
		}{
			{"a member's own account", "", nil, true},
			{"a member's own account, as idp says", "", []any{"idp", own}, true},
			{"by mail", "", []any{"preferred_username", "else@acme.test"}, true},
			{"in another case", "", []any{"preferred_username", "LEARNER-3@ACME.TEST", "email", nil}, true},
			{"in another Unicode form", "decomposed-\u00e9@acme.test", []any{"preferred_username", "decomposed-e\u0301@acme.test", "email", nil}, true},
			{"a guest", "", []any{"idp", guest}, false},
			{"idp of another type", "", []any{"idp", []string{own}}, false},
			{"a guest, vouched for", "", []any{"idp", guest, "xms_edov", true}, true},
			{"a guest, vouched for by a text", "", []any{"idp", guest, "xms_edov", "true"}, false},
			{"a guest, vouched for by 1", "", []any{"idp", guest, "xms_edov", 1}, false},
			{"a guest, vouched for by the text 1", "", []any{"idp", guest, "xms_edov", "1"}, false},
			{"a guest whose user name it is, vouched for another mail", "", []any{"idp", guest, "xms_edov", true, "email", "guest@acme.test"}, false},
			{"a domain that is not proved", "strange@other.test", nil, false},
			{"a domain that is not proved, with a mail in one that is", "strange@other.test", []any{"email", "new@acme.test"}, false},
			{"an administrator", "admin@acme.test", nil, false},
			{"an owner", "ada@acme.test", nil, false},
			{"who has an account already", "grace@acme.test", nil, false},
			{"two people", "grace@acme.test", []any{"email", "admin@acme.test"}, false},
			{"sharp s, which folds to ss", "STRASSE@acme.test", []any{"preferred_username", "straße@acme.test", "email", nil}, true},
			{"a Cyrillic look-alike", "grасe@acme.test", nil, false},
			{"two at signs", "", []any{"preferred_username", "learner-20@evil.test@acme.test", "email", "learner-20@evil.test@acme.test"}, false},
			{"a blank in front", "", []any{"preferred_username", " learner-21@acme.test", "email", " learner-21@acme.test"}, false},
			{"the root's dot", "", []any{"preferred_username", "learner-22@acme.test.", "email", "learner-22@acme.test."}, false},
			{"two addresses", "", []any{"preferred_username", "x", "email", "learner-23@acme.test, grace@acme.test"}, false},
		} {
			if c.who == "" {
				c.who = o.learner("learner-" + itoa(i) + "@acme.test").UserName
			}
			claims := with(entras("00000000-0000-4000-8000-0000000001"+pad(i), c.who), c.says...)
			if !c.taken {
				o.keptOut(c.what, claims)
				continue
			}
			b := o.visitor()
			p := o.signIn(b, claims)
			linked := o.store.Read().Identity.Query().Where(identity.Subject(claims["oid"].(string))).AllX(o.inOrg())
			if b.session() == "" || len(linked) != 1 || linked[0].How != "name" || o.store.Read().User.GetX(o.inOrg(), linked[0].UserID).UserName != c.who {
				o.Errorf("%s: %d, linked %+v\n%s", c.what, p.StatusCode, linked, p.text)
			}
		}
		late := o.learner("late@acme.test").UserName
		o.pass(time.Hour)
		o.keptOut("when the time is over", entras("00000000-0000-4000-8000-000000000200", late))
	})
}

// Elsewhere than at Entra, an address is the person's when the provider says that
// it has verified it.
func TestLinkByNameAtAnotherProvider(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		until := o.store.Now().Add(time.Hour)
		o.configure(func(s *schema.SignOnSettings) { s.LinkUntil = &until })
		o.prove("acme.test")
		alan := o.learner("alan@acme.test")
		claims := map[string]any{"sub": "alan-1", "name": "Alan", "email": "alan@acme.test", "preferred_username": "alan@acme.test"}
		for _, no := range []any{nil, false, "true", 1, "1", "yes"} {
			o.keptOut("email_verified", with(claims, "email_verified", no))
		}
		o.keptOut("a user name of one's choice", with(claims, "email", "mallory@acme.test", "email_verified", true))
		o.provider.user = map[string]any{"sub": "alan-1", "email": "alan@acme.test", "email_verified": "true"}
		o.keptOut("userinfo that says it as a text", with(claims, "email", nil, "email_verified", true))
		o.provider.user["email_verified"] = true
		b := o.visitor()
		o.signIn(b, with(claims, "email", nil, "name", nil))
		b.signedIn(true)
		if i := o.store.Read().Identity.Query().OnlyX(o.inOrg()); i.UserID != alan.ID || i.How != "name" {
			o.Errorf("linked as %+v", i)
		}
	})
}

func itoa(n int) string { return strings.TrimLeft(pad(n), "0") + strings.Repeat("0", max(0, 1-n)) }

func pad(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

func TestPeopleMadeAtSignIn(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		alan := entras("00000000-0000-4000-8000-000000000005", "alan@acme.test")
		o.keptOut("without the setting", alan)
		o.configure(func(s *schema.SignOnSettings) { s.Create = true })
		o.keptOut("in a domain that is not proved", alan)
		o.prove("acme.test")
		var scim *ent.Token
		o.write(func(ctx context.Context, tx *store.Tx) (err error) {
			_, scim, err = o.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: o.conn.ID, Name: "Entra"})
			return err
		})
		o.keptOut("while the directory provisions", alan)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Token.UpdateOneID(scim.ID).SetRevokedAt(tx.Now()).Exec(ctx)
		})
		o.keptOut("a guest", with(alan, "idp", "https://sts.windows.net/"+otherTenant+"/"))
		o.keptOut("without a mail", with(alan, "email", nil))
		o.keptOut("two at signs", with(alan, "email", "alan@evil.test@acme.test", "preferred_username", nil))
		o.keptOut("another's name", with(alan, "preferred_username", "ada@acme.test"))
		before := o.store.Read().User.Query().CountX(o.inOrg())
		b := o.visitor()
		o.signIn(b, alan).want(o.T, http.StatusSeeOther, "")
		b.signedIn(true)
		i := o.store.Read().Identity.Query().OnlyX(o.inOrg())
		u := o.store.Read().User.GetX(o.inOrg(), i.UserID)
		if i.How != "created" || u.UserName != "alan@acme.test" || u.Role != user.RoleLEARNER || u.ConnectionID != nil {
			o.Errorf("made %+v by %+v", u, i)
		}
		o.signIn(o.visitor(), with(alan, "email", "alan.t@acme.test"))
		if n := o.store.Read().User.Query().CountX(o.inOrg()); n != before+1 {
			o.Errorf("%d people were made, want 1", n-before)
		}
	})
}

func TestRolesByRule(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		group := o.group("auditors", o.grace)
		rules := func(rules ...schema.RoleRule) {
			o.configure(func(s *schema.SignOnSettings) { s.Roles = rules })
		}
		role := func(u *ent.User) user.Role { return o.store.Read().User.GetX(o.inOrg(), u.ID).Role }
		sign := func(roles any, want user.Role) {
			o.Helper()
			b := o.visitor()
			o.signIn(b, with(graces(), "roles", roles))
			b.signedIn(true)
			if got := role(o.grace); got != want {
				o.Errorf("%v gives %s, want %s", roles, got, want)
			}
		}
		sign([]string{"admin", "owner", "OWNER"}, user.RoleLEARNER) // no rule, no role
		rules(schema.RoleRule{Claim: "roles", Value: "admin", Role: "ADMIN"}, schema.RoleRule{Group: group.ID, Role: "AUDITOR"})
		was := o.visitor()
		o.signIn(was, graces())
		if role(o.grace) != user.RoleAUDITOR {
			o.Errorf("the group gives %s", role(o.grace))
		}
		sign([]string{"x", "admin"}, user.RoleADMIN)
		was.signedIn(false) // a session of another role is over
		sign("admin", user.RoleADMIN)
		sign([]string{"Admin", "admin "}, user.RoleAUDITOR)
		sign(map[string]string{"admin": "admin"}, user.RoleAUDITOR)
		rules(schema.RoleRule{Claim: "roles", Value: "admin", Role: "ADMIN"})
		sign(nil, user.RoleLEARNER)
		if n := o.events("user.role_changed"); n != 4 {
			o.Errorf("%d events of roles, want 4", n)
		}

		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.grace.ID).SetRole(user.RoleOWNER).Exec(ctx)
		})
		sign(nil, user.RoleOWNER)
		sign([]string{"admin"}, user.RoleOWNER)
		err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Configure(ctx, tx, o.conn.ID, "OIDC", schema.SignOnSettings{Issuer: o.provider.issuer, ClientID: clientID,
				Roles: []schema.RoleRule{{Claim: "roles", Value: "owner", Role: "OWNER"}}})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "owners are made by owners") {
			o.Errorf("a rule that makes owners: %v", err)
		}
	})
}

// group makes a group of the connection with one member.
func (h *house) group(name string, member *ent.User) (g *ent.Group) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if g, err = tx.Group.Create().SetDisplayName(name).SetConnectionID(h.conn.ID).Save(ctx); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO memberships (org_id, group_id, user_id, created_at) VALUES (?, ?, ?, ?)", h.org.ID, g.ID, member.ID, tx.Now())
		return err
	})
	return g
}

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
		answer = o.provider.answer(o.leave(b, "/"), graces())
		answer.Set("iss", o.provider.issuer)
		o.arrive(b, answer).want(o.T, http.StatusSeeOther, "")
		b.signedIn(true)
	})
}

// What the provider of one organization, or of another connection, says is about
// people of that one alone.
func TestOtherProvidersPeople(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		evil := o.neighbour()
		evil.provider = newProvider(o.house)
		hybrid := o.hybrid()
		until := o.store.Now().Add(time.Hour)
		evil.configure(func(s *schema.SignOnSettings) { s.Hybrid, s.LinkUntil, s.Create = hybrid, &until, true })
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

		// Two connections of one organization, with one mail domain.
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
		if n := o.store.Read().PendingLink.Query().Where(pendinglink.CandidateIDNotNil()).CountX(o.inOrg()); n != 0 {
			o.Errorf("%d people of another connection are offered", n)
		}
	})
}

// onward is where a page moves on to by itself: not by a redirect, for browsers hold
// the form-action of the page before against those.
func onward(p page) string {
	to, _ := strings.CutPrefix(p.Header.Get("Refresh"), "0; url=")
	if p.StatusCode != http.StatusOK || p.Header.Get("Location") != "" {
		return ""
	}
	return to
}

func TestDomainsLeadToTheProvider(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		find := func(address string) page {
			o.Helper()
			return o.visitor().post("/signin/find", url.Values{"email": {address}, "return_to": {"/people?x=1"}})
		}
		refused := func(what, want string, do func(context.Context, *store.Tx) error) {
			o.Helper()
			if err := o.store.Write(o.inOrg(), do); err == nil || !strings.Contains(err.Error(), want) {
				o.Errorf("%s: %v", what, err)
			}
		}
		for _, name := range []string{"", "com", "a@corp.test", "corp test", "https://corp.test", "xn--999999999.test", "corp.test..", "gmail.com", "Outlook.COM.", "ｇmail.com", "x.onmicrosoft.com"} {
			refused("claim "+name, "", func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.ClaimDomain(ctx, tx, name)
				return err
			})
		}
		var corp *ent.Domain
		o.write(func(ctx context.Context, tx *store.Tx) (err error) {
			corp, err = o.directory.ClaimDomain(ctx, tx, "CORP.test.")
			return err
		})
		refused("route before it is proved", "not proved", func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RouteDomain(ctx, tx, corp.ID, o.conn.ID)
			return err
		})
		for _, records := range [][]string{nil, {"rollcall-domain="}, {strings.ToUpper(corp.Challenge)}, {corp.Challenge + "x"}} {
			refused("prove", "no TXT record", func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.ProveDomain(ctx, tx, corp.ID, records)
				return err
			})
		}
		find("grace@corp.test").want(o.T, http.StatusOK, "No organization signs in with that domain here")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			if _, err := o.directory.ProveDomain(ctx, tx, corp.ID, []string{corp.Challenge}); err != nil {
				return err
			}
			_, err := o.directory.RouteDomain(ctx, tx, corp.ID, o.conn.ID)
			return err
		})
		for address, there := range map[string]bool{"grace@corp.test": true, " GRACE@CORP.test ": true, "grace@corp.test.": true, "grace@ｃorp.test": true,
			"grace@mail.corp.test": false, "grace@test": false, "a@corp.test@evil.test": false, "a@evil.test@corp.test": false, `"a@evil.test"@corp.test`: false,
			"@corp.test": false, "corp.test": false, "grace@соrр.test": false, "grace@xn--corp-.test": false, "grace@corp.test.evil.test": false, "": false} {
			if to := onward(find(address)); there != strings.HasPrefix(to, sso.StartPath(o.conn.ID)+"?") {
				o.Errorf("%q leads to %q, want it to lead: %v", address, to, there)
			}
		}
		b := o.visitor()
		to := b.get(onward(find("grace@corp.test"))).Header.Get("Location")
		if !strings.Contains(to, "login_hint="+url.QueryEscape("grace@corp.test")) {
			o.Errorf("the provider isn't told who comes: %s", to)
		}
		if p := o.arrive(b, o.provider.answer(to, graces())); p.Header.Get("Location") != "/people?x=1" {
			o.Errorf("afterwards: %q", p.Header.Get("Location"))
		}

		n := o.neighbour()
		err := o.store.Write(n.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			d, err := n.directory.ClaimDomain(ctx, tx, "corp.test")
			if err != nil {
				return err
			}
			_, err = n.directory.ProveDomain(ctx, tx, d.ID, []string{d.Challenge})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "another organization") {
			o.Errorf("another organization's domain: %v", err)
		}
		for _, kind := range []string{"domain.claimed", "domain.proved"} {
			if o.events(kind) != 1 {
				o.Errorf("%d events %s", o.events(kind), kind)
			}
		}
	})
}
