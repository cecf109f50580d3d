package access_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/migrate"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// events are the kinds of the events about tokens, oldest first.
func (h *house) events() []string {
	h.Helper()
	all, err := h.store.Read().Event.Query().Where(event.Entity(ent.TypeToken)).
		Order(event.ByPosition(), event.ByID()).All(h.inOrg())
	if err != nil {
		h.Fatal(err)
	}
	kinds := make([]string, len(all))
	for i, e := range all {
		kinds[i] = e.Kind
	}
	return kinds
}

func TestCreateToken(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, c := range []struct {
			new    access.NewToken
			prefix string
			days   int
			scopes []string
		}{
			{access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: " entra "}, "rcs_", 365, nil},
			{access.NewToken{Kind: token.KindAPI, Name: "ci", Scopes: []string{"users:write", "users:read", "users:read"}}, "rca_", 90,
				[]string{"users:read", "users:write"}},
			{access.NewToken{Kind: token.KindAPI, Name: "ci", Scopes: []string{"users:read", "all"}, Expires: 365 * day}, "rca_", 365, []string{"all"}},
			{access.NewToken{Kind: token.KindOperator, Name: "billing"}, "rco_", 90, nil},
		} {
			now := h.store.Now()
			secret, made := h.create(c.new)
			if !strings.HasPrefix(secret, c.prefix) || !access.Pattern.MatchString(secret) || len(secret) != 53 {
				h.Errorf("%s token is %q", c.new.Kind, secret)
			}
			if want := c.prefix + "…" + secret[49:]; made.Hint != want {
				h.Errorf("the hint is %q, want %q", made.Hint, want)
			}
			if made.Name != strings.TrimSpace(c.new.Name) {
				h.Errorf("the name is %q", made.Name)
			}
			if got := made.ExpiresAt.Sub(now); got < time.Duration(c.days)*day || got > time.Duration(c.days)*day+time.Minute {
				h.Errorf("%s token lives %s, want %d days", c.new.Kind, got, c.days)
			}
			if diff := cmp.Diff(c.scopes, made.Scopes); diff != "" {
				h.Errorf("scopes (-want +got):\n%s", diff)
			}
		}
	})
}

func TestCreateTokenRefuses(t *testing.T) {
	onBoth(t, func(h *house) {
		globex, _ := storetest.Organization(h.T, h.store, "globex")
		ofAcme := actor.InOrg(h.Context(), h.org.ID)
		for name, c := range map[string]struct {
			ctx   context.Context
			new   access.NewToken
			code  fault.Code
			field string
		}{
			"no name":               {ofAcme, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: " "}, fault.Invalid, "name"},
			"control characters":    {ofAcme, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "a\x1b[2J"}, fault.Invalid, "name"},
			"unknown scope":         {ofAcme, access.NewToken{Kind: token.KindAPI, Name: "ci", Scopes: []string{"users:admin"}}, fault.Invalid, "scopes"},
			"no scope":              {ofAcme, access.NewToken{Kind: token.KindAPI, Name: "ci"}, fault.Invalid, "scopes"},
			"scope of a SCIM token": {ofAcme, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Scopes: []string{"all"}}, fault.Invalid, "scopes"},
			"no connection":         {ofAcme, access.NewToken{Kind: token.KindScim, Name: "entra"}, fault.Invalid, "connection_id"},
			"foreign connection": {actor.InOrg(h.Context(), globex.ID), access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra"},
				fault.NotFound, ""},
			"more than a year":          {ofAcme, access.NewToken{Kind: token.KindAPI, Name: "ci", Scopes: []string{"all"}, Expires: 366 * day}, fault.Invalid, "expires_in_days"},
			"in the past":               {ofAcme, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Expires: -1}, fault.Invalid, "expires_in_days"},
			"unknown kind":              {ofAcme, access.NewToken{Kind: "session", Name: "x"}, fault.Invalid, "kind"},
			"operator of a customer":    {ofAcme, access.NewToken{Kind: token.KindOperator, Name: "x"}, fault.Invalid, "kind"},
			"API token of nobody":       {actor.InOrg(h.Context(), actor.Installation), access.NewToken{Kind: token.KindAPI, Name: "x", Scopes: []string{"all"}}, fault.Invalid, "kind"},
			"nobody asks for the token": {h.Context(), access.NewToken{Kind: token.KindAPI, Name: "x", Scopes: []string{"all"}}, fault.Invalid, "kind"},
		} {
			err := h.store.Write(c.ctx, func(ctx context.Context, tx *store.Tx) error {
				_, _, err := h.access.CreateToken(ctx, tx, c.new)
				return err
			})
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Code != c.code || f.Field != c.field {
				h.Errorf("%s: got %v", name, err)
			}
			if name == "unknown scope" && !strings.Contains(f.Message, "organization:write") {
				h.Errorf("the sentence doesn't name the scopes there are: %s", f.Message)
			}
		}
	})
}

