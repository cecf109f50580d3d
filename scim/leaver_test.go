package scim_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/membership"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	entuser "github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// Entra mangles the name of whom it deletes, and may say both at once. Such a leaver is
// out, and whoever comes back under the new name has no role.
func TestLeaversAreOutUnderAnotherName(t *testing.T) {
	onBoth(t, func(h *house) {
		h.promote(h.create("boss"), entuser.RoleOWNER)
		off, name := op("Replace", "active", "False"), op("Replace", "userName", "1f0e@example.test")
		gone := with(with(person("gone"), "userName", "1f0e@example.test"), "active", false)
		for what, leave := range map[string]func(path string) *reply{
			"deactivated, then renamed": func(path string) *reply { return h.do(http.MethodPatch, path, patch(off, name)) },
			"renamed, then deactivated": func(path string) *reply { return h.do(http.MethodPatch, path, patch(name, off)) },
			"without a path": func(path string) *reply {
				return h.do(http.MethodPatch, path, patch(op("replace", "", map[string]any{"active": false, "userName": "1f0e@example.test"})))
			},
			"PUT": func(path string) *reply { return h.do(http.MethodPut, path, gone) },
		} {
			for _, role := range []entuser.Role{entuser.RoleOWNER, entuser.RoleADMIN, entuser.RoleAUDITOR} {
				id := h.create("ada")
				path := "/Users/" + id
				h.promote(id, role)
				leaver := h.row(id)
				h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
					_, _, err := h.access.StartSession(ctx, tx, leaver, access.NewSession{Method: session.MethodLINK})
					return err
				})
				before := len(h.events(id))
				r := leave(path).want(http.StatusOK)
				if r.body["userName"] != "1f0e@example.test" || r.body["active"] != false {
					h.Errorf("%s, %s: the answer is %s", what, role, r.text)
				}
				if diff := cmp.Diff(h.do(http.MethodGet, path, nil).body, r.body); diff != "" {
					h.Errorf("%s, %s: the answer is not what is read:\n%s", what, role, diff)
				}
				h.lost(id, role, "user.deactivated", "user name", before+1)
				if n := h.store.Read().Session.Query().CountX(h.inOrg()); n != 0 {
					h.Errorf("%s, %s: %d sessions go on", what, role, n)
				}
				h.do(http.MethodPatch, path, patch(op("replace", "active", true))).want(http.StatusOK)
				if now := h.row(id); now.Role != entuser.RoleLEARNER || !now.Active {
					h.Errorf("%s, %s: back as %s, active %t", what, role, now.Role, now.Active)
				}
				h.do(http.MethodDelete, path, nil).want(http.StatusNoContent)
			}
		}
		told := 0
		for _, row := range h.logged() {
			if row.Operation == "Deactivated Ada; the role OWNER is gone" || row.Operation == "Deactivated Gone; the role OWNER is gone" {
				told++
			}
		}
		if told != 4 {
			h.Errorf("the log tells of %d owners who are out, want 4", told)
		}
	})
}

// lost expects that somebody who is inactive has lost a role with the identity, and that
// the last of n Events says so.
func (h *house) lost(id string, role entuser.Role, kind, another string, n int) {
	h.Helper()
	if now := h.row(id); now.Active || now.Role != entuser.RoleLEARNER {
		h.Errorf("active %t, with the role %s", now.Active, now.Role)
	}
	events := h.events(id)
	last := events[len(events)-1]
	if len(events) != n || last.Kind != kind || last.Data.Before["role"] != string(role) || last.Data.After["role"] != "LEARNER" ||
		last.Data.After["reason"] != "the directory gave the account another "+another {
		h.Errorf("%d events, want %d; the last is %s: %v", len(events), n, last.Kind, last.Data)
	}
}

