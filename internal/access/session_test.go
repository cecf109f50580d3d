package access_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// person makes someone with a role.
func (h *house) person(name string, role user.Role) *ent.User {
	h.Helper()
	var u *ent.User
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) (err error) {
		u, err = tx.User.Create().SetUserName(name).SetRole(role).Save(ctx)
		return err
	})
	return u
}

func (h *house) setPerson(id uuid.UUID, set func(*ent.UserUpdateOne)) {
	h.Helper()
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		update := tx.User.UpdateOneID(id)
		set(update)
		return update.Exec(ctx)
	})
}

func (h *house) setOrganization(set func(*ent.OrganizationUpdateOne)) {
	h.Helper()
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		update := tx.Organization.UpdateOneID(h.org.ID)
		set(update)
		return update.Exec(ctx)
	})
}

// signIn starts a session of a person.
func (h *house) signIn(u *ent.User) (string, *ent.Session) {
	h.Helper()
	var secret string
	var s *ent.Session
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) (err error) {
		secret, s, err = h.access.StartSession(ctx, tx, u, access.NewSession{Method: session.MethodOIDC, Address: "192.0.2.1", Agent: "Firefox"})
		return err
	})
	return secret, s
}

// opens expects a session to hold.
func (h *house) opens(secret string) *access.Grant {
	h.Helper()
	g, err := h.access.AuthenticateSession(h.Context(), secret)
	if err != nil {
		h.Fatalf("refused: %v", err)
	}
	return g
}

// shut expects a session to hold no more, for the given reason.
func (h *house) shut(secret, reason string) {
	h.Helper()
	_, err := h.access.AuthenticateSession(h.Context(), secret)
	wantUnauthenticated(h.T, err, reason, "nobody is signed in here any more; sign in again")
}

func wantUnauthenticated(t *testing.T, err error, reason, sentence string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.Unauthenticated {
		t.Fatalf("want a refusal, got %v", err)
	}
	if f.Message != sentence {
		t.Errorf("the client reads %q, which differs from %q", f.Message, sentence)
	}
	if r := refusalOf(err); r.Reason != reason {
		t.Errorf("the log reads %q, want %q", r.Reason, reason)
	}
}

// eventsOf are the kinds of the events about an entity, oldest first.
func (h *house) eventsOf(entity string) []string {
	h.Helper()
	kinds := []string{}
	all := h.store.Read().Event.Query().Where(event.Entity(entity)).Order(event.ByPosition(), event.ByID()).AllX(h.inOrg())
	for _, e := range all {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestSessionOpensForItsPerson(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleADMIN)
		secret, s := h.signIn(ada)
		var g *access.Grant
		if n := h.statements(func() { g = h.opens(secret) }); n != 3 {
			h.Errorf("a request costs %d statements, want 3", n)
		}
		if g.User.ID != ada.ID || g.Organization.ID != h.org.ID || g.Session.ID != s.ID || g.Token != nil {
			h.Errorf("the grant is %+v", g)
		}
		if !g.Allows("users:write") || g.Allows("roles:write") {
			h.Error("the grant doesn't follow the role")
		}
		if diff := cmp.Diff([]string{"session.started"}, h.eventsOf(ent.TypeSession)); diff != "" {
			h.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestSessionLasts(t *testing.T) {
	onBoth(t, func(h *house) {
		for name, c := range map[string]struct {
			role      user.Role
			settings  schema.OrganizationSettings
			idle, age time.Duration
		}{
			"learner":        {user.RoleLEARNER, schema.OrganizationSettings{}, 12 * time.Hour, 7 * day},
			"auditor":        {user.RoleAUDITOR, schema.OrganizationSettings{}, time.Hour, 12 * time.Hour},
			"owner":          {user.RoleOWNER, schema.DefaultOrganizationSettings(), time.Hour, 12 * time.Hour},
			"set, a learner": {user.RoleLEARNER, schema.OrganizationSettings{SessionIdle: 10, SessionAge: 35, AdminSessionIdle: 1, AdminSessionAge: 1}, 10 * time.Minute, 35 * time.Minute},
			"set, an admin":  {user.RoleADMIN, schema.OrganizationSettings{SessionIdle: 1, SessionAge: 1, AdminSessionIdle: 10, AdminSessionAge: 35}, 10 * time.Minute, 35 * time.Minute},
		} {
			h.setOrganization(func(o *ent.OrganizationUpdateOne) { o.SetSettings(c.settings) })
			u := h.person(name, c.role)
			idle, _ := h.signIn(u)
			h.pass(c.idle - time.Second)
			h.opens(idle)
			h.pass(c.idle - time.Second) // counted from the last request
			h.opens(idle)
			h.pass(c.idle)
			h.shut(idle, "session idle for too long")

			busy, _ := h.signIn(u)
			step := c.idle / 2
			for passed := step; passed < c.age; passed += step {
				h.pass(step)
				h.opens(busy)
			}
			h.pass(step)
			h.shut(busy, "session too old")
		}
	})
}

func TestShorterSettingsCountAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		u := h.person("ada", user.RoleLEARNER)
		secret, _ := h.signIn(u)
		h.pass(2 * time.Hour)
		h.opens(secret)
		h.setOrganization(func(o *ent.OrganizationUpdateOne) {
			o.SetSettings(schema.OrganizationSettings{SessionAge: 60})
		})
		h.shut(secret, "session too old")
	})
}

func TestSessionFollowsPersonAndOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleLEARNER)
		secret, _ := h.signIn(ada)
		elsewhere := access.New(h.store) // another replica
		if _, err := elsewhere.AuthenticateSession(h.Context(), secret); err != nil {
			h.Fatal(err)
		}
		h.setPerson(ada.ID, func(u *ent.UserUpdateOne) { u.SetRole(user.RoleADMIN) })
		if g := h.opens(secret); g.User.Role != user.RoleADMIN {
			h.Errorf("the role is %s", g.User.Role)
		}
		h.setPerson(ada.ID, func(u *ent.UserUpdateOne) { u.SetActive(false) })
		h.shut(secret, "session of someone who is not active")
		_, err := elsewhere.AuthenticateSession(h.Context(), secret)
		wantUnauthenticated(h.T, err, "session of someone who is not active", "nobody is signed in here any more; sign in again")
		err = h.store.Write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, _, err := h.access.StartSession(ctx, tx, ada, access.NewSession{Method: session.MethodOIDC}) // ada as she was
			return err
		})
		wantUnauthenticated(h.T, err, "sign-in of someone who may not come in", "nobody is signed in here any more; sign in again")

		h.setPerson(ada.ID, func(u *ent.UserUpdateOne) { u.SetActive(true) })
		h.opens(secret)
		h.setOrganization(func(o *ent.OrganizationUpdateOne) { o.SetSuspendedAt(h.store.Now()) })
		h.shut(secret, "organization suspended")
		h.setOrganization(func(o *ent.OrganizationUpdateOne) { o.ClearSuspendedAt() })
		h.setPerson(ada.ID, func(u *ent.UserUpdateOne) { u.SetDeletedAt(h.store.Now()) })
		h.shut(secret, "session of someone who is deleted")
	})
}

