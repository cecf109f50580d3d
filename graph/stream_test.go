package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// watcher reads a stream of Server-Sent Events.
type watcher struct {
	*testing.T
	cancel  context.CancelFunc
	answers chan *reply // closed when the stream is over
	ended   bool        // with complete
}

// watch begins a subscription.
func (h *house) watch(c caller, operation string, v vars) *watcher {
	h.Helper()
	body, err := json.Marshal(map[string]any{"query": operation, "variables": v})
	if err != nil {
		h.Fatal(err)
	}
	ctx, cancel := context.WithCancel(h.Context())
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, h.server.URL+"/graphql", bytes.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	hr.Header.Set("Content-Type", "application/json")
	hr.Header.Set("Accept", "text/event-stream")
	hr.Header.Set(c.header, c.value)
	answer, err := h.server.Client().Do(hr)
	if err != nil {
		h.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" || answer.Header.Get("Cache-Control") != "no-store" {
		h.Fatalf("status %d: %v", answer.StatusCode, answer.Header)
	}
	w := &watcher{T: h.T, cancel: cancel, answers: make(chan *reply)}
	h.Cleanup(cancel)
	go func() {
		defer close(w.answers)
		defer answer.Body.Close()
		w.read(ctx, bufio.NewReader(answer.Body))
	}()
	return w
}

func (w *watcher) read(ctx context.Context, lines *bufio.Reader) {
	var event, data string
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		switch name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); {
		case name == "event":
			event = value
		case name == "data":
			data = value
		case line == "\n" && event == "complete":
			w.ended = true
			return
		case line == "\n" && event == "next":
			r := &reply{T: w.T, status: http.StatusOK, text: []byte(data)}
			if err := json.Unmarshal(r.text, r); err != nil {
				w.Errorf("no JSON: %s", data)
				return
			}
			select {
			case w.answers <- r:
			case <-ctx.Done():
				return
			}
			event = ""
		}
	}
}

// next waits for what comes.
func (w *watcher) next() *reply {
	w.Helper()
	select {
	case r, ok := <-w.answers:
		if !ok {
			w.Fatalf("the stream is over (complete: %t)", w.ended)
		}
		return r
	case <-time.After(patience):
		w.Fatal("nothing came")
	}
	return nil
}

// over waits for the end of the stream; what still comes before it is returned.
func (w *watcher) over() (rest []*reply) {
	w.Helper()
	limit := time.After(patience)
	for {
		select {
		case r, ok := <-w.answers:
			if !ok {
				if !w.ended {
					w.Error("the stream broke off without complete")
				}
				return rest
			}
			rest = append(rest, r)
		case <-limit:
			w.Fatal("the stream doesn't end")
		}
	}
}
