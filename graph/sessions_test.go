package graph_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	ownSessions = `{ viewer { sessions { id isCurrent } } }`
	endSession  = `mutation($id: ID!) { endSession(id: $id) { ended } }`
	endOthers   = `mutation { endOtherSessions { ended } }`
	endSessions = `mutation($id: ID!) { endUserSessions(userId: $id) { ended } }`
	signOut     = `mutation { signOut { ended } }`
)

// sessionIDs are the ids of the caller's sessions, newest first.
func (h *house) sessionIDs(c caller) (ids []uuid.UUID) {
	h.Helper()
	list, _ := h.ask(c, ownSessions, nil).ok().at("viewer", "sessions").([]any)
	for _, s := range list {
		ids = append(ids, uuid.MustParse(s.(map[string]any)["id"].(string)))
	}
	return ids
}

// letsIn says whether a credential lets somebody in.
func (h *house) letsIn(c caller) bool {
	h.Helper()
	return h.ask(c, `{ viewer { name } }`, nil).status == 200
}

func TestOwnSessionsEndOneByOneAndTogether(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, eve := h.person("ada@acme.test", user.RoleLEARNER), h.person("eve@acme.test", user.RoleOWNER)
		first, second, third, eves := h.session(ada), h.session(ada), h.session(ada), h.session(eve)
		ids := h.sessionIDs(third)
		if len(ids) != 3 {
			h.Fatalf("%d sessions, want 3", len(ids))
		}
		h.ask(third, ownSessions, nil).ok().is(true, "viewer", "sessions", 0, "isCurrent").is(false, "viewer", "sessions", 1, "isCurrent")
		for _, c := range []caller{eves, h.personalToken(ada, "users:read"), h.with("all")} {
			h.ask(c, endSession, vars{"id": ids[0]}).refused("NOT_FOUND")
		}
		h.ask(third, endSession, vars{"id": schema.NewID()}).refused("NOT_FOUND")
		h.ask(third, endSession, vars{"id": h.sessionIDs(eves)[0]}).refused("NOT_FOUND")
		h.ask(third, endSession, vars{"id": ids[1]}).ok().is(1, "endSession", "ended")
		h.ask(third, endSession, vars{"id": ids[1]}).refused("NOT_FOUND")
		if h.letsIn(second) || !h.letsIn(first) || !h.letsIn(eves) {
			h.Error("another session has ended than was asked for")
		}
		h.ask(h.with("all"), endOthers, nil).ok().is(0, "endOtherSessions", "ended")
		h.ask(third, endOthers, nil).ok().is(1, "endOtherSessions", "ended")
		if h.letsIn(first) || !h.letsIn(third) || !h.letsIn(eves) {
			h.Error("other sessions have ended than was asked for")
		}
		if diff := cmp.Diff([]string{"session.started by system", "session.ended by user"}, h.told(ids[2])); diff != "" {
			h.Error(diff)
		}
		h.ask(third, endSession, vars{"id": ids[0]}).ok() // the one that asks
		if h.letsIn(third) {
			h.Error("a session that has ended itself goes on")
		}
	})
}

func (h *house) personalToken(u *ent.User, scopes ...string) caller {
	h.Helper()
	return h.token(u.OrgID, access.NewToken{Kind: token.KindAPI, User: u.ID, Name: "mine", Scopes: scopes})
}

func TestSignOut(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleLEARNER)
		one, other := h.session(ada), h.session(ada)
		r := h.ask(one, signOut, nil).ok().is(true, "signOut", "ended")
		if got := r.header.Get("Set-Cookie"); got != "__Host-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax" {
			h.Errorf("the browser is told %q", got)
		}
		h.ask(one, signOut, nil).refused("UNAUTHENTICATED")
		if !h.letsIn(other) {
			h.Error("another session has ended too")
		}
		token := h.with("users:read")
		if r := h.ask(token, signOut, nil).ok().is(false, "signOut", "ended"); r.header.Get("Set-Cookie") != "" {
			h.Errorf("a program is told %q", r.header.Get("Set-Cookie"))
		}
		if !h.letsIn(token) {
			h.Error("a token has ended")
		}
	})
}

func TestEndUserSessions(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleAUDITOR)
		one, other, admin := h.session(ada), h.session(ada), h.as(user.RoleADMIN)
		const sessions = `query($id: ID!) { user(id: $id) { sessions { method isCurrent } } }`
		h.ask(admin, sessions, vars{"id": ada.ID}).ok().is([]any{map[string]any{"method": "LINK", "isCurrent": false}, map[string]any{"method": "LINK", "isCurrent": false}},
			"user", "sessions")
		h.ask(one, endSessions, vars{"id": ada.ID}).refused("FORBIDDEN")
		h.ask(admin, endSessions, vars{"id": ada.ID}).ok().is(2, "endUserSessions", "ended")
		if h.letsIn(one) || h.letsIn(other) || !h.letsIn(admin) {
			h.Error("other sessions have ended than was asked for")
		}
		h.ask(admin, endSessions, vars{"id": ada.ID}).ok().is(0, "endUserSessions", "ended")
		h.ask(admin, endSessions, vars{"id": schema.NewID()}).refused("NOT_FOUND")
		h.session(ada)
		h.pass(13 * time.Hour) // longer than an auditor's session lasts
		h.ask(h.as(user.RoleADMIN), sessions, vars{"id": ada.ID}).ok().is([]any{}, "user", "sessions")
	})
}

