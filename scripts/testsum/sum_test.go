package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSum(t *testing.T) {
	t.Parallel()
	type counts struct{ Passed, Failed, Skipped int }
	for _, c := range []struct {
		name  string
		in    string
		want  counts
		shown string // part of what is printed; "" is nothing of it
		quiet string // must not be printed
	}{
		{
			name: "subtests count and a passing test says nothing",
			in: `{"Action":"output","Package":"p","Test":"TestA/b","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestA/b"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":0.25}`,
			want:  counts{Passed: 2},
			shown: "ok   p 0.2s",
			quiet: "chatter",
		},
		{
			name: "a failed test shows its output and its package is not counted again",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"want 1, got 2\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			want:  counts{Failed: 1},
			shown: "FAIL p TestA\nwant 1, got 2\n",
		},
		{
			name: "a skipped test is named",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"no server\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`,
			want:  counts{Skipped: 1},
			shown: "SKIP p TestA\nno server\n",
		},
		{
			name: "a package without tests is neither skipped nor failed",
			in: `{"Action":"output","Package":"p","Output":"? p [no test files]\n"}
{"Action":"skip","Package":"p"}`,
			quiet: "no test files",
		},
		{
			name: "a package that does not compile fails",
			in: `{"Action":"build-output","ImportPath":"p [p.test]","Output":"undefined: x\n"}
{"Action":"build-fail","ImportPath":"p [p.test]"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`,
			want:  counts{Failed: 1},
			shown: "undefined: x",
		},
		{
			name: "a package that ends outside a test fails",
			in: `{"Action":"output","Package":"p","Output":"panic: no database\n"}
{"Action":"fail","Package":"p"}`,
			want:  counts{Failed: 1},
			shown: "panic: no database",
		},
		{
			name:  "plain text of go goes through",
			in:    "go: no such tool\n",
			shown: "go: no such tool\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := newSum(&out)
			if err := s.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, counts{s.passed, s.failed, s.skipped}); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
			if !strings.Contains(out.String(), c.shown) {
				t.Errorf("printed %q, want %q in it", out.String(), c.shown)
			}
			if c.quiet != "" && strings.Contains(out.String(), c.quiet) {
				t.Errorf("printed %q, want no %q in it", out.String(), c.quiet)
			}
		})
	}
}
