package graph

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/simulate"
	"github.com/rollcall/rollcall/internal/store"
)

// A rehearsal leaves most of the server to those who work with it.
const (
	rehearsalRate    = 100 // requests a second
	rehearsalWorkers = 4
	maxWrongAnswers  = 20
)

// setStage makes the copy into which a rehearsal is played, and says how to play.
func (r *Resolver) setStage(ctx context.Context, row *ent.Rehearsal) (simulate.Options, error) {
	o := simulate.Options{Users: row.Users, Groups: row.Groups, Dialect: "mixed", Rate: rehearsalRate, Concurrency: rehearsalWorkers}
	stage, err := r.directory.SetStage(ctx, row, func(ctx context.Context, tx *store.Tx, conn *ent.Connection) (err error) {
		if len(conn.Settings.Domains) > 0 {
			o.Domain = conn.Settings.Domains[0]
		}
		o.Token, _, err = r.access.CreateToken(ctx, tx, access.NewToken{
			Kind: token.KindScim, Connection: conn.ID, Name: "rehearsal", Expires: rehearsalToken})
		return err
	})
	if err == nil {
		o.Base = r.rehearsals.inside + "/scim/v2/" + stage.Slug
	}
	return o, err
}

// rehearsalReport is what administrators see of a report.
func rehearsalReport(r *simulate.Report) *schema.RehearsalReport {
	if r == nil {
		return nil
	}
	out := &schema.RehearsalReport{
		Requests: r.Requests, Created: r.Created, Matched: r.Matched, Patched: r.Patched, Deleted: r.Deleted,
		Members: r.Members, Throttled: r.Throttled, Wrong: r.Wrong, Seconds: r.Seconds,
		Cycles: []schema.RehearsalCycle{}, Latency: []schema.RehearsalLatency{}, WrongAnswers: []schema.RehearsalWrong{},
	}
	for _, c := range r.Cycles {
		out.Cycles = append(out.Cycles, schema.RehearsalCycle{Name: c.Name, Requests: c.Requests, Wrong: c.Wrong, Seconds: c.Seconds})
	}
	for _, l := range r.Latency {
		out.Latency = append(out.Latency, schema.RehearsalLatency{Request: l.Request, Count: l.Count, P50: l.P50, P95: l.P95, Max: l.Max})
	}
	for _, w := range r.WrongAnswers[:min(len(r.WrongAnswers), maxWrongAnswers)] {
		wrong := schema.RehearsalWrong{
			Cycle: w.Cycle, Phase: w.Phase, Method: w.Request.Method, Path: strings.TrimPrefix(w.Request.URL, r.Base),
			RequestBody: w.Request.Body, Status: w.Response.Status, ResponseBody: w.Response.Body, Expected: w.Expected,
		}
		if w.Response.Status == 0 {
			wrong.ResponseBody = w.Response.Error
		}
		out.WrongAnswers = append(out.WrongAnswers, wrong)
	}
	return out
}
