package access_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/migrate"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// link makes a sign-in link of a person.
func (h *house) link(u *ent.User) string {
	h.Helper()
	var secret string
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) (err error) {
		secret, _, err = h.access.CreateLink(ctx, tx, u.ID)
		return err
	})
	return secret
}

// cantRedeem expects a link not to work, for the given reason, and to say the
// same when it is only looked at.
func (h *house) cantRedeem(secret, reason string) {
	h.Helper()
	const sentence = "the link was used, has expired, or was replaced by a newer one"
	_, _, err := h.access.RedeemLink(h.Context(), secret, access.NewSession{})
	wantUnauthenticated(h.T, err, reason, sentence)
	_, err = h.access.Link(h.Context(), secret)
	wantUnauthenticated(h.T, err, reason, sentence)
}

func TestLinkSignsInOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleOWNER)
		secret := h.link(ada)
		for range 3 { // looking uses nothing
			l, err := h.access.Link(h.Context(), secret)
			if err != nil || l.User.ID != ada.ID || l.Organization.ID != h.org.ID {
				h.Fatalf("the link is for %+v: %v", l, err)
			}
		}
		browser, u, err := h.access.RedeemLink(h.Context(), secret, access.NewSession{Address: "192.0.2.1", Agent: strings.Repeat("x", 1000)})
		if err != nil || u.ID != ada.ID {
			h.Fatalf("redeemed for %v: %v", u, err)
		}
		g := h.opens(browser)
		if g.Session.Method != session.MethodLINK || g.Session.Address != "192.0.2.1" || len(g.Session.Agent) != 300 {
			h.Errorf("the session is %+v", g.Session)
		}
		h.cantRedeem(secret, "link that was used")
		if diff := cmp.Diff([]string{"signinlink.created", "signinlink.redeemed"}, h.eventsOf(ent.TypeSignInLink)); diff != "" {
			h.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestLinkRedeemedByManyAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		secret := h.link(h.person("ada", user.RoleOWNER))
		var all sync.WaitGroup
		var in atomic.Int64
		for range 50 {
			all.Go(func() {
				switch _, _, err := h.access.RedeemLink(h.Context(), secret, access.NewSession{}); {
				case err == nil:
					in.Add(1)
				case fault.CodeOf(err) != fault.Unauthenticated:
					h.Error(err)
				}
			})
		}
		all.Wait()
		if n := h.store.Read().Session.Query().CountX(h.inOrg()); in.Load() != 1 || n != 1 {
			h.Errorf("%d of 50 came in, with %d sessions; want 1", in.Load(), n)
		}
	})
}

func TestLinkExpires(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleOWNER)
		early := h.link(ada)
		h.pass(access.LinkLifetime - time.Millisecond)
		if _, _, err := h.access.RedeemLink(h.Context(), early, access.NewSession{}); err != nil {
			h.Error(err)
		}
		late := h.link(ada)
		h.pass(access.LinkLifetime)
		h.cantRedeem(late, "expired link")
	})
}

func TestNewLinkEndsEarlierOnes(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, bob := h.person("ada", user.RoleOWNER), h.person("bob", user.RoleOWNER)
		bobs, first := h.link(bob), h.link(ada)
		second := h.link(ada)
		h.cantRedeem(first, "unknown link")
		for _, secret := range []string{second, bobs} {
			if _, _, err := h.access.RedeemLink(h.Context(), secret, access.NewSession{}); err != nil {
				h.Error(err)
			}
		}
	})
}

func TestLinkOfSomeoneWhoMayNotComeIn(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleOWNER)
		secret := h.link(ada)
		const reason = "link of someone who may not come in"
		h.setPerson(ada.ID, func(u *ent.UserUpdateOne) { u.SetActive(false) })
		h.cantRedeem(secret, reason)
		h.setPerson(ada.ID, func(u *ent.UserUpdateOne) { u.SetActive(true) })
		h.setOrganization(func(o *ent.OrganizationUpdateOne) { o.SetSuspendedAt(h.store.Now()) })
		h.cantRedeem(secret, reason)
		h.setOrganization(func(o *ent.OrganizationUpdateOne) { o.ClearSuspendedAt() })
		h.setPerson(ada.ID, func(u *ent.UserUpdateOne) { u.SetDeletedAt(h.store.Now()) })
		h.cantRedeem(secret, reason)
		if n := h.store.Read().Session.Query().CountX(h.inOrg()); n != 0 {
			h.Errorf("%d sessions", n)
		}
	})
}

func TestCreateLinkRefuses(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleOWNER)
		create := func(ctx context.Context, person uuid.UUID) fault.Code {
			return fault.CodeOf(h.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
				_, _, err := h.access.CreateLink(ctx, tx, person)
				return err
			}))
		}
		globex, _ := storetest.Organization(h.T, h.store, "globex")
		if got := create(actor.InOrg(h.Context(), globex.ID), ada.ID); got != fault.NotFound {
			h.Errorf("a link for someone of another organization is answered with %s", got)
		}
		h.setPerson(ada.ID, func(u *ent.UserUpdateOne) { u.SetActive(false) })
		if got := create(h.inOrg(), ada.ID); got != fault.Conflict {
			h.Errorf("a link for someone who is deactivated is answered with %s", got)
		}
	})
}

func TestDatabaseHoldsNoSecretOfASignIn(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada", user.RoleOWNER)
		used := h.link(ada)
		browser, _, err := h.access.RedeemLink(h.Context(), used, access.NewSession{Agent: "canary"})
		if err != nil {
			h.Fatal(err)
		}
		open := h.link(ada)
		var dump bytes.Buffer
		for _, table := range migrate.Tables {
			h.dump(&dump, table.Name)
		}
		for _, secret := range []string{used, open, browser} {
			if strings.Contains(dump.String(), secret[4:14]) {
				h.Errorf("the database holds the secret %s", secret)
			}
		}
		if !strings.Contains(dump.String(), "canary") {
			h.Error("the dump lacks the session's row")
		}
	})
}
