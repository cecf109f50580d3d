package access_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/store"
)

func TestSecretsThatEndAreWarnedOfOnceForEachStep(t *testing.T) {
	onBoth(t, func(h *house) {
		box, err := seal.New(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			h.Fatal(err)
		}
		ends := h.store.Now().Add(61 * 24 * time.Hour)
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			s := access.NewSignOns(h.store, box)
			if _, err := s.Configure(ctx, tx, h.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall"}); err != nil {
				return err
			}
			if _, err := s.AddSecret(ctx, tx, h.conn.ID, "secret", &ends); err != nil {
				return err
			}
			_, err := s.Switch(ctx, tx, h.conn.ID, true, false)
			return err
		})
		var got []int
		for day := range 64 {
			for range 2 { // another replica, or another start
				n, err := access.NewSignOns(h.store, box).Warn(h.inOrg(), nil)
				if err != nil {
					h.Fatal(err)
				}
				if n > 0 {
					got = append(got, 61-day)
				}
			}
			h.pass(24 * time.Hour)
		}
		if want := []int{60, 30, 14, 7, 1, 0}; !slices.Equal(got, want) {
			h.Errorf("warned with %v days left, want %v", got, want)
		}
		verbs := h.store.Read().Event.Query().Where(event.KindIn("signon.secret_expires", "signon.secret_expired")).CountX(h.inOrg())
		if verbs != 6 {
			h.Errorf("%d events", verbs)
		}
	})
}
