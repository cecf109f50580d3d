package sso_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// oidcHouse is a house whose people sign in at a provider.
type oidcHouse struct {
	*house
	provider *provider
	grace    *ent.User // provisioned with externalId grace-1
}

// onBothFlows runs a test on both databases, for the code flow and the hybrid one.
func onBothFlows(t *testing.T, test func(h *oidcHouse)) {
	t.Helper()
	t.Parallel()
	for _, hybrid := range []bool{false, true} {
		t.Run(map[bool]string{false: "code", true: "hybrid"}[hybrid], func(t *testing.T) {
			onBoth(t, func(h *house) { test(newOIDCHouse(h, hybrid)) })
		})
	}
}

func newOIDCHouse(h *house, hybrid bool) *oidcHouse {
	h.Helper()
	o := &oidcHouse{house: h, provider: newProvider(h)}
	o.grace = h.provisioned("grace@acme.test", "grace-1")
	o.configure(func(s *schema.SignOnSettings) { s.Hybrid = hybrid })
	return o
}

// neighbour is another organization of the installation, whose people sign in at
// the same provider in the same flow. Its Grace has the same externalId.
func (o *oidcHouse) neighbour() *oidcHouse {
	o.Helper()
	n := *o
	h := *o.house
	n.house = &h
	h.org, h.conn = storetest.Organization(o.T, o.store, "globex")
	h.ada = h.person("ada@globex.test", "Ada")
	n.grace = h.provisioned("grace@globex.test", "grace-1")
	ours := o.settings()
	n.configure(func(s *schema.SignOnSettings) { s.Tenant, s.Hybrid = ours.Tenant, ours.Hybrid })
	return &n
}

// provisioned is a person as the directory sends one.
func (h *house) provisioned(name, externalID string) *ent.User {
	h.Helper()
	u := h.person(name, name)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetConnectionID(h.conn.ID).SetExternalID(externalID).SetRole(user.RoleLEARNER).Exec(ctx)
	})
	return h.store.Read().User.GetX(h.inOrg(), u.ID)
}

// configure sets the connection up as an owner, and switches it on.
func (o *oidcHouse) configure(change func(*schema.SignOnSettings)) {
	o.Helper()
	settings := schema.SignOnSettings{}
	on, err := o.store.Read().SignOn.Query().Where(signon.ConnectionID(o.conn.ID)).Only(o.inOrg())
	if err == nil {
		settings = on.Settings
	}
	settings.Issuer, settings.ClientID = o.provider.issuer, clientID
	change(&settings)
	o.register(o.inOrg(), settings)
}

// register sets the connection up as somebody, and switches it on.
func (o *oidcHouse) register(ctx context.Context, settings schema.SignOnSettings) {
	o.Helper()
	if err := o.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		on, err := o.signOns.Configure(ctx, tx, o.conn.ID, signon.ProtocolOIDC, settings)
		if err != nil {
			return err
		}
		if len(on.Secrets) == 0 {
			if _, err := o.signOns.AddSecret(ctx, tx, o.conn.ID, "right", nil); err != nil {
				return err
			}
		}
		_, err = o.signOns.Switch(ctx, tx, o.conn.ID, true, false)
		return err
	}); err != nil {
		o.Fatal(err)
	}
}

// leave begins a sign-in and returns where the browser is sent.
func (o *oidcHouse) leave(b *browser, back string) string {
	o.Helper()
	p := b.get(sso.StartPath(o.conn.ID) + "?return_to=" + url.QueryEscape(back))
	if p.StatusCode != http.StatusSeeOther || !strings.HasPrefix(p.Header.Get("Location"), o.provider.issuer+"/authorize?") {
		o.Fatalf("the sign-in begins with %d to %q\n%s", p.StatusCode, p.Header.Get("Location"), p.text)
	}
	return p.Header.Get("Location")
}

// arrive brings the provider's answer back, as the browser would.
func (o *oidcHouse) arrive(b *browser, answer url.Values) page {
	o.Helper()
	path := sso.CallbackPath(o.conn.ID)
	if answer.Get("id_token") == "" && !o.hybrid() {
		r := b.request(http.MethodGet, path+"?"+answer.Encode(), "", "")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		return b.do(r)
	}
	r := b.request(http.MethodPost, path, "application/x-www-form-urlencoded", answer.Encode())
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", o.provider.URL)
	return b.do(r)
}

// whileRedeemed does something between the provider's answer and what comes of it.
func (o *oidcHouse) whileRedeemed(do func()) {
	o.provider.token = func(w http.ResponseWriter, r *http.Request) {
		o.provider.token = nil
		do()
		o.provider.redeem(w, r)
	}
}

func (o *oidcHouse) settings() schema.SignOnSettings {
	return o.store.Read().SignOn.Query().Where(signon.ConnectionID(o.conn.ID)).OnlyX(o.inOrg()).Settings
}

func (o *oidcHouse) hybrid() bool { return o.settings().Hybrid }

