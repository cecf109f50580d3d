package sso_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

func TestSessionThatWasThereBefore(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		b.give(access.SessionCookie, "planted")
		o.signIn(b, graces())
		b.signedIn(true)
		first := b.session()
		if first == "planted" {
			o.Error("a planted session was taken over")
		}
		o.signIn(b, graces())
		if b.session() == first || o.sessions() != 1 {
			o.Errorf("the second sign-in leaves %d sessions", o.sessions())
		}
		old := o.browser()
		old.give(access.SessionCookie, first)
		old.signedIn(false)

		second := b.session()
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return o.directory.ChangeRole(ctx, tx, o.grace.ID, user.RoleADMIN, uuid.Nil)
		})
		b.signedIn(false) // of the role that was
		o.signIn(b, graces())
		b.signedIn(true)
		if b.session() == second {
			o.Error("a session outlives its role")
		}
	})
}

// Every way in which the directory says that somebody has left.
func TestLeaversAreOutAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		replica := *o
		second := *o.house
		replica.house = &second
		second.server = o.serve(public)
		for i, c := range []struct{ what, method, body string }{
			{"PATCH with a boolean", http.MethodPatch, patch(`{"op":"replace","path":"active","value":false}`)},
			{"PATCH with Entra's text", http.MethodPatch, patch(`{"op":"Replace","path":"active","value":"False"}`)},
			{"PATCH without a path", http.MethodPatch, patch(`{"op":"replace","value":{"active":"false"}}`)},
			{"PUT", http.MethodPut, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%","externalId":"%","active":false}`},
			{"DELETE", http.MethodDelete, ""},
			{"by hand", "", ""},
		} {
			external := "leaver-" + itoa(i)
			u := o.provisioned(external+"@acme.test", external)
			claims := with(graces(), "sub", external)
			b := o.visitor()
			o.signIn(b, claims)
			b.signedIn(true)
			elsewhere := replica.visitor()
			elsewhere.give(access.SessionCookie, b.session())
			elsewhere.signedIn(true)
			if c.method == "" {
				o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, u.ID) })
			} else if status := o.directorySends(c.method, u, strings.ReplaceAll(strings.Replace(c.body, "%", u.UserName, 1), "%", external)); status/100 != 2 {
				o.Errorf("%s: %d", c.what, status)
			}
			if b.signedIn(false); o.Failed() {
				o.Errorf("after %s", c.what)
			}
			elsewhere.signedIn(false)
			o.signIn(b, claims).want(o.T, http.StatusForbidden, "SSO-")
			b.signedIn(false)
		}
	})
}

func TestSuspendedWhileAFlowIsUnderWay(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.SuspendOrganization(ctx, tx) })
		o.arrive(b, answer).want(o.T, http.StatusNotFound, "SSO-CONNECTION-OFF")
		b.signedIn(false)
	})
}

func TestWorkAccountsAlone(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		glass := o.person("glass@acme.test", "Glass")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Organization.UpdateOneID(o.org.ID).SetSettings(schema.OrganizationSettings{RequireSSO: true, BreakGlass: []uuid.UUID{glass.ID}}).Exec(ctx)
		})
		b := o.visitor()
		b.open(o.link(o.ada)).want(o.T, http.StatusNotFound, "work account only")
		b.signedIn(false)
		b.open(o.link(o.grace))
		b.signedIn(false)
		in := o.visitor()
		in.open(o.link(glass)).want(o.T, http.StatusSeeOther, "")
		in.signedIn(true)
		o.signIn(b, graces())
		b.signedIn(true)
		for name, do := range map[string]func(context.Context, *store.Tx) error{
			"switch off": func(ctx context.Context, tx *store.Tx) error {
				_, err := o.signOns.Switch(ctx, tx, o.conn.ID, false, false)
				return err
			},
			"remove": func(ctx context.Context, tx *store.Tx) error { return o.directory.RemoveSignOn(ctx, tx, o.conn.ID) },
		} {
			if err := o.store.Write(o.inOrg(), do); err == nil || !strings.Contains(err.Error(), "the only way") {
				o.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A browser that opens many tabs keeps five flows; the others lead back to the
// sign-in, and everybody gets in.
func TestTwentyTabs(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		u, _ := url.Parse(public)
		var answers []url.Values
		for range 20 {
			answers = append(answers, o.provider.answer(o.leave(b, "/people"), graces()))
			o.pass(time.Millisecond)
			n := 0
			for _, c := range b.http.Jar.Cookies(u) {
				if strings.HasPrefix(c.Name, "__Host-sso_") {
					n++
				}
			}
			if n > 5 {
				o.Fatalf("%d flows at a time", n)
			}
		}
		finishes := func(i int, p page) {
			o.Helper()
			if p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/people" {
				o.Errorf("tab %d: %d to %q\n%s", i, p.StatusCode, p.Header.Get("Location"), p.text)
			}
			b.signedIn(true)
		}
		for i, answer := range answers[15:] { // the newest five
			finishes(15+i, o.arrive(b, answer))
		}
		for i, answer := range answers[:15] {
			o.arrive(b, answer).want(o.T, http.StatusBadRequest, "SSO-STATE").want(o.T, http.StatusBadRequest, `href="`+sso.StartPath(o.conn.ID)+`"`)
			finishes(i, o.signIn(b, graces()))
		}
		if o.sessions() != 1 {
			o.Errorf("%d sessions", o.sessions())
		}
	})
}

