package graph_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
)

const (
	changeRole = `mutation($id: ID!, $role: Role!) { changeRole(id: $id, role: $role) { user { role } } }`
	signInLink = `mutation($id: ID!) { createSignInLink(userId: $id) { url expiresAt } }`
	mergeUsers = `mutation($keep: ID!, $remove: ID!) { mergeUsers(keep: $keep, remove: $remove) { user { id version userName displayName title email
		emails { value } department { name } manager { userName } groups { displayName } role externalId } } }`
)

func TestChangeRoleEndsSessionsButTheOneThatAsks(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, eve := h.person("ada@acme.test", user.RoleOWNER), h.person("eve@acme.test", user.RoleOWNER)
		mine, other, eves := h.session(ada), h.session(ada), h.session(eve)
		h.ask(mine, changeRole, vars{"id": ada.ID, "role": "OWNER"}).ok() // as it is
		h.ask(other, `{ viewer { role } }`, nil).ok()
		h.ask(mine, changeRole, vars{"id": eve.ID, "role": "AUDITOR"}).ok().is("AUDITOR", "changeRole", "user", "role")
		h.ask(eves, `{ viewer { role } }`, nil).refused("UNAUTHENTICATED")
		h.ask(mine, changeRole, vars{"id": ada.ID, "role": "ADMIN"}).refused("CONFLICT").says("last active owner")
		h.ask(mine, changeRole, vars{"id": eve.ID, "role": "OWNER"}).ok()
		h.ask(mine, changeRole, vars{"id": ada.ID, "role": "ADMIN"}).ok().is("ADMIN", "changeRole", "user", "role")
		h.ask(mine, `{ viewer { role } }`, nil).ok().is("ADMIN", "viewer", "role")
		h.ask(other, `{ viewer { role } }`, nil).refused("UNAUTHENTICATED")
		h.ask(mine, changeRole, vars{"id": eve.ID, "role": "LEARNER"}).refused("FORBIDDEN")
		if got := h.told(ada.ID); got[len(got)-1] != "user.role_changed by user" {
			h.Errorf("events: %v", got)
		}
	})
}

func TestALinkEndsWithTheRole(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleLEARNER)
		url := h.ask(h.as(user.RoleADMIN), signInLink, vars{"id": ada.ID}).ok().at("createSignInLink", "url").(string)
		h.ask(h.as(user.RoleOWNER), changeRole, vars{"id": ada.ID, "role": "OWNER"}).ok()
		if _, _, err := h.access.RedeemLink(h.Context(), url[strings.LastIndexByte(url, '/')+1:], access.NewSession{}); err == nil {
			h.Error("a link from before the change signs an owner in")
		}
	})
}

// An owner is beyond the reach of whoever may not change roles.
func TestAnAdminCanNotTouchAnOwner(t *testing.T) {
	onBoth(t, func(h *house) {
		h.person("other@acme.test", user.RoleOWNER)
		owner, ada := h.person("owner@acme.test", user.RoleOWNER), h.person("ada@acme.test", user.RoleLEARNER)
		owners := h.session(owner)
		before := h.userRow(owner.ID)
		asks := []struct {
			document string
			v        vars
		}{
			{mutationOf("deactivateUser"), vars{"id": owner.ID}}, {mutationOf("reactivateUser"), vars{"id": owner.ID}},
			{mutationOf("deleteUser"), vars{"id": owner.ID}}, {updateUser, vars{"id": owner.ID, "input": vars{"email": "mine@acme.test"}}},
			{mergeUsers, vars{"keep": ada.ID, "remove": owner.ID}}, {mergeUsers, vars{"keep": owner.ID, "remove": ada.ID}},
			{signInLink, vars{"id": owner.ID}}, {`mutation($id: ID!) { approveLink(userId: $id) { user { id } } }`, vars{"id": owner.ID}},
			{`mutation($id: ID!) { endUserSessions(userId: $id) { ended } }`, vars{"id": owner.ID}},
		}
		for name, c := range map[string]caller{"admin": h.as(user.RoleADMIN), "token": h.with("users:read", "users:write")} {
			for _, a := range asks {
				if r := h.ask(c, a.document, a.v); len(r.Errors) == 0 || r.Errors[0].Extensions["code"] != "FORBIDDEN" {
					h.Errorf("%s: %s answers %s", name, a.document, r.text)
				}
			}
			h.ask(c, `mutation($ids: [ID!]!) { deactivateUsers(ids: $ids) { results { problem { code } } } }`, vars{"ids": []any{owner.ID}}).ok().
				is("FORBIDDEN", "deactivateUsers", "results", 0, "problem", "code")
		}
		h.ask(owners, `{ viewer { name } }`, nil).ok()
		if diff := cmp.Diff(before.Version, h.userRow(owner.ID).Version); diff != "" {
			h.Error(diff)
		}
		c := h.with("users:read", "users:write", "roles:write")
		h.ask(c, mutationOf("deleteUser"), vars{"id": owner.ID}).ok()
		h.ask(h.as(user.RoleADMIN), mutationOf("restoreUser"), vars{"id": owner.ID}).refused("FORBIDDEN")
		h.ask(c, mutationOf("restoreUser"), vars{"id": owner.ID}).ok()
	})
}