func TestOwnPasskeys(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, eve := h.person("ada@acme.test", user.RoleLEARNER), h.person("eve@acme.test", user.RoleOWNER)
		keys := map[string]uuid.UUID{}
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			for name, owner := range map[string]uuid.UUID{"phone": ada.ID, "eves": eve.ID} {
				k, err := tx.Passkey.Create().SetUserID(owner).SetName(name).SetCredentialID([]byte(name)).SetCredential(schema.Document{}).Save(ctx)
				if err != nil {
					return err
				}
				keys[name] = k.ID
			}
			return nil
		})
		const rename = `mutation($id: ID!, $name: String!) { renamePasskey(id: $id, name: $name) { passkeys { name } } }`
		const remove = `mutation($id: ID!) { removePasskey(id: $id) { passkeys { name } } }`
		c := h.session(ada)
		h.ask(c, rename, vars{"id": keys["phone"], "name": " My phone "}).ok().is([]any{map[string]any{"name": "My phone"}}, "renamePasskey", "passkeys")
		h.ask(c, rename, vars{"id": keys["phone"], "name": " "}).refused("BAD_USER_INPUT").about("name")
		for _, other := range []struct {
			c  caller
			id uuid.UUID
		}{{c, keys["eves"]}, {c, schema.NewID()}, {h.session(eve), keys["phone"]}, {h.personalToken(ada, "users:read"), keys["phone"]}, {h.with("all"), keys["phone"]}} {
			h.ask(other.c, rename, vars{"id": other.id, "name": "x"}).refused("NOT_FOUND")
			h.ask(other.c, remove, vars{"id": other.id}).refused("NOT_FOUND")
		}
		h.ask(c, remove, vars{"id": keys["phone"]}).ok().is([]any{}, "removePasskey", "passkeys")
		h.ask(c, remove, vars{"id": keys["phone"]}).refused("NOT_FOUND")
		if diff := cmp.Diff([]string{"passkey.created by system", "passkey.renamed by user", "passkey.removed by user"}, h.told(keys["phone"])); diff != "" {
			h.Error(diff)
		}
	})
}

func TestAdministratorsSeeAndRemovePasskeys(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, boss := h.person("ada@acme.test", user.RoleLEARNER), h.person("boss@acme.test", user.RoleOWNER)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			for name, owner := range map[string]uuid.UUID{"phone": ada.ID, "laptop": ada.ID, "bosses": boss.ID} {
				if err := tx.Passkey.Create().SetUserID(owner).SetName(name).SetCredentialID([]byte(name)).SetCredential(schema.Document{}).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		const see = `{ users(orderBy: {field: USER_NAME}) { nodes { userName passkeys { name } } } }`
		const remove = `mutation($id: ID!) { removeUserPasskeys(userId: $id) { removed } }`
		auditor, admin, owner := h.as(user.RoleAUDITOR), h.as(user.RoleADMIN), h.as(user.RoleOWNER)
		keys := func(id uuid.UUID) int {
			return len(h.ask(auditor, `query($id: ID!) { user(id: $id) { passkeys { id name createdAt lastUsedAt } } }`, vars{"id": id}).ok().at("user", "passkeys").([]any))
		}
		h.ask(admin, see, nil).ok().is([]any{map[string]any{"name": "bosses"}}, "users", "nodes", 1, "passkeys")
		if n := keys(ada.ID); n != 2 {
			h.Errorf("%d passkeys", n)
		}
		h.ask(auditor, remove, vars{"id": ada.ID}).refused("FORBIDDEN")
		h.ask(h.session(ada), remove, vars{"id": ada.ID}).refused("FORBIDDEN")
		h.ask(admin, remove, vars{"id": boss.ID}).refused("FORBIDDEN")
		h.ask(admin, remove, vars{"id": schema.NewID()}).refused("NOT_FOUND")
		if keys(boss.ID) != 1 || keys(ada.ID) != 2 {
			h.Error("a refused removal has removed something")
		}
		h.ask(admin, remove, vars{"id": ada.ID}).ok().is(2, "removeUserPasskeys", "removed")
		h.ask(admin, remove, vars{"id": ada.ID}).ok().is(0, "removeUserPasskeys", "removed")
		h.ask(owner, remove, vars{"id": boss.ID}).ok().is(1, "removeUserPasskeys", "removed")
		if keys(boss.ID)+keys(ada.ID) != 0 {
			h.Error("passkeys are left")
		}
	})
}
