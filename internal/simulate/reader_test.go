package simulate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReader_notes_shapes_that_break_Entra(t *testing.T) {
	t.Parallel()
	for body, fault := range map[string]string{
		`{"id":7}`:                                            "id must be a string, not a number",
		`{"active":1}`:                                        "active must be a JSON boolean, not a number",
		`{"active":"False"}`:                                  "active must be a JSON boolean, not a string",
		`{"emails":{"value":"a@b.example"}}`:                  "emails must be a list, not an object",
		`{"emails":["a@b.example"]}`:                          "emails must be an object, not a string",
		`{"emails":[{"primary":"True"}]}`:                     "emails.primary must be a JSON boolean, not a string",
		`{"addresses":{"type":"work"}}`:                       "addresses must be a list, not an object",
		`{"roles":["boss"]}`:                                  "roles must be an object, not a string",
		`{"name":"Ada"}`:                                      "name must be an object, not a string",
		`{"schemas":"` + coreUser + `"}`:                      "schemas must be a list, not a string",
		`{"` + enterprise + `":{"manager":"m1"}}`:             "manager must be an object, not a string",
		`{"schemas":["` + coreUser + `","` + coreUser + `"]}`: "schemas must not name a schema twice",
		`{"phoneNumbers":[{"type":"work","value":"1"},{"type":"work","value":"2"}]}`: `phoneNumbers[type eq "work"].value must be there once, not twice`,
		`{"meta":{"version":3}}`: "meta.version must be a string, not a number",
	} {
		var r reader
		var u resource
		r.reset([]byte(body))
		r.resource(&u)
		if diff := cmp.Diff([]string{fault}, r.faults); diff != "" {
			t.Errorf("%s:\n%s", body, diff)
		}
	}
}

func TestReader_takes_null_for_absent(t *testing.T) {
	t.Parallel()
	var r reader
	var u resource
	r.reset([]byte(`{"title":null,"emails":null,"name":null,"active":null,"unknown":[{}]}`))
	r.resource(&u)
	if len(r.faults) > 0 || u.values != (values{}) {
		t.Errorf("faults %q, values %q", r.faults, u.values)
	}
}

func TestReader_reads_what_the_client_writes(t *testing.T) {
	t.Parallel()
	var r reader
	var u resource
	r.reset(appendUser(nil, &ada))
	r.resource(&u)
	if diff := cmp.Diff(ada, u.values); diff != "" || len(r.faults) > 0 {
		t.Errorf("faults %q\n%s", r.faults, diff)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(appendUser(nil, &ada))
	f.Add([]byte(`{"schemas":["x"],"totalResults":1.5,"Resources":[{"members":[{"value":1}]}`))
	f.Add([]byte("<html>"))
	var r reader
	f.Fuzz(func(_ *testing.T, body []byte) {
		var u resource
		var p page
		var e failure
		r.reset(body)
		r.resource(&u)
		r.reset(body)
		r.page(&p)
		r.reset(body)
		r.failure(&e)
	})
}

func TestHistogram_is_exact_to_three_percent(t *testing.T) {
	t.Parallel()
	var h histogram
	for i := 1; i <= 1000; i++ {
		h.add(time.Duration(i) * time.Millisecond)
	}
	l := h.latency("get")
	near := func(got, want float64) bool { return got > 0.97*want && got < 1.03*want }
	if l.Count != 1000 || !near(l.P50, 500) || !near(l.P95, 950) || !near(l.P99, 990) || l.Max != 1000 {
		t.Errorf("%+v", l)
	}
}
