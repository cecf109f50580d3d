package simulate

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReport_fits_80_columns(t *testing.T) {
	t.Parallel()
	large := Counts{
		Requests: 1_234_567, Created: 100_000, Matched: 100_000, Patched: 99_999, Deleted: 12_345,
		Writes: 345_678, Members: 1_000_000, Throttled: 12, Wrong: 9_999,
	}
	r := Report{
		Base: "https://training.example/scim/v2/acme", Users: 100_000, Groups: 200, Seed: 7,
		Dialect: "mixed", MatchBy: "employeeNumber", Concurrency: 32, Seconds: 4321.5, Counts: large, UsersPerSecond: 2345.6,
		Cycles:  []Cycle{{Name: CycleIncremental, Counts: large, Seconds: 4321.5, Phases: []Phase{{Name: "test connection", Counts: large}}}},
		Latency: []Latency{{Request: "reference check", Count: 1_234_567, P50: 0.12, P95: 12.3, P99: 123.4, Max: 29_876.5}},
		WrongAnswers: []Wrong{{
			Cycle: CycleInitial, Phase: "people", Request: Request{Method: "POST", URL: "https://training.example/Users", Body: "{}"},
			Response: Response{Status: 500, Header: map[string]string{"Content-Type": "text/html"}, Body: "\x1b[2J<h1>\nsorry</h1>"},
			Expected: []string{"status 201, not 500"},
		}},
	}
	var out strings.Builder
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if strings.ContainsRune(out.String(), '\x1b') {
		t.Error("the server's escape sequence reaches the terminal")
	}
	golden(t, "report.golden", out.String())
}
