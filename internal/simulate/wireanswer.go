package simulate

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"strconv"
	"strings"
)

// answerHead is what precedes the body of an answer, and what it says of it.
type answerHead struct {
	status  int
	header  http.Header
	chunked bool
	length  int64 // of the body; -1: it ends with the connection, unless it is chunked
	last    bool  // nothing comes after this answer
}

const maxHead = 1 << 20 // bytes of an answer before its body

var errLongHead = fmt.Errorf("the header of the answer is longer than %d bytes", maxHead)

// answer reads the answer into x and reports whether another can follow.
func (c *wireConn) answer(x *exchange) (more bool, err error) {
	h, err := c.head()
	for err == nil && h.status < 200 && h.status != http.StatusSwitchingProtocols {
		h, err = c.head() // after 103 Early Hints, say, the answer is still to come
	}
	if err != nil {
		return false, fmt.Errorf("read the answer: %w", err)
	}
	c.allowance = math.MaxInt
	var body io.Reader = c.in
	rest := &io.LimitedReader{R: c.in, N: h.length}
	switch {
	case h.status == http.StatusNoContent, h.status == http.StatusNotModified:
		body = http.NoBody
	case h.status == http.StatusSwitchingProtocols:
		body, h.last = http.NoBody, true
	case h.chunked:
		body = httputil.NewChunkedReader(c.in)
	case h.length >= 0:
		body = rest
	default:
		h.last = true
	}
	err = x.read(body)
	capped := x.received.Len() == maxBody
	if err == nil && body == rest && rest.N > 0 && !capped {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && h.chunked && body != http.NoBody && !capped {
		c.allowance = maxHead
		_, err = c.block() // of trailers, which SCIM has no use for
	}
	if err != nil {
		return false, fmt.Errorf("read the answer: %w", err)
	}
	x.status, x.header = h.status, h.header
	return !h.last && !capped && c.in.Buffered() == 0, nil
}

// head reads a status line and a header (RFC 9112 §4 and §5).
func (c *wireConn) head() (*answerHead, error) {
	block, err := c.block()
	if err != nil {
		return nil, err
	}
	line, block, _ := strings.Cut(block, "\n")
	protocol, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(strings.TrimRight(rest, "\r"), " ")
	status, err := strconv.ParseUint(code, 10, 16)
	if err != nil || len(code) != 3 || status < 100 || protocol != "HTTP/1.1" && protocol != "HTTP/1.0" {
		return nil, fmt.Errorf("%.40q is no status line of HTTP/1", line)
	}
	h := &answerHead{status: int(status), header: make(http.Header, 8), length: -1, last: protocol == "HTTP/1.0"}
	if err := h.fields(block); err != nil {
		return nil, err
	}
	return h, h.framing()
}

func (h *answerHead) fields(block string) error {
	values := make([]string, 0, strings.Count(block, "\n"))
	last := ""
	for line := range strings.Lines(block) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			return nil
		}
		name, value, found := strings.Cut(line, ":")
		switch {
		case (line[0] == ' ' || line[0] == '\t') && last != "": // folded, as was once allowed
			all := h.header[last]
			all[len(all)-1] += " " + strings.Trim(line, " \t")
			continue
		case !found, name == "", strings.ContainsAny(name, " \t"):
			return fmt.Errorf("%.40q is no line of a header", line)
		}
		last = textproto.CanonicalMIMEHeaderKey(name)
		value = strings.Trim(value, " \t")
		if all := h.header[last]; all != nil {
			h.header[last] = append(all, value)
			continue
		}
		values = append(values, value)
		n := len(values)
		h.header[last] = values[n-1 : n : n]
	}
	return nil
}

// framing finds out where the body ends (RFC 9112 §6.3). Two ways to tell that
// disagree could be a second answer smuggled in, so that they are refused or
// end the connection.
func (h *answerHead) framing() error {
	for _, value := range h.header["Connection"] {
		for option := range strings.SplitSeq(value, ",") {
			h.last = h.last || strings.EqualFold(strings.TrimSpace(option), "close")
		}
	}
	lengths := h.header["Content-Length"]
	if codings := h.header["Transfer-Encoding"]; codings != nil {
		if len(codings) > 1 || !strings.EqualFold(codings[0], "chunked") {
			return fmt.Errorf("the transfer coding %q is not chunked", codings)
		}
		h.chunked = true
		h.last = h.last || lengths != nil
		return nil
	}
	for _, value := range lengths {
		length, err := strconv.ParseUint(value, 10, 63)
		if err != nil || value != lengths[0] {
			return fmt.Errorf("%q is no content length", lengths)
		}
		h.length = int64(length)
	}
	return nil
}

// block reads lines up to an empty one, which it includes.
func (c *wireConn) block() (string, error) {
	c.lines = c.lines[:0]
	for {
		start := len(c.lines)
		part, err := c.in.ReadSlice('\n')
		c.lines = append(c.lines, part...)
		for errors.Is(err, bufio.ErrBufferFull) {
			part, err = c.in.ReadSlice('\n')
			c.lines = append(c.lines, part...)
		}
		switch {
		case errors.Is(err, io.EOF):
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		}
		if line := c.lines[start:]; len(line) == 1 || len(line) == 2 && line[0] == '\r' {
			return string(c.lines), nil
		}
	}
}
