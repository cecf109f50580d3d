package issuer

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	age      = time.Hour        // what is older is asked for anew
	every    = 30 * time.Second // and never more often
	last     = 24 * time.Hour   // the last good answer counts so long
	patience = 2 * time.Second  // for a newer answer, where a good one is known
	limit    = 10 * time.Second // for one answer
)

// recent is the last good answer to one question. One at a time asks it, for all who
// wait; whom the known answer serves never waits for long.
type recent[T any] struct {
	ask func(context.Context) (T, error)
	now func() time.Time

	mu    sync.Mutex
	good  T
	came  time.Time // when good was asked for, zero before the first
	asked time.Time // when it was asked last
	err   error     // of that
	under *question // way, nil when nobody asks
}

// question is one that is under way.
type question struct {
	answered chan struct{}
	late     chan struct{} // closed when the answer has taken longer than patience
}

// get returns an answer that is less than an hour old; where none can be had, the last
// good one, or an *Unavailable. Whom the known one doesn't serve wants it anew, and
// waits however slow it is.
func (r *recent[T]) get(ctx context.Context, anew bool) (T, error) {
	if q, known := r.begin(ctx, anew); q != nil {
		var late chan struct{} // never
		if known && !anew {
			late = q.late
		}
		select {
		case <-q.answered:
		case <-late:
		case <-ctx.Done():
			var none T
			return none, &Unavailable{"the provider does not answer in time", ctx.Err()}
		}
	}
	return r.latest()
}

// begin asks, unless that was done just now or the known answer will do. It returns the
// question to wait for, and whether a good answer is known meanwhile.
func (r *recent[T]) begin(ctx context.Context, anew bool) (*question, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if !anew && within(now, r.came, age) {
		return nil, true
	}
	if r.under == nil {
		if within(now, r.asked, every) {
			return nil, false
		}
		r.asked, r.under = now, &question{make(chan struct{}), make(chan struct{})}
		go r.answer(context.WithoutCancel(ctx), r.under) // not with the request that came first: the answer is for all
	}
	return r.under, within(now, r.came, last)
}

func (r *recent[T]) answer(ctx context.Context, q *question) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	late := time.AfterFunc(patience, func() { close(q.late) })
	defer late.Stop()
	good, err := r.guarded(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err, r.under = err, nil; err == nil {
		r.good, r.came = good, r.asked
	}
	close(q.answered)
}

// guarded is ask, without ending the program over what a stranger's answer does to a
// parser.
func (r *recent[T]) guarded(ctx context.Context) (good T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Unavailable{"the provider's answer can't be read", fmt.Errorf("panic: %v", p)}
		}
	}()
	return r.ask(ctx)
}

// latest is the last good answer, or why there is none.
func (r *recent[T]) latest() (good T, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case within(r.now(), r.came, last):
		return r.good, nil
	case r.err != nil:
		return good, r.err
	}
	return good, &Unavailable{Sentence: "this server's clock was set back"}
}

// within says whether something was less than so long ago. A clock that was set back
// makes it long ago.
func within(now, at time.Time, span time.Duration) bool {
	since := now.Sub(at)
	return since >= 0 && since < span
}
