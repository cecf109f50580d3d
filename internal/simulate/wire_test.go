package simulate

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// listen lets each connection be served by a function that is told its number,
// from 1, and closes it then.
func listen(t *testing.T, serve func(n int, c net.Conn, in *bufio.Reader)) (base string, connections *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	connections = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n := int(connections.Add(1))
			go func() {
				defer c.Close()
				serve(n, c, bufio.NewReader(c))
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/scim", connections
}

// receive reads one request to its end.
func receive(in *bufio.Reader) (*http.Request, error) {
	req, err := http.ReadRequest(in)
	if err == nil {
		_, err = io.Copy(io.Discard, req.Body)
	}
	return req, err
}

func newTestClient(t *testing.T, base string) *client {
	t.Helper()
	c, err := newClient(Options{Base: base, Token: secret, Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sendOne(t *testing.T, c *client, method string, body []byte) *exchange {
	t.Helper()
	x := &exchange{method: method, target: "/Users", sent: body}
	if _, err := c.do(t.Context(), probe, x); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestWire_writes_a_request_as_Entra_does(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 1)
	base, _ := listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
		var sent bytes.Buffer
		for {
			if _, err := receive(bufio.NewReader(io.TeeReader(in, &sent))); err != nil {
				return
			}
			lines <- sent.String()
			sent.Reset()
			_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
		}
	})
	c := newTestClient(t, base)
	host := strings.TrimSuffix(strings.TrimPrefix(base, "http://"), "/scim")
	_, version, _ := strings.Cut(string(c.now.Load().bare.lines), "adscimversion: Date:")
	version = "Date:" + strings.TrimSpace(version)
	for _, r := range []struct{ method, target, body, want string }{
		{"GET", `/Users?filter=userName+eq+"a%20b"`, "", `GET /scim/Users?filter=userName+eq+"a%20b" HTTP/1.1` + "\r\n"},
		{"GET", "/Users/a b", "", "GET /scim/Users/a%20b HTTP/1.1\r\n"},
		{"DELETE", "/Users/7", "", "DELETE /scim/Users/7 HTTP/1.1\r\n"},
		{"POST", "/Users", `{"a":1}`, "POST /scim/Users HTTP/1.1\r\nContent-Length: 7\r\n"},
	} {
		x := &exchange{method: r.method, target: r.target}
		kind := ""
		if r.body != "" {
			x.sent = []byte(r.body)
			kind = "Content-Type: application/scim+json; charset=utf-8\r\n"
		}
		want := r.want + "Host: " + host + "\r\nAccept: application/scim+json\r\nAuthorization: Bearer " + secret +
			"\r\n" + kind + "adscimversion: " + version + "\r\n\r\n" + r.body
		if c.once(t.Context(), x); x.err != nil {
			t.Fatal(x.err)
		}
		if got := <-lines; got != want {
			t.Errorf("sent\n%q, not\n%q", got, want)
		}
	}
}

func TestWire_replaces_a_connection_that_was_closed_in_between(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			closed := make(chan bool)
			base, connections := listen(t, func(n int, c net.Conn, in *bufio.Reader) {
				if _, err := receive(in); err == nil {
					_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
				}
				_ = c.Close()
				closed <- true
			})
			c := newTestClient(t, base)
			for range 3 {
				if x := sendOne(t, c, method, nil); x.status != http.StatusNoContent {
					t.Fatal(x.err)
				}
				<-closed
			}
			if n := connections.Load(); n != 3 {
				t.Errorf("%d connections, each good for one request, took 3", n)
			}
		})
	}
}

// A server that reads a request and hangs up may have obeyed it.
func TestWire_sends_only_what_does_no_harm_twice(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]struct{ status, sent int }{
		http.MethodGet:    {204, 3},
		http.MethodPost:   {0, 2},
		http.MethodPatch:  {0, 2},
		http.MethodDelete: {0, 2},
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int32
			base, _ := listen(t, func(n int, c net.Conn, in *bufio.Reader) {
				for first := true; ; first = false {
					if _, err := receive(in); err != nil {
						return
					}
					sent.Add(1)
					if !first {
						return
					}
					_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
				}
			})
			c := newTestClient(t, base)
			sendOne(t, c, http.MethodGet, nil)
			x := sendOne(t, c, method, nil)
			if x.status != want.status || int(sent.Load()) != want.sent {
				t.Errorf("status %d after %d requests, error %v", x.status, sent.Load(), x.err)
			}
		})
	}
}

func TestWire_hears_a_refusal_before_all_is_sent(t *testing.T) {
	t.Parallel()
	base, _ := listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
		if _, err := http.ReadRequest(in); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
		}
	})
	x := sendOne(t, newTestClient(t, base), http.MethodPost, make([]byte, 32<<20))
	if x.status != http.StatusRequestEntityTooLarge || x.received.String() != "no" {
		t.Errorf("status %d, error %v", x.status, x.err)
	}
}

