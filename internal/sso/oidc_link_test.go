package sso_test

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
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
// gets whose names nobody has, and with Events: that it waits, and of the refusal.
func (o *oidcHouse) keptOut(what string, claims map[string]any) {
	o.Helper()
	before := o.events("pendinglink.refused_sign_in")
	b := o.visitor()
	p := o.signIn(b, claims)
	if p.StatusCode != http.StatusForbidden || b.session() != "" {
		o.Errorf("%s: %d with the session %q", what, p.StatusCode, b.session())
	}
	key := claims["sub"]
	if oid, entra := claims["oid"]; entra {
		key = oid
	}
	if told := o.told(p); told["code"] != "SSO-NOT-PROVISIONED" || told["subject"] != key || told["detail"] == "" {
		o.Errorf("%s: the event says %v", what, told)
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
	o.told(q)
	if n := o.events("pendinglink.refused_sign_in") - before; n != 2 {
		o.Errorf("%s, and a stranger, leave %d events, want 2", what, n)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM pending_links WHERE org_id = ?", o.org.ID)
		return err
	})
}

// Any user without a mailbox can have any mail (nOAuth).
func TestVictimsMail(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		mallory := entras("00000000-0000-4000-8000-000000000002", "mallory@acme.test")
		graces := with(mallory, "preferred_username", "grace@acme.test", "email", "grace@acme.test", "upn", "grace@acme.test")
		o.prove("acme.test")
		o.keptOut("the victim's mail", with(mallory, "email", "grace@acme.test"))
		o.keptOut("all names of the victim", graces)
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

func TestGuestWithTheVictimsMail(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		until := o.store.Now().Add(time.Hour)
		alan := o.learner("alan@acme.test")
		guest := with(entras("00000000-0000-4000-8000-000000000002", "alan@acme.test"), "idp", "https://sts.windows.net/"+otherTenant+"/")
		o.prove("acme.test")
		o.keptOut("a guest", guest)
		o.configure(func(s *schema.SignOnSettings) { s.LinkUntil, s.Create = &until, true })
		o.keptOut("in the time for linking by name", guest)
		o.keptOut("with a name of another", with(guest, "preferred_username", "guest_other.test#EXT#@acme.test"))
		o.keptOut("with the mail alone", with(guest, "preferred_username", nil))
		b := o.visitor() // it is the guest that is refused, not the name
		o.signIn(b, with(guest, "idp", nil, "oid", "00000000-0000-4000-8000-000000000003"))
		b.signedIn(true)
		if i := o.store.Read().Identity.Query().OnlyX(o.inOrg()); i.UserID != alan.ID || i.Subject != "00000000-0000-4000-8000-000000000003" {
			o.Errorf("linked %+v", i)
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
		if i := o.store.Read().Identity.Query().OnlyX(o.inOrg()); i.UserID != alan.ID || i.How != "approved_by_owner" || o.events("identity.linked") != 1 {
			o.Errorf("linked as %+v", i)
		}
	})
}
