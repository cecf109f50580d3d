package graph

import (
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"github.com/rollcall/rollcall/internal/access"
)

// DefaultRateLimit is how many requests a second a caller may send for long:
// enough for a console that redraws, too few for a script that has lost its way.
const DefaultRateLimit = 50

const (
	atOnce      = 4 // times the limit
	callersKept = 4096
)

// limiter counts the requests of each token and session.
type limiter struct {
	perSecond float64 // 0: no limit
	mu        sync.Mutex
	callers   map[uuid.UUID]*rate.Limiter
}

func newLimiter(perSecond float64) *limiter {
	return &limiter{perSecond: perSecond, callers: map[uuid.UUID]*rate.Limiter{}}
}

func (l *limiter) burst() int { return int(l.perSecond * atOnce) }

func (l *limiter) allow(g *access.Grant) bool {
	if l.perSecond == 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	id := callerOf(g)
	of := l.callers[id]
	if of == nil {
		if len(l.callers) >= callersKept {
			l.forgetIdle(time.Now())
		}
		of = rate.NewLimiter(rate.Limit(l.perSecond), l.burst())
		l.callers[id] = of
	}
	return of.Allow()
}

// forgetIdle drops callers who have all their requests again.
func (l *limiter) forgetIdle(now time.Time) {
	for id, of := range l.callers {
		if of.TokensAt(now) >= float64(l.burst()) {
			delete(l.callers, id)
		}
	}
}

func callerOf(g *access.Grant) uuid.UUID {
	if g.Session != nil {
		return g.Session.ID
	}
	return g.Token.ID
}

func addressOf(hr *http.Request) string { return access.AddressOf(hr.RemoteAddr) }
