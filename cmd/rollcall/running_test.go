package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// running is a server command that goes on until it is stopped.
type running struct {
	*testing.T
	address string
	ops     string // address of health alone
	said    string // until it was ready
	stop    context.CancelFunc
	status  chan int
}

// serve starts the server and waits until it is ready.
func (sh *shell) serve(args ...string) *running {
	sh.Helper()
	return sh.start(append([]string{"serve"}, args...), func(r *running, text string) bool {
		var line struct{ Msg, Address, Ops string }
		if err := json.Unmarshal([]byte(text), &line); err != nil || line.Msg != "ready" {
			return false
		}
		r.address, r.ops = line.Address, line.Ops
		return true
	})
}

// demo starts the demonstration and waits until it is presented.
func (sh *shell) demo(args ...string) *running {
	sh.Helper()
	return sh.start(append([]string{"demo"}, args...), func(r *running, text string) bool {
		if _, open, ok := strings.Cut(text, "Open        http://"); ok {
			r.address = strings.TrimSuffix(open, "/")
		}
		return strings.HasPrefix(text, "Ctrl-C stops it")
	})
}

// start runs a command until the test ends and waits for the line that says
// that it is ready. The lines after that go to each of then.
func (sh *shell) start(args []string, ready func(*running, string) bool, then ...func(string)) *running {
	sh.Helper()
	ctx, stop := context.WithCancel(sh.Context())
	r := &running{T: sh.T, stop: stop, status: make(chan int, 1)}
	lines, out := io.Pipe()
	go func() {
		r.status <- run(ctx, args, sh.environment(), sh.variables(), strings.NewReader(""), out, out)
		_ = out.Close()
	}()
	sh.Cleanup(func() { stop(); _ = lines.Close() })
	scanner := bufio.NewScanner(lines)
	for scanner.Scan() {
		r.said += scanner.Text() + "\n"
		if ready(r, scanner.Text()) {
			go func() {
				for scanner.Scan() {
					for _, f := range then {
						f(scanner.Text())
					}
				}
			}()
			return r
		}
	}
	sh.Fatalf("rollcall %s ended with %d:\n%s", strings.Join(args, " "), <-r.status, r.said)
	return nil
}

// end stops the command and expects it to go in peace.
func (r *running) end() {
	r.Helper()
	r.stop()
	if status := <-r.status; status != exitOK {
		r.Errorf("the server ended with status %d", status)
	}
}

func (r *running) get(path string) (status int, body string) {
	r.Helper()
	return r.send(http.MethodGet, "http://"+r.address+path, "", "")
}

// send makes a request and returns the answer.
func (r *running) send(method, url, token, body string) (int, string) {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), method, url, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
		req.Header.Set("Content-Type", "application/scim+json")
	}
	// A client of its own: connections that others have left idle would be cut
	// by their servers' end.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	return res.StatusCode, string(text)
}
