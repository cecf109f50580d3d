package simulate

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestWire_reads_every_form_of_answer(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n"
	for name, a := range map[string]struct {
		raw    string
		status int
		body   string
		again  bool // the connection serves the next request too
	}{
		"length":              {ok + "Content-Length: 5\r\n\r\nhello", 200, "hello", true},
		"long":                {ok + "Content-Length: 3000000\r\n\r\n" + strings.Repeat("x", 3_000_000), 200, strings.Repeat("x", 3_000_000), true},
		"nothing":             {ok + "Content-Length: 0\r\n\r\n", 200, "", true},
		"chunks":              {ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", 200, "hello", true},
		"chunks and trailers": {ok + "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n", 200, "hello", true},
		"until the end":       {ok + "\r\nhello", 200, "hello", false},
		"no content":          {"HTTP/1.1 204 No Content\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\n", 204, "", true},
		"not modified":        {"HTTP/1.1 304 Not Modified\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\n", 304, "", true},
		"no reason":           {"HTTP/1.1 404\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nno", 404, "no", true},
		"early hints":         {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok + "Content-Length: 5\r\n\r\nhello", 200, "hello", true},
		"last":                {ok + "Connection: x, Close\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false},
		"old protocol":        {"HTTP/1.0 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false},
		"small letters":       {"HTTP/1.1 200 OK\r\ncontent-type:a/b \r\ncontent-length: 5\r\n\r\nhello", 200, "hello", true},
		"bare line ends":      {"HTTP/1.1 200 OK\nContent-Type: a/b\nContent-Length: 5\n\nhello", 200, "hello", true},
		"folded":              {"HTTP/1.1 200 OK\r\nX: y\r\n  z\r\nContent-Type:\r\n a/b\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true},
		"long line":           {ok + "X: " + strings.Repeat("x", 20_000) + "\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true},
		"length twice":        {ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true},
		"length and chunks":   {ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, "hello", false},
		"unasked":             {ok + "Content-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n", 200, "hello", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, connections := listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
				for {
					if _, err := receive(in); err != nil {
						return
					}
					if _, err := io.WriteString(c, a.raw); err != nil || name == "until the end" {
						return
					}
				}
			})
			c := newTestClient(t, base)
			for range 2 {
				x := sendOne(t, c, http.MethodGet, nil)
				if x.err != nil || x.status != a.status || x.received.String() != a.body {
					t.Fatalf("status %d, body %.40q, error %v", x.status, x.received.String(), x.err)
				}
				if kind := strings.TrimSpace(x.header.Get("Content-Type")); kind != "a/b" {
					t.Fatalf("Content-Type %q", kind)
				}
			}
			if n := connections.Load(); (n == 1) != a.again {
				t.Errorf("two requests took %d connections", n)
			}
		})
	}
}

func TestWire_says_what_is_wrong_with_an_answer(t *testing.T) {
	t.Parallel()
	for raw, says := range map[string]string{
		"":                                 "closed the connection without an answer",
		"HTTP/1.1 200 OK\r\nA: b":          "unexpected EOF",
		"HTTP/2 200\r\n\r\n":               "no status line",
		"SSH-2.0-OpenSSH\r\n\r\n":          "no status line",
		"HTTP/1.1 +20 OK\r\n\r\n":          "no status line",
		"HTTP/1.1 2000 OK\r\n\r\n":         "no status line",
		"HTTP/1.1 200 OK\r\nA b\r\n\r\n":   "no line of a header",
		"HTTP/1.1 200 OK\r\nA : b\r\n\r\n": "no line of a header",
		"HTTP/1.1 200 OK\r\n A: b\r\n\r\n": "no line of a header",
		"HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", maxHead):                            "longer than 1048576 bytes",
		strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", maxHead/28+1):                   "longer than 1048576 bytes",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell":                                 "unexpected EOF",
		"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello":                               "no content length",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello":           "no content length",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n":             "not chunked",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n":                   "invalid byte",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n": "unexpected EOF",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b" +
			strings.Repeat("b", 2*maxHead): "longer than 1048576 bytes",
	} {
		t.Run(raw[:min(60, len(raw))], func(t *testing.T) {
			t.Parallel()
			base, _ := listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
				if _, err := receive(in); err == nil {
					_, _ = io.WriteString(c, raw)
				}
			})
			x := sendOne(t, newTestClient(t, base), http.MethodGet, nil)
			if x.err == nil || !strings.Contains(x.err.Error(), says) {
				t.Errorf("the error is %v", x.err)
			}
			if x.status != 0 || x.header != nil {
				t.Errorf("status %d of an answer that is none", x.status)
			}
		})
	}
}