func TestRotationLeavesOtherTokensAlone(t *testing.T) {
	onBoth(t, func(h *house) {
		other, _ := h.scim()
		_, one := h.scim()
		_, two := h.rotate(one.ID, 7*day)
		h.rotate(two.ID, 7*day)
		h.pass(time.Second)
		h.accepted(other)
	})
}

func TestRotateToken(t *testing.T) {
	onBoth(t, func(h *house) {
		first, one := h.create(access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Expires: 100 * day})
		second, two := h.rotate(one.ID, 7*day)
		if lifetime := two.ExpiresAt.Sub(two.CreatedAt); lifetime != 100*day || two.Name != "entra" || *two.ConnectionID != h.conn.ID {
			h.Errorf("the successor is %v and lives %s", two, lifetime)
		}
		h.accepted(first)
		h.accepted(second)

		h.pass(6 * day)
		third, _ := h.rotate(two.ID, 7*day)
		h.refused(first, "expired token") // rotating again ends the oldest
		h.accepted(second)
		h.pass(7 * day)
		h.refused(second, "expired token")
		h.accepted(third)

		want := []string{"token.created", "token.created", "token.rotated", "token.created", "token.rotated", "token.ended"}
		if diff := cmp.Diff(want, h.events()); diff != "" {
			h.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestRotateTokenCutsAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		first, one := h.scim()
		h.accepted(first)
		second, _ := h.rotate(one.ID, 0)
		h.pass(time.Second)
		h.refused(first, "expired token")
		h.accepted(second)
	})
}

func TestRotationNeverLengthensATokensLife(t *testing.T) {
	onBoth(t, func(h *house) {
		_, one := h.create(access.NewToken{Kind: token.KindAPI, Name: "ci", Scopes: []string{"all"}, Expires: day})
		_, two := h.rotate(one.ID, 7*day)
		old := h.store.Read().Token.GetX(h.inOrg(), one.ID)
		if !old.ExpiresAt.Equal(*one.ExpiresAt) || *old.ReplacedBy != two.ID {
			h.Errorf("the old token expires %v, made to expire %v; replaced by %v", old.ExpiresAt, one.ExpiresAt, old.ReplacedBy)
		}
	})
}

func TestRotateTokenRefuses(t *testing.T) {
	onBoth(t, func(h *house) {
		_, made := h.scim()
		rotate := func(ctx context.Context, id uuid.UUID, overlap time.Duration) fault.Code {
			return fault.CodeOf(h.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
				_, _, err := h.access.RotateToken(ctx, tx, id, overlap)
				return err
			}))
		}
		globex, _ := storetest.Organization(h.T, h.store, "globex")
		if got := rotate(actor.InOrg(h.Context(), globex.ID), made.ID, day); got != fault.NotFound {
			h.Errorf("another organization rotating the token is answered with %s", got)
		}
		if got := rotate(h.inOrg(), made.ID, -day); got != fault.Invalid {
			h.Errorf("a negative overlap is answered with %s", got)
		}
		h.revoke(made.ID)
		if got := rotate(h.inOrg(), made.ID, day); got != fault.Conflict {
			h.Errorf("a revoked token is rotated with %s", got)
		}
	})
}

func TestRevokeTokenStaysInside(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, made := h.scim()
		globex, _ := storetest.Organization(h.T, h.store, "globex")
		err := h.store.Write(actor.InOrg(h.Context(), globex.ID), func(ctx context.Context, tx *store.Tx) error {
			return h.access.RevokeToken(ctx, tx, made.ID)
		})
		if fault.CodeOf(err) != fault.NotFound {
			h.Errorf("another organization revoking the token is answered with %v", err)
		}
		h.accepted(secret)
	})
}

func TestDatabaseHoldsNoSecret(t *testing.T) {
	onBoth(t, func(h *house) {
		first, one := h.scim()
		second, two := h.rotate(one.ID, day)
		h.revoke(two.ID)
		var dump bytes.Buffer
		for _, table := range migrate.Tables {
			h.dump(&dump, table.Name)
		}
		for _, secret := range []string{first, second} {
			if random := secret[4:49]; strings.Contains(dump.String(), random) || strings.Contains(dump.String(), random[:10]) {
				h.Errorf("the database holds the secret %s", secret)
			}
		}
		if !strings.Contains(dump.String(), one.Hint) {
			h.Error("the dump lacks the tokens' rows")
		}
	})
}

func (h *house) dump(into *bytes.Buffer, table string) {
	h.Helper()
	rows, err := h.store.Read().QueryContext(h.Context(), "SELECT * FROM "+table)
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, _ := rows.Columns()
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			h.Fatal(err)
		}
		for _, v := range values {
			switch v := (*v.(*any)).(type) {
			case []byte:
				into.Write(v)
			default:
				fmt.Fprint(into, v)
			}
			into.WriteByte('\n')
		}
	}
	if err := rows.Err(); err != nil {
		h.Fatal(err)
	}
}