func TestASignInLinkLeadsToNoMoreThanItsMakerMay(t *testing.T) {
	onBoth(t, func(h *house) {
		people := map[string]uuid.UUID{}
		for _, role := range []user.Role{user.RoleOWNER, user.RoleADMIN, user.RoleAUDITOR, user.RoleLEARNER} {
			people[string(role)] = h.person(strings.ToLower(string(role))+"@acme.test", role).ID
		}
		reads := slices.DeleteFunc(slices.Clone(access.Scopes), func(s string) bool { return !strings.HasSuffix(s, ":read") })
		for name, c := range map[string]struct {
			caller caller
			may    []string
		}{
			"owner":        {h.as(user.RoleOWNER), []string{"OWNER", "ADMIN", "AUDITOR", "LEARNER"}},
			"admin":        {h.as(user.RoleADMIN), []string{"ADMIN", "AUDITOR", "LEARNER"}},
			"users:write":  {h.with("users:write"), []string{"LEARNER"}},
			"roles:write":  {h.with("users:write", "roles:write"), []string{"LEARNER"}},
			"reads all":    {h.with(append(reads, "users:write")...), []string{"AUDITOR", "LEARNER"}},
			"all":          {h.with("all"), []string{"OWNER", "ADMIN", "AUDITOR", "LEARNER"}},
			"reads people": {h.with("users:read"), nil},
		} {
			for role, id := range people {
				r := h.ask(c.caller, signInLink, vars{"id": id})
				if may := slices.Contains(c.may, role); may != (len(r.Errors) == 0) {
					h.Errorf("%s makes a link for %s: %s", name, role, r.text)
				} else if !may {
					r.refused("FORBIDDEN")
				}
			}
		}
		admin := h.as(user.RoleADMIN)
		url := h.ask(admin, signInLink, vars{"id": people["LEARNER"]}).ok().at("createSignInLink", "url").(string)
		secret, ours := strings.CutPrefix(url, "https://rollcall.test/signin/link/")
		if !ours {
			h.Fatalf("the link is %s", url)
		}
		if _, u, err := h.access.RedeemLink(h.Context(), secret, access.NewSession{}); err != nil || u.ID != people["LEARNER"] {
			h.Errorf("the link signs in %v (%v)", u, err)
		}
		h.ask(admin, mutationOf("deactivateUser"), vars{"id": people["LEARNER"]}).ok()
		h.ask(admin, signInLink, vars{"id": people["LEARNER"]}).refused("CONFLICT")
	})
}

// The last two owners are taken away at the same moment, in every way there is:
// one stays, and whoever was late reads why.
func TestTwoOwnersCanNotLeaveAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		e := h.entra()
		keeper := h.person("keeper@acme.test", user.RoleOWNER).ID // while the others are made
		ways := map[string]func(id uuid.UUID) bool{
			"deactivate": func(id uuid.UUID) bool { return h.done(h.ask(c, mutationOf("deactivateUser"), vars{"id": id})) },
			"delete":     func(id uuid.UUID) bool { return h.done(h.ask(c, mutationOf("deleteUser"), vars{"id": id})) },
			"demote":     func(id uuid.UUID) bool { return h.done(h.ask(c, changeRole, vars{"id": id, "role": "ADMIN"})) },
			"bulk": func(id uuid.UUID) bool {
				r := h.ask(c, `mutation($ids: [ID!]!) { deactivateUsers(ids: $ids) { succeeded results { problem { code } } } }`, vars{"ids": []any{id}}).ok()
				if r.at("deactivateUsers", "succeeded") == 1.0 {
					return true
				}
				r.is("CONFLICT", "deactivateUsers", "results", 0, "problem", "code")
				return false
			},
			"directory": func(id uuid.UUID) bool {
				status := e.patch(id, "active", "false")
				if status >= 300 && status != http.StatusConflict {
					h.Errorf("the directory gets status %d", status)
				}
				return status < 300
			},
		}
		for first, one := range ways {
			for second, other := range ways {
				a, b := e.provisions(uuid.NewString()+"@acme.test"), e.provisions(uuid.NewString()+"@acme.test")
				for _, id := range []uuid.UUID{a, b} {
					h.ask(c, changeRole, vars{"id": id, "role": "OWNER"}).ok()
				}
				h.ask(c, changeRole, vars{"id": keeper, "role": "LEARNER"}).ok()
				var wait sync.WaitGroup
				var left [2]bool
				wait.Go(func() { left[0] = one(a) })
				wait.Go(func() { left[1] = other(b) })
				wait.Wait()
				if left[0] == left[1] {
					h.Errorf("%s and %s: both left is %v, want one", first, second, left[0])
				}
				if n := h.store.Read().User.Query().Where(user.RoleEQ(user.RoleOWNER), user.Active(true), user.DeletedAtIsNil()).CountX(h.in(h.org.ID)); n != 1 {
					h.Fatalf("%s and %s leave %d owners", first, second, n)
				}
				h.ask(c, changeRole, vars{"id": keeper, "role": "OWNER"}).ok()
				for _, id := range []uuid.UUID{a, b} {
					if h.userRow(id).DeletedAt == nil {
						h.ask(c, mutationOf("deleteUser"), vars{"id": id}).ok()
					}
				}
			}
		}
	})
}

// done says whether a mutation was done; else the last owner stood in its way.
func (h *house) done(r *reply) bool {
	h.Helper()
	if len(r.Errors) == 0 {
		return true
	}
	r.refused("CONFLICT").says("last active owner")
	return false
}
