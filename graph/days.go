package graph

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/cycle"
	"github.com/rollcall/rollcall/internal/fault"
)

const (
	maxDays      = 31
	longestCycle = 2 * 24 * time.Hour // what a cycle lasts at most, or nearly always
)

// daysOf is what a connection's client did on each of the last days. The first
// question for one connection brings it for all, in one statement over their cycles.
func (l *loader) daysOf(ctx context.Context, id uuid.UUID, last int) ([]*ConnectionDay, error) {
	if last < 1 || last > maxDays {
		return nil, fault.New(fault.Invalid, "last is from 1 to %d", maxDays).On("last")
	}
	zone, err := time.LoadLocation(organizationSettings(requestOf(ctx).grant.Organization.Settings).TimeZone)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.days == nil {
		l.days = map[int]map[uuid.UUID][]*ConnectionDay{}
	}
	now := l.r.store.Now().In(zone)
	starts := midnights(now, last)
	if l.days[last] == nil {
		query := l.r.store.Read().Cycle.Query().Where(cycle.EndedAtGTE(starts[0].UTC()))
		if id, ok := l.r.idAt(starts[0].Add(-longestCycle)); ok {
			query.Where(cycle.IDGTE(id))
		}
		cycles, err := query.All(ctx)
		if err != nil {
			return nil, err
		}
		l.days[last] = byDay(cycles, starts)
	}
	if days := l.days[last][id]; days != nil {
		return days, nil
	}
	return noDays(starts), nil
}

// midnights are the beginnings of the last days and the end of today. Days have 23
// to 25 hours.
func midnights(now time.Time, last int) []time.Time {
	var starts []time.Time
	for i := 1 - last; i <= 1; i++ {
		starts = append(starts, time.Date(now.Year(), now.Month(), now.Day()+i, 0, 0, 0, 0, now.Location()))
	}
	return starts
}

func noDays(starts []time.Time) []*ConnectionDay {
	days := make([]*ConnectionDay, len(starts)-1)
	for i := range days {
		days[i] = &ConnectionDay{Date: starts[i].Format(time.DateOnly)}
	}
	return days
}

// byDay sums cycles up, for each connection that has any.
func byDay(cycles []*ent.Cycle, starts []time.Time) map[uuid.UUID][]*ConnectionDay {
	all := map[uuid.UUID][]*ConnectionDay{}
	for _, c := range cycles {
		days := all[c.ConnectionID]
		if days == nil {
			days = noDays(starts)
			all[c.ConnectionID] = days
		}
		for i, day := range days {
			// What was counted until an instant is rounded, not a day's share: the
			// shares then add up to the cycle.
			part := func(n int64) int {
				return int(math.Round(until(c, starts[i+1])*float64(n)) - math.Round(until(c, starts[i])*float64(n)))
			}
			day.Requests += part(c.Requests)
			day.Writes += part(c.Writes)
			day.Failures += part(c.Failures)
		}
	}
	return all
}

// until is the share of a cycle that lies before an instant, from 0 to 1.
func until(c *ent.Cycle, at time.Time) float64 {
	switch {
	case at.After(c.EndedAt):
		return 1
	case !at.After(c.CreatedAt):
		return 0
	}
	return float64(at.Sub(c.CreatedAt)) / float64(c.EndedAt.Sub(c.CreatedAt))
}
