package access

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// refusedPerMinute is how many refused credentials of one address are noted.
	// Anybody can send them, so more are only counted.
	refusedPerMinute = 20

	maxAddresses = 10_000
)

// AddressOf is the network address in what net/http calls RemoteAddr, without
// the port: what is logged and limited. An IPv4 address is never written in the
// form of an IPv6 one.
func AddressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	return ip.Unmap().WithZone("").String()
}

// Limiter counts by network address: a single one of IPv4, and of IPv6 the 64
// bits that one subscriber has.
type Limiter struct {
	perMinute int
	mu        sync.Mutex
	addresses map[string]*rate.Limiter
}

// NewLimiter returns a Limiter that lets an address do something so many times a
// minute, all of them at once if it likes.
func NewLimiter(perMinute int) *Limiter {
	return &Limiter{perMinute: perMinute, addresses: map[string]*rate.Limiter{}}
}

// Allow says whether an address (see AddressOf) stays below the limit with one more.
func (l *Limiter) Allow(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := NetworkOf(address)
	if l.addresses[key] == nil {
		if len(l.addresses) >= maxAddresses {
			l.forgetIdle(time.Now())
		}
		l.addresses[key] = rate.NewLimiter(rate.Every(time.Minute/time.Duration(l.perMinute)), l.perMinute)
	}
	return l.addresses[key].Allow()
}

// forgetIdle drops the addresses that have all their times again, so that many addresses
// are no way to be counted anew. Only where all are busy does it begin anew for all.
func (l *Limiter) forgetIdle(now time.Time) {
	for key, of := range l.addresses {
		if of.TokensAt(now) >= float64(l.perMinute) {
			delete(l.addresses, key)
		}
	}
	if len(l.addresses) >= maxAddresses {
		clear(l.addresses)
	}
}

// NetworkOf is the part of an address (see AddressOf) by which a Limiter counts.
func NetworkOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Is4() {
		return address
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// WorthNoting says whether a refused credential from an address (see AddressOf)
// is to be noted in a log and answered in full. All doors count together. It is
// for credentials that were refused: the address is never locked out, for the
// right one may come from the same place.
func (a *Access) WorthNoting(address string) bool { return a.refusals.Allow(address) }