// replica is another server on the same database.
func (h *house) replica() *house {
	h.Helper()
	r := *h
	s, err := store.Open(h.Context(), h.url, store.Options{MaxConns: 4, Clock: h.store.Now})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = s.Close() })
	r.store, r.access, r.directory = s, access.New(s), directory.New(s)
	r.signOns = h.signOnsOf(s)
	r.server = r.serve(public)
	return &r
}

// twins are n browsers with b's cookies, every other one at a replica, which do the same
// at once. It returns how many are signed in then.
func (h *house) twins(n int, b *browser, do func(twin *browser)) (in int) {
	h.Helper()
	other := h.replica()
	u, _ := url.Parse(public)
	var all []*browser
	var work sync.WaitGroup
	for i := range n {
		at := h
		if i%2 == 1 {
			at = other
		}
		twin := at.visitor()
		twin.http.Jar.SetCookies(u, b.http.Jar.Cookies(u))
		all = append(all, twin)
		work.Go(func() { do(twin) })
	}
	work.Wait()
	for _, twin := range all {
		if twin.session() != "" {
			in++
		}
	}
	return in
}

func TestAnswerThatComesTwiceAtOnce(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		b := o.browser()
		answer := o.provider.answer(o.leave(b, "/"), graces())
		in := o.twins(20, b, func(twin *browser) { o.arrive(twin, answer) })
		if in != 1 || o.sessions() != 1 || o.events("session.started") != 1 {
			o.Errorf("%d browsers and %d sessions", in, o.sessions())
		}
	})
}

// One person's first sign-in in several browsers at once links the account once.
func TestFirstSignInsAtOnce(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		other := *o
		other.house = o.replica()
		var work sync.WaitGroup
		for i := range 10 {
			at := o
			if i%2 == 1 {
				at = &other
			}
			b := at.visitor()
			answer := o.provider.answer(at.leave(b, "/"), graces())
			work.Go(func() {
				if at.arrive(b, answer); b.session() == "" {
					o.Errorf("browser %d is not signed in", i)
				}
			})
		}
		work.Wait()
		if n := o.store.Read().Identity.Query().CountX(o.inOrg()); n != 1 || o.sessions() != 10 {
			o.Errorf("%d accounts, %d sessions", n, o.sessions())
		}
	})
}

// What is taken away while somebody arrives leaves nobody signed in.
func TestTakenAwayDuringTheCallback(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		o.signIn(o.visitor(), graces())
		during := func(what string, do func(ctx context.Context, tx *store.Tx) error) {
			o.Helper()
			o.whileRedeemed(func() {
				if err := o.store.Write(o.inOrg(), do); err != nil {
					o.Errorf("%s: %v", what, err)
				}
			})
			b := o.visitor()
			p := o.signIn(b, graces())
			if b.signedIn(false); p.StatusCode < 400 || o.sessions() != 0 {
				o.Errorf("%s: %d, %d sessions", what, p.StatusCode, o.sessions())
			}
		}
		during("the connection", func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Switch(ctx, tx, o.conn.ID, false, true)
			return err
		})
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Switch(ctx, tx, o.conn.ID, true, false)
			return err
		})
		o.signIn(o.visitor(), graces())
		during("the person", func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, o.grace.ID) })

		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Reactivate(ctx, tx, o.grace.ID) })
		o.takenAwayAtWhateverMoment()
	})
}

// takenAwayAtWhateverMoment lets four browsers arrive at another replica while
// something is taken away. What began before ends with it, and nothing begins after.
func (o *oidcHouse) takenAwayAtWhateverMoment() {
	o.Helper()
	other := *o
	other.house = o.replica()
	on := func(enabled bool) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Switch(ctx, tx, o.conn.ID, enabled, !enabled)
			return err
		}
	}
	unlink := func(ctx context.Context, tx *store.Tx) error {
		i, err := tx.Identity.Query().Only(ctx)
		if err != nil {
			return err
		}
		return o.directory.Unlink(ctx, tx, i.ID)
	}
	for range 4 {
		for _, c := range []struct {
			what     string
			do, undo func(context.Context, *store.Tx) error
		}{
			{"the person", func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, o.grace.ID) },
				func(ctx context.Context, tx *store.Tx) error { return o.directory.Reactivate(ctx, tx, o.grace.ID) }},
			{"the connection", on(false), on(true)},
			{"the account", unlink, nil},
		} {
			o.signIn(o.visitor(), graces())
			var work sync.WaitGroup
			for range 4 {
				b := other.visitor()
				answer := o.provider.answer(other.leave(b, "/"), graces())
				work.Go(func() { other.arrive(b, answer) })
			}
			work.Go(func() {
				if err := o.store.Write(o.inOrg(), c.do); err != nil {
					o.Errorf("%s: %v", c.what, err)
				}
			})
			work.Wait()
			for _, s := range o.store.Read().Session.Query().AllX(o.inOrg()) {
				if c.undo != nil || !o.store.Read().Identity.Query().Where(identity.ID(*s.IdentityID)).ExistX(o.inOrg()) {
					o.Errorf("a session outlives %s", c.what)
				}
			}
			if c.undo != nil {
				o.write(c.undo)
			}
		}
	}
}
