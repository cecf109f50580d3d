package sso

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// wrongPerMinute is how many wrong links and passkeys an address gets a full
	// answer for. It is never locked out: the right one may come from the same
	// place.
	wrongPerMinute = 20
	// begunPerMinute is how many ceremonies an address may begin: each is a row.
	begunPerMinute = 60

	maxAddresses = 10_000
)

// limiter counts by network address.
type limiter struct {
	perMinute int
	mu        sync.Mutex
	addresses map[string]*rate.Limiter
}

func newLimiter(perMinute int) *limiter {
	return &limiter{perMinute: perMinute, addresses: map[string]*rate.Limiter{}}
}

// allow says whether an address stays below the limit with one more.
func (l *limiter) allow(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := network(address)
	if l.addresses[key] == nil {
		if len(l.addresses) >= maxAddresses {
			clear(l.addresses)
		}
		l.addresses[key] = rate.NewLimiter(rate.Every(time.Minute/time.Duration(l.perMinute)), l.perMinute)
	}
	return l.addresses[key].Allow()
}

// network is what one subscriber has: an IPv4 address, or 64 bits of an IPv6 one.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// addressOf is where a request comes from.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
