package sso_test

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
	"github.com/rollcall/rollcall/scim"
)

var _ = base64.StdEncoding
var _ = ent.IsNotFound

// the link window gives a person with a proper, different externalId away.
func TestAttackWindowTakesKnownOid(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		until := o.store.Now().Add(time.Hour)
		o.configure(func(s *schema.SignOnSettings) { s.LinkUntil = &until })
		o.prove("acme.test")
		alan := o.provisioned("alan@acme.test", "00000000-0000-4000-8000-0000000000aa")
		b := o.visitor()
		p := o.signIn(b, entras("00000000-0000-4000-8000-0000000000bb", "alan@acme.test"))
		if b.session() != "" {
			i := o.store.Read().Identity.Query().Where(identity.UserID(alan.ID)).OnlyX(o.inOrg())
			o.Errorf("oid bb is signed in as alan, whose externalId is aa: %d %s", p.StatusCode, i.How)
		}
		// only the mail is the victim's (nOAuth in the same tenant)
		eve := o.provisioned("eve@acme.test", "00000000-0000-4000-8000-0000000000ee")
		_ = eve
		vic := o.provisioned("vic@acme.test", "00000000-0000-4000-8000-0000000000cc")
		b = o.visitor()
		c := with(entras("00000000-0000-4000-8000-0000000000dd", "x@other.test"), "email", "vic@acme.test")
		o.signIn(b, c)
		if b.session() != "" {
			o.Errorf("nOAuth inside the tenant reaches %s", vic.UserName)
		}
	})
}

// scripts have the wrong type.
func TestAttackScripts(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, f := range []string{"script.js", "copy.js", "post.js"} {
			p := h.browser().get("/signin/" + f)
			if k := p.Header.Get("Content-Type"); !strings.HasPrefix(k, "text/javascript") {
				h.Errorf("%s is %s with %s", f, k, p.Header.Get("X-Content-Type-Options"))
			}
		}
	})
}

// a form_post answer carries no Lax cookie: the old session stays.
func TestAttackOldSessionStays(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, true)
		b := o.browser()
		o.signIn(b, graces())
		old := b.session()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		b.give(access.SessionCookie, "") // as browsers do: Lax doesn't travel with a cross-site POST
		o.arrive(b, answer)
		if b.session() == old || b.session() == "" {
			o.Fatal("no new session")
		}
		if n := o.sessions(); n != 1 {
			o.Errorf("%d sessions, want 1: the old one still opens", n)
		}
	})
}

// API token with users:write alone gives an account at the provider an ADMIN's seat.
func TestAttackApprove(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		admin := o.learner("admin@acme.test")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(admin.ID).SetRole(user.RoleADMIN).Exec(ctx)
		})
		mallory := map[string]any{"sub": "mallory", "name": "M"}
		o.signIn(o.visitor(), mallory)
		w := o.store.Read().PendingLink.Query().OnlyX(o.inOrg())
		weak := actor.With(o.Context(), actor.Actor{Kind: actor.Token, Org: o.org.ID, Scopes: []string{"users:write"}})
		err := o.store.Write(weak, func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.ApproveAccount(ctx, tx, w.ID, admin.ID)
			return err
		})
		if err == nil {
			b := o.visitor()
			o.signIn(b, mallory)
			b.signedIn(false)
			o.Errorf("a token with users:write has become an administrator")
		}
		err = o.store.Write(weak, func(ctx context.Context, tx *store.Tx) error {
			_, _, err := o.access.CreateLink(ctx, tx, admin.ID)
			return err
		})
		h.Logf("the same for a link: %v", err)
	})
}

