package simulate

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"
)

// wireConn is a connection to the server, used by one exchange at a time.
type wireConn struct {
	net.Conn
	raw       syscall.RawConn // of the socket below TLS; nil if it has none
	in        *bufio.Reader   // reads through the connection's own Read
	out       []byte          // the request
	lines     []byte          // the header of the answer
	allowance int             // bytes that may still be read
	reused    bool
	since     time.Time // when it became idle
	interrupt func()    // makes what is being read and written fail at once
}

func newWireConn(c, plain net.Conn) *wireConn {
	w := &wireConn{Conn: c}
	w.in = bufio.NewReader(w)
	w.interrupt = func() { _ = c.SetDeadline(time.Unix(1, 0)) }
	if socket, ok := plain.(syscall.Conn); ok {
		w.raw, _ = socket.SyscallConn()
	}
	return w
}

// Read reads no more than the allowance, so that an endless header ends.
func (c *wireConn) Read(p []byte) (int, error) {
	if c.allowance <= 0 {
		return 0, errLongHead
	}
	n, err := c.Conn.Read(p[:min(len(p), c.allowance)])
	c.allowance -= n
	return n, err
}

// exchange writes the request in one piece and reads the answer into x. It
// reports whether the connection can be used again. The error is errUnsent if
// the request may be sent again on another connection.
func (c *wireConn) exchange(uri string, header []byte, x *exchange) (keep bool, err error) {
	c.out = append(append(append(append(c.out[:0], x.method...), ' '), uri...), " HTTP/1.1\r\n"...)
	if x.sent != nil {
		c.out = append(strconv.AppendInt(append(c.out, "Content-Length: "...), int64(len(x.sent)), 10), "\r\n"...)
	}
	c.out = append(append(append(c.out, header...), "\r\n"...), x.sent...)
	n, unwritten := c.Write(c.out)
	if unwritten != nil && n == 0 {
		return false, c.failed(unwritten, true)
	}
	// A server that refuses a request may answer before it has read all of it.
	c.allowance = maxHead
	if _, err := c.in.Peek(1); err != nil {
		if unwritten != nil {
			err = unwritten
		}
		return false, c.failed(err, x.method == http.MethodGet)
	}
	more, err := c.answer(x)
	return more && unwritten == nil, err
}

// failed is the error of an exchange in which the server has said nothing.
func (c *wireConn) failed(err error, again bool) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case c.reused && again:
		return errUnsent
	}
	return fmt.Errorf("the server closed the connection without an answer: %w", err)
}
