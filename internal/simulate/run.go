package simulate

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// run is one play of the cycles against one server.
type run struct {
	o       Options
	tenant  *tenant
	client  *client
	workers []*worker
	report  *Report
	round   struct{ incremental, leavers int } // how many have been played
	linked  bool                               // people and groups have their ids, as far as the server knows them
	synced  bool                               // this run has brought the server in line with the whole tenant

	mu    sync.Mutex // guards report.WrongAnswers and the order of progress calls
	cycle *Cycle
}

// phase is a piece of a cycle in which the order of the work does not matter.
type phase struct {
	tally
	run         *run
	cycle, name string
	total       int
	done        atomic.Int64
	told        int // of done, guarded by run.mu
	stop        context.CancelCauseFunc
}

// worker does one thing at a time and keeps its buffers from one to the next.
type worker struct {
	*phase
	x        exchange
	reader   reader
	resource resource
	page     page
	buffer   []byte
	edits    []edit
	ids      []string
	problems []string
}

// Run makes a tenant, tests the connection and plays the cycles. It returns an
// error when it could not do that; wrong answers are in the report. A run that
// is cut short after the test returns both.
func Run(ctx context.Context, o Options) (*Report, error) {
	r, err := newRun(o)
	if err != nil {
		return nil, err
	}
	if err := r.inCycle("connection", func() error { return r.testConnection(ctx) }); err != nil {
		return nil, err
	}
	err = r.play(ctx)
	r.finish()
	return r.report, err
}

func newRun(o Options) (*run, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	incremental := 0
	for _, cycle := range o.Cycles {
		if cycle == CycleIncremental {
			incremental++
		}
	}
	r := &run{
		o:       o,
		tenant:  newTenant(o, incremental*joiners(o.Users)),
		client:  c,
		workers: make([]*worker, o.Concurrency),
		report: &Report{
			Base: o.Base, Users: o.Users, Groups: o.Groups, Seed: o.Seed,
			Dialect: o.Dialect, MatchBy: o.MatchBy, Concurrency: o.Concurrency,
			Started: time.Now().UTC(), WrongAnswers: []Wrong{},
		},
	}
	for i := range r.workers {
		r.workers[i] = new(worker)
	}
	return r, nil
}

func (r *run) play(ctx context.Context) error {
	for _, name := range r.o.Cycles {
		r.client.session()
		err := r.inCycle(name, func() error {
			switch name {
			case CycleInitial:
				if r.synced {
					return r.compare(ctx, repeated)
				}
				return r.compare(ctx, first)
			case CycleIncremental:
				return r.incremental(ctx)
			case CycleLeavers:
				return r.leavers(ctx)
			default:
				return r.compare(ctx, watching)
			}
		})
		if err != nil {
			return fmt.Errorf("%s cycle: %w", name, err)
		}
	}
	return nil
}

func (r *run) inCycle(name string, play func() error) error {
	r.report.Cycles = append(r.report.Cycles, Cycle{Name: name})
	r.cycle = &r.report.Cycles[len(r.report.Cycles)-1]
	start := time.Now()
	err := play()
	r.cycle.Seconds = time.Since(start).Seconds()
	r.cycle.RequestsPerSecond = perSecond(r.cycle.Requests, r.cycle.Seconds)
	return err
}

// phase lets the workers do n pieces of work. It ends early with an error when
// the context does, or when the server is gone.
func (r *run) phase(ctx context.Context, name string, n int, work func(ctx context.Context, w *worker, i int)) error {
	if n == 0 {
		return nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p := &phase{run: r, cycle: r.cycle.Name, name: name, total: n, stop: stop}
	start := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for _, w := range r.workers[:min(n, len(r.workers))] {
		w.phase = p
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				work(ctx, w, i)
				w.verdict()
				p.progress()
			}
		})
	}
	all.Wait()
	result := Phase{Name: name, Total: n, Seconds: time.Since(start).Seconds(), Counts: p.counts()}
	r.cycle.Phases = append(r.cycle.Phases, result)
	r.cycle.Counts.add(result.Counts)
	return context.Cause(ctx)
}

func (p *phase) progress() {
	done := int(p.done.Add(1))
	if p.run.o.Progress == nil || done != p.total && done%max(1, p.total/200) != 0 {
		return
	}
	p.run.mu.Lock()
	defer p.run.mu.Unlock()
	if done <= p.told {
		return // another worker was faster
	}
	p.told = done
	p.run.o.Progress(Progress{Cycle: p.cycle, Phase: p.name, Done: done, Total: p.total, Wrong: int(p.wrong.Load())})
}

// send sends a request and reads the answer into w.x. False means that there is
// no answer to judge: it has been noted, or the run ends.
func (w *worker) send(ctx context.Context, k kind, method, target string, body []byte) bool {
	w.verdict()
	w.requests.Add(1)
	if method != http.MethodGet {
		w.writes.Add(1)
	}
	w.x.method, w.x.target, w.x.sent = method, target, body
	throttled, err := w.run.client.do(ctx, k, &w.x)
	w.throttled.Add(int64(throttled))
	if err != nil {
		w.stop(err)
		return false
	}
	if w.x.err != nil {
		w.want(false, "an answer")
		w.verdict()
		return false
	}
	return true
}

const (
	maxWrong = 50      // answers kept for the report
	maxShown = 4 << 10 // bytes of each body
)

// wrong keeps an answer for the report, without the token wherever it may have
// got into it.
func (r *run) wrong(p *phase, x *exchange, problems []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.report.WrongAnswers) == maxWrong {
		return
	}
	wrong := Wrong{
		Cycle: p.cycle, Phase: p.name,
		Request:  Request{Method: x.method, URL: r.hide(r.client.url(x.target).String()), Body: r.hide(string(x.sent))},
		Response: Response{Status: x.status, Body: r.hide(x.received.String())},
		Expected: make([]string, len(problems)),
	}
	for i, problem := range problems {
		wrong.Expected[i] = r.hide(problem)
	}
	if x.err != nil {
		wrong.Response.Error = r.hide(x.err.Error())
	}
	for _, name := range []string{"Content-Type", "Location", "ETag", "Retry-After", "Www-Authenticate"} {
		if value := x.header.Get(name); value != "" {
			if wrong.Response.Header == nil {
				wrong.Response.Header = map[string]string{}
			}
			wrong.Response.Header[name] = r.hide(value)
		}
	}
	r.report.WrongAnswers = append(r.report.WrongAnswers, wrong)
}

func (r *run) hide(text string) string {
	text = r.client.key.hide(text)
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}

// finish adds up what the cycles have counted.
func (r *run) finish() {
	report := r.report
	report.Seconds = time.Since(report.Started).Seconds()
	busy := 0.0
	for _, c := range report.Cycles {
		report.Counts.add(c.Counts)
		busy += c.Seconds
		if c.Name == CycleInitial && report.UsersPerSecond == 0 && len(c.Phases) > 0 {
			report.UsersPerSecond = perSecond(c.Phases[0].Total, c.Phases[0].Seconds)
		}
	}
	report.RequestsPerSecond = perSecond(report.Requests, busy)
	for k := range kinds {
		if l := r.client.latency[k].latency(kindNames[k]); l.Count > 0 {
			report.Latency = append(report.Latency, l)
		}
	}
}
