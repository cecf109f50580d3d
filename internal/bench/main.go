package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

// concurrency is how many requests are under way at once, here and in pgbench.
const concurrency = 8

// size is how much is measured.
type size struct {
	People  int // of one initial cycle
	Rounds  int // initial cycles, each of new people
	Loads   int // lookups and GETs; a quarter as many PATCHes, a hundredth as many lists, a twentieth as many GraphQL pages
	Seconds int // of each pgbench
	Small   int // members of the two groups
	Large   int
	Patches int // of each group
}

var (
	full  = size{People: 2_000, Rounds: 5, Loads: 20_000, Seconds: 5, Small: 1_000, Large: 100_000, Patches: 200}
	quick = size{People: 500, Rounds: 2, Loads: 2_000, Seconds: 2, Small: 1_000, Large: 20_000, Patches: 100}
)

func main() {
	// The generator shares the machine with what it measures: it collects little,
	// and keeps to one processor, for idle ones would spin.
	debug.SetGCPercent(400)
	runtime.GOMAXPROCS(1)
	small := flag.Bool("quick", false, "smaller numbers: a first impression in half a minute")
	asJSON := flag.Bool("json", false, "print the report as JSON")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := full
	if *small {
		s = quick
	}
	r, err := measure(ctx, s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if *asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(r)
	} else {
		err = r.print(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if !r.reached() {
		os.Exit(1)
	}
}

// measure takes all figures, pgbench's before and after ours on the same server.
func measure(ctx context.Context, s size) (r *report, err error) {
	dir, err := os.MkdirTemp("", "rollcall-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary := filepath.Join(dir, "rollcall")
	note("building rollcall")
	if err := build(ctx, binary); err != nil {
		return nil, err
	}
	note("starting PostgreSQL")
	server, err := pgserver.Start(ctx, pgserver.Durable)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	y, err := newYardstick(ctx, server, dir, s.Seconds)
	if err != nil {
		return nil, err
	}
	note("pgbench, before")
	before, err := y.measure(ctx)
	if err != nil {
		return nil, err
	}
	address, err := server.CreateDatabase(ctx, "rollcall", "")
	if err != nil {
		return nil, err
	}
	postgres, err := measureServer(ctx, "PostgreSQL", binary, address, s)
	if err != nil {
		return nil, err
	}
	note("pgbench, after")
	after, err := y.measure(ctx)
	if err != nil {
		return nil, err
	}
	sqlite, err := measureServer(ctx, "SQLite", binary, "sqlite:"+filepath.Join(dir, "rollcall.db"), s)
	if err != nil {
		return nil, err
	}
	return newReport(s, mean(before, after), postgres, sqlite), nil
}

func build(ctx context.Context, binary string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/rollcall/rollcall/cmd/rollcall")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build rollcall: %w: %s", err, out)
	}
	return nil
}

// note says on standard error what is going on.
func note(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "… "+format+"\n", args...)
}