// signIn is a whole sign-in with claims.
func (o *oidcHouse) signIn(b *browser, claims map[string]any) page {
	o.Helper()
	return o.arrive(b, o.provider.answer(o.leave(b, "/people"), claims))
}

func graces() map[string]any {
	return map[string]any{"sub": "grace-1", "name": "Grace Hopper", "email": "grace@acme.test", "preferred_username": "grace@acme.test", "sid": "there-1"}
}

func TestSignInWithTheWorkAccount(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		p := o.signIn(b, graces())
		if p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/people" {
			o.Fatalf("the answer leads with %d to %q\n%s", p.StatusCode, p.Header.Get("Location"), p.text)
		}
		b.signedIn(true)
		i := o.store.Read().Identity.Query().OnlyX(o.inOrg())
		if i.UserID != o.grace.ID || i.How != "external_id" || i.Subject != "grace-1" || i.Issuer != o.provider.URL {
			o.Errorf("linked as %+v", i)
		}
		s := o.store.Read().Session.Query().OnlyX(o.inOrg())
		if s.Method != "OIDC" || s.ProviderSession != "there-1" || *s.IdentityID != i.ID {
			o.Errorf("the session is %+v", s)
		}
		again := o.browser()
		o.signIn(again, map[string]any{"sub": "grace-1", "email": "other@acme.test", "preferred_username": "renamed@acme.test"})
		again.signedIn(true)
		if n := o.store.Read().Identity.Query().CountX(o.inOrg()); n != 1 {
			o.Errorf("a second sign-in leaves %d identities", n)
		}
	})
}

func TestAnswersOfAnotherFlow(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		refused := func(what string, b *browser, answer url.Values) {
			o.Helper()
			if p := o.arrive(b, answer); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, "SSO-STATE") {
				o.Errorf("%s: %d\n%s", what, p.StatusCode, p.text)
			}
			b.signedIn(false)
		}
		b := o.browser()
		good := o.provider.answer(o.leave(b, "/"), graces())
		refused("another browser", o.browser(), good)
		refused("after another browser has tried", b, good) // used up

		b = o.browser()
		good = o.provider.answer(o.leave(b, "/"), graces())
		without := url.Values{"code": good["code"], "id_token": good["id_token"]}
		refused("no state", b, without)
		without.Set("state", "rcc_"+strings.Repeat("0", 49))
		refused("an unknown state", b, without)
		o.pass(11 * time.Minute)
		refused("older than ten minutes", b, good)

		b = o.browser()
		good = o.provider.answer(o.leave(b, "/"), graces())
		if p := o.arrive(b, good); p.StatusCode != http.StatusSeeOther {
			o.Fatalf("a good answer: %d\n%s", p.StatusCode, p.text)
		}
		b.post("/signout", nil)
		refused("used before", b, good)
	})
}

func TestWhoIsNotProvisionedStaysOut(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		claims := graces()
		claims["sub"] = "mallory-1" // with Grace's address
		p := o.signIn(b, claims).want(o.T, http.StatusForbidden, "SSO-NOT-PROVISIONED")
		claims["email"], claims["preferred_username"] = "nobody@acme.test", "nobody@acme.test"
		q := o.signIn(o.browser(), claims).want(o.T, http.StatusForbidden, "SSO-NOT-PROVISIONED")
		if strip(p.text) != strip(q.text) || q.reference() != p.reference() {
			o.Errorf("the page tells whether the address is known:\n%s\n%s", p.text, q.text)
		}
		b.signedIn(false)
		w := o.store.Read().PendingLink.Query().OnlyX(o.inOrg())
		if w.Attempts != 2 || w.CandidateID != nil {
			o.Errorf("waiting: %+v", w)
		}
		if n := o.store.Read().Identity.Query().CountX(o.inOrg()); n != 0 {
			o.Errorf("%d identities", n)
		}
	})
}

// strip takes from a page what is different each time.
func strip(text string) string {
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.Contains(line, "Reference") && !strings.Contains(line, "When") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

func TestDeactivatedStaysOut(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		o.signIn(b, graces())
		b.signedIn(true)
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, o.grace.ID) })
		b.signedIn(false)
		o.signIn(b, graces()).want(o.T, http.StatusForbidden, "SSO-DEACTIVATED")
		b.signedIn(false)
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Reactivate(ctx, tx, o.grace.ID) })
		o.signIn(b, graces())
		b.signedIn(true)
	})
}

func TestSwitchedOffWhileAFlowIsUnderWay(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		good := o.provider.answer(o.leave(b, "/"), graces())
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Switch(ctx, tx, o.conn.ID, false, false)
			return err
		})
		o.arrive(b, good).want(o.T, http.StatusNotFound, "SSO-CONNECTION-OFF")
		b.signedIn(false)
		b.get(sso.StartPath(o.conn.ID)).want(o.T, http.StatusNotFound, "SSO-CONNECTION-OFF")
		b.get(sso.StartPath(uuid.New())).want(o.T, http.StatusNotFound, "SSO-CONNECTION-OFF")
	})
}
