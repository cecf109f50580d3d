package sso_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

func text(value any) string {
	b, _ := json.Marshal(value)
	return string(b)
}

// register makes a passkey for who is signed in.
func (b *browser) register(a *authenticator, name string) page {
	b.h.Helper()
	p := b.postJSON("/passkeys/begin", "{}").want(b.h.T, http.StatusOK, "")
	return b.postJSON("/passkeys/finish", text(map[string]any{"name": name, "credential": a.create(readAsked(b.h.T, p.text))}))
}

// useKey signs in with a passkey.
func (b *browser) useKey(a *authenticator) page {
	b.h.Helper()
	p := b.postJSON("/signin/passkey/begin", "{}").want(b.h.T, http.StatusOK, "")
	return b.postJSON("/signin/passkey/finish", text(map[string]any{"return_to": "/people", "credential": a.get(readAsked(b.h.T, p.text))}))
}

// keyed is a browser that has made a passkey, and that passkey.
func (h *house) keyed(u *ent.User) (*browser, *authenticator) {
	h.Helper()
	b, a := h.browser(), newAuthenticator(h.T)
	b.open(h.link(u))
	b.register(a, " Desk key ").want(h.T, http.StatusCreated, `"name":"Desk key"`)
	return b, a
}

func (h *house) passkeyEvents() []string {
	kinds := []string{}
	for _, e := range h.store.Read().Event.Query().Where(event.Entity(ent.TypePasskey)).Order(event.ByPosition(), event.ByID()).AllX(h.inOrg()) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

const opensNothing = "This passkey opens nothing here"

func TestPasskey(t *testing.T) {
	onBoth(t, func(h *house) {
		first, a := h.keyed(h.ada)
		begun := first.postJSON("/passkeys/begin", "{}")
		o := readAsked(h.T, begun.text).PublicKey
		if o.RP.ID != "rollcall.test" || o.Selection.ResidentKey != "required" || o.Selection.UserVerification != "required" || len(o.Exclude) != 1 {
			h.Errorf("a second passkey is asked for with %s", begun.text)
		}
		if c := begun.cookie("__Host-passkey"); c == nil || !c.Secure || !c.HttpOnly || c.MaxAge != 300 {
			h.Errorf("the ceremony's cookie is %v", c)
		}

		b := h.browser()
		asks := readAsked(h.T, b.postJSON("/signin/passkey/begin", "{}").text).PublicKey
		if asks.RPID != "rollcall.test" || asks.UserVerification != "required" || len(asks.Allow) != 0 {
			h.Errorf("a sign-in asks for %+v", asks)
		}
		p := b.useKey(a).want(h.T, http.StatusOK, `"redirect":"/people"`)
		if c := p.cookie("__Host-session"); c == nil || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
			h.Errorf("the session's cookie is %v", c)
		}
		b.signedIn(true)
		g, err := h.access.AuthenticateSession(h.Context(), b.session())
		if err != nil || g.User.ID != h.ada.ID || g.Session.Method != session.MethodPASSKEY {
			h.Fatalf("signed in as %+v: %v", g, err)
		}
		before := b.session()
		b.useKey(a).want(h.T, http.StatusOK, "") // the counter goes on
		if _, err := h.access.AuthenticateSession(h.Context(), before); err == nil {
			h.Error("the session that came along goes on beside the new one")
		}
		if diff := cmp.Diff([]string{"passkey.created", "passkey.used", "passkey.used"}, h.passkeyEvents()); diff != "" {
			h.Errorf("events (-want +got):\n%s", diff)
		}
		for _, e := range h.store.Read().Event.Query().Where(event.Entity(ent.TypePasskey)).AllX(h.inOrg()) {
			if e.Data.After["credential"] != nil || e.Data.After["credential_id"] != nil {
				h.Errorf("the event %s holds %v", e.Kind, e.Data.After)
			}
		}
	})
}

func TestPasskeyRefusals(t *testing.T) {
	onBoth(t, func(h *house) {
		_, a := h.keyed(h.ada)
		bob := h.person("bob@acme.test", "Bob")
		for name, spoil := range map[string]func(a *authenticator){
			"another origin":        func(a *authenticator) { a.origin = "https://evil.test" },
			"another relying party": func(a *authenticator) { a.rp = "evil.test" },
			"no user verification":  func(a *authenticator) { a.flags = userPresent },
			"no user presence":      func(a *authenticator) { a.flags = userVerified },
			"another person":        func(a *authenticator) { a.user = bob.ID[:] },
			"another key":           func(a *authenticator) { a.key = newAuthenticator(h.T).key },
			"unknown credential":    func(a *authenticator) { a.id = []byte("0123456789abcdef") },
			"no person":             func(a *authenticator) { a.user = nil },
		} {
			spoilt := *a
			spoil(&spoilt)
			b := h.browser()
			b.useKey(&spoilt).want(h.T, http.StatusUnauthorized, opensNothing)
			if b.session() != "" {
				h.Errorf("%s: it signs in", name)
			}
		}
		h.browser().useKey(a).want(h.T, http.StatusOK, "")
	})
}

