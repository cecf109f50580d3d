package scim_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/rollcall/rollcall/internal/store"
)

// A token that can't be looked up may be right: 401 would have Entra put the job
// into quarantine because the database was restarted.
func TestTokenThatCantBeLookedUpIsNotRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		rename := func(from, to string) {
			h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, "ALTER TABLE "+from+" RENAME TO "+to)
				return err
			})
		}
		rename("tokens", "tokens_elsewhere")
		r := h.do(http.MethodGet, "/Users", nil).refused(http.StatusServiceUnavailable, "", "try again")
		if r.header.Get("Retry-After") != "5" || r.header.Get("WWW-Authenticate") != "" {
			h.Errorf("the headers are %v", r.header)
		}
		rename("tokens_elsewhere", "tokens")
		h.do(http.MethodGet, "/Users", nil).want(http.StatusOK)
	})
}