// Whoever is inactive already keeps the role until another identity comes.
func TestInactiveAdministratorsMayBeRenamed(t *testing.T) {
	onBoth(t, func(h *house) {
		h.set(func(s *entschema.ConnectionSettings) { s.Revive = true })
		h.promote(h.create("boss"), entuser.RoleOWNER)
		put := person("ada")
		delete(put, "active")
		for another, rename := range map[string]func(path string) *reply{
			"user name": func(path string) *reply { return h.do(http.MethodPut, path, with(put, "userName", "eve@example.test")) },
			"externalId": func(path string) *reply {
				return h.do(http.MethodPatch, path, patch(op("replace", "externalId", "eve")))
			},
			"e-mail address": func(path string) *reply {
				return h.do(http.MethodPatch, path, patch(op("replace", `emails[type eq "work"].value`, "eve@example.test")))
			},
		} {
			id := h.create("ada")
			path := "/Users/" + id
			h.promote(id, entuser.RoleADMIN)
			h.do(http.MethodPut, path, with(put, "userName", "eve@example.test")).refused(http.StatusConflict, "", "leaves the account inactive")
			h.do(http.MethodPatch, path, patch(op("replace", "active", false))).want(http.StatusOK)
			h.do(http.MethodPatch, path, patch(op("replace", "title", "Chief"), op("replace", "userName", "ADA@example.test"))).want(http.StatusOK)
			refuse := func(r *reply) { h.Helper(); r.refused(http.StatusConflict, "", "has the role ADMIN") }
			refuse(h.do(http.MethodPatch, path, patch(op("replace", "active", true), op("replace", "externalId", "eve"))))
			refuse(h.do(http.MethodPut, path, with(person("ada"), "userName", "eve@example.test")))
			refuse(h.do(http.MethodPost, "/Users", with(person("ada"), "externalId", "eve")))
			h.do(http.MethodPost, "/Users", with(with(person("ada"), "externalId", "eve"), "active", false)).refused(http.StatusConflict, "uniqueness", "deactivated user")
			if role := h.row(id).Role; role != entuser.RoleADMIN {
				h.Errorf("with the old identity the role is %s", role)
			}
			before := len(h.events(id))
			rename(path).want(http.StatusOK)
			h.lost(id, entuser.RoleADMIN, "user.role_changed", another, before+1)
			h.do(http.MethodPatch, path, patch(op("replace", "active", true))).want(http.StatusOK)
			if role := h.row(id).Role; role != entuser.RoleLEARNER {
				h.Errorf("another %s, and back as %s", another, role)
			}
			h.do(http.MethodDelete, path, nil).want(http.StatusNoContent)
		}
	})
}

// The last owner doesn't leave under another name either.
func TestLastOwnerStaysWithTheName(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		path := "/Users/" + id
		h.promote(id, entuser.RoleOWNER)
		before := h.do(http.MethodGet, path, nil).text
		h.do(http.MethodPatch, path, patch(op("replace", "active", false), op("replace", "userName", "1f0e@example.test"))).refused(http.StatusConflict, "", "last active owner")
		h.do(http.MethodPut, path, with(with(person("ada"), "active", false), "externalId", "eve")).refused(http.StatusConflict, "", "last active owner")
		if after := h.do(http.MethodGet, path, nil).text; after != before || h.row(id).Role != entuser.RoleOWNER {
			h.Errorf("%s: %s\nwas %s", h.row(id).Role, after, before)
		}
	})
}

// What a claim said of the one who left is not said of the next: a group that gives
// less gives that alone, until a sign-in says more.
func TestAnotherIdentityHasNoClaims(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.create("ada")
		auditors := h.createGroup("Auditors")
		p := h.provider(entschema.RoleRule{Claim: "roles", Value: "admin", Role: "ADMIN"}, inGroup(auditors, entuser.RoleAUDITOR))
		p.signIn("ada", "admin")
		p.is(ada, entuser.RoleADMIN, 1, "signed in")
		h.do(http.MethodPatch, "/Users/"+ada, patch(op("replace", "active", false), op("replace", "userName", "1f0e@example.test"))).want(http.StatusOK)
		p.is(ada, entuser.RoleLEARNER, 0, "out")
		h.do(http.MethodPatch, "/Users/"+ada, patch(op("replace", "active", true))).want(http.StatusOK)
		h.do(http.MethodPatch, "/Groups/"+auditors, patch(op("add", "members", refs(ada)))).want(http.StatusNoContent)
		p.is(ada, entuser.RoleAUDITOR, 0, "back, and in a group that gives less")
		p.signIn("ada", "admin")
		p.is(ada, entuser.RoleADMIN, 1, "signed in again")
	})
}