func TestChallengeIsForOneBrowserOnceForFiveMinutes(t *testing.T) {
	onBoth(t, func(h *house) {
		owner, a := h.keyed(h.ada)
		b := h.browser()
		finish := func(b *browser, o asked) page {
			return b.postJSON("/signin/passkey/finish", text(map[string]any{"credential": a.get(o)}))
		}
		o := readAsked(h.T, b.postJSON("/signin/passkey/begin", "{}").text)
		finish(h.browser(), o).want(h.T, http.StatusUnauthorized, opensNothing)

		secret := b.cookieValue("__Host-passkey")
		finish(b, o).want(h.T, http.StatusOK, "")
		b.give("__Host-passkey", secret)
		finish(b, o).want(h.T, http.StatusUnauthorized, opensNothing) // used

		o = readAsked(h.T, b.postJSON("/signin/passkey/begin", "{}").text)
		h.pass(access.CeremonyLifetime)
		finish(b, o).want(h.T, http.StatusUnauthorized, opensNothing) // late

		// A challenge for making a passkey is none for signing in.
		o = readAsked(h.T, owner.postJSON("/passkeys/begin", "{}").text)
		finish(owner, o).want(h.T, http.StatusUnauthorized, opensNothing)
	})
}

func TestCounterThatGoesBack(t *testing.T) {
	onBoth(t, func(h *house) {
		_, a := h.keyed(h.ada)
		copied := *a
		a.counter = 41
		h.browser().useKey(a).want(h.T, http.StatusOK, "")
		h.browser().useKey(&copied).want(h.T, http.StatusUnauthorized, opensNothing)
		h.browser().useKey(a).want(h.T, http.StatusOK, "")
		want := []string{"passkey.created", "passkey.used", "passkey.refused", "passkey.used"}
		if diff := cmp.Diff(want, h.passkeyEvents()); diff != "" {
			h.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestPasskeyFollowsItsPerson(t *testing.T) {
	onBoth(t, func(h *house) {
		_, a := h.keyed(h.ada)
		setActive := func(active bool) {
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(h.ada.ID).SetActive(active).Exec(ctx)
			})
		}
		setActive(false)
		h.browser().useKey(a).want(h.T, http.StatusUnauthorized, opensNothing)
		setActive(true)
		h.browser().useKey(a).want(h.T, http.StatusOK, "")

		keys, err := h.access.Passkeys(h.inOrg(), h.ada.ID)
		if err != nil || len(keys) != 1 || keys[0].Name != "Desk key" || keys[0].LastUsedAt == nil {
			h.Fatalf("passkeys %+v: %v", keys, err)
		}
		bob := h.person("bob@acme.test", "Bob")
		change := func(owner uuid.UUID, name string) (rename, remove fault.Code) {
			rename = fault.CodeOf(h.store.Write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := h.access.RenamePasskey(ctx, tx, owner, keys[0].ID, name)
				return err
			}))
			remove = fault.CodeOf(h.store.Write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				return h.access.RemovePasskey(ctx, tx, owner, keys[0].ID)
			}))
			return rename, remove
		}
		if rename, remove := change(bob.ID, "Mine"); rename != fault.NotFound || remove != fault.NotFound {
			h.Errorf("somebody else renames with %s and removes with %s", rename, remove)
		}
		h.write(func(ctx context.Context, tx *store.Tx) error {
			if _, err := h.access.RenamePasskey(ctx, tx, h.ada.ID, keys[0].ID, " \n"); fault.CodeOf(err) != fault.Invalid {
				h.Errorf("an empty name: %v", err)
			}
			k, err := h.access.RenamePasskey(ctx, tx, h.ada.ID, keys[0].ID, "Phone")
			if err == nil && k.Name != "Phone" {
				h.Errorf("renamed to %q", k.Name)
			}
			return err
		})
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return h.access.RemovePasskey(ctx, tx, h.ada.ID, keys[0].ID)
		})
		h.browser().useKey(a).want(h.T, http.StatusUnauthorized, opensNothing)
	})
}

