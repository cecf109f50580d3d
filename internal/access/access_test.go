package access_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func TestAuthenticate(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, made := h.scim()
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			for name, declared := range map[string]bool{"Division": true, "Seen": false} {
				err := tx.Attribute.Create().SetConnectionID(h.conn.ID).SetUrn("urn:scim:acme:User").SetName(name).
					SetPathKey("user urn:scim:acme:user:" + name).SetDeclared(declared).Exec(ctx)
				if err != nil {
					return err
				}
			}
			return nil
		})

		var g *access.Grant
		if n := h.statements(func() { g = h.accepted(secret) }); n != 4 {
			h.Errorf("a first use costs %d statements, want 4", n)
		}
		if g.Token.ID != made.ID || g.Organization.Slug != "acme" || g.Connection.ID != h.conn.ID {
			h.Errorf("the grant is %+v", g)
		}
		if len(g.Attributes) != 1 || g.Attributes[0].Name != "Division" {
			h.Errorf("the grant has attributes %v, want the declared one", g.Attributes)
		}
		if n := h.statements(func() { h.accepted(secret) }); n != 0 {
			h.Errorf("a second use costs %d statements, want none", n)
		}
		h.pass(time.Second)
		if n := h.statements(func() { h.accepted(secret) }); n != 4 {
			h.Errorf("a use after a second costs %d statements, want 4", n)
		}
		h.pass(-time.Hour)
		if n := h.statements(func() { h.accepted(secret) }); n != 4 {
			h.Errorf("a use after the clock was set back costs %d statements, want 4", n)
		}
	})
}

func TestFakesCostNoStatement(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, _ := h.scim()
		last := byte('0')
		if secret[len(secret)-1] == last {
			last = '1'
		}
		for name, fake := range map[string]string{
			"checksum":  secret[:len(secret)-1] + string(last),
			"prefix":    "xx" + secret[2:],
			"kind":      "rcz" + secret[3:],
			"length":    secret + "0",
			"no digits": "rcs_",
		} {
			if n := h.statements(func() { h.refused(fake, "not a token: wrong shape or checksum") }); n != 0 {
				h.Errorf("a wrong %s costs %d statements, want none", name, n)
			}
		}
		h.refused("", "no token")
	})
}

func TestTokenOfAnotherDatabaseIsUnknown(t *testing.T) {
	onBoth(t, func(h *house) {
		elsewhere := newHouse(h.T, storetest.SQLite(h.T), 1)
		secret, _ := elsewhere.scim()
		h.refused(secret, "unknown token")
	})
}

func TestRevokedTokenIsRefusedAfterASecond(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, made := h.scim()
		h.accepted(secret)
		h.revoke(made.ID)
		h.pass(time.Second)
		h.refused(secret, "revoked token")
		h.revoke(made.ID)
	})
}

func TestTokenExpiresAtItsInstant(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, _ := h.create(access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Expires: time.Hour})
		h.pass(time.Hour - 500*time.Millisecond)
		h.accepted(secret)
		h.pass(500 * time.Millisecond)
		if n := h.statements(func() { h.refused(secret, "expired token") }); n != 0 {
			h.Errorf("expiry is found out with %d statements, want none: the answer is half a second old", n)
		}
	})
}

func TestRefusals(t *testing.T) {
	onBoth(t, func(h *house) {
		api, made := h.create(access.NewToken{Kind: token.KindAPI, Name: "ci", Scopes: []string{"users:read"}})
		_, err := h.access.Authenticate(h.Context(), api, token.KindScim)
		wantRefusal(h.T, err, "token of kind api where scim is asked for")
		if r := refusalOf(err); r.Organization != h.org.ID || r.Token != made.ID {
			h.Errorf("the refusal names organization %s and token %s", r.Organization, r.Token)
		}

		secret, _ := h.scim()
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			return tx.Connection.UpdateOneID(h.conn.ID).SetEnabled(false).Exec(ctx)
		})
		h.refused(secret, "connection switched off")
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			return tx.Organization.UpdateOneID(h.org.ID).SetSuspendedAt(tx.Now()).Exec(ctx)
		})
		h.pass(time.Second)
		h.refused(secret, "organization suspended")
	})
}

