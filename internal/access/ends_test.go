package access_test

import (
	"bytes"
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/store"
)

func TestEndsAreThoseOfTheConnectionThatIsFirstWithout(t *testing.T) {
	onBoth(t, func(h *house) {
		box, err := seal.New(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			h.Fatal(err)
		}
		s := access.NewSignOns(h.store, box)
		day := func(n int) *time.Time { at := h.store.Now().Add(time.Duration(n) * 24 * time.Hour); return &at }
		is := func(when string, want map[string]int) {
			h.Helper()
			ends, err := s.Ends(h.Context())
			if err != nil {
				h.Fatal(err)
			}
			got := map[string]int{}
			for kind, at := range ends {
				got[kind] = int(math.Round(at.Sub(h.store.Now()).Hours() / 24))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				h.Errorf("%s:\n%s", when, diff)
			}
		}
		is("nothing is there", map[string]int{})
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := s.Configure(ctx, tx, h.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall"}); err != nil {
				return err
			}
			for _, ends := range []*time.Time{day(10), day(40)} {
				if _, err := s.AddSecret(ctx, tx, h.conn.ID, "secret", ends); err != nil {
					return err
				}
				if _, _, err := h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Expires: ends.Sub(tx.Now())}); err != nil {
					return err
				}
			}
			return tx.ScimClient.Create().SetConnectionID(h.conn.ID).SetName("entra").SetSecrets([]schema.ScimSecret{{ID: schema.NewID(), ExpiresAt: day(5)}}).Exec(ctx)
		})
		is("switched off", map[string]int{"scim_token": 40, "scim_client": 5})
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := s.Switch(ctx, tx, h.conn.ID, true, false)
			return err
		})
		is("the one that lasts longest", map[string]int{"sign_on_client": 40, "scim_token": 40, "scim_client": 5})
		h.pass(50 * 24 * time.Hour)
		is("ended", map[string]int{"sign_on_client": -10, "scim_token": -10, "scim_client": -45})
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			return tx.Organization.UpdateOneID(h.org.ID).SetSuspendedAt(tx.Now()).Exec(ctx)
		})
		is("suspended", map[string]int{})
	})
}

// A secret of the kind that isn't used harms nobody when it ends.
func TestOnlySecretsThatProveThisServerAreWarnedOf(t *testing.T) {
	onBoth(t, func(h *house) {
		box, err := seal.New(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			h.Fatal(err)
		}
		s := access.NewSignOns(h.store, box)
		key, err := access.NewSigningKey()
		if err != nil {
			h.Fatal(err)
		}
		settings := schema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall"}
		soon := h.store.Now().Add(5 * 24 * time.Hour)
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := s.Configure(ctx, tx, h.conn.ID, signon.ProtocolOIDC, settings); err != nil {
				return err
			}
			if _, err := s.AddKey(ctx, tx, h.conn.ID, key); err != nil {
				return err
			}
			settings.KeyCredential = true
			if _, err := s.Configure(ctx, tx, h.conn.ID, signon.ProtocolOIDC, settings); err != nil {
				return err
			}
			if _, err := s.AddSecret(ctx, tx, h.conn.ID, "secret", &soon); err != nil {
				return err
			}
			_, err := s.Switch(ctx, tx, h.conn.ID, true, false)
			return err
		})
		counts := func(kind string, warned int) {
			h.Helper()
			ends, err := s.Ends(h.Context())
			if err != nil {
				h.Fatal(err)
			}
			if _, there := ends[kind]; len(ends) != 1 || !there {
				h.Errorf("the ends are %v, want that of %s", ends, kind)
			}
			if n, err := s.Warn(h.inOrg(), nil); n != warned || err != nil {
				h.Errorf("%d warnings, %v, want %d", n, err, warned)
			}
		}
		counts("sign_on_key", 0)
		settings.KeyCredential = false
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := s.Configure(ctx, tx, h.conn.ID, signon.ProtocolOIDC, settings)
			return err
		})
		counts("sign_on_client", 1)
	})
}
