package simulate

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
)

const (
	maxBody     = 64 << 20         // of an answer; a full group of 100,000 is some 10 MB
	maxWait     = time.Minute      // that Retry-After may ask for
	maxAttempts = 6                // at one request that is throttled
	timeout     = 30 * time.Second // of one request
	maxOutage   = 50               // requests in a row without any answer: the server is gone
)

// client sends requests as Entra does.
type client struct {
	wire    *wire             // nil: through http
	http    http.RoundTripper // no http.Client: redirects are answers
	base    *url.URL
	limit   *rate.Limiter // nil: none
	key     *credential
	version string // names the cycle
	now     atomic.Pointer[prefaces]
	outage  atomic.Int32
	latency [kinds]histogram
}

// prefaces are those of requests without a body and with one.
type prefaces struct{ bare, body preface }

// preface is what precedes a body, in both forms; read-only.
type preface struct {
	fields http.Header
	lines  []byte // for the wire
}

// exchange is one request and its answer. A worker reuses it.
type exchange struct {
	method string
	target string // after the base: path and raw query
	sent   []byte

	status   int // 0: no answer
	header   http.Header
	received bytes.Buffer
	err      error
}

func newClient(o Options) (*client, error) {
	base, err := url.Parse(o.Base)
	if err != nil {
		return nil, err
	}
	c := &client{base: base, key: newCredential(o)}
	if o.Rate > 0 {
		c.limit = rate.NewLimiter(rate.Limit(o.Rate), max(1, int(o.Rate/10)))
	}
	if o.Client != nil {
		c.http = cmp.Or(o.Client.Transport, http.DefaultTransport)
	} else if err := c.connect(o); err != nil {
		return nil, err
	}
	c.session()
	return c, nil
}

// connect takes the wire unless there is a proxy on the way.
func (c *client) connect(o Options) error {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: c.base})
	if err != nil {
		return fmt.Errorf("the proxy that the environment names: %w", err)
	}
	if proxy == nil {
		c.wire = newWire(c.base)
	}
	if c.wire == nil {
		c.http = &http.Transport{
			Proxy:               http.ProxyURL(proxy),
			MaxIdleConns:        2 * o.Concurrency,
			MaxIdleConnsPerHost: 2 * o.Concurrency,
			IdleConnTimeout:     idleTime,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: handshakeTimeout,
			DisableCompression:  true,
		}
	}
	return nil
}

// session begins one cycle: Entra names the cycle's activity, and sends no
// User-Agent at all.
func (c *client) session() {
	c.version = fmt.Sprintf("Date:%s, ActivityId:%s", time.Now().UTC().Format(time.RFC3339), uuid.NewString())
	c.present(c.key.token)
}

// present sets the headers of the requests that follow.
func (c *client) present(token string) {
	bare := http.Header{
		"Authorization": {"Bearer " + token},
		"Accept":        {"application/scim+json"},
		"User-Agent":    {""},        // keeps http.Transport from naming itself
		"adscimversion": {c.version}, // lower case, as it comes from Entra
	}
	body := bare.Clone()
	body["Content-Type"] = []string{"application/scim+json; charset=utf-8"}
	c.now.Store(&prefaces{newPreface(c.base.Host, bare), newPreface(c.base.Host, body)})
}

func newPreface(host string, fields http.Header) preface {
	var b bytes.Buffer
	b.WriteString("Host: " + host + "\r\n")
	_ = fields.WriteSubset(&b, map[string]bool{"User-Agent": true}) // to memory: never an error
	return preface{fields, b.Bytes()}
}

var errOutage = errors.New("the server has stopped answering")

// do sends x and reads the answer into it. It waits out 429 and counts how
// often; nothing else is tried twice, as Entra leaves that to the next cycle.
// An error means that the run must end: the context did, or the server is gone.
func (c *client) do(ctx context.Context, k kind, x *exchange) (throttled int, err error) {
	for {
		if c.limit != nil {
			if err := c.limit.Wait(ctx); err != nil {
				return throttled, err
			}
		}
		if err := c.key.keep(ctx, c.present); err != nil {
			return throttled, err
		}
		start := time.Now()
		c.once(ctx, x)
		if ctx.Err() != nil {
			return throttled, context.Cause(ctx)
		}
		if x.err != nil {
			if c.outage.Add(1) >= maxOutage {
				return throttled, fmt.Errorf("%w: %w", errOutage, x.err)
			}
			return throttled, nil
		}
		c.outage.Store(0)
		if x.status != http.StatusTooManyRequests {
			c.latency[k].add(time.Since(start))
			return throttled, nil
		}
		throttled++
		if throttled == maxAttempts {
			return throttled, nil
		}
		if err := pause(ctx, retryAfter(x.header.Get("Retry-After"))); err != nil {
			return throttled, err
		}
	}
}

func (c *client) once(ctx context.Context, x *exchange) {
	x.status, x.header, x.err = 0, nil, nil
	x.received.Reset()
	now := c.now.Load()
	p := &now.bare
	if x.sent != nil {
		p = &now.body
	}
	if c.wire != nil {
		x.err = c.wire.exchange(ctx, c.url(x.target).RequestURI(), p.lines, x)
	} else {
		x.err = c.roundTrip(ctx, p.fields, x)
	}
}

func (c *client) roundTrip(ctx context.Context, fields http.Header, x *exchange) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req := (&http.Request{
		Method: x.method, URL: c.url(x.target), Host: c.base.Host, Header: fields,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if x.sent != nil {
		sent := x.sent
		req.ContentLength = int64(len(sent))
		req.Body = io.NopCloser(bytes.NewReader(sent))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(sent)), nil }
	}
	resp, err := c.http.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := x.read(resp.Body); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	x.status, x.header = resp.StatusCode, resp.Header
	return nil
}

// read takes over a body, maxBody bytes of it at most.
func (x *exchange) read(body io.Reader) error {
	_, err := x.received.ReadFrom(io.LimitReader(body, maxBody))
	return err
}

// url puts the target behind the base without touching its quotes and plus
// signs, which Entra sends raw.
func (c *client) url(target string) *url.URL {
	path, query, _ := strings.Cut(target, "?")
	u := *c.base
	u.Path += path
	u.RawPath = ""
	u.RawQuery = query
	return &u
}

// retryAfter reads seconds or a date; a server that names neither gets a second.
func retryAfter(header string) time.Duration {
	wait := time.Second
	if seconds, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = time.Until(date)
	}
	return min(max(wait, 0), maxWait)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
