package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/bench/instance"
	"github.com/rollcall/rollcall/internal/simulate"
)

// figures are those of one server on one database.
type figures struct {
	Database string   `json:"database"`
	People   int      `json:"people"`
	Initial  load     `json:"initial"` // people of a cycle, the median of the rounds; the times are of a create
	Loads    []load   `json:"loads"`
	Memory   int64    `json:"memory"` // bytes, with all people in
	Ready    float64  `json:"ready"`  // seconds, on the database with all people in
	Groups   *groups  `json:"groups,omitempty"`
	Reading  *reading `json:"reading,omitempty"`
	Wrong    int      `json:"wrong"` // answers that a provisioning client would stumble over
}

// load is one kind of request, one after another on each of the connections.
// What it cost the server's processor is the figure that is disturbed least by
// whatever else the machine does.
type load struct {
	Kind      string  `json:"kind"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50"` // milliseconds
	P99       float64 `json:"p99"`
	CPU       float64 `json:"cpu,omitempty"` // the server's own milliseconds for each, with what is looked up first
}

// measureServer starts rollcall on a database and takes its figures.
func measureServer(ctx context.Context, name, binary, address string, s size) (f *figures, err error) {
	dir, err := os.MkdirTemp("", "rollcall-bench-server-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := instance.New(binary, address, dir)
	if err != nil {
		return nil, err
	}
	if _, err := server.Serve(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	base, token, err := server.Organization(ctx, "acme", "Acme Ltd")
	if err != nil {
		return nil, err
	}
	f = &figures{Database: name}
	note("%s: initial cycles", name)
	if err := f.initialCycles(ctx, server, base, token, s); err != nil {
		return nil, err
	}
	if f.Memory, err = server.Memory(); err != nil {
		return nil, err
	}
	if strings.HasPrefix(address, "postgres:") { // pgbench's look-ups are measured at rest too
		if err := settle(ctx, address); err != nil {
			return nil, err
		}
	}
	note("%s: lookups, GETs, PATCHes, lists", name)
	if err := f.loads(ctx, server, base, token, s); err != nil {
		return nil, err
	}
	note("%s: GraphQL", name)
	if f.Reading, err = measureReading(ctx, server, s.Loads/20); err != nil {
		return nil, err
	}
	note("%s: restarts", name)
	if err := f.restarts(ctx, server); err != nil {
		return nil, err
	}
	if strings.HasPrefix(address, "postgres:") {
		note("%s: groups of %d and %d", name, s.Small, s.Large)
		if f.Groups, err = measureGroups(ctx, address, base, token, s); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// tenant is the simulated company of one round; all work for Acme.
func tenant(base, token string, round int, s size) simulate.Options {
	return simulate.Options{
		Base:        base,
		Token:       token,
		Users:       s.People,
		Cycles:      []string{simulate.CycleInitial},
		Seed:        uint64(round),
		Concurrency: concurrency,
		Domain:      fmt.Sprintf("round%d.example", round),
	}
}

func (f *figures) initialCycles(ctx context.Context, server *instance.Instance, base, token string, s size) error {
	rounds := make([]load, s.Rounds)
	for round := range s.Rounds {
		var r *simulate.Report
		cpu, err := busy(server, func() (err error) {
			r, err = simulate.Run(ctx, tenant(base, token, round, s))
			return err
		})
		if err != nil {
			return fmt.Errorf("initial cycle %d: %w", round+1, err)
		}
		f.People += r.Created
		f.mark(r.Wrong, r.WrongAnswers)
		rounds[round] = load{
			Kind:      simulate.CycleInitial,
			PerSecond: r.UsersPerSecond,
			CPU:       cpu / float64(s.People),
		}
		managers := load{Kind: "manager", PerSecond: phasePerSecond(r, "managers")}
		for _, l := range r.Latency {
			switch l.Request {
			case "create":
				rounds[round].P50, rounds[round].P99 = l.P50, l.P99
			case "patch": // an initial cycle patches nothing else
				managers.P50, managers.P99 = l.P50, l.P99
			}
		}
		f.Loads = []load{managers} // of the last round, when most people are in
	}
	slices.SortFunc(rounds, func(a, b load) int { return cmp.Compare(a.PerSecond, b.PerSecond) })
	f.Initial = rounds[len(rounds)/2]
	return nil
}

func (f *figures) loads(ctx context.Context, server *instance.Instance, base, token string, s size) error {
	for _, l := range []struct {
		kind string
		n    int
	}{
		{simulate.LoadLookup, s.Loads},
		{simulate.LoadGet, s.Loads},
		{simulate.LoadPatch, s.Loads / 4},
		{simulate.LoadList, s.Loads / 100},
	} {
		var r *simulate.LoadResult
		cpu, err := busy(server, func() (err error) {
			r, err = simulate.Load(ctx, tenant(base, token, 0, s), l.kind, l.n)
			return err
		})
		if err != nil {
			return fmt.Errorf("load of %s: %w", l.kind, err)
		}
		f.mark(r.Wrong, r.WrongAnswers)
		f.Loads = append(f.Loads, load{l.kind, r.PerSecond, r.P50, r.P99, cpu / float64(l.n)})
	}
	return nil
}

// phasePerSecond is how many people a phase got through.
func phasePerSecond(r *simulate.Report, name string) float64 {
	for _, c := range r.Cycles {
		for _, p := range c.Phases {
			if p.Name == name {
				return float64(p.Total) / p.Seconds
			}
		}
	}
	return 0
}

// busy returns the milliseconds that the server's processor time grew by.
func busy(server *instance.Instance, do func() error) (float64, error) {
	before, err := server.CPU()
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := server.CPU()
	return milliseconds(after - before), err
}

// mark counts wrong answers and shows the first one of them.
func (f *figures) mark(n int, answers []simulate.Wrong) {
	if n > 0 && f.Wrong == 0 && len(answers) > 0 {
		a := answers[0]
		note("%s: wrong answer to %s %s: status %d %s: expected %s", f.Database,
			a.Request.Method, a.Request.URL, a.Response.Status, a.Response.Body, strings.Join(a.Expected, "; "))
	}
	f.Wrong += n
}

// restarts takes the median of three, for the first one reads a cold disk.
func (f *figures) restarts(ctx context.Context, server *instance.Instance) error {
	var seconds []float64
	for range 3 {
		if err := server.Stop(); err != nil {
			return err
		}
		took, err := server.Serve(ctx)
		if err != nil {
			return err
		}
		seconds = append(seconds, took.Seconds())
	}
	f.Ready = median(seconds)
	return nil
}

func (f *figures) perSecond(kind string) float64 {
	for _, l := range f.Loads {
		if l.Kind == kind {
			return l.PerSecond
		}
	}
	return 0
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
