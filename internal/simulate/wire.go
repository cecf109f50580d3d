package simulate

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	idleTime         = time.Minute // after which a connection that nobody uses is closed
	handshakeTimeout = 10 * time.Second
)

// wire speaks HTTP/1.1 with the one server of a run, without a proxy. Each
// exchange has a connection to itself and runs on the goroutine that asked for
// it: what makes the load shares the processors with what is measured, and
// http.Transport would spend two goroutines on each connection, a switch to
// and fro on each request.
type wire struct {
	address string
	tls     *tls.Config // nil: http

	mu       sync.Mutex
	idle     []*wireConn // the last used stands last and is the first to be used again
	sweeping bool        // a timer runs that closes those out of use
}

// newWire returns nil for a host that must be translated first, such as one
// with an umlaut or a zone, which http.Transport knows how to do.
func newWire(base *url.URL) *wire {
	if strings.ContainsFunc(base.Host, func(r rune) bool { return r <= ' ' || r > '~' || r == '%' }) {
		return nil
	}
	w := &wire{}
	port := "80"
	if base.Scheme == "https" {
		port = "443"
		w.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: base.Hostname()}
	}
	w.address = net.JoinHostPort(base.Hostname(), cmp.Or(base.Port(), port))
	return w
}

// errUnsent says that the connection was gone before the server could have read
// the request, or that reading it once more can do no harm.
var errUnsent = errors.New("the connection had been closed by the server")

// exchange sends x to the address and reads the answer into x. A connection
// that the server has closed in the meantime is replaced, once.
func (w *wire) exchange(ctx context.Context, uri string, header []byte, x *exchange) error {
	deadline := time.Now().Add(timeout)
	if strings.ContainsFunc(uri, unicode.IsControl) {
		return fmt.Errorf("the address %q has a control character", uri)
	}
	if c := w.take(x.method != http.MethodGet); c != nil {
		err := w.use(ctx, c, deadline, uri, header, x)
		if !errors.Is(err, errUnsent) {
			return err
		}
	}
	c, err := w.dial(ctx, deadline)
	if err != nil {
		return err
	}
	return w.use(ctx, c, deadline, uri, header, x)
}

// use makes c fail as soon as the context ends.
func (w *wire) use(ctx context.Context, c *wireConn, deadline time.Time, uri string, header []byte, x *exchange) error {
	if err := c.SetDeadline(deadline); err != nil {
		return err
	}
	unhook := context.AfterFunc(ctx, c.interrupt)
	keep, err := c.exchange(uri, header, x)
	if !unhook() || !keep {
		_ = c.Close()
	} else {
		w.put(c)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("no answer within %s: %w", timeout, err)
	}
	return err
}

func (w *wire) dial(ctx context.Context, deadline time.Time) (*wireConn, error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", w.address)
	if err != nil {
		return nil, err
	}
	if w.tls == nil {
		return newWireConn(plain, plain), nil
	}
	ctx, cancel = context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	secure := tls.Client(plain, w.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = plain.Close()
		return nil, fmt.Errorf("TLS handshake with %s: %w", w.address, err)
	}
	return newWireConn(secure, plain), nil
}

// take returns an idle connection, or nil. A checked one is not known to be
// closed.
func (w *wire) take(checked bool) *wireConn {
	for {
		w.mu.Lock()
		last := len(w.idle) - 1
		if last < 0 {
			w.mu.Unlock()
			return nil
		}
		c := w.idle[last]
		w.idle = w.idle[:last]
		w.mu.Unlock()
		if !checked || c.open() {
			return c
		}
		_ = c.Close()
	}
}

func (w *wire) put(c *wireConn) {
	c.reused, c.since = true, time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = append(w.idle, c)
	if !w.sweeping {
		w.sweeping = true
		time.AfterFunc(idleTime, w.sweep)
	}
}

// sweep closes the connections that have been idle for too long, and comes
// again as long as there are others.
func (w *wire) sweep() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = slices.DeleteFunc(w.idle, func(c *wireConn) bool {
		old := time.Since(c.since) >= idleTime
		if old {
			go c.Close() // of TLS says goodbye, which may take a while
		}
		return old
	})
	w.sweeping = len(w.idle) > 0
	if w.sweeping {
		time.AfterFunc(idleTime, w.sweep)
	}
}
