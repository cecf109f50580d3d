package scim_test

import (
	"net/http"
	"testing"

	entuser "github.com/rollcall/rollcall/ent/user"
)

// The directory takes an externalId back, and so the account that it brought: the role that
// a group gave for that account goes with it, for nobody would take it back later.
func TestARoleGoesWithTheExternalIDThatBroughtTheAccount(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, olga := h.create("ada"), h.create("olga")
		admins := h.createGroup("Admins", ada, olga)
		p := h.provider(inGroup(admins, entuser.RoleADMIN))
		p.signIn("ada")
		p.signIn("olga")
		h.promote(olga, entuser.RoleOWNER)
		p.is(ada, entuser.RoleADMIN, 1, "signed in")
		for _, id := range []string{ada, olga} {
			h.do(http.MethodPatch, "/Users/"+id, patch(op("remove", "externalId", nil))).want(http.StatusOK)
		}
		p.is(ada, entuser.RoleLEARNER, 0, "without the externalId")
		if role := h.row(olga).Role; role != entuser.RoleOWNER {
			h.Errorf("the owner is %s", role)
		}
		h.do(http.MethodPatch, "/Groups/"+admins, patch(op("remove", "members", refs(ada)))).want(http.StatusNoContent)
		p.is(ada, entuser.RoleLEARNER, 0, "out of the group")
	})
}
