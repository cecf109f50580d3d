package scim_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/identity"
	entuser "github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// Who leaves the group that gave a role loses it, whatever has become of the rule, the
// account, single sign-on or the connection.
func TestRolesEndWithWhatGaveThem(t *testing.T) {
	for what, end := range map[string]func(p *provider, ada string){
		"the rule was taken away": func(p *provider, _ string) { p.configure(p.inOrg()) },
		"the rule names another group": func(p *provider, _ string) {
			p.configure(p.inOrg(), inGroup(p.createGroup("Others"), entuser.RoleAUDITOR))
		},
		"the account was unlinked": func(p *provider, ada string) {
			p.write(p.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				i := tx.Identity.Query().Where(identity.UserID(uuid.MustParse(ada))).OnlyX(ctx)
				return p.house.directory.Unlink(ctx, tx, i.ID)
			})
			p.is(ada, entuser.RoleLEARNER, 0, "unlinked")
		},
		"single sign-on was removed": func(p *provider, ada string) {
			p.write(p.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				return p.house.directory.RemoveSignOn(ctx, tx, p.conn.ID)
			})
			p.is(ada, entuser.RoleLEARNER, 0, "without single sign-on")
		},
	} {
		t.Run(what, func(t *testing.T) {
			onBoth(t, func(h *house) {
				ada, olga, eve := h.create("ada"), h.create("olga"), h.create("eve")
				admins := h.createGroup("Admins", ada, olga, eve)
				p := h.provider(inGroup(admins, entuser.RoleADMIN))
				for _, name := range []string{"ada", "olga", "eve"} {
					p.signIn(name)
				}
				p.is(ada, entuser.RoleADMIN, 1, "signed in")
				h.promote(olga, entuser.RoleOWNER)
				h.promote(eve, entuser.RoleAUDITOR) // by hand, which counts where no rule names the group
				end(p, ada)
				h.do(http.MethodPatch, "/Groups/"+admins, patch(op("remove", "members", refs(ada, olga, eve)))).want(http.StatusNoContent)
				p.is(ada, entuser.RoleLEARNER, 0, "out of the group")
				if o, e := h.row(olga).Role, h.row(eve).Role; o != entuser.RoleOWNER || what != "the account was unlinked" && e != entuser.RoleAUDITOR {
					h.Errorf("the owner is %s; who got another role by hand, %s", o, e)
				}
			})
		})
	}
}

func TestRolesEndWithTheConnection(t *testing.T) {
	for what, people := range map[string]directory.LeftPeople{"kept": directory.KeepPeople, "deactivated": directory.DeactivatePeople, "deleted": directory.RemovePeople} {
		t.Run(what, func(t *testing.T) {
			onBoth(t, func(h *house) {
				ada, bob := h.create("ada"), h.create("bob")
				p := h.provider(inGroup(h.createGroup("Admins", ada), entuser.RoleADMIN))
				p.signIn("ada")
				p.signIn("bob")
				h.promote(bob, entuser.RoleAUDITOR)
				h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
					_, err := p.house.directory.RemoveConnection(ctx, tx, h.conn.ID, people)
					return err
				})
				p.is(ada, entuser.RoleLEARNER, 0, "without the connection")
				p.is(bob, entuser.RoleAUDITOR, 0, "whose role was given by hand")
				events := h.events(ada)
				last := events[len(events)-1]
				want := map[directory.LeftPeople]string{directory.KeepPeople: "user.unlinked", directory.DeactivatePeople: "user.deactivated", directory.RemovePeople: "user.deleted"}[people]
				if last.Kind != want || last.Data.Before["role"] != "ADMIN" || last.Data.After["role"] != "LEARNER" {
					h.Errorf("the last event is %s: %v", last.Kind, last.Data)
				}
			})
		})
	}
}
