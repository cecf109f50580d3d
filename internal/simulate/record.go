package simulate

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// kind is a kind of request; latency is told for each.
type kind uint8

const (
	probe kind = iota
	lookup
	create
	get
	patch
	remove
	refCheck
	groupLookup
	groupCreate
	groupGet
	groupPatch
	groupDelete
	list
	kinds // how many there are
)

var kindNames = [kinds]string{
	probe: "probe", lookup: "lookup", create: "create", get: "get", patch: "patch",
	remove: "delete", refCheck: "reference check", groupLookup: "group lookup",
	groupCreate: "group create", groupGet: "group get", groupPatch: "group patch",
	groupDelete: "group delete", list: "list",
}

// tally is what has happened in a phase; workers count into it at once.
type tally struct {
	requests, created, matched, patched, deleted, writes, members, throttled, wrong atomic.Int64
}

func (t *tally) counts() Counts {
	return Counts{
		Requests:  int(t.requests.Load()),
		Created:   int(t.created.Load()),
		Matched:   int(t.matched.Load()),
		Patched:   int(t.patched.Load()),
		Deleted:   int(t.deleted.Load()),
		Writes:    int(t.writes.Load()),
		Members:   int(t.members.Load()),
		Throttled: int(t.throttled.Load()),
		Wrong:     int(t.wrong.Load()),
	}
}

// histogram counts durations in buckets that are at most 3 % wide, from a
// microsecond to half a day.
type histogram struct {
	buckets [32 * 32]atomic.Uint64
	longest atomic.Int64
}

func (h *histogram) add(d time.Duration) {
	h.buckets[bucket(uint64(d.Microseconds()))].Add(1)
	for {
		longest := h.longest.Load()
		if int64(d) <= longest || h.longest.CompareAndSwap(longest, int64(d)) {
			return
		}
	}
}

func bucket(µs uint64) int {
	e := max(0, bits.Len64(µs)-6)
	return min(32*e+int(µs>>e), 32*32-1)
}

// middle is the duration in the middle of a bucket.
func middle(bucket int) time.Duration {
	e := max(0, bucket/32-1)
	low := uint64(bucket-32*e) << e
	return time.Duration(low+(uint64(1)<<e)/2) * time.Microsecond
}

func (h *histogram) latency(request string) Latency {
	l := Latency{Request: request, Max: milliseconds(time.Duration(h.longest.Load()))}
	for i := range h.buckets {
		l.Count += int(h.buckets[i].Load())
	}
	l.P50, l.P95, l.P99 = h.quantile(l.Count, 0.50), h.quantile(l.Count, 0.95), h.quantile(l.Count, 0.99)
	return l
}

func (h *histogram) quantile(count int, q float64) float64 {
	rest := uint64(q*float64(count-1)) + 1
	for i := range h.buckets {
		n := h.buckets[i].Load()
		if n >= rest {
			return min(milliseconds(middle(i)), milliseconds(time.Duration(h.longest.Load())))
		}
		rest -= n
	}
	return 0
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
