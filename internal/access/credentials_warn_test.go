package access_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// walk lets days pass, and says what was warned of. Two replicas look
// each day, at the same time.
func (h *house) walk(days int, today *int) (got []string) {
	h.Helper()
	for range days {
		var replicas sync.WaitGroup
		var alone sync.Mutex
		for range 2 {
			replicas.Go(func() {
				_, err := access.New(h.store).Warn(h.inOrg(), func(_ context.Context, _ *store.Tx, e access.LastEnding) error {
					alone.Lock()
					defer alone.Unlock()
					spare := map[bool]string{true: ", another one is unused"}[e.Spare]
					got = append(got, fmt.Sprintf("day %d: %s, %d days%s", *today, e.Name, e.Days, spare))
					return nil
				})
				if err != nil {
					h.Error(err)
				}
			})
		}
		replicas.Wait()
		h.pass(day)
		*today++
	}
	return got
}

// token makes one of the connection that works for so many days.
func (h *house) token(days int) string {
	h.Helper()
	secret, _ := h.create(access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Expires: time.Duration(days) * day})
	return secret
}

// used is a request of the directory.
func (h *house) used(secret string) {
	h.Helper()
	a := access.New(h.store)
	g, err := a.Authenticate(h.Context(), secret, token.KindScim)
	if err != nil {
		h.Fatal(err)
	}
	a.Used(g, h.store.Now(), "192.0.2.1", "Entra")
	ended, cancel := context.WithCancel(h.Context())
	cancel()
	if err := a.Run(ended); err != nil {
		h.Fatal(err)
	}
}

// client makes an OAuth client whose secret works for so many days.
func (h *house) client(days int) (id uuid.UUID, secret string) {
	h.Helper()
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		c, err := h.access.CreateScimClient(ctx, tx, access.NewScimClient{Connection: h.conn.ID, Name: "entra", TokenMinutes: access.MinTokenMinutes})
		if err != nil {
			return err
		}
		id = c.ID
		secret, _, err = h.access.AddScimSecret(ctx, tx, id, time.Duration(days)*day)
		return err
	})
	return id, secret
}

func (h *house) said(when string, want, got []string) {
	h.Helper()
	if d := cmp.Diff(want, got); d != "" {
		h.Errorf("%s:\n%s", when, d)
	}
}

// Each step is one warning; several that have passed are one. The token that lasts
// longest counts, and a later end is warned of anew.
func TestTheLastTokenOfADirectoryIsWarnedOf(t *testing.T) {
	onBoth(t, func(h *house) {
		today := 0
		first := h.token(61)
		h.said("nothing has come in", nil, h.walk(3, &today))
		h.used(first)
		h.said("it is used", []string{"day 3: default, 58 days", "day 31: default, 30 days", "day 47: default, 14 days"}, h.walk(50, &today))
		h.used(h.token(70)) // until day 123
		h.said("a longer one is there", []string{"day 63: default, 60 days", "day 93: default, 30 days"}, h.walk(50, &today))
		h.pass(8 * day)
		today += 8 // the server was down
		h.said("the end", []string{"day 111: default, 12 days", "day 116: default, 7 days", "day 122: default, 1 days", "day 123: default, 0 days"}, h.walk(40, &today))

		conn := h.store.Read().Connection.GetX(h.inOrg(), h.conn.ID)
		if conn.Version != h.conn.Version || !conn.UpdatedAt.Equal(h.conn.UpdatedAt) {
			h.Errorf("a warning has changed the connection: version %d, %v", conn.Version, conn.UpdatedAt)
		}
		events := h.store.Read().Event.Query().Where(event.EntityID(h.conn.ID), event.KindNEQ("connection.created")).Order(event.ByID()).AllX(h.inOrg())
		var kinds []string
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		soon := "connection.credentials_expire"
		h.said("the Events", []string{soon, soon, soon, soon, soon, soon, soon, soon, "connection.credentials_expired"}, kinds)
		if after := events[0].Data.After; after["days"] != 58.0 || after["expires_at"] != h.store.Now().Add(61*day-time.Duration(today)*day).Format(time.RFC3339Nano) {
			h.Errorf("the first Event says %v", after)
		}
	})
}