// connections:write becomes the owner, who is provisioned by the connection.
// rule gives ADMIN by connections:write.
func TestAttackRule(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		weak := actor.With(o.Context(), actor.Actor{Kind: actor.Token, Org: o.org.ID, Scopes: []string{"connections:write"}})
		err := o.store.Write(weak, func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Configure(ctx, tx, o.conn.ID, "OIDC", schema.SignOnSettings{Issuer: o.provider.issuer, ClientID: clientID,
				Roles: []schema.RoleRule{{Claim: "sub", Value: "grace-1", Role: "ADMIN"}}})
			return err
		})
		if err != nil {
			o.Fatal(err)
		}
		o.signIn(o.visitor(), graces())
		if r := o.store.Read().User.GetX(o.inOrg(), o.grace.ID).Role; r != user.RoleLEARNER {
			o.Errorf("connections:write made %s without roles:write", r)
		}
	})
}

// what an inner server says is shown to anybody.
// HEAD.
func TestAttackHead(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		b := o.visitor()
		p := b.do(b.request(http.MethodHead, sso.StartPath(o.conn.ID), "", ""))
		if n := o.store.Read().Challenge.Query().CountX(o.inOrg()); n != 0 {
			o.Errorf("HEAD: %d, %d flows begun", p.StatusCode, n)
		}
		for _, site := range []string{"same-site", "none", ""} {
			r := b.request(http.MethodGet, sso.StartPath(o.conn.ID), "", "")
			r.Header.Del("Sec-Fetch-Site")
			if site != "" {
				r.Header.Set("Sec-Fetch-Site", site)
			}
			if p := b.do(r); p.StatusCode == http.StatusSeeOther {
				o.Logf("Sec-Fetch-Site %q leaves at once", site)
			}
		}
	})
}

// the deactivated, the refused and the ones beyond the limit leave no event.
func TestAttackNoEvent(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.signIn(o.visitor(), graces())
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, o.grace.ID) })
		before := o.store.Read().Event.Query().CountX(o.inOrg())
		o.signIn(o.visitor(), graces())
		if n := o.store.Read().Event.Query().CountX(o.inOrg()) - before; n == 0 {
			o.Errorf("a deactivated person's sign-in leaves no event")
		}
	})
}

