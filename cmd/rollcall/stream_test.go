package main

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
)

// A stream has no end of its own: it would hold the server up until it is cut off.
func TestServeEndsStreamsWhenItDrains(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.do("org", "create", "--slug", "acme")
	token := sh.do("token", "create", "--org", "acme", "--kind", "api", "--name", "ci", "--scopes", "events:read")
	r := sh.serve()
	hr, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.address+"/graphql",
		strings.NewReader(`{"query":"subscription { eventsAdded(after: \"\") { node { type } } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	hr.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}, "Authorization": {"Bearer " + strings.TrimSpace(token)}}
	answer, err := http.DefaultClient.Do(hr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() && !strings.Contains(lines.Text(), "token.created") {
	}
	r.end()
	last := ""
	for lines.Scan() {
		if lines.Text() != "" {
			last = lines.Text()
		}
	}
	if last != "event: complete" {
		t.Errorf("the stream ends with %q: %v", last, lines.Err())
	}
}