func TestRegistrationRefusals(t *testing.T) {
	onBoth(t, func(h *house) {
		stranger := h.browser()
		stranger.postJSON("/passkeys/begin", "{}").want(h.T, http.StatusUnauthorized, "Nobody is signed in here any more; sign in again.")
		b, a := h.keyed(h.ada)
		o := readAsked(h.T, b.postJSON("/passkeys/begin", "{}").text)
		finish := func(b *browser, name string, credential any) page {
			return b.postJSON("/passkeys/finish", text(map[string]any{"name": name, "credential": credential}))
		}
		fresh := newAuthenticator(h.T)
		finish(b, "", fresh.create(o)).want(h.T, http.StatusBadRequest, "passkey needs a name")
		finish(b, "x", "nonsense").want(h.T, http.StatusBadRequest, "begin again")
		finish(b, "x", fresh.create(o)).want(h.T, http.StatusBadRequest, "begin again") // that challenge is gone now

		o = readAsked(h.T, b.postJSON("/passkeys/begin", "{}").text)
		bob := h.browser()
		bob.open(h.link(h.person("bob@acme.test", "Bob")))
		bob.give("__Host-passkey", b.cookieValue("__Host-passkey"))
		finish(bob, "x", fresh.create(o)).want(h.T, http.StatusBadRequest, "begin again")

		b.register(a, "again").want(h.T, http.StatusConflict, "")
		fresh.flags = userPresent
		b.register(fresh, "unverified").want(h.T, http.StatusBadRequest, "begin again")
		if keys, _ := h.access.Passkeys(h.inOrg(), h.ada.ID); len(keys) != 1 {
			h.Errorf("%d passkeys, want the first alone", len(keys))
		}
	})
}

// TestPasskeysHaveALimit begins two passkeys when one is left to be had.
func TestPasskeysHaveALimit(t *testing.T) {
	onBoth(t, func(h *house) {
		first, _ := h.keyed(h.ada)
		second := h.browser()
		second.open(h.link(h.ada))
		h.write(func(ctx context.Context, tx *store.Tx) error {
			for i := range 18 {
				if err := tx.Passkey.Create().SetUserID(h.ada.ID).SetName("key").SetCredentialID([]byte{byte(i)}).SetCredential(schema.Document{}).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		var begun []page
		for _, b := range []*browser{first, second} {
			begun = append(begun, b.postJSON("/passkeys/begin", "{}").want(h.T, http.StatusOK, ""))
		}
		finish := func(i int, b *browser) page {
			return b.postJSON("/passkeys/finish", text(map[string]any{"name": "late", "credential": newAuthenticator(h.T).create(readAsked(h.T, begun[i].text))}))
		}
		finish(0, first).want(h.T, http.StatusCreated, "")
		finish(1, second).want(h.T, http.StatusConflict, "20 passkeys, which is the limit")
		first.postJSON("/passkeys/begin", "{}").want(h.T, http.StatusConflict, "20 passkeys, which is the limit")
		if keys, _ := h.access.Passkeys(h.inOrg(), h.ada.ID); len(keys) != 20 {
			h.Errorf("%d passkeys", len(keys))
		}
	})
}

func TestPasskeyWhereThePublicURLIsWrittenAtLength(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	h.server = h.serve("https://Rollcall.TEST:443")
	_, a := h.keyed(h.ada)
	h.browser().useKey(a).want(t, http.StatusOK, "")
}

func TestBodies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	b := h.browser()
	for _, path := range []string{"/signin/passkey/begin", "/signin/passkey/finish", "/passkeys/begin", "/passkeys/finish"} {
		b.do(b.request(http.MethodPost, path, "text/plain", "{}")).want(t, http.StatusUnsupportedMediaType, "application/json")
		b.postJSON(path, "[").want(t, http.StatusBadRequest, "JSON object")
		b.postJSON(path, `{"name":"`+strings.Repeat("x", 64<<10)+`"}`).want(t, http.StatusRequestEntityTooLarge, "64 kB")
	}
	link := h.link(h.ada)
	b.do(b.request(http.MethodPost, link, "application/x-www-form-urlencoded", "binding="+strings.Repeat("x", 64<<10))).
		want(t, http.StatusRequestEntityTooLarge, "too large")
}

func TestCeremoniesAreLimited(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite:"+t.TempDir()+"/rollcall.db", 1)
	b := h.browser()
	for range 2000 { // more than 600 a minute
		if p := b.postJSON("/signin/passkey/begin", "{}"); p.StatusCode != http.StatusOK {
			p.want(t, http.StatusTooManyRequests, "Wait a minute")
			return
		}
	}
	t.Error("nothing limits how many ceremonies are begun")
}