func TestSessionsEnd(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, bob := h.person("ada", user.RoleLEARNER), h.person("bob", user.RoleLEARNER)
		one, first := h.signIn(ada)
		two, second := h.signIn(ada)
		three, _ := h.signIn(ada)
		bobs, _ := h.signIn(bob)
		globex, _ := storetest.Organization(h.T, h.store, "globex")
		end := func(ctx context.Context, id uuid.UUID) error {
			return h.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return h.access.EndSession(ctx, tx, id) })
		}
		if err := end(actor.InOrg(h.Context(), globex.ID), first.ID); fault.CodeOf(err) != fault.NotFound {
			h.Errorf("another organization ending the session is answered with %v", err)
		}
		if err := end(h.inOrg(), first.ID); err != nil {
			h.Fatal(err)
		}
		if err := end(h.inOrg(), first.ID); fault.CodeOf(err) != fault.NotFound {
			h.Errorf("ending it again is answered with %v", err)
		}
		h.shut(one, "unknown session")
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			n, err := h.access.EndSessions(ctx, tx, ada.ID, second.ID)
			if n != 1 {
				h.Errorf("%d sessions ended, want 1", n)
			}
			return err
		})
		h.shut(three, "unknown session")
		h.opens(two)
		for range 2 {
			if err := h.access.SignOut(h.Context(), two); err != nil {
				h.Errorf("signing out: %v", err)
			}
		}
		h.shut(two, "unknown session")
		h.opens(bobs)
		want := []string{"session.started", "session.started", "session.started", "session.started", "session.ended", "session.ended", "session.ended"}
		if diff := cmp.Diff(want, h.eventsOf(ent.TypeSession)); diff != "" {
			h.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestSecretsDontCross(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleOWNER)
		browser, _ := h.signIn(ada)
		link := h.link(ada)
		bearer, _ := h.scim()
		n := h.statements(func() {
			h.refused(browser, "not a token: wrong shape or checksum")
			h.refused(link, "not a token: wrong shape or checksum")
			h.shut(bearer, "unknown session")
			h.shut(link, "unknown session")
			h.shut("", "no session")
			h.cantRedeem(browser, "not a link: wrong shape or checksum")
			h.cantRedeem(bearer, "not a link: wrong shape or checksum")
		})
		if n != 0 {
			h.Errorf("secrets at the wrong door cost %d statements, want none", n)
		}
		for _, secret := range []string{browser, link} {
			if !access.Pattern.MatchString(secret) {
				h.Errorf("a log would show %s", secret)
			}
		}
		if _, err := h.access.Authenticate(h.Context(), browser, token.KindAPI); fault.CodeOf(err) != fault.Unauthenticated {
			h.Errorf("a session's secret at the door for API tokens: %v", err)
		}
	})
}

func TestLastRequestOfASession(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, s := h.signIn(h.person("ada", user.RoleLEARNER))
		h.opens(secret)
		h.pass(30 * time.Minute)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { _, _ = h.access.AuthenticateSession(h.Context(), secret) })
		}
		all.Wait()
		events := len(h.store.Read().Event.Query().AllX(h.inOrg()))
		ended, cancel := context.WithCancel(h.Context())
		cancel()
		if n := h.statements(func() {
			if err := h.access.Run(ended); err != nil {
				h.Error(err)
			}
		}); n != 1 {
			h.Errorf("writing 21 requests costs %d statements, want 1", n)
		}
		got := h.store.Read().Session.GetX(h.inOrg(), s.ID)
		if want := h.store.Now(); want.Sub(got.SeenAt) > time.Minute || got.SeenAt.Equal(s.SeenAt) {
			h.Errorf("last seen %v, want about %v", got.SeenAt, want)
		}
		if n := len(h.store.Read().Event.Query().AllX(h.inOrg())); n != events {
			h.Errorf("requests left %d events", n-events)
		}
		if n := h.statements(func() { _ = h.access.Run(ended) }); n != 0 {
			h.Errorf("a flush without requests costs %d statements, want none", n)
		}
		elsewhere := access.New(h.store) // another replica goes by what was written
		h.pass(12*time.Hour - time.Minute)
		if _, err := elsewhere.AuthenticateSession(h.Context(), secret); err != nil {
			h.Error(err)
		}
	})
}

func TestForget(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleOWNER) // sessions of twelve hours
		old, _ := h.signIn(ada)
		used := h.link(ada)
		if _, _, err := h.access.RedeemLink(h.Context(), used, access.NewSession{}); err != nil {
			h.Fatal(err)
		}
		h.link(ada)
		h.pass(12 * time.Hour)
		recent, _ := h.signIn(ada)
		globex, _ := storetest.Organization(h.T, h.store, "globex")
		for _, c := range []struct {
			org  uuid.UUID
			want int
		}{{globex.ID, 0}, {h.org.ID, 4}, {h.org.ID, 0}} {
			if n, err := h.access.Forget(actor.InOrg(h.Context(), c.org)); err != nil || n != c.want {
				h.Errorf("%d rows were forgotten (%v), want %d", n, err, c.want)
			}
		}
		h.shut(old, "unknown session")
		h.opens(recent)
		if diff := cmp.Diff([]string{"session.started", "session.started", "session.started", "session.expired", "session.expired"}, h.eventsOf(ent.TypeSession)); diff != "" {
			h.Errorf("events (-want +got):\n%s", diff)
		}
	})
}
