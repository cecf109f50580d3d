package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/wneessen/go-mail"

	"github.com/rollcall/rollcall/internal/fault"
)

const (
	sendLimit = 30 * time.Second // for the whole conversation
	maxSaid   = 1 << 20          // bytes that the server may say in it
)

// strongestFirst are the ways of signing in. What would send the password as it is goes
// over TLS alone.
var strongestFirst = []mail.SMTPAuthType{mail.SMTPAuthSCRAMSHA256PLUS, mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1PLUS, mail.SMTPAuthSCRAMSHA1,
	mail.SMTPAuthNTLM, mail.SMTPAuthCramMD5, mail.SMTPAuthPlain, mail.SMTPAuthLogin}

// client talks to the server until ctx ends.
func (s *Server) client(ctx context.Context) (*mail.Client, error) {
	secure := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	// Relays refuse the name of a machine that is no domain.
	o := []mail.Option{mail.WithHELO(s.domain()), mail.WithPort(s.port), mail.WithTimeout(sendLimit), mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTLSConfig(secure),
		mail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return s.dial(ctx, secure) })}
	switch {
	case s.implicit:
		o = append(o, mail.WithSSL())
	case s.plain:
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.user != "" {
		auth := mail.WithOpportunisticSMTPAuth(strongestFirst...)
		if s.plain { // on this machine alone
			auth = mail.WithSMTPAuth(mail.SMTPAuthPlainNoEnc)
		}
		o = append(o, auth, mail.WithUsername(s.user), mail.WithPassword(s.password))
	}
	return mail.NewClient(s.host, o...)
}

// dial connects to the server, until ctx ends: the library looks at its context before
// the first word alone.
func (s *Server) dial(ctx context.Context, secure *tls.Config) (net.Conn, error) {
	dialled, err := new(net.Dialer).DialContext(ctx, "tcp", s.address())
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = dialled.Close() })
	c := &terse{Conn: dialled, left: maxSaid}
	if !s.implicit {
		return c, nil
	}
	t := tls.Client(c, secure)
	return t, t.HandshakeContext(ctx)
}

// terse is a connection to a server that may say so much: the library keeps lines
// whole, however long they are, and the first ones come before the certificate.
type terse struct {
	net.Conn
	left int
}

// Read implements net.Conn.
func (t *terse) Read(p []byte) (int, error) {
	if t.left <= 0 {
		return 0, errors.New("the server says more than a mail server has to say")
	}
	n, err := t.Conn.Read(p[:min(len(p), t.left)])
	t.left -= n
	return n, err
}

// converse has a client talk to the server, for so long at most.
func (s *Server) converse(ctx context.Context, talk func(context.Context, *mail.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	c, err := s.client(ctx)
	if err != nil {
		return err
	}
	err = talk(ctx, c)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the server takes too long: %w", err)
	}
	return err
}

// Check greets the server, with TLS and signed in as mail would be, and sends nothing.
func (s *Server) Check(ctx context.Context) error {
	return s.converse(ctx, func(ctx context.Context, c *mail.Client) error {
		if err := c.DialWithContext(ctx); err != nil {
			return err
		}
		return c.Close()
	})
}

// Test sends one mail that says that mail works. publicURL is the server's address.
// Errors: fault.Invalid for something that is no address.
func (s *Server) Test(ctx context.Context, to, publicURL string) error {
	a, err := netmail.ParseAddress(to)
	if err != nil {
		return fault.New(fault.Invalid, "%q is no e-mail address", to)
	}
	m, err := s.write("test", letter{PublicURL: publicURL})
	if err != nil {
		return err
	}
	m.ToMailAddress(&netmail.Address{Address: a.Address})
	m.SetMessageIDWithValue(fmt.Sprintf("test.%s@%s", uuid.NewString(), s.domain()))
	return s.send(ctx, m)
}

// send hands over one mail. What goes wrong after the server has taken it, such as a
// farewell that it doesn't wait for, is no reason to send it again.
func (s *Server) send(ctx context.Context, m *mail.Msg) error {
	err := s.converse(ctx, func(ctx context.Context, c *mail.Client) error { return c.DialAndSendWithContext(ctx, m) })
	if m.IsDelivered() {
		return nil
	}
	return err
}

// said is what went wrong without whom it was for: errors of the library name the
// recipients. refused says that the server will never take mail for this recipient.
func said(err error) (text string, refused bool) {
	e, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return err.Error(), false
	}
	if code := e.ErrorCode(); code > 0 {
		return fmt.Sprintf("%s: the server said %d %s", e.Reason, code, e.EnhancedStatusCode()), e.Reason == mail.ErrSMTPRcptTo && isNobody(e.EnhancedStatusCode())
	}
	return e.Reason.String(), false
}

// isNobody says whether a status (RFC 3463 §3.2) is about the recipient's address. Other
// refusals, such as of a relay or a sender, end when the operator mends them.
func isNobody(status string) bool {
	return strings.HasPrefix(status, "5.1.") && status != "5.1.7" && status != "5.1.8"
}
