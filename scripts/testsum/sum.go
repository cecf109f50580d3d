package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of `go test -json`, as `go doc test2json` describes it.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of a build, in place of Package
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// subject is what an event speaks of: a test, a package or a build.
type subject struct{ path, test string }

type sum struct {
	passed, failed, skipped int

	out    io.Writer
	output map[subject]*strings.Builder
	blamed map[string]bool // packages in which a test failed
}

func newSum(out io.Writer) *sum {
	return &sum{out: out, output: map[subject]*strings.Builder{}, blamed: map[string]bool{}}
}

func (s *sum) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil && e.Action != "" {
				s.add(e)
			} else {
				fmt.Fprintf(s.out, "%s", line) // go itself complains in plain text
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *sum) add(e event) {
	about := subject{e.Package + e.ImportPath, e.Test}
	switch e.Action {
	case "output", "build-output":
		if s.output[about] == nil {
			s.output[about] = new(strings.Builder)
		}
		s.output[about].WriteString(e.Output)
	case "pass", "skip", "fail":
		if e.Test != "" {
			s.test(e, about)
		} else {
			s.end(e, about)
		}
		delete(s.output, about)
	}
}

func (s *sum) test(e event, about subject) {
	switch e.Action {
	case "pass":
		s.passed++
	case "skip":
		s.skipped++
		s.show("SKIP", about)
	case "fail":
		s.failed++
		s.blamed[e.Package] = true
		s.show("FAIL", about)
	}
}

// end is of a package: its own output matters when no test of it explains why
// it failed (it does not compile, it panicked, its TestMain gave up).
func (s *sum) end(e event, about subject) {
	switch {
	case e.Action == "pass":
		fmt.Fprintf(s.out, "ok   %s %.1fs\n", e.Package, e.Elapsed)
	case e.Action == "fail" && !s.blamed[e.Package]:
		s.failed++
		s.show("FAIL", subject{path: e.FailedBuild})
		s.show("FAIL", about)
	}
}

func (s *sum) show(verdict string, about subject) {
	text := s.output[about]
	if text == nil {
		return
	}
	fmt.Fprintf(s.out, "%s %s %s\n%s", verdict, about.path, about.test, text)
	delete(s.output, about)
}
