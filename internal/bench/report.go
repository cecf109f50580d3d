package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rollcall/rollcall/internal/simulate"
)

// report is everything that one run found out.
type report struct {
	Size     size       `json:"size"`
	Limit    limit      `json:"limit"` // pgbench, transactions per second
	Servers  []*figures `json:"servers"`
	Goals    []goal     `json:"goals"`
	AllMusts bool       `json:"all_musts"`
}

// goal is a figure and how far it has to reach. Aim is further than Must, or
// the same.
type goal struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit,omitempty"`
	Value  float64 `json:"value"`
	Must   float64 `json:"must"`
	Aim    float64 `json:"aim"`
	AtMost bool    `json:"at_most"` // the smaller the better
}

func (g goal) meets(bound float64) bool {
	if g.AtMost {
		return g.Value <= bound
	}
	return g.Value >= bound
}

func newReport(s size, l limit, postgres, sqlite *figures) *report {
	r := &report{Size: s, Limit: l, Servers: []*figures{postgres, sqlite}}
	memory := fmt.Sprintf("server memory with %d people", postgres.People)
	group := fmt.Sprintf("PATCH of a group of %d ÷ of %d", s.Large, s.Small)
	r.Goals = []goal{
		{Name: "initial cycle ÷ pgbench create_tx", Value: postgres.Initial.PerSecond / l.CreateTx, Must: 0.20, Aim: 0.33},
		{Name: "lookup ÷ pgbench lookup", Value: postgres.perSecond(simulate.LoadLookup) / l.Lookup, Must: 0.10, Aim: 0.13},
		{Name: group, Value: postgres.Groups.ratio(), Must: 1.5, Aim: 1.1, AtMost: true},
		{Name: memory, Unit: "MiB", Value: float64(postgres.Memory) / (1 << 20), Must: 60, Aim: 35, AtMost: true},
		{Name: "ready on an existing database", Unit: "s", Value: postgres.Ready, Must: 0.3, Aim: 0.1, AtMost: true},
		{Name: "wrong answers", Value: float64(postgres.Wrong + sqlite.Wrong), AtMost: true},
	}
	r.AllMusts = r.reached()
	return r
}

// reached says whether every goal is as far as it must be.
func (r *report) reached() bool {
	for _, g := range r.Goals {
		if !g.meets(g.Must) {
			return false
		}
	}
	return true
}

func (r *report) print(out io.Writer) error {
	var b strings.Builder
	row := func(name string, cells ...any) {
		fmt.Fprintf(&b, "%-40s", name)
		for _, c := range cells {
			fmt.Fprintf(&b, "%13v", c)
		}
		b.WriteByte('\n')
	}
	row("", "per second", "p50 ms", "p99 ms", "CPU ms")
	row("pgbench create_tx", whole(r.Limit.CreateTx))
	row("pgbench lookup", whole(r.Limit.Lookup))
	for _, f := range r.Servers {
		b.WriteString("\n" + f.Database + "\n")
		row(fmt.Sprintf("  people in an initial cycle of %d", r.Size.People),
			whole(f.Initial.PerSecond), cents(f.Initial.P50), cents(f.Initial.P99), cents(f.Initial.CPU))
		for _, l := range f.Loads {
			row("  "+l.Kind, whole(l.PerSecond), cents(l.P50), cents(l.P99), cents(l.CPU))
		}
		if r := f.Reading; r != nil {
			for _, l := range []load{r.Pages, r.Events} {
				row("  GraphQL: "+l.Kind, whole(l.PerSecond), cents(l.P50), cents(l.P99), cents(l.CPU))
			}
		}
		if g := f.Groups; g != nil {
			row(fmt.Sprintf("  PATCH of a group of %d", g.Small), "", cents(g.SmallP50))
			row(fmt.Sprintf("  PATCH of a group of %d", g.Large), "", cents(g.LargeP50))
		}
		row(fmt.Sprintf("  memory with %d people", f.People), whole(float64(f.Memory)/(1<<20))+" MiB")
		row("  ready after", fmt.Sprintf("%.3f s", f.Ready))
	}
	b.WriteByte('\n')
	row("Goals on PostgreSQL", "figure", "must", "aim")
	for _, g := range r.Goals {
		row("  "+g.Name, g.number(g.Value), g.bound(g.Must), g.bound(g.Aim))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func whole(v float64) string { return fmt.Sprintf("%.0f", v) }

func cents(v float64) string {
	if v == 0 {
		return "" // not measured
	}
	return fmt.Sprintf("%.2f", v)
}

func (g goal) number(v float64) string {
	return strings.TrimSpace(fmt.Sprintf("%.3g %s", v, g.Unit))
}

func (g goal) bound(v float64) string {
	sign, mark := "≥", "✗"
	if g.AtMost {
		sign = "≤"
	}
	if g.meets(v) {
		mark = "✓"
	}
	return fmt.Sprintf("%s %s %s", sign, g.number(v), mark)
}
