package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// Writers hold their transactions open over a random number of readings, so
// that they commit in another order than they began. They and the reader have
// pools of their own: on SQLite a writer occupies its only connection.
func TestFollowerOfEventsMissesNoneAndMeetsNoneTwice(t *testing.T) {
	const writers, rounds = 8, 25
	onBothURLs(t, func(t *testing.T, url string) {
		h := newHouse(t, storetest.Open(t, url))
		var cancel context.CancelFunc
		h.ctx, cancel = context.WithTimeout(h.ctx, time.Minute)
		defer cancel()

		readings, done := make(chan struct{}), make(chan struct{})
		var written sync.Map
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				random := rand.New(rand.NewPCG(7, uint64(w)))
				for round := range rounds {
					ids, err := h.writeSlowly(fmt.Sprintf("%d-%d", w, round), random, readings)
					if err != nil {
						t.Error(err)
						return
					}
					for _, id := range ids {
						written.Store(id, true)
					}
				}
			})
		}
		go func() { group.Wait(); close(done) }()

		seen := follow(h.ctx, t, connect(t, url, store.Options{}), readings, done)
		for id := range written.Range {
			if !seen[id.(uuid.UUID)] {
				t.Errorf("event %s was skipped", id)
			}
		}
	})
}

// writeSlowly makes a few departments in one transaction and after each of them
// waits for some readings. It returns the Events.
func (h *house) writeSlowly(name string, random *rand.Rand, readings <-chan struct{}) (ids []uuid.UUID, err error) {
	err = h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
		for i := range 1 + random.IntN(3) {
			if err := tx.Department.Create().SetName(fmt.Sprintf("%s-%d", name, i)).Exec(ctx); err != nil {
				return err
			}
			for range random.IntN(3) {
				select {
				case <-readings:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		ids = tx.Events()
		return nil
	})
	return ids, err
}

// follow reads the feed in small pages until the writers are done and nothing
// more can come. Each reading lets go on who waits for one.
func follow(ctx context.Context, t *testing.T, s *store.Store, readings chan<- struct{}, done <-chan struct{}) map[uuid.UUID]bool {
	t.Helper()
	seen := map[uuid.UUID]bool{}
	var at store.Cursor
	for {
		last := false
		select {
		case <-done:
			last = idle(ctx, s)
		default:
		}
		events, next, err := s.Events(ctx, at, 3)
		if err != nil {
			t.Fatal(err)
		}
		if last && len(events) == 0 {
			return seen
		}
		for _, e := range events {
			if seen[e.ID] {
				t.Fatalf("event %s came twice", e.ID)
			}
			seen[e.ID] = true
		}
		at = next
		for waiting := true; waiting; {
			select {
			case readings <- struct{}{}:
			default:
				waiting = false
			}
		}
	}
}

// idle says whether no transaction of the whole server can hold the feed back.
func idle(ctx context.Context, s *store.Store) bool {
	if !s.Postgres() {
		return true
	}
	var n int
	err := s.DB().QueryRowContext(ctx, "SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL").Scan(&n)
	return err != nil || n == 0
}

// feed reads the feed until it shows n Events. Other tests have databases on the
// same server, and what they write can hold it back for a moment.
func (h *house) feed(ctx context.Context, n int) ([]*ent.Event, store.Cursor) {
	h.Helper()
	for {
		events, end, err := h.Events(ctx, store.Cursor{}, 100)
		if err != nil || len(events) > n {
			h.Fatalf("%d events, want %d: %v", len(events), n, err)
		}
		if len(events) == n {
			return events, end
		}
	}
}

func TestFeedPagesInOrderFromAnyCursor(t *testing.T) {
	onBoth(t, func(h *house) {
		for i := range 7 {
			h.person(fmt.Sprint("p", i))
		}
		all, end := h.feed(h.ctx, 9)
		for size := 1; size <= 4; size++ {
			var got, want []uuid.UUID
			at := store.Cursor{}
			for {
				page, next, err := h.Events(h.ctx, at, size)
				if err != nil {
					h.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				for _, e := range page {
					got = append(got, e.ID)
				}
				if at, err = store.ParseCursor(next.String()); err != nil || at != next {
					h.Fatalf("%v became %v, %v", next, at, err)
				}
			}
			for _, e := range all {
				want = append(want, e.ID)
			}
			if d := cmp.Diff(want, got); d != "" || at != end {
				h.Errorf("pages of %d: %s", size, d)
			}
		}
	})
}

func TestFeedHoldsOneOrganizationOnly(t *testing.T) {
	onBoth(t, func(h *house) {
		other, _ := storetest.Organization(h.T, h.Store, "other")
		events, _ := h.feed(actor.InOrg(h.Context(), other.ID), 2)
		for _, e := range events {
			if e.OrgID != other.ID {
				h.Errorf("event %s belongs to %s", e.ID, e.OrgID)
			}
		}
		if _, _, err := h.Events(h.Context(), store.Cursor{}, 1); fault.CodeOf(err) != fault.Internal {
			h.Errorf("without an actor: %v", err)
		}
	})
}

// The other Events are so many that a page of one kind is empty though there is
// more behind it.
func TestFeedOfKindsSkipsNoneAndGoesOnBehindTheOthers(t *testing.T) {
	onBoth(t, func(h *house) {
		_, start := h.feed(h.ctx, 2)
		var want []uuid.UUID
		note := func(kind, verb string, n int) {
			h.write(func(_ context.Context, tx *store.Tx) error {
				for range n {
					tx.Note(kind, schema.NewID(), verb, nil)
				}
				if kind == "User" {
					want = append(want, tx.Events()...)
				}
				return nil
			})
		}
		note("User", "created", 2)
		note("Group", "created", 2*store.LookAt)
		note("User", "deleted", 1)
		note("Group", "deleted", 3)
		for _, kinds := range [][]string{{"user.*"}, {"user.created", "user.deleted", "user.x_y"}} {
			var got []uuid.UUID
			steps, began := 0, time.Now()
			for at := start; ; steps++ {
				events, next, err := h.Events(h.ctx, at, 100, kinds...)
				if err != nil {
					h.Fatal(err)
				}
				for _, e := range events {
					got = append(got, e.ID)
				}
				if next == at {
					// Another test's transaction in the same server holds the feed back.
					held := len(got) < len(want) && time.Since(began) < time.Minute
					if end, err := h.EventsEnd(h.ctx); err != nil || at == end && !held {
						break
					}
				}
				at = next
			}
			if d := cmp.Diff(want, got); d != "" || steps < 3 {
				h.Errorf("%v in %d steps: %s", kinds, steps, d)
			}
		}
		page, at, err := h.Events(h.ctx, start, 1, "user.*")
		if err != nil || len(page) != 1 || at != store.CursorAt(page[0]) {
			h.Errorf("a full page ends at %v behind %v: %v", at, page, err)
		}
		for _, kind := range []string{"", "user", "user.", "*", "user.c*", "User.created", "%.created"} {
			_, _, err := h.Events(h.ctx, start, 1, kind)
			h.refused(err, fault.Invalid)
		}
	})
}

func TestParseCursorRefusesWhatItDidNotWrite(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x", "1", "1.", ".", "-1.0190a0b0-0000-7000-8000-000000000000", "1.{0190a0b0-0000-7000-8000-000000000000}",
		"99999999999999999999.0190a0b0-0000-7000-8000-000000000000", "1.0190a0b0-0000-7000-8000-00000000000g"} {
		if c, err := store.ParseCursor(text); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q became %v, %v", text, c, err)
		}
	}
	if c, err := store.ParseCursor(""); c != (store.Cursor{}) || err != nil {
		t.Errorf("the empty text is the beginning, not %v, %v", c, err)
	}
}
