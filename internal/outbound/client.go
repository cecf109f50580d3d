package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

const (
	timeout   = 10 * time.Second
	maxAnswer = 1 << 20
)

// ErrTooLarge is what reading an answer ends with that is larger than 1 MiB.
var ErrTooLarge = errors.New("the answer is larger than 1 MiB")

// Forbidden says why a request was not sent.
type Forbidden struct{ Why string }

func (f *Forbidden) Error() string { return f.Why }

// New returns a client that reaches the public internet over https, and the
// allowed networks over http too.
func New(allowed []netip.Prefix) *http.Client {
	g := &guard{allowed: allowed}
	g.secure = g.transport(false)
	g.plain = g.transport(true)
	return &http.Client{Transport: g, Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return &Forbidden{"the server answered with a redirect, which is never followed"}
	}}
}

// guard checks requests, and hands them to a transport that checks addresses.
type guard struct {
	allowed       []netip.Prefix
	secure, plain *http.Transport
}

// transport connects to allowed addresses, and unless it is plain to public ones.
func (g *guard) transport(plain bool) *http.Transport {
	dialer := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error { return g.check(address, plain) }}
	return &http.Transport{
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", address)
		},
		TLSHandshakeTimeout: timeout, ResponseHeaderTimeout: timeout, MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
	}
}

// check judges the address of a connection.
func (g *guard) check(address string, plain bool) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return &Forbidden{fmt.Sprintf("%s is no address", address)}
	}
	ip := to.Addr()
	if within(g.allowed, ip) || ip.Is4In6() && within(g.allowed, ip.Unmap()) {
		return nil
	}
	switch port := strconv.Itoa(int(to.Port())); {
	case plain:
		return &Forbidden{"it is reached without https"}
	case !Public(ip):
		return &Forbidden{fmt.Sprintf("%s is not on the public internet; whoever runs this server can allow its network with ROLLCALL_ALLOWED_NETWORKS", ip)}
	case to.Port() < 1024 && to.Port() != 443, closed[port]:
		return &Forbidden{fmt.Sprintf("port %s is not one of a web server", port)}
	}
	return nil
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := CheckURL(r.URL); err != nil {
		return nil, err
	}
	through := g.secure
	if r.URL.Scheme == "http" {
		if len(g.allowed) == 0 {
			return nil, &Forbidden{"the address begins with http://; it has to be https"}
		}
		through = g.plain
	}
	answer, err := through.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &limited{answer.Body, maxAnswer}
	return answer, nil
}

// CheckURL says what is wrong with an address that is to be asked, before anything
// is looked up.
func CheckURL(u *url.URL) error {
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return &Forbidden{"the address must begin with https://"}
	case u.User != nil:
		return &Forbidden{"the address has a user name in it"}
	case u.Hostname() == "" || u.Opaque != "":
		return &Forbidden{"the address has no host"}
	}
	return nil
}

// limited is a body that ends with an error when it is too large.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, ErrTooLarge
	}
	n, err := l.ReadCloser.Read(p[:min(int64(len(p)), l.left+1)])
	if l.left -= int64(n); l.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}
