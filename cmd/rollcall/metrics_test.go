package main

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// figures reads /metrics: each series with its value.
func (r *running) figures() map[string]float64 {
	r.Helper()
	status, text := r.send(http.MethodGet, "http://"+r.ops+"/metrics", "", "")
	if status != http.StatusOK {
		r.Fatalf("metrics: %d %s", status, text)
	}
	all := map[string]float64{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		series, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if i := strings.LastIndex(series, "}"); i < 0 && strings.Contains(series, "{") { // a label with a blank
			r.Fatalf("can't read %q", line)
		}
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			r.Fatalf("can't read %q: %v", line, err)
		}
		all[series] = number
	}
	return all
}

func TestMetrics(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.env[settingOpsAddr] = "127.0.0.1:0"
		sh.do("org", "create", "--slug", "acme-of-secrets")
		scim := strings.TrimSpace(sh.do("token", "create", "--org", "acme-of-secrets", "--kind", "scim", "--name", "entra"))
		key := strings.TrimSpace(sh.do("token", "create", "--org", "acme-of-secrets", "--kind", "api", "--name", "desk", "--scopes", "all"))
		r := sh.serve()
		users := "http://" + r.address + "/scim/v2//acme-of-secrets/Users"
		for _, want := range []int{http.StatusCreated, http.StatusConflict} {
			if status, text := r.send(http.MethodPost, users, scim, ada); status != want {
				sh.Fatalf("create: %d %s", status, text)
			}
		}
		r.send(http.MethodGet, users+"?filter=userName+eq+%22secret%22", scim, "")
		r.send(http.MethodGet, "http://"+r.address+"/scim/v2/acme-of-secrets/Secrets/secret", scim, "")
		r.send("SECRET", users, scim, "")
		r.send(http.MethodGet, users, "rcs_secret", "")
		for _, operation := range []string{`{viewer{name}}`, `query secret { viewer { name } }`, `{secret}`, `{`, `mutation { revokeToken(id: "0190a6f0-0000-7000-8000-000000000000") { token { id } } }`} {
			r.ask(key, operation)
		}
		r.ask("rca_secret", `{viewer{name}}`)

		got := r.figures()
		for series, want := range map[string]float64{
			`rollcall_scim_requests_total{method="POST",resource="Users",status="2xx"}`:   1,
			`rollcall_scim_requests_total{method="POST",resource="Users",status="4xx"}`:   1,
			`rollcall_scim_requests_total{method="GET",resource="Users",status="2xx"}`:    1,
			`rollcall_scim_requests_total{method="GET",resource="Users",status="4xx"}`:    1,
			`rollcall_scim_requests_total{method="GET",resource="other",status="4xx"}`:    1,
			`rollcall_scim_requests_total{method="other",resource="Users",status="4xx"}`:  1,
			`rollcall_scim_request_duration_seconds_count{method="POST"}`:                 2,
			`rollcall_scim_request_duration_seconds_bucket{method="POST",le="+Inf"}`:      2,
			`rollcall_graphql_requests_total{operation="query",outcome="OK"}`:             2,
			`rollcall_graphql_requests_total{operation="none",outcome="BAD_REQUEST"}`:     2,
			`rollcall_graphql_requests_total{operation="none",outcome="UNAUTHENTICATED"}`: 1,
			`rollcall_graphql_requests_total{operation="mutation",outcome="NOT_FOUND"}`:   1,
			`rollcall_refused_credentials_total{kind="scim"}`:                             1,
			`rollcall_refused_credentials_total{kind="api"}`:                              1,
			`rollcall_refused_credentials_total{kind="operator"}`:                         0,
			`rollcall_refused_credentials_total{kind="session"}`:                          0,
			`rollcall_log_rows_dropped_total`:                                             0,
			`rollcall_feed_behind_seconds`:                                                0,
		} {
			if n, ok := got[series]; (!ok || n != want) && !(strings.HasPrefix(series, "rollcall_feed") && strings.HasPrefix(sh.env[settingDatabase], "postgres")) {
				sh.Errorf("%s is %v (%v), want %v", series, n, ok, want)
			}
		}
		for _, series := range []string{"rollcall_feed_position", "rollcall_database_connections_open", "rollcall_database_connections_max",
			"rollcall_database_statements_total", "go_goroutines", "go_memstats_heap_alloc_bytes", "process_open_fds"} {
			if n, ok := got[series]; (!ok || n <= 0) && !(series == "rollcall_feed_position" && strings.HasPrefix(sh.env[settingDatabase], "postgres")) {
				sh.Errorf("%s is %v (%v)", series, n, ok)
			}
		}
		if n := got[`rollcall_credential_days_left{kind="scim_token"}`]; n < 1 || n > 400 {
			sh.Errorf("the token works for %v days", n)
		}
		if n := got["rollcall_feed_age_seconds"]; n < 0 || n > 3600 {
			sh.Errorf("the feed's age is %v s", n)
		}
		for series := range got {
			if strings.Contains(series, "ecret") || strings.Contains(series, "acme") || strings.Contains(series, "127.0.0.1") {
				sh.Errorf("a label came from a client: %s", series)
			}
		}
		if status, text := r.get("/metrics"); status != http.StatusNotFound || strings.Contains(text, "rollcall_") {
			sh.Errorf("on the public address /metrics is %d %.100s", status, text)
		}
		r.end()
	})
}

// What clients send makes no new series, and counting costs the server nothing
// that has to be collected.
func TestCountingIsBounded(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	requests := make([]*http.Request, 200)
	for i := range requests {
		n := strconv.Itoa(i)
		requests[i] = httptest.NewRequest("M"+n, "/scim/v2/org"+n+"/Thing"+n+"/"+n, nil)
	}
	for i, r := range requests {
		m.scimDone(r, i*10, time.Millisecond)
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, nil)
	if n := len(regexp.MustCompile(`(?m)^rollcall_scim_requests_total`).FindAllString(w.Body.String(), -1)); n > len(classes) {
		t.Errorf("there are %d series", n)
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	m := newMetrics()
	r := httptest.NewRequest(http.MethodGet, "/scim/v2/acme/Users?filter=x", nil)
	if n := testing.AllocsPerRun(100, func() { m.scimDone(r, http.StatusOK, time.Millisecond) }); n != 0 {
		t.Errorf("counting a request allocates %v times", n)
	}
}