func TestOperatorTokenBelongsToTheInstallation(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, made := h.create(access.NewToken{Kind: token.KindOperator, Name: "billing"})
		g, err := h.access.Authenticate(h.Context(), secret, token.KindOperator)
		if err != nil {
			h.Fatal(err)
		}
		if g.Token.ID != made.ID || g.Organization != nil || g.Connection != nil {
			h.Errorf("the grant is %+v", g)
		}
	})
}

func TestManyRequestsAskOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, _ := h.scim()
		n := h.statements(func() {
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					if _, err := h.access.Authenticate(h.Context(), secret, token.KindScim); err != nil {
						h.Error(err)
					}
				})
			}
			all.Wait()
		})
		if n != 4 {
			h.Errorf("50 requests at once cost %d statements, want 4", n)
		}
	})
}

func TestCancelledRequestGetsItsOwnError(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, _ := h.scim()
		gone, cancel := context.WithCancel(h.Context())
		cancel()
		if _, err := h.access.Authenticate(gone, secret, token.KindScim); err != nil && fault.CodeOf(err) == fault.Unauthenticated {
			h.Errorf("a cancelled request is told %v, want nothing about its token", err)
		}
		h.accepted(secret)
	})
}

// Replicas that write the same tokens in different orders would wait for each other.
func TestLastUsesAreWrittenInOneOrder(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var written []string
			s, err := store.Open(t.Context(), url(t), store.Options{Trace: func(query string, args []any) {
				if text := strings.ReplaceAll(query, `"`, "`"); strings.HasPrefix(text, "UPDATE `tokens`") {
					mu.Lock()
					defer mu.Unlock()
					written = append(written, fmt.Sprint(args[3]))
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			a := access.New(s)
			org, _ := storetest.Organization(t, s, "acme")
			var ids []string
			for range 20 {
				id := uuid.New()
				ids = append(ids, id.String())
				a.Used(&access.Grant{Token: &ent.Token{ID: id, OrgID: org.ID}}, s.Now(), "192.0.2.1", "client")
			}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := a.Run(ended); err != nil {
				t.Fatal(err)
			}
			slices.Sort(ids)
			if !slices.Equal(written, ids) {
				t.Errorf("written in the order %v", written)
			}
		})
	}
}

func TestLastUse(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, made := h.scim()
		g := h.accepted(secret)
		at := h.store.Now()
		n := h.statements(func() {
			for i := range 1000 {
				h.access.Used(g, at.Add(time.Duration(i)*time.Microsecond), "192.0.2.1", fmt.Sprintf("client %d", i))
			}
			h.access.Used(g, at, "192.0.2.2", "a late one")
		})
		if n != 0 {
			h.Errorf("noting uses costs %d statements, want none", n)
		}
		events := h.events()
		ended, cancel := context.WithCancel(h.Context())
		cancel()
		if n := h.statements(func() {
			if err := h.access.Run(ended); err != nil {
				h.Error(err)
			}
		}); n != 1 {
			h.Errorf("writing 1000 uses costs %d statements, want 1", n)
		}
		got := h.store.Read().Token.GetX(h.inOrg(), made.ID)
		if !got.LastUsedAt.Equal(at.Add(999*time.Microsecond)) || *got.LastUsedFrom != "192.0.2.1" || *got.LastUsedBy != "client 999" {
			h.Errorf("last used %v from %v by %v", got.LastUsedAt, *got.LastUsedFrom, *got.LastUsedBy)
		}
		if after := h.events(); len(after) != len(events) {
			h.Errorf("a use left the events %v", after[len(events):])
		}
		if n := h.statements(func() { _ = h.access.Run(ended) }); n != 0 {
			h.Errorf("a flush without uses costs %d statements, want none", n)
		}
	})
}