// Who is in a group that gives a role, and that others fill, is protected before the
// first sign-in too: whoever took over the name would get the role with it.
func TestGroupsThatGiveARoleKeepTheirPeople(t *testing.T) {
	onBoth(t, func(h *house) {
		h.promote(h.create("boss"), entuser.RoleOWNER)
		local := func(name string, members ...string) uuid.UUID {
			h.Helper()
			var ids []uuid.UUID
			for _, m := range members {
				ids = append(ids, uuid.MustParse(m))
			}
			var g *ent.Group
			h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) (err error) {
				g, err = h.directory.CreateLocalGroup(ctx, tx, name, ids)
				return err
			})
			return g.ID
		}
		rules := func(rules ...entschema.RoleRule) {
			h.Helper()
			h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				for _, r := range rules {
					if err := tx.Group.UpdateOneID(r.Group).SetGivesRole(true).Exec(ctx); err != nil {
						return err
					}
				}
				settings := entschema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall", Roles: rules}
				if on, err := tx.SignOn.Query().Only(ctx); err == nil {
					return tx.SignOn.UpdateOne(on).SetSettings(settings).Exec(ctx)
				}
				return tx.SignOn.Create().SetConnectionID(h.conn.ID).SetProtocol(signon.ProtocolOIDC).SetSettings(settings).Exec(ctx)
			})
		}
		bob, eve := h.create("bob"), h.create("eve")
		directorys := uuid.MustParse(h.createGroup("Directory admins", eve))
		trainers, everybody := local("Trainers", bob), local("Everybody", bob, eve)
		admin := entschema.RoleRule{Group: trainers, Role: "ADMIN"}
		rules(admin, entschema.RoleRule{Group: everybody, Role: "LEARNER"}, entschema.RoleRule{Group: directorys, Role: "ADMIN"})

		rename := patch(op("replace", "userName", "mal@example.test"), op("replace", "externalId", "mal"))
		h.do(http.MethodPatch, "/Users/"+bob, rename).refused(http.StatusConflict, "", "in the group Trainers")
		h.do(http.MethodPut, "/Users/"+bob, with(person("bob"), "externalId", "mal")).refused(http.StatusConflict, "", "in the group Trainers")
		h.do(http.MethodPatch, "/Users/"+bob, patch(op("replace", "title", "Trainer"))).want(http.StatusOK)
		// The connection says who is in its own group; and a learner's role is nothing to gain.
		h.do(http.MethodPatch, "/Users/"+eve, patch(op("replace", "userName", "eva@example.test"))).want(http.StatusOK)

		gone := patch(op("replace", "active", false), op("replace", "userName", "1f0e@example.test"))
		h.do(http.MethodPatch, "/Users/"+bob, gone).want(http.StatusOK)
		in := func(g uuid.UUID) bool {
			return h.store.Read().Membership.Query().Where(membership.GroupID(g), membership.UserID(uuid.MustParse(bob))).ExistX(h.inOrg())
		}
		if in(trainers) || !in(everybody) {
			h.Errorf("in the group that gives the role: %t, in the other: %t", in(trainers), in(everybody))
		}
		if left := h.events(trainers.String()); len(left[len(left)-1].Data.Removed) != 1 {
			h.Errorf("the group's last Event is %v", left[len(left)-1].Data)
		}

		// When the rule is gone there is nothing to gain.
		carl := h.create("carl")
		another := local("Others", carl)
		rules(entschema.RoleRule{Group: another, Role: "AUDITOR"})
		h.do(http.MethodPatch, "/Users/"+carl, rename).refused(http.StatusConflict, "", "in the group Others")
		rules(admin)
		h.do(http.MethodPatch, "/Users/"+carl, rename).want(http.StatusOK)
	})
}
