package graph

import (
	"context"
	"math"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/cycle"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
)

// What health is judged by.
const (
	healthSpan    = 24 * time.Hour
	usualCycles   = 20        // whose median pause is the usual one
	fewestCycles  = 4         // before them nothing is usual
	overdueFactor = 3         // times the usual pause
	soonestLate   = time.Hour // no client is overdue earlier
	longOverdue   = 24 * time.Hour
	cyclesRead    = 400    // more than there are in healthSpan
	failuresRead  = 10_000 // the newest; what is older counts in the sums alone
)

// checkup is what is known about a connection while its health is judged.
type checkup struct {
	connection *ent.Connection
	now        time.Time
	cycles     []*ent.Cycle           // newest first
	failures   []*ent.ProvisioningLog // of healthSpan, newest first
	tokens     []*ent.Token
	clients    []*ent.ScimClient // when no token works

	lastIn   time.Time     // when the client was last let in; zero: never
	usual    time.Duration // 0: not known
	overdue  time.Duration // by how much it is late; 0: it isn't
	requests int
	failed   int
	problems []*HealthProblem
}

// healthOf says how a connection is doing: in three statements, one
// more where no token works, and up to three where requests failed, to see what was put right since.
func (r *Resolver) healthOf(ctx context.Context, c *ent.Connection) (*ConnectionHealth, error) {
	k := &checkup{connection: c, now: r.store.Now()}
	if err := r.examine(ctx, k); err != nil {
		return nil, err
	}
	k.count()
	k.listen()
	var err error
	if k.problems, err = r.problemsOf(ctx, k); err != nil {
		return nil, err
	}
	h := &ConnectionHealth{ConnectionID: c.ID, Requests: k.requests, Failures: k.failed, Problems: k.problems,
		connection: c, advice: newShared[[]*MappingAdvice]()}
	if k.requests > 0 {
		rate := 1 - float64(k.failed)/float64(k.requests)
		h.SuccessRate = &rate
	}
	if heard := k.lastHeard(); !heard.IsZero() {
		h.LastHeardAt = &heard
	}
	if k.usual > 0 {
		minutes := int(math.Round(k.usual.Minutes()))
		h.UsualIntervalMinutes = &minutes
	}
	if k.overdue > 0 {
		since := k.lastIn.Add(k.usual)
		h.OverdueSince = &since
	}
	h.Status, h.Summary = k.verdict()
	return h, nil
}

func (r *Resolver) examine(ctx context.Context, k *checkup) (err error) {
	read := r.store.Read()
	if k.cycles, err = read.Cycle.Query().Where(cycle.ConnectionID(k.connection.ID)).
		Order(cycle.ByID(sql.OrderDesc())).Limit(cyclesRead).All(ctx); err != nil {
		return err
	}
	if k.tokens, err = read.Token.Query().Where(token.ConnectionID(k.connection.ID)).All(ctx); err != nil {
		return err
	}
	if !k.hasToken() {
		if k.clients, err = read.ScimClient.Query().Where(scimclient.ConnectionID(k.connection.ID), scimclient.RevokedAtIsNil()).All(ctx); err != nil {
			return err
		}
	}
	since := k.now.Add(-healthSpan)
	q := read.ProvisioningLog.Query().Where(provisioninglog.ConnectionID(k.connection.ID), failing).Where(r.between(&since, nil)...).
		Order(provisioninglog.ByID(sql.OrderDesc())).Limit(failuresRead)
	q.Select(provisioninglog.FieldID, provisioninglog.FieldCreatedAt, provisioninglog.FieldCycleID, provisioninglog.FieldTargetID,
		provisioninglog.FieldOperation, provisioninglog.FieldMethod, provisioninglog.FieldStatus, provisioninglog.FieldScimType, provisioninglog.FieldDetail)
	k.failures, err = q.All(ctx)
	return err
}

// failing keeps requests that were refused or failed. The number stands in the
// text, so that the databases see that their index of failures fits.
func failing(s *sql.Selector) { s.Where(sql.ExprP("status >= 400")) }

// count sums up the last day. Refused credentials belong to no cycle.
func (k *checkup) count() {
	since := k.now.Add(-healthSpan)
	for _, c := range k.cycles {
		if c.EndedAt.Before(since) {
			continue
		}
		share := 1.0
		if c.CreatedAt.Before(since) {
			share = float64(c.EndedAt.Sub(since)) / float64(c.EndedAt.Sub(c.CreatedAt))
		}
		k.requests += int(math.Round(share * float64(c.Requests)))
		k.failed += int(math.Round(share * float64(c.Failures)))
	}
	for _, l := range k.failures {
		if l.CycleID == nil {
			k.requests++
			k.failed++
		}
	}
}

// listen finds out when the client was last let in and whether it is late.
func (k *checkup) listen() {
	for _, t := range k.tokens {
		if t.LastUsedAt != nil && t.LastUsedAt.After(k.lastIn) {
			k.lastIn = *t.LastUsedAt
		}
	}
	for _, c := range k.cycles {
		if c.EndedAt.After(k.lastIn) {
			k.lastIn = c.EndedAt
		}
	}
	k.usual = usualPause(k.cycles)
	if k.usual == 0 || k.lastIn.IsZero() || callsOnChange(k.connection.Kind) {
		return
	}
	if away := k.now.Sub(k.lastIn); away > max(overdueFactor*k.usual, soonestLate) {
		k.overdue = away - k.usual
	}
}

// usualPause is the median of the pauses between cycles, 0 while there are too
// few. What two replicas took for a cycle of its own each is one.
func usualPause(cycles []*ent.Cycle) time.Duration {
	var pauses []time.Duration
	var began time.Time
	for _, c := range cycles {
		pause := began.Sub(c.EndedAt)
		if began.IsZero() || pause < schema.CyclePause {
			if began.IsZero() || c.CreatedAt.Before(began) {
				began = c.CreatedAt
			}
			continue
		}
		began = c.CreatedAt
		if pauses = append(pauses, pause); len(pauses) == usualCycles {
			break
		}
	}
	if len(pauses) < fewestCycles-1 {
		return 0
	}
	slices.Sort(pauses)
	return pauses[len(pauses)/2]
}

// callsOnChange says whether clients of a kind call when something changes, not
// by the clock: their silence says nothing.
func callsOnChange(kind connection.Kind) bool {
	return kind == connection.KindOKTA || kind == connection.KindONELOGIN || kind == connection.KindJUMPCLOUD
}

// turnedAway is the newest refused credential, nil when the client was let in
// after it.
func (k *checkup) turnedAway() *ent.ProvisioningLog {
	for _, l := range k.failures {
		if l.CycleID == nil {
			if l.CreatedAt.After(k.lastIn) {
				return l
			}
			break
		}
	}
	return nil
}

func (k *checkup) lastHeard() time.Time {
	if l := k.turnedAway(); l != nil {
		return l.CreatedAt
	}
	return k.lastIn
}

// hasToken says whether any token of the connection works, or a client can get one.
func (k *checkup) hasToken() bool {
	return slices.ContainsFunc(k.tokens, func(t *ent.Token) bool {
		return t.ClientID == nil && t.RevokedAt == nil && (t.ExpiresAt == nil || t.ExpiresAt.After(k.now))
	}) || slices.ContainsFunc(k.clients, func(c *ent.ScimClient) bool { return access.ClientWorks(c, k.now) })
}
