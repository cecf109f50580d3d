package access_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// Of the provider's certificates the one that lasts longest counts: the others end
// without harm. A new one is warned of anew.
func TestTheProvidersCertificateIsWarnedOf(t *testing.T) {
	onBoth(t, func(h *house) {
		box, err := seal.New(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			h.Fatal(err)
		}
		s := access.NewSignOns(h.store, box)
		began := h.store.Now()
		pin := func(days ...int) {
			h.Helper()
			settings := schema.SignOnSettings{EntityID: "https://idp.test", SignInURL: "https://idp.test/in"}
			for _, d := range days {
				settings.Certificates = append(settings.Certificates, certificate(h, began, d))
			}
			h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := s.Configure(ctx, tx, h.conn.ID, signon.ProtocolSAML, settings)
				return err
			})
		}
		pin(10, 40)
		key, err := access.NewSigningKey()
		if err != nil {
			h.Fatal(err)
		}
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := s.AddKey(ctx, tx, h.conn.ID, key); err != nil {
				return err
			}
			_, err := s.Switch(ctx, tx, h.conn.ID, true, false)
			return err
		})
		var got []string
		for today := range 50 {
			if today == 20 {
				pin(40, 75)
			}
			for range 2 {
				_, err := s.Warn(h.inOrg(), func(_ context.Context, _ *store.Tx, e access.Ending) error {
					got = append(got, fmt.Sprintf("on day %d: %s, %d days, covered %v", today, e.Use, e.Days, e.Covered))
					return nil
				})
				if err != nil {
					h.Fatal(err)
				}
			}
			h.pass(day)
		}
		// What is past when it is pinned is one warning.
		want := []string{"on day 0: provider_certificate, 40 days, covered false", "on day 10: provider_certificate, 30 days, covered false",
			"on day 20: provider_certificate, 55 days, covered false", "on day 45: provider_certificate, 30 days, covered false"}
		if d := cmp.Diff(want, got); d != "" {
			h.Error(d)
		}
		kinds := h.store.Read().Event.Query().Where(event.KindHasPrefix("signon.certificate_")).Order(event.ByID()).AllX(h.inOrg())
		if len(kinds) != len(want) || kinds[0].Kind != "signon.certificate_expires" {
			h.Errorf("the Events are %v", kinds)
		}
		if ends, err := s.Ends(h.Context()); err != nil || ends[access.EndsProvider].Sub(h.store.Now()).Round(day) != 25*day {
			h.Errorf("%v, %v; want 25 days", ends, err)
		}
	})
}

// certificate is one in PEM that ends so many days after a time.
func certificate(h *house, at time.Time, days int) string {
	h.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		h.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(int64(days)), NotBefore: at.Add(-day), NotAfter: at.AddDate(0, 0, days)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		h.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
