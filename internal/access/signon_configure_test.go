package access_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/store"
)

// signOnHouse is a house whose people sign in at a provider, switched on, by one secret.
type signOnHouse struct {
	*house
	signOns *access.SignOns
}

func newSignOnHouse(h *house) *signOnHouse {
	h.Helper()
	box, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		h.Fatal(err)
	}
	s := &signOnHouse{h, access.NewSignOns(h.store, box)}
	if err := s.configure("https://idp.test", "rollcall", &access.ClientSecret{Value: "the first secret, x7Q2"}); err != nil {
		h.Fatal(err)
	}
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		_, err := s.signOns.Switch(ctx, tx, h.conn.ID, true, false)
		return err
	})
	return s
}

func (s *signOnHouse) configure(issuer, client string, secret *access.ClientSecret) error {
	return s.store.Write(s.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		_, err := s.signOns.ConfigureWith(ctx, tx, s.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: issuer, ClientID: client}, secret)
		return err
	})
}

// note is what the provider did with the secrets.
func (s *signOnHouse) note(on *ent.SignOn, worked string, refused ...string) {
	s.Helper()
	if err := s.signOns.NoteSecrets(s.inOrg(), on, worked, refused); err != nil {
		s.Fatal(err)
	}
}

func (s *signOnHouse) now() *ent.SignOn {
	return s.store.Read().SignOn.Query().Where(signon.ConnectionID(s.conn.ID)).OnlyX(s.inOrg())
}

// is compares the values of the secrets that are there, the newest first, and whether
// people can sign in.
func (s *signOnHouse) is(what string, enabled bool, want ...string) *ent.SignOn {
	s.Helper()
	on := s.now()
	_, values, err := s.signOns.Secrets(on, access.UseClientSecret)
	if err != nil {
		s.Fatal(err)
	}
	if !slices.Equal(values, want) || on.Enabled != enabled {
		s.Errorf("%s: the secrets %q, enabled %v; want %q, %v", what, values, on.Enabled, want, enabled)
	}
	return on
}

// last is the newest event of the sign-on.
func (s *signOnHouse) last() *ent.Event {
	all := s.store.Read().Event.Query().Where(event.Entity(ent.TypeSignOn)).AllX(s.inOrg())
	return slices.MaxFunc(all, func(a, b *ent.Event) int { return bytes.Compare(a.ID[:], b.ID[:]) })
}

func TestSecretsBelongToTheirIssuer(t *testing.T) {
	onBoth(t, func(h *house) {
		s := newSignOnHouse(h)
		if kind := s.store.Read().Event.Query().Where(event.Kind("signon.created")).CountX(s.inOrg()); kind != 1 {
			h.Errorf("%d events of the making", kind)
		}
		s.note(s.now(), s.now().Secrets[0].ID.String())

		if err := s.configure("https://idp.test", "rollcall-2", nil); err != nil {
			h.Fatal(err)
		}
		on := s.is("a typo in the client id is mended", true, "the first secret, x7Q2")
		if on.Secrets[0].WorkedAt != nil {
			h.Error("the secret is said to work with a client id that nobody has tried")
		}

		if err := s.configure("https://elsewhere.test", "rollcall-2", &access.ClientSecret{Value: "the other one, mB41"}); err != nil {
			h.Fatal(err)
		}
		s.is("another issuer, with its secret", true, "the other one, mB41")
		if e := s.last(); e.Kind != "signon.secrets_replaced" || !strings.Contains(text(e.Data.Before["client_secrets"]), "…x7Q2") ||
			!strings.Contains(text(e.Data.After["client_secrets"]), "…mB41") || e.Data.After["settings"] == nil {
			h.Errorf("the event: %s %+v", e.Kind, e.Data)
		}

		if err := s.configure("https://third.test", "rollcall-2", nil); err != nil {
			h.Fatal(err)
		}
		s.is("another issuer, without", false)
		if e := s.last(); e.Kind != "signon.secrets_removed" || e.Data.Before["enabled"] != true || e.Data.After["enabled"] != false ||
			!strings.Contains(text(e.Data.Before["client_secrets"]), "…mB41") {
			h.Errorf("the event: %s %+v", e.Kind, e.Data)
		}
	})
}

func TestARefusedSecretLeavesEverythingAsItWas(t *testing.T) {
	onBoth(t, func(h *house) {
		s := newSignOnHouse(h)
		yesterday := h.store.Now().Add(-day)
		err := s.configure("https://elsewhere.test", "rollcall", &access.ClientSecret{Value: "secret", Expires: &yesterday})
		if fault.CodeOf(err) != fault.Invalid {
			h.Errorf("a secret that has ended: %v", err)
		}
		if on := s.is("after a refusal", true, "the first secret, x7Q2"); on.Settings.Issuer != "https://idp.test" {
			h.Errorf("the issuer became %s", on.Settings.Issuer)
		}
	})
}

func TestTheOnlyWayInIsNotSwitchedOffByTheWay(t *testing.T) {
	onBoth(t, func(h *house) {
		s := newSignOnHouse(h)
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			settings := h.org.Settings
			settings.RequireSSO = true
			return tx.Organization.UpdateOneID(h.org.ID).SetSettings(settings).Exec(ctx)
		})
		if err := s.configure("https://elsewhere.test", "rollcall", nil); fault.CodeOf(err) != fault.Conflict {
			h.Errorf("without the new secret: %v", err)
		}
		s.is("required, and refused", true, "the first secret, x7Q2")
		if err := s.configure("https://elsewhere.test", "rollcall", &access.ClientSecret{Value: "next"}); err != nil {
			h.Error(err)
		}
		s.is("required, with the new secret", true, "next")
	})
}

// What a provider did with a secret is told as it was: after it was added, and the
// newest of taken and refused.
func TestWhatAProviderDidWithASecret(t *testing.T) {
	onBoth(t, func(h *house) {
		s := newSignOnHouse(h)
		id := s.now().Secrets[0].ID.String()
		told := func(what string, worked, refused bool) {
			h.Helper()
			k := s.now().Secrets[0]
			if (k.WorkedAt != nil) != worked || (k.RefusedAt != nil) != refused {
				h.Fatalf("%s: %+v", what, k)
			}
			for _, at := range []*time.Time{k.WorkedAt, k.RefusedAt} {
				if at != nil && at.Before(k.AddedAt) {
					h.Errorf("%s: it was added at %s, and this was at %s", what, k.AddedAt, at)
				}
			}
		}
		h.pass(time.Minute)
		s.note(s.now(), "", id)
		told("refused", false, true)
		h.pass(time.Minute)
		s.note(s.now(), id)
		told("and then taken", true, true)
		if k := s.now().Secrets[0]; !k.WorkedAt.After(*k.RefusedAt) {
			h.Errorf("taken at %s, refused at %s", k.WorkedAt, k.RefusedAt)
		}
		h.pass(time.Minute)
		s.note(s.now(), "", id)
		if k := s.now().Secrets[0]; !k.RefusedAt.After(*k.WorkedAt) {
			h.Errorf("refused again at %s, taken at %s", k.RefusedAt, k.WorkedAt)
		}

		stale := s.now()
		if err := s.configure("https://idp.test", "another", nil); err != nil {
			h.Fatal(err)
		}
		h.pass(2 * time.Hour)
		s.note(stale, id)
		told("a sign-in with the client id of before", false, false)
	})
}

func text(v any) string {
	all, _ := v.([]any)
	var parts []string
	for _, one := range all {
		if t, ok := one.(string); ok {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, " ")
}
