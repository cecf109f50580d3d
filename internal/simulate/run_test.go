package simulate

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func play(t *testing.T, base, dialect string, cycles ...string) *Report {
	t.Helper()
	report, err := Run(t.Context(), Options{
		Base: base, Token: secret, Users: 90, Groups: 34, Seed: 7, Dialect: dialect, Cycles: cycles, Concurrency: 4,
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func noneWrong(t *testing.T, report *Report) {
	t.Helper()
	if report.Wrong == 0 {
		return
	}
	text, _ := json.MarshalIndent(report.WrongAnswers[:min(5, len(report.WrongAnswers))], "", " ")
	t.Fatalf("%d wrong answers, the first:\n%s", report.Wrong, text)
}

func cycle(t *testing.T, report *Report, name string, nth int) Cycle {
	t.Helper()
	for _, c := range report.Cycles {
		if c.Name == name {
			if nth == 0 {
				return c
			}
			nth--
		}
	}
	t.Fatalf("no cycle %s in the report", name)
	return Cycle{}
}

func TestRun_finds_nothing_wrong_with_a_right_server(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"legacy", "flag", "mixed"} {
		for _, fault := range []string{"", "answers PATCH with 204"} {
			t.Run(dialect+" "+fault, func(t *testing.T) {
				t.Parallel()
				_, base := newServer(t, fault)
				report := play(t, base, dialect, CycleInitial, CycleIncremental, CycleLeavers, CycleUnchanged,
					CycleIncremental, CycleLeavers, CycleInitial, CycleUnchanged)
				noneWrong(t, report)
				if c := cycle(t, report, CycleInitial, 0); c.Created != 90+34 || c.Members < 90 {
					t.Errorf("initial cycle created %d and added %d members", c.Created, c.Members)
				}
				for n := range 2 {
					if c := cycle(t, report, CycleUnchanged, n); c.Writes != 0 {
						t.Errorf("unchanged cycle %d wrote %d times", n, c.Writes)
					}
				}
				if c := cycle(t, report, CycleInitial, 1); c.Writes != 0 || c.Matched == 0 {
					t.Errorf("second initial cycle wrote %d times and matched %d", c.Writes, c.Matched)
				}
			})
		}
	}
}

func TestRun_writes_nothing_when_the_tenant_is_there_already(t *testing.T) {
	t.Parallel()
	for _, matchBy := range []string{"userName", "externalId", "emails", "employeeNumber"} {
		t.Run(matchBy, func(t *testing.T) {
			t.Parallel()
			_, base := newServer(t, "")
			o := Options{Base: base, Token: secret, Users: 50, Groups: 12, Seed: 3, MatchBy: matchBy, Cycles: []string{CycleInitial}}
			for n := range 2 {
				report, err := Run(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				noneWrong(t, report)
				if wrote := report.Writes > 0; wrote != (n == 0) {
					t.Errorf("run %d wrote %d times", n, report.Writes)
				}
			}
		})
	}
}

func TestRun_can_be_repeated_on_the_server_that_it_left_behind(t *testing.T) {
	t.Parallel()
	_, base := newServer(t, "")
	for _, dialect := range []string{"legacy", "flag", "mixed"} {
		noneWrong(t, play(t, base, dialect, CycleInitial, CycleIncremental, CycleLeavers))
	}
}

func TestRun_links_a_tenant_of_an_earlier_run(t *testing.T) {
	t.Parallel()
	_, base := newServer(t, "")
	noneWrong(t, play(t, base, "legacy", CycleInitial))
	report := play(t, base, "legacy", CycleIncremental)
	noneWrong(t, report)
	if report.Created == 0 || report.Patched == 0 {
		t.Errorf("created %d and patched %d", report.Created, report.Patched)
	}
	noneWrong(t, play(t, base, "flag", CycleInitial, CycleUnchanged))
}

func TestRun_finds_each_fault(t *testing.T) {
	t.Parallel()
	faults := []struct {
		name    string
		dialect string
		says    string // in what was expected
	}{
		{"creates with 200", "legacy", "status 201, not 200"},
		{"hides the location", "legacy", "the header Location"},
		{"says 404 to an empty query", "legacy", "status 200, not 404"},
		{"lists null", "legacy", "Resources must be a list, not null"},
		{"answers plain JSON", "legacy", "Content-Type application/scim+json"},
		{"shows managers as strings", "legacy", "manager must be an object, not a string"},
		{"shows active as a string", "legacy", "active must be a JSON boolean, not a string"},
		{"loses active", "legacy", "active, even of somebody who is disabled"},
		{"hides who is disabled", "legacy", "to find the person by filter"},
		{"reformats telephones", "legacy", "as it was sent"},
		{"lowers user names", "legacy", "userName"},
		{"shows e-mails as strings", "legacy", "emails must be an object, not a string"},
		{"numbers its ids", "legacy", "id must be a string, not a number"},
		{"forgets the extension", "legacy", "schemas to name urn:ietf:params:scim:schemas:extension:enterprise"},
		{"shows members always", "legacy", "no members, as excludedAttributes says"},
		{"removes every member", "legacy", "was not among those removed"},
		{"removes every member", "flag", "was not among those removed"},
		{"ignores new members", "legacy", "has just been added"},
		{"keeps ghosts", "legacy", "the member has been deleted"},
		{"deletes nothing", "legacy", "status 404, not 200"},
		{"numbers its errors", "legacy", "status must be a string, not a number"},
		{"answers PATCH with nothing", "legacy", "a body, as the status is 200 and not 204"},
		{"knows lower-case verbs only", "legacy", "manager.value"},
		{"stores dotted keys", "flag", "as it was sent"},
		{"needs the element", "legacy", "status 200 or 204, not 400"},
		{"breaks down", "legacy", "status 201, not 500"},
	}
	for _, f := range faults {
		t.Run(f.name+" "+f.dialect, func(t *testing.T) {
			t.Parallel()
			_, base := newServer(t, f.name)
			report := play(t, base, f.dialect, CycleInitial, CycleIncremental, CycleLeavers, CycleUnchanged)
			for _, wrong := range report.WrongAnswers {
				for _, expected := range wrong.Expected {
					if strings.Contains(expected, f.says) {
						return
					}
				}
			}
			t.Errorf("%d wrong answers, none of which says %q", report.Wrong, f.says)
		})
	}
}

func TestRun_waits_out_429_and_does_not_call_it_wrong(t *testing.T) {
	t.Parallel()
	_, base := newServer(t, "throttles")
	report := play(t, base, "legacy", CycleInitial)
	noneWrong(t, report)
	if report.Throttled == 0 {
		t.Error("no answer was counted as throttled")
	}
}

func TestRun_unchanged_sends_nothing_and_names_the_attribute(t *testing.T) {
	t.Parallel()
	s, base := newServer(t, "")
	noneWrong(t, play(t, base, "legacy", CycleInitial))
	s.mu.Lock()
	for _, u := range s.stores["Users"] {
		set(u, "title", "Nobody in particular")
		break
	}
	s.mu.Unlock()
	report := play(t, base, "legacy", CycleUnchanged)
	if report.Writes != 0 || report.Wrong != 1 {
		t.Fatalf("%d writes, %d wrong", report.Writes, report.Wrong)
	}
	if said := report.WrongAnswers[0].Expected[0]; !strings.Contains(said, `title is "Nobody in particular"`) {
		t.Errorf("it says %q", said)
	}
}

func TestRun_sends_what_Entra_sends_in_the_header(t *testing.T) {
	t.Parallel()
	s, base := newServer(t, "")
	play(t, base, "legacy", CycleInitial)
	for i, h := range s.headers {
		if agent, sent := h["User-Agent"]; sent {
			t.Fatalf("User-Agent %q", agent)
		}
		if version := h.Get("Adscimversion"); !strings.HasPrefix(version, "Date:") || !strings.Contains(version, ", ActivityId:") {
			t.Fatalf("adscimversion %q", version)
		}
		if accept := h.Get("Accept"); accept != "application/scim+json" {
			t.Fatalf("Accept %q", accept)
		}
		kind, want := h.Get("Content-Type"), ""
		if !strings.HasPrefix(s.trace[i], http.MethodGet) {
			want = "application/scim+json; charset=utf-8"
		}
		if kind != want {
			t.Fatalf("Content-Type %q of %s", kind, s.trace[i])
		}
	}
}

func TestRun_sends_the_same_whatever_the_concurrency(t *testing.T) {
	t.Parallel()
	issued := regexp.MustCompile(`id-\d+|http://[^"]+`)
	var sent [2][]string
	for n, concurrency := range []int{1, 8} {
		s, base := newServer(t, "")
		o := Options{Base: base, Token: secret, Users: 60, Groups: 20, Seed: 11, Dialect: "mixed", Concurrency: concurrency}
		report, err := Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		noneWrong(t, report)
		for _, request := range s.trace {
			sent[n] = append(sent[n], issued.ReplaceAllString(request, "ID"))
		}
		slices.Sort(sent[n])
	}
	if diff := cmp.Diff(sent[0], sent[1]); diff != "" {
		t.Errorf("one at a time (−), eight at a time (+):\n%s", diff)
	}
}

func TestRun_never_shows_the_token(t *testing.T) {
	t.Parallel()
	_, base := newServer(t, "creates with 200")
	report := play(t, base, "legacy", CycleInitial)
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	if err := report.Write(&printed); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text)+printed.String(), secret) {
		t.Error("the report has the token")
	}
}

func TestRun_stops_at_a_connection_that_does_not_work(t *testing.T) {
	t.Parallel()
	_, base := newServer(t, "")
	page := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(page.Close)
	refused := map[string]struct {
		o    Options
		says string
	}{
		"wrong token":   {Options{Base: base, Token: "wrong", Users: 1}, "refuses the token"},
		"no server":     {Options{Base: "http://127.0.0.1:1/scim", Token: secret, Users: 1}, "test connection"},
		"no SCIM":       {Options{Base: page.URL, Token: secret, Users: 1}, "is this the SCIM base?"},
		"no people":     {Options{Base: base, Token: secret}, "users must be"},
		"no cycle":      {Options{Base: base, Token: secret, Users: 1, Cycles: []string{"full"}}, `cycle "full"`},
		"no address":    {Options{Base: "training.example", Token: secret, Users: 1}, "not an http"},
		"nobody linked": {Options{Base: base, Token: secret, Users: 9, Cycles: []string{CycleLeavers}}, "play the initial cycle first"},
	}
	for name, c := range refused {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Run(t.Context(), c.o)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestRun_ends_with_its_context(t *testing.T) {
	t.Parallel()
	_, base := newServer(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	o := Options{Base: base, Token: secret, Users: 500, Cycles: []string{CycleInitial}}
	o.Progress = func(p Progress) {
		if p.Done > 5 {
			cancel()
		}
	}
	if _, err := Run(ctx, o); err == nil {
		t.Error("no error from a run that was cut short")
	}
}
