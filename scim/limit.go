package scim

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
)

// patience is how long a request waits for its turn before it is told to slow
// down. Entra has no limiter of its own, and a 429 can cost a customer the whole
// job: a steady client is smoothed, only a flood is refused.
const patience = 100 * time.Millisecond

// limiter allows so many requests per second and token, in bursts of twice that.
type limiter struct {
	perSecond float64
	mu        sync.Mutex
	tokens    map[uuid.UUID]*rate.Limiter
}

func newLimiter(perSecond float64) *limiter {
	return &limiter{perSecond: perSecond, tokens: map[uuid.UUID]*rate.Limiter{}}
}

// slowDown refuses a request that came too early.
type slowDown struct {
	perSecond float64
	wait      time.Duration
}

func (s *slowDown) Error() string {
	return fmt.Sprintf("More than %g requests per second came with this token; wait %d s and go on", s.perSecond, int((s.wait+time.Second-1)/time.Second))
}

func (l *limiter) allow(ctx context.Context, token uuid.UUID) error {
	if l.perSecond <= 0 {
		return nil
	}
	turn := l.of(token).Reserve()
	wait := turn.Delay()
	if wait == 0 {
		return nil
	}
	if wait > patience {
		turn.Cancel()
		return &slowDown{l.perSecond, max(wait, time.Second)}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *limiter) of(token uuid.UUID) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tokens[token] == nil {
		if len(l.tokens) > 10_000 {
			clear(l.tokens) // tokens that are long gone; the living ones start afresh
		}
		l.tokens[token] = rate.NewLimiter(rate.Limit(l.perSecond), max(1, int(2*l.perSecond)))
	}
	return l.tokens[token]
}
