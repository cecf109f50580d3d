package main

import (
	"strings"
	"testing"
)

func TestGoal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		goal      goal
		must, aim string
		reached   bool
	}{
		{"a rate that is high enough", goal{Value: 0.25, Must: 0.20, Aim: 0.33}, "≥ 0.2 ✓", "≥ 0.33 ✗", true},
		{"a rate on the mark", goal{Value: 0.20, Must: 0.20, Aim: 0.20}, "≥ 0.2 ✓", "≥ 0.2 ✓", true},
		{"a rate that is too low", goal{Value: 0.19, Must: 0.20, Aim: 0.33}, "≥ 0.2 ✗", "≥ 0.33 ✗", false},
		{"memory that is too much", goal{Unit: "MiB", Value: 61, Must: 60, Aim: 35, AtMost: true}, "≤ 60 MiB ✗", "≤ 35 MiB ✗", false},
		{"no wrong answer", goal{AtMost: true}, "≤ 0 ✓", "≤ 0 ✓", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.goal.bound(c.goal.Must); got != c.must {
				t.Errorf("must: %q, want %q", got, c.must)
			}
			if got := c.goal.bound(c.goal.Aim); got != c.aim {
				t.Errorf("aim: %q, want %q", got, c.aim)
			}
			r := report{Goals: []goal{{Value: 1}, c.goal}}
			if got := r.reached(); got != c.reached {
				t.Errorf("reached = %t, want %t", got, c.reached)
			}
		})
	}
}

func TestReportNamesEachGoalWithItsFigure(t *testing.T) {
	t.Parallel()
	postgres := &figures{
		Database: "PostgreSQL", People: 10_000, Memory: 40 << 20, Ready: 0.05,
		Initial: load{PerSecond: 1_000},
		Loads:   []load{{"lookup", 5_000, 1, 2, 0.1}},
		Groups:  &groups{Small: 1_000, Large: 100_000, SmallP50: 2, LargeP50: 4},
	}
	r := newReport(full, limit{CreateTx: 4_000, Lookup: 40_000}, postgres, &figures{Database: "SQLite"})
	if r.AllMusts {
		t.Error("a group that costs twice as much passed")
	}
	var out strings.Builder
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"initial cycle ÷ pgbench create_tx 0.25 ≥ 0.2 ✓ ≥ 0.33 ✗",
		"lookup ÷ pgbench lookup 0.125 ≥ 0.1 ✓ ≥ 0.13 ✗",
		"PATCH of a group of 100000 ÷ of 1000 2 ≤ 1.5 ✗ ≤ 1.1 ✗",
		"server memory with 10000 people 40 MiB ≤ 60 MiB ✓ ≤ 35 MiB ✗",
		"ready on an existing database 0.05 s ≤ 0.3 s ✓ ≤ 0.1 s ✓",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("want %q in:\n%s", want, out.String())
		}
	}
}
