package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func TestTransactionRunsAgainWherePostgresAsksForIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Open(t, storetest.Postgres(t)))
	for state, runs := range map[string]int{"40001": 2, "40P01": 2, "0A000": 2, "23514": 1} {
		run := 0
		err := h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
			run++
			if err := tx.Department.Create().SetName("of " + state).Exec(ctx); err != nil {
				return err
			}
			if run == 1 {
				_, err := tx.ExecContext(ctx, fmt.Sprintf("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '%s'; END $$", state))
				return err
			}
			return nil
		})
		if run != runs || (err == nil) != (runs > 1) {
			t.Errorf("%s: %d runs, want %d: %v", state, run, runs, err)
		}
	}
	if n := h.Read().Department.Query().CountX(h.ctx); n != 3 {
		t.Errorf("%d departments, want 3", n)
	}
	run := 0
	err := h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
		run++
		_, err := tx.ExecContext(ctx, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
		return err
	})
	if err == nil || run != 5 {
		t.Errorf("gave up after %d runs with %v, want 5", run, err)
	}
}

// Two transactions take the same two rows in opposite order; PostgreSQL refuses
// one of them.
func TestDeadlockEndsWithBothDone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Open(t, storetest.Postgres(t)))
	ada, bob := h.person("ada"), h.person("bob")
	hold := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	results := make(chan error, 2)
	for i, order := range [2][2]*ent.User{{ada, bob}, {bob, ada}} {
		go func() {
			first := true
			results <- h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
				if err := tx.User.UpdateOneID(order[0].ID).SetTitle("x").Exec(ctx); err != nil {
					return err
				}
				if first {
					first = false
					close(hold[i])
					<-hold[1-i]
				}
				return tx.User.UpdateOneID(order[1].ID).SetTitle("x").Exec(ctx)
			})
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if a, b := h.user(ada.ID), h.user(bob.ID); a.Version != 3 || b.Version != 3 {
		t.Errorf("versions %d and %d, want 3: once from each", a.Version, b.Version)
	}
}

func TestWhatIsMadeEqualsWhatIsRead(t *testing.T) {
	onBoth(t, func(h *house) {
		var made *ent.User
		var connection *ent.Connection
		h.write(func(ctx context.Context, tx *store.Tx) (err error) {
			made, err = tx.User.Create().SetUserName("Ada").SetDisplayName("").SetTitle("Clerk").SetDeletedAt(time.Now()).
				SetAttributes(schema.Document{"a": []any{"b", true, nil}}).Save(ctx)
			if err == nil {
				connection, err = tx.Connection.Create().SetName("second").SetKind("OKTA").SetSettings(schema.DefaultConnectionSettings()).Save(ctx)
			}
			return err
		})
		read := h.user(made.ID)
		made.DeletedAt = read.DeletedAt // set by this test, with nanoseconds
		if d := cmp.Diff(made, read, ignoreUnexported); d != "" {
			h.Error(d)
		}
		if d := cmp.Diff(connection.CreatedAt, h.Read().Connection.GetX(h.ctx, connection.ID).CreatedAt); d != "" {
			h.Error(d)
		}
	})
}

func TestBoundsInAnotherZoneCompareAsTime(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada")
		for _, hours := range []int{-11, -7, 0, 5, 13} {
			zone := time.FixedZone("", hours*3600)
			for name, c := range map[string]struct {
				where bool
				n     int
			}{"after": {true, 1}, "before": {false, 0}} {
				bound := user.CreatedAtGT(ada.CreatedAt.Add(-time.Minute).In(zone))
				if !c.where {
					bound = user.CreatedAtLT(ada.CreatedAt.Add(-time.Minute).In(zone))
				}
				if n := h.Read().User.Query().Where(bound).CountX(h.ctx); n != c.n {
					h.Errorf("%s a minute ago at %+d hours: %d, want %d", name, hours, n, c.n)
				}
			}
			if n := h.Read().User.Query().Where(user.CreatedAt(ada.CreatedAt.In(zone).Add(999))).CountX(h.ctx); n != 1 {
				h.Errorf("the same microsecond at %+d hours is another time", hours)
			}
		}
	})
}