func TestWire_ends_with_its_context(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	base, _ := listen(t, func(_ int, _ net.Conn, in *bufio.Reader) {
		_, _ = receive(in)
		cancel()
		_, err := in.ReadByte()
		gone <- err
	})
	x := &exchange{method: http.MethodGet, target: "/Users"}
	if _, err := newTestClient(t, base).do(ctx, probe, x); err != context.Canceled {
		t.Errorf("the error is %v", err)
	}
	if err := <-gone; err != io.EOF {
		t.Errorf("the connection is still there: %v", err)
	}
}

func TestWire_does_not_wait_for_ever(t *testing.T) {
	t.Parallel()
	base, _ := listen(t, func(_ int, _ net.Conn, in *bufio.Reader) { _, _ = io.Copy(io.Discard, in) })
	w := newTestClient(t, base).wire
	c, err := w.dial(t.Context(), time.Now().Add(timeout))
	if err != nil {
		t.Fatal(err)
	}
	err = w.use(t.Context(), c, time.Unix(1, 0), "/scim/Users", nil, &exchange{method: http.MethodGet})
	if err == nil || !strings.Contains(err.Error(), "no answer within 30s") {
		t.Errorf("the error is %v", err)
	}
}

func TestWire_closes_what_has_been_idle_for_long(t *testing.T) {
	t.Parallel()
	gone := make(chan error)
	base, _ := listen(t, func(n int, c net.Conn, in *bufio.Reader) {
		_, _ = receive(in)
		_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
		_, err := in.ReadByte()
		gone <- err
	})
	c := newTestClient(t, base)
	sendOne(t, c, http.MethodGet, nil)
	c.wire.mu.Lock()
	c.wire.idle[0].since = time.Now().Add(-idleTime)
	c.wire.mu.Unlock()
	c.wire.sweep()
	if err := <-gone; err != io.EOF {
		t.Errorf("the connection is still there: %v", err)
	}
	if len(c.wire.idle) != 0 || c.wire.sweeping {
		t.Error("there is still something to sweep")
	}
}

func TestWire_sends_no_control_characters(t *testing.T) {
	t.Parallel()
	base, connections := listen(t, func(int, net.Conn, *bufio.Reader) {})
	x := &exchange{method: http.MethodGet, target: "/Users/a?b HTTP/1.1\r\nX: y"}
	newTestClient(t, base).once(t.Context(), x)
	if x.err == nil || !strings.Contains(x.err.Error(), "control character") || connections.Load() != 0 {
		t.Errorf("the error is %v", x.err)
	}
}

func TestWire_speaks_TLS(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	names := make(chan string, 10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		names <- r.TLS.ServerName
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	c := newTestClient(t, "https://example.com/scim")
	c.wire.address = server.Listener.Addr().String()
	c.wire.tls.RootCAs = x509.NewCertPool()
	c.wire.tls.RootCAs.AddCert(server.Certificate())
	for range 3 {
		sendOne(t, c, http.MethodGet, nil)
		x := sendOne(t, c, http.MethodPost, bytes.Repeat([]byte("ä"), 100_000))
		if x.err != nil || x.received.String() != string(x.sent) {
			t.Fatalf("status %d, %d bytes, error %v", x.status, x.received.Len(), x.err)
		}
		if name := <-names; name != "example.com" {
			t.Errorf("asked for %q", name)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("six requests took %d connections", n)
	}
	server.CloseClientConnections()
	if x := sendOne(t, c, http.MethodPost, []byte("a")); x.status != http.StatusOK {
		t.Errorf("after the end of a connection: %v", x.err)
	}
}

func TestWire_trusts_no_stranger(t *testing.T) {
	t.Parallel()
	for says, config := range map[string]*tls.Config{
		"certificate":      {},
		"protocol version": {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
	} {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.TLS = config
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		x := sendOne(t, newTestClient(t, server.URL), http.MethodGet, nil)
		if x.err == nil || !strings.Contains(x.err.Error(), says) {
			t.Errorf("the error is %v", x.err)
		}
	}
}

// The environment is read once in a process, so that this needs one of its own.
func TestClient_goes_through_the_proxy_of_the_environment(t *testing.T) {
	t.Parallel()
	const mark = "SIMULATE_TEST_BEHIND_PROXY"
	if os.Getenv(mark) != "" {
		x := sendOne(t, newTestClient(t, "http://training.example/scim"), http.MethodGet, nil)
		if x.err != nil || x.received.String() != "http://training.example/scim/Users" {
			t.Errorf("answer %q, error %v", x.received.String(), x.err)
		}
		return
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.RequestURI)
	}))
	t.Cleanup(proxy.Close)
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	again.Env = append(os.Environ(), mark+"=1", "HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "NO_PROXY=", "no_proxy=")
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
