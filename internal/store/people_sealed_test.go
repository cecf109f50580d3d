package store_test

import (
	"testing"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// What takes rows apart is used again and again: somebody who is read sealed must
// not come out with the role of whoever was read before.
func TestSealedPeopleHaveNobodysRole(t *testing.T) {
	onBoth(t, func(h *house) {
		conn := h.connection()
		h.provisioned(h.ctx, conn, "boss", func(c *ent.UserCreate) { c.SetRole(user.RoleOWNER) })
		h.provisioned(h.ctx, conn, "ada", nil)
		for range 20 { // a pool may give another one
			if _, err := h.People(h.ctx, store.PeopleQuery{Connection: conn, Where: named("boss")}); err != nil {
				h.Fatal(err)
			}
			sealed, err := h.People(h.ctx, store.PeopleQuery{Connection: conn, Where: named("ada"), Sealed: true})
			if err != nil || len(sealed) != 1 {
				h.Fatal(len(sealed), err)
			}
			if sealed[0].Role != "" {
				h.Fatalf("sealed ada has the role %s", sealed[0].Role)
			}
		}
	})
}