// a SCIM token becomes the owner whom it provisions, who signs in already.
func TestAttackScimOwner(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.grace.ID).SetRole(user.RoleOWNER).Exec(ctx)
		})
		o.signIn(o.visitor(), graces())
		var secret string
		o.write(func(ctx context.Context, tx *store.Tx) (err error) {
			secret, _, err = o.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: o.conn.ID, Name: "Entra"})
			return err
		})
		door := scim.New(scim.Options{Store: o.store, Directory: o.directory, Access: o.access, PublicURL: public, Key: make([]byte, 32), Log: slog.New(slog.DiscardHandler)})
		r := httptest.NewRequestWithContext(o.Context(), http.MethodPatch, "/scim/v2/acme/Users/"+o.grace.ID.String(),
			strings.NewReader(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"externalId","value":"mallory"}]}`))
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("Content-Type", "application/scim+json")
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		h.Logf("PATCH: %d %s", w.Code, w.Body)
		b := o.visitor()
		o.signIn(b, map[string]any{"sub": "mallory"})
		if b.session() != "" {
			o.Errorf("mallory is the owner; identities: %d", o.store.Read().Identity.Query().CountX(o.inOrg()))
		}
	})
}

func TestAttackRequire(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		glass := o.person("glass@acme.test", "Glass")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RequireSSO(ctx, tx, true, []uuid.UUID{glass.ID})
			return err
		})
		err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, glass.ID) })
		if err == nil {
			o.Errorf("the only break-glass owner can be deactivated")
		}
		err = o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			return o.directory.ChangeRole(ctx, tx, glass.ID, user.RoleLEARNER, uuid.Nil)
		})
		if err == nil {
			o.Errorf("and demoted")
		}
		err = o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RemoveConnection(ctx, tx, o.conn.ID, directory.KeepPeople)
			return err
		})
		if err == nil {
			b := o.visitor()
			b.open(o.link(o.ada))
			b.signedIn(true)
			o.Errorf("the only connection can be removed, and now nobody gets in")
		}
	})
}

func TestAttackOrphan(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.signIn(o.visitor(), graces())
		i := o.store.Read().Identity.Query().OnlyX(o.inOrg())
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Delete(ctx, tx, o.grace.ID) })
		// the link of a sign-in that ran beside the deletion
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Identity.Create().SetConnectionID(i.ConnectionID).SetUserID(i.UserID).SetIssuer(i.Issuer).SetSubject(i.Subject).SetHow(i.How).Exec(ctx)
		})
		o.provisioned("grace@acme.test", "grace-1")
		b := o.visitor()
		p := o.signIn(b, graces())
		if b.session() == "" {
			w := o.store.Read().PendingLink.Query().OnlyX(o.inOrg())
			err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				u := o.store.Read().User.Query().Where(user.ExternalID("grace-1"), user.DeletedAtIsNil()).OnlyX(o.inOrg())
				_, err := o.directory.ApproveAccount(ctx, tx, w.ID, u.ID)
				return err
			})
			err2 := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				return o.directory.Unlink(ctx, tx, o.store.Read().Identity.Query().OnlyX(o.inOrg()).ID)
			})
			o.Errorf("locked out for ever: %d; approve: %v; unlink: %v", p.StatusCode, err, err2)
		}
	})
}

func TestAttackIssuers(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, issuer := range []string{"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", "https://idp.test/x?y=1",
			"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"} {
			err := h.store.Write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := h.signOns.Configure(ctx, tx, h.conn.ID, "OIDC", schema.SignOnSettings{Issuer: issuer, ClientID: clientID})
				return err
			})
			if err == nil {
				h.Errorf("%s is taken", issuer)
			}
		}
	})
}

// the removal of a connection beside a sign-in.
func TestAttackRemovalRace(t *testing.T) {
	onBoth(t, func(h *house) {
		if !h.store.Postgres() {
			return // one transaction at a time: nothing comes in between
		}
		o := newOIDCHouse(h, false)
		local := o.learner("local@acme.test")
		held, done, ended := make(chan bool), make(chan error), make(chan struct{})
		go func() {
			done <- o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				// what startSession does
				if _, err := tx.SignOn.Query().Where(store.Lock).Only(ctx); err != nil {
					return err
				}
				if _, _, err := o.access.StartSession(ctx, tx, local, access.NewSession{Method: session.MethodOIDC, Connection: o.conn.ID, Identity: uuid.New()}); err != nil {
					return err
				}
				held <- true
				o.untilSomebodyWaits(ended)
				return nil
			})
		}()
		<-held
		err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RemoveConnection(ctx, tx, o.conn.ID, directory.KeepPeople)
			return err
		})
		close(ended)
		if err2 := <-done; err != nil || err2 != nil {
			o.Fatal(err, err2)
		}
		if n := o.sessions(); n != 0 {
			o.Errorf("%d sessions outlive the connection that they began with", n)
		}
	})
}

// A provider whose discovery hangs, while all else works, signs people in by what it
// said before.
func TestAttackSlow(t *testing.T) {
	t.Parallel()
	o := newOIDCHouse(newHouse(t, sqliteURL(t), 1), false)
	o.signIn(o.visitor(), graces())
	o.pass(2 * time.Hour)
	hung := make(chan struct{})
	defer close(hung)
	o.provider.change = func(map[string]any) { <-hung }
	b := o.visitor()
	o.signIn(b, graces())
	b.signedIn(true)
}

// pending: strangers fill it.
func TestAttackFlood(t *testing.T) {
	onBoth(t, func(h *house) {
		if h.store.Postgres() {
			return // a thousand sign-ins by the same statements
		}
		o := newOIDCHouse(h, false)
		for i := range 1000 {
			o.write(func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.Admit(ctx, tx, o.conn.ID, directory.Account{Issuer: "i", Subject: "s" + itoa(i/100) + "." + pad(i%100)})
				return err
			})
		}
		before := o.store.Read().Event.Query().CountX(o.inOrg())
		p := o.signIn(o.visitor(), map[string]any{"sub": "a real colleague"})
		n := o.store.Read().PendingLink.Query().CountX(o.inOrg())
		if o.store.Read().Event.Query().CountX(o.inOrg()) == before {
			o.Errorf("%d wait; the colleague is told %v to wait for a decision, but waits nowhere, without an event", n, strings.Contains(p.text, "now waits for a decision"))
		}
	})
}

var _ = sso.StartPath
var _ = actor.With

func sqliteURL(t *testing.T) string { return storetest.SQLite(t) }

func TestAttackLinkBesideDelete(t *testing.T) {
	onBoth(t, func(h *house) {
		if !h.store.Postgres() {
			return // one transaction at a time: nothing comes in between
		}
		o := newOIDCHouse(h, false)
		held, done, ended := make(chan bool, 9), make(chan error), make(chan struct{})
		go func() {
			done <- o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.Admit(ctx, tx, o.conn.ID, directory.Account{Issuer: o.provider.issuer, Subject: "grace-1", ExternalID: "grace-1"})
				held <- true
				o.untilSomebodyWaits(ended)
				return err
			})
		}()
		<-held
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Delete(ctx, tx, o.grace.ID) })
		close(ended)
		if err := <-done; err != nil {
			o.Fatal(err)
		}
		if n := o.store.Read().Identity.Query().CountX(o.inOrg()); n != 0 {
			o.Errorf("%d accounts are tied to a deleted person", n)
		}
		o.provisioned("grace@acme.test", "grace-1")
		b := o.visitor()
		p := o.signIn(b, graces())
		if b.session() == "" {
			o.Errorf("Grace, sent anew, stays out: %d", p.StatusCode)
		}
	})
}

func TestAttackSecondAccount(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.configure(func(s *schema.SignOnSettings) { s.SubjectClaim = "employee" })
		o.signIn(o.visitor(), with(graces(), "employee", "grace-1"))
		b := o.visitor()
		o.signIn(b, map[string]any{"sub": "mallory", "employee": "grace-1"})
		if b.session() != "" {
			o.Errorf("a second account of the provider is Grace: she has %d", o.store.Read().Identity.Query().Where(identity.UserID(o.grace.ID)).CountX(o.inOrg()))
		}
	})
}

// A token of the good provider's secret goes to whoever the issuer is changed to.

// A connection that is pointed at another provider takes neither the first one's
// secret nor its people there.
func TestAttackAnotherProvider(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		admin := actor.With(o.Context(), actor.Actor{Kind: actor.User, ID: o.ada.ID, Org: o.org.ID, Scopes: []string{"connections:write"}})
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.grace.ID).SetRole(user.RoleADMIN).Exec(ctx)
		})
		o.signIn(o.visitor(), graces())
		if o.sessions() != 1 {
			o.Fatal("an owner has set it up, and an administrator doesn't come in")
		}
		evil := newProvider(o.house)
		err := o.store.Write(admin, func(ctx context.Context, tx *store.Tx) error {
			on, err := o.signOns.Configure(ctx, tx, o.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: evil.issuer, ClientID: clientID})
			if err != nil {
				return err
			}
			if on.Enabled || len(on.Secrets) != 0 {
				o.Errorf("the secret of the first provider goes to the second: %+v", on)
			}
			if _, err := o.signOns.AddSecret(ctx, tx, o.conn.ID, "right", nil); err != nil {
				return err
			}
			_, err = o.signOns.Switch(ctx, tx, o.conn.ID, true, false)
			return err
		})
		if err != nil {
			o.Fatal(err)
		}
		o.provider = evil
		b := o.visitor()
		o.signIn(b, graces()).want(o.T, http.StatusForbidden, "SSO-NOT-PROVISIONED")
		b.signedIn(false)
	})
}

// untilSomebodyWaits returns when another transaction waits for a lock in the
// test's PostgreSQL database, or when ended says that there is none to wait for.
func (h *house) untilSomebodyWaits(ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		default:
		}
		rows, err := h.store.Query(h.Context(), "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
		if err != nil {
			h.Error(err)
			return
		}
		waits := rows.Next()
		_ = rows.Close()
		if waits {
			return
		}
	}
}
