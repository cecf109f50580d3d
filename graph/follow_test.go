package graph_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// writingVariable names the environment variable that says for how long the
// writers of TestReadersHaveEveryEventOnceAndInOrder write, as in 30s.
const writingVariable = "ROLLCALL_TEST_WRITING"

// finish is the last event, once the writers are done.
type finish struct {
	done chan struct{}
	last string
}

// came says whether the last event is among those that were seen.
func (f *finish) came(seen []string) bool {
	select {
	case <-f.done:
		return len(seen) > 0 && seen[len(seen)-1] == f.last
	default:
		return false
	}
}

var errThoughtBetter = errors.New("thought better of it")

// Writers commit in another order than they began, and some of them not at all.
// One reader asks page by page, one has a stream, and one has streams that are
// killed and resumed with the last cursor that came.
func TestReadersHaveEveryEventOnceAndInOrder(t *testing.T) {
	t.Parallel()
	writing := time.Second
	if text := os.Getenv(writingVariable); text != "" {
		var err error
		if writing, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	for name, database := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			h := newHouse(t, url, map[string]int{"sqlite": 1, "postgres": 12}[name])
			c := h.with("events:read")
			from := h.end(c)
			ctx, cancel := context.WithTimeout(t.Context(), writing+5*time.Minute)
			defer cancel()

			var lock sync.Mutex
			committed := map[string]bool{}
			var writers sync.WaitGroup
			began := time.Now()
			for w := range 8 {
				writers.Go(func() {
					random := rand.New(rand.NewPCG(11, uint64(w)))
					for time.Since(began) < writing {
						made, err := h.writeSome(ctx, random)
						if err != nil && !errors.Is(err, errThoughtBetter) {
							t.Error(err)
							return
						}
						lock.Lock()
						for _, id := range made {
							committed[id.String()] = true
						}
						lock.Unlock()
					}
				})
			}
			end := &finish{done: make(chan struct{})}
			var readers sync.WaitGroup
			var asked, streamed, resumed []string
			readers.Go(func() { asked = h.asksOn(c, from, end) })
			readers.Go(func() { streamed, _ = h.streams(c, from, end, 0) })
			readers.Go(func() { resumed = h.resumes(c, from, end) })
			writers.Wait()
			last := h.note(h.in(h.org.ID), "Group", "finished", 1)[0].String()
			committed[last] = true
			end.last = last
			close(end.done)
			readers.Wait()
			t.Logf("%d events", len(committed))
			for name, seen := range map[string][]string{"who asks": asked, "the stream": streamed, "the resumed streams": resumed} {
				if len(seen) != len(committed) {
					t.Errorf("%s has %d events of %d", name, len(seen), len(committed))
				}
				once := map[string]bool{}
				for _, id := range seen {
					if once[id] || !committed[id] {
						t.Errorf("%s has event %s twice, or it was never committed", name, id)
					}
					once[id] = true
				}
				if !slices.Equal(seen, asked) {
					t.Errorf("%s has another order than who asks", name)
				}
			}
		})
	}
}

// writeSome makes some departments in a transaction of its own, and at times gives up.
func (h *house) writeSome(ctx context.Context, random *rand.Rand) (ids []uuid.UUID, err error) {
	err = h.store.Write(actor.InOrg(ctx, h.org.ID), func(ctx context.Context, tx *store.Tx) error {
		for range 1 + random.IntN(4) {
			if err := tx.Department.Create().SetName(fmt.Sprint(random.Uint64())).Exec(ctx); err != nil {
				return err
			}
		}
		if random.IntN(10) == 0 {
			return errThoughtBetter
		}
		ids = tx.Events()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// asksOn reads pages of the feed until the last event is in one.
func (h *house) asksOn(c caller, after string, end *finish) (seen []string) {
	for pause := time.NewTicker(30 * time.Millisecond); ; <-pause.C { // fewer than a caller may ask
		r := h.ask(c, feed, vars{"after": after, "first": 500})
		if len(r.Errors) > 0 {
			h.Errorf("%s", r.text)
			return seen
		}
		seen = append(seen, idsIn(r, "events")...)
		after = r.at("events", "pageInfo", "endCursor").(string)
		if end.came(seen) {
			return seen
		}
	}
}

// streams reads a stream to the last event, or so many of its events.
func (h *house) streams(c caller, after string, end *finish, most int) (seen []string, cursor string) {
	w := h.watch(c, watchEvents, vars{"after": after})
	defer w.cancel()
	done, limit := end.done, time.After(patience)
	for {
		select {
		case <-done: // the last event may have come already
			done = nil
		case r, ok := <-w.answers:
			if !ok || len(r.Errors) > 0 {
				h.Errorf("the stream ends: %v", r)
				return seen, cursor
			}
			limit = time.After(patience)
			seen = append(seen, r.at("eventsAdded", "node", "id").(string))
			cursor = r.at("eventsAdded", "cursor").(string)
		case <-limit:
			h.Error("the last event never comes")
			return seen, cursor
		}
		if len(seen) == most && most > 0 || end.came(seen) {
			return seen, cursor
		}
	}
}

// resumes reads streams, each of them only for a while.
func (h *house) resumes(c caller, after string, end *finish) (seen []string) {
	for !end.came(seen) {
		some, cursor := h.streams(c, after, end, 200)
		if len(some) == 0 {
			return seen
		}
		seen, after = append(seen, some...), cursor
	}
	return seen
}