// A new token that nobody has entered at the provider helps nobody: the old one is warned
// of until the directory comes with the new one, but not while somebody may be at it.
func TestAnUnusedTokenDoesNotCount(t *testing.T) {
	onBoth(t, func(h *house) {
		today := 0
		h.used(h.token(20))
		h.said("alone", []string{"day 0: default, 20 days", "day 6: default, 14 days"}, h.walk(10, &today))
		h.pass(4 * day)
		today += 4
		next := h.token(365)
		h.said("just made", nil, h.walk(1, &today))
		h.said("it lies about", []string{"day 15: default, 5 days, another one is unused", "day 19: default, 1 days, another one is unused"}, h.walk(5, &today))
		h.said("nobody notices", []string{"day 20: default, 0 days, another one is unused"}, h.walk(3, &today))
		h.used(next)
		h.said("it is entered", nil, h.walk(3, &today))
		events := h.store.Read().Event.Query().Where(event.EntityID(h.conn.ID), event.KindEQ("connection.credentials_expired")).AllX(h.inOrg())
		if len(events) != 1 || events[0].Data.After["unused_spare"] != true {
			h.Errorf("the Events of the end are %v", events)
		}
	})
}

// A secret beside the one that a client comes with doesn't count either.
func TestAnUnusedSecretDoesNotCount(t *testing.T) {
	onBoth(t, func(h *house) {
		today := 0
		client, secret := h.client(10)
		come := func(secret string) {
			h.Helper()
			issued, err := h.access.IssueScimToken(h.Context(), access.TokenPlace{Slug: "acme", Connection: h.conn.ID}, client, secret)
			if err != nil {
				h.Fatal(err)
			}
			h.used(issued.Secret)
		}
		come(secret)
		var next string
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) (err error) {
			next, _, err = h.access.AddScimSecret(ctx, tx, client, 100*day)
			return err
		})
		h.said("just made", nil, h.walk(1, &today))
		h.said("it lies about", []string{"day 1: default, 9 days, another one is unused", "day 3: default, 7 days, another one is unused"}, h.walk(4, &today))
		come(next)
		h.said("it is entered", nil, h.walk(20, &today))
	})
}

// A client's secret counts like a token, and its assertions never end.
func TestTheLastSecretOfADirectorysClientIsWarnedOf(t *testing.T) {
	onBoth(t, func(h *house) {
		today := 0
		client, secret := h.client(40)
		h.token(20) // another one, which ends before
		h.said("nothing has come in", nil, h.walk(2, &today))
		issued, err := h.access.IssueScimToken(h.Context(), access.TokenPlace{Slug: "acme", Connection: h.conn.ID}, client, secret)
		if err != nil {
			h.Fatal(err)
		}
		h.used(issued.Secret)
		h.pass(3 * day)
		today += 3
		if _, err := h.access.Forget(h.inOrg()); err != nil {
			h.Fatal(err)
		}
		if n := h.store.Read().Token.Query().Where(token.ClientIDNotNil()).CountX(h.inOrg()); n != 0 {
			h.Fatalf("%d access tokens are left", n)
		}
		h.said("its tokens are forgotten", []string{"day 5: default, 35 days", "day 10: default, 30 days", "day 26: default, 14 days", "day 33: default, 7 days"}, h.walk(30, &today))

		federate := func(f *access.Federation) {
			h.Helper()
			h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := h.access.SetFederation(ctx, tx, client, f)
				return err
			})
		}
		federate(&access.Federation{Issuer: "https://idp.test", Subject: "scim", Audience: "rollcall"})
		h.said("its assertions are taken", nil, h.walk(10, &today))
		federate(nil)
		h.said("they are no longer", []string{"day 45: default, 0 days"}, h.walk(2, &today))
	})
}

// Nobody is told of what was stopped on purpose, nor of a copy.
func TestOnlyConnectionsThatAreLetInAreWarnedOf(t *testing.T) {
	onBoth(t, func(h *house) {
		today := 0
		secret, made := h.create(access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Expires: 7 * day})
		h.used(secret)
		set := func(fn func(ctx context.Context, tx *store.Tx) error) {
			h.Helper()
			h.write(h.inOrg(), fn)
		}
		set(func(ctx context.Context, tx *store.Tx) error {
			return tx.Connection.UpdateOneID(h.conn.ID).SetEnabled(false).Exec(ctx)
		})
		h.said("paused", nil, h.walk(1, &today))
		set(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Organization.UpdateOneID(h.org.ID).SetSuspendedAt(tx.Now()).Exec(ctx); err != nil {
				return err
			}
			return tx.Connection.UpdateOneID(h.conn.ID).SetEnabled(true).Exec(ctx)
		})
		h.said("suspended", nil, h.walk(1, &today))
		set(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE organizations SET suspended_at = NULL, rehearsal_of = id WHERE id = ?", h.org.ID)
			return err
		})
		h.said("a rehearsal", nil, h.walk(1, &today))
		set(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE organizations SET rehearsal_of = NULL WHERE id = ?", h.org.ID)
			return err
		})
		h.said("let in", []string{"day 3: default, 4 days"}, h.walk(1, &today))
		h.revoke(made.ID)
		h.said("revoked", nil, h.walk(5, &today))
	})
}
