package graph

import (
	"fmt"
	"time"
)

// verdict is the status, and what to say and do about it.
func (k *checkup) verdict() (HealthStatus, string) {
	away := inWordsOf(k.now.Sub(k.lastIn))
	turned := k.turnedAway()
	switch {
	case !k.connection.Enabled:
		return HealthStatusPaused, "The connection is paused: its client is turned away. Resume it when provisioning is to go on."
	case turned != nil && (k.lastIn.IsZero() || !k.hasToken() || k.overdue > 0):
		return HealthStatusFailing, fmt.Sprintf("The client is turned away: %s. Make a token for this connection, or rotate the old one, and enter it at the identity provider.", turned.Detail)
	case k.lastIn.IsZero():
		return HealthStatusWaiting, "The client was not heard yet. Enter the SCIM address and a token of this connection at the identity provider, and test the connection there."
	case !k.hasToken():
		return HealthStatusFailing, "The connection has no token that works: all are revoked or expired. Make one and enter it at the identity provider."
	case k.requests > 0 && k.failed >= k.requests && len(k.problems) > 0:
		return HealthStatusFailing, fmt.Sprintf("Nothing works: %s in the last 24 hours, and none went well. %s", many(k.requests, "request"), k.worst())
	case k.overdue > 0 && k.now.Sub(k.lastIn) > max(longOverdue, overdueFactor*overdueFactor*k.usual):
		return HealthStatusFailing, fmt.Sprintf("The client was last here %s ago, and usually comes back after %s. %s", away, inWordsOf(k.usual), whereToLook)
	case k.overdue > 0:
		return HealthStatusDegraded, fmt.Sprintf("The client is late: it was last here %s ago, and usually comes back after %s. %s", away, inWordsOf(k.usual), whereToLook)
	case len(k.problems) > 0:
		return HealthStatusDegraded, k.worst()
	case k.requests == 0:
		return HealthStatusHealthy, fmt.Sprintf("All is well. The client was last here %s ago.", away)
	}
	return HealthStatusHealthy, fmt.Sprintf("All is well: %s in the last 24 hours.", many(k.requests, "request"))
}

const whereToLook = "Look there whether provisioning is switched on, or in quarantine."

// worst says how much fails, and the most frequent reason.
func (k *checkup) worst() string {
	p := k.problems[0]
	what := many(p.Requests, "request") + " failed"
	if p.Targets > 0 {
		what = many(p.Targets, "person or group", "people or groups") + " could not be provisioned"
	}
	say := fmt.Sprintf("%s: %s. The newest such request is %s in the log.", what, p.Detail, p.ExampleID)
	if others := len(k.problems) - 1; others > 0 {
		say += fmt.Sprintf(" There %s.", map[bool]string{true: "is one more problem", false: fmt.Sprintf("are %d more problems", others)}[others == 1])
	}
	return say
}

// many is a number with its word.
func many(n int, word string, words ...string) string {
	switch {
	case n == 1:
		return "1 " + word
	case len(words) > 0:
		return fmt.Sprintf("%d %s", n, words[0])
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// inWordsOf is how long something lasts, as people say it.
func inWordsOf(d time.Duration) string {
	switch {
	case d < 90*time.Minute:
		return many(max(int(d.Round(time.Minute)/time.Minute), 1), "minute")
	case d < 36*time.Hour:
		return many(int(d.Round(time.Hour)/time.Hour), "hour")
	}
	return many(int(d.Round(24*time.Hour)/(24*time.Hour)), "day")
}
