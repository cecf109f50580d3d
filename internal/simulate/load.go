package simulate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// The kinds of load.
const (
	LoadLookup = "lookup" // find a person by the matching attribute
	LoadGet    = "get"    // read a person by id
	LoadPatch  = "patch"  // change two attributes of a person
	LoadList   = "list"   // read a page of 100 people
	LoadMember = "member" // take one person out of "All staff", or put one back
)

// LoadResult is how a server stood one kind of load. Times are in milliseconds.
type LoadResult struct {
	Kind         string  `json:"kind"`
	Operations   int     `json:"operations"`
	Seconds      float64 `json:"seconds"`
	PerSecond    float64 `json:"perSecond"`
	P50          float64 `json:"p50"`
	P95          float64 `json:"p95"`
	P99          float64 `json:"p99"`
	Max          float64 `json:"max"`
	Throttled    int     `json:"throttled"`
	Wrong        int     `json:"wrong"`
	WrongAnswers []Wrong `json:"wrongAnswers,omitempty"`
}

// loads are the kinds of load, each with the request that it is timed by.
var loads = map[string]struct {
	kind  kind
	start func(*run, context.Context, int) (items int, one loadFunc, err error)
}{
	LoadLookup: {lookup, (*run).lookups},
	LoadGet:    {get, (*run).gets},
	LoadPatch:  {patch, (*run).patches},
	LoadList:   {list, (*run).lists},
	LoadMember: {groupPatch, (*run).memberMoves},
}

type loadFunc func(ctx context.Context, w *worker, i int)

// Load sends n operations of one kind to a server that has the tenant of these
// options already. What it must know first, such as ids, it looks up before
// the time is taken. Patches leave other values behind than the tenant has.
func Load(ctx context.Context, o Options, kind string, n int) (*LoadResult, error) {
	l, known := loads[kind]
	if !known {
		return nil, fmt.Errorf("load %q is not one of lookup, get, patch, list, member", kind)
	}
	if n < 1 {
		return nil, fmt.Errorf("a load of %d operations is none", n)
	}
	r, err := newRun(o)
	if err != nil {
		return nil, err
	}
	err = r.inCycle("load", func() error {
		items, one, err := l.start(r, ctx, n)
		if err != nil {
			return err
		}
		return r.phase(ctx, kind, items, one)
	})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", kind, err)
	}
	timed := r.cycle.Phases[len(r.cycle.Phases)-1]
	latency := r.client.latency[l.kind].latency(kind)
	return &LoadResult{
		Kind: kind, Operations: timed.Requests, Seconds: timed.Seconds, PerSecond: perSecond(timed.Requests, timed.Seconds),
		P50: latency.P50, P95: latency.P95, P99: latency.P99, Max: latency.Max,
		Throttled: timed.Throttled, Wrong: timed.Wrong, WrongAnswers: r.report.WrongAnswers,
	}, nil
}

func (r *run) lookups(_ context.Context, n int) (int, loadFunc, error) {
	by, right := matching[r.o.MatchBy], newRightAnswers(r.o.Users)
	return n, func(ctx context.Context, w *worker, k int) {
		i := k % r.o.Users
		value := r.tenant.identity(i, false)[by]
		if !w.lookUp(ctx, i, by, value) || right.has(i, &w.x) {
			return
		}
		found, ok := w.foundUser(by, value)
		w.want(found != nil || !ok, "to find %s %q, who was provisioned before", paths[by], value)
		right.add(i, w)
	}, nil
}

func (r *run) gets(ctx context.Context, n int) (int, loadFunc, error) {
	people, err := r.linkSome(ctx, n)
	return n, func(ctx context.Context, w *worker, k int) {
		w.getUser(ctx, people[k%len(people)])
	}, err
}

func (r *run) patches(ctx context.Context, n int) (int, loadFunc, error) {
	people, err := r.linkSome(ctx, n)
	mark := strconv.FormatInt(time.Now().UnixMilli(), 36) // so that every value is new
	return n, func(ctx context.Context, w *worker, k int) {
		i := people[k%len(people)]
		lap := mark + " " + strconv.Itoa(k/len(people))
		w.edits = append(w.edits[:0], edit{attribute: displayName, value: "Load " + lap}, edit{attribute: title, value: "Tester " + lap})
		w.buffer = appendPatch(w.buffer[:0], r.dialect(i), w.edits)
		if !w.patch(ctx, i) || w.x.status == http.StatusNoContent {
			return
		}
		if found := w.readUser(); found != nil {
			w.echoEdits(found, w.edits)
		}
	}, err
}

// linkSome looks up as many people as the load can make use of.
func (r *run) linkSome(ctx context.Context, n int) ([]int, error) {
	n = min(n, r.o.Users)
	by := matching[r.o.MatchBy]
	err := r.phase(ctx, "linking", n, func(ctx context.Context, w *worker, i int) {
		source := r.tenant.identity(i, false)
		if found, _ := w.findUser(ctx, i, by, source[by]); found != nil {
			r.tenant.people[i].id = found.id
		}
	})
	var people []int
	for i := range r.tenant.people[:n] {
		if r.tenant.people[i].id != "" {
			people = append(people, i)
		}
	}
	if err == nil && len(people) == 0 {
		err = errors.New("nobody of this tenant is there; play the initial cycle first")
	}
	return people, err
}

const pageSize = 100

func (r *run) lists(ctx context.Context, n int) (int, loadFunc, error) {
	total := 0
	err := r.phase(ctx, "counting", 1, func(ctx context.Context, w *worker, _ int) {
		if w.send(ctx, probe, http.MethodGet, "/Users?startIndex=1&count=1", nil) && w.status(http.StatusOK) {
			w.list(&w.page)
			total = w.page.total
		}
	})
	if err == nil && total < 1 {
		err = errors.New("there is nobody to list")
	}
	pages := (total + pageSize - 1) / pageSize
	return n, func(ctx context.Context, w *worker, k int) {
		start := 1 + k%pages*pageSize
		target := fmt.Sprintf("/Users?startIndex=%d&count=%d", start, pageSize)
		if !w.send(ctx, list, http.MethodGet, target, nil) || !w.status(http.StatusOK) {
			return
		}
		w.list(&w.page)
		want := min(pageSize, total-start+1)
		w.want(w.page.total == total, "totalResults %d, not %d", total, w.page.total)
		w.want(w.page.count == want, "%d Resources, not %d", want, w.page.count)
	}, err
}

func (r *run) memberMoves(ctx context.Context, n int) (int, loadFunc, error) {
	if len(r.tenant.groups) == 0 {
		return 0, nil, errors.New("there is no group; ask for at least one")
	}
	people, err := r.linkSome(ctx, n)
	if err != nil {
		return 0, nil, err
	}
	g := r.tenant.groups[0]
	err = r.phase(ctx, "linking groups", 1, func(ctx context.Context, w *worker, _ int) { w.matchGroup(ctx, g) })
	if err == nil && g.id == "" {
		err = fmt.Errorf("the group %q is not there", g.name)
	}
	return (n + 1) / 2, func(ctx context.Context, w *worker, k int) {
		ids := []string{r.tenant.people[people[k%len(people)]].id}
		w.buffer = appendMembersRemoval(w.buffer[:0], r.dialect(k), ids)
		w.patchGroup(ctx, g)
		w.buffer = appendMembers(w.buffer[:0], r.dialect(k), ids)
		w.patchGroup(ctx, g)
	}, err
}
