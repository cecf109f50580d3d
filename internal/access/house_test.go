package access_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

const day = 24 * time.Hour

// house is a store with a clock that the test sets, and one organization in it.
type house struct {
	*testing.T
	store  *store.Store
	access *access.Access
	org    *ent.Organization
	conn   *ent.Connection
	passed atomic.Int64
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(h *house)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(newHouse(t, storetest.SQLite(t), 1))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(newHouse(t, storetest.Postgres(t), 8))
	})
}

func newHouse(t *testing.T, url string, conns int) *house {
	t.Helper()
	h := &house{T: t}
	began := time.Now()
	clock := func() time.Time { return began.Add(time.Duration(h.passed.Load())) }
	s, err := store.Open(t.Context(), url, store.Options{MaxConns: conns, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h.store, h.access = s, access.New(s)
	h.org, h.conn = storetest.Organization(t, s, "acme")
	return h
}

// pass lets time go by.
func (h *house) pass(d time.Duration) { h.passed.Add(int64(d)) }

func (h *house) inOrg() context.Context { return actor.InOrg(h.Context(), h.org.ID) }

func (h *house) write(ctx context.Context, fn func(context.Context, *store.Tx) error) {
	h.Helper()
	if err := h.store.Write(ctx, fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) create(n access.NewToken) (string, *ent.Token) {
	h.Helper()
	ctx := h.inOrg()
	if n.Kind == token.KindOperator {
		ctx = actor.InOrg(h.Context(), actor.Installation)
	}
	var secret string
	var made *ent.Token
	h.write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		secret, made, err = h.access.CreateToken(ctx, tx, n)
		return err
	})
	return secret, made
}

func (h *house) scim() (string, *ent.Token) {
	h.Helper()
	return h.create(access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra"})
}

func (h *house) rotate(id uuid.UUID, overlap time.Duration) (string, *ent.Token) {
	h.Helper()
	var secret string
	var made *ent.Token
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) (err error) {
		secret, made, err = h.access.RotateToken(ctx, tx, id, overlap)
		return err
	})
	return secret, made
}

func (h *house) revoke(id uuid.UUID) {
	h.Helper()
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error { return h.access.RevokeToken(ctx, tx, id) })
}

// accepted expects the secret to open the SCIM door.
func (h *house) accepted(secret string) *access.Grant {
	h.Helper()
	g, err := h.access.Authenticate(h.Context(), secret, token.KindScim)
	if err != nil {
		h.Fatalf("refused: %v", err)
	}
	return g
}

// refused expects the SCIM door to stay shut, for the given reason.
func (h *house) refused(secret, reason string) {
	h.Helper()
	_, err := h.access.Authenticate(h.Context(), secret, token.KindScim)
	wantRefusal(h.T, err, reason)
}

func wantRefusal(t *testing.T, err error, reason string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.Unauthenticated {
		t.Fatalf("want a refusal, got %v", err)
	}
	if want := "the bearer token is missing, mistyped, expired or revoked"; f.Message != want {
		t.Errorf("the client reads %q, which differs from %q", f.Message, want)
	}
	if r := refusalOf(err); r.Reason != reason {
		t.Errorf("the log reads %q, want %q", r.Reason, reason)
	}
}

// refusalOf is what the log learns of a refusal.
func refusalOf(err error) access.Refused {
	if r, ok := errors.AsType[*access.Refused](err); ok {
		return *r
	}
	return access.Refused{}
}

// statements is how many statements fn sends.
func (h *house) statements(fn func()) int64 {
	before := h.store.Statements()
	fn()
	return h.store.Statements() - before
}
