package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/wneessen/go-mail"

	"github.com/rollcall/rollcall/internal/fault"
)

const (
	submissionPort  = 587 // RFC 6409
	submissionsPort = 465 // RFC 8314 §3.3
	sendLimit       = 30 * time.Second
)

// Server is the operator's mail server.
type Server struct {
	host           string
	port           int
	user, password string
	implicit       bool // TLS from the first byte, else by STARTTLS
	plain          bool // no TLS at all
	from           *netmail.Address
}

// ParseServer reads the address of a mail server: smtp://user:password@host:port for
// STARTTLS, which must then be there, or smtps:// for TLS from the first byte, with
// ?from=ADDRESS where the user is no address, and ?tls=none for a server on a network
// that can be trusted. The error is a sentence that doesn't show the password.
func ParseServer(text string) (*Server, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil: // says the text, password included
		return nil, errors.New("is no address of a mail server: write it as in smtp://user:password@smtp.example.com:587, with %40 for an @ in the user or password")
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return nil, errors.New("must begin with smtp:// (STARTTLS) or smtps:// (TLS from the first byte)")
	case u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "":
		return nil, errors.New("must name a host and nothing behind it but ?from=…: write it as in smtp://user:password@smtp.example.com:587?from=rollcall@example.com")
	}
	s := &Server{host: u.Hostname(), port: submissionPort, user: u.User.Username(), implicit: u.Scheme == "smtps"}
	s.password, _ = u.User.Password()
	if s.implicit {
		s.port = submissionsPort
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, fmt.Errorf("names the port %s, which there can't be", p)
		}
	}
	return s, s.choose(u.Query())
}

// choose reads what stands behind the question mark.
func (s *Server) choose(query url.Values) (err error) {
	for name := range query {
		if name != "from" && name != "tls" {
			return fmt.Errorf("has ?%s=, which means nothing here: there are from and tls", name)
		}
	}
	switch t := query.Get("tls"); {
	case t == "none" && s.implicit:
		return errors.New("can't be smtps:// with tls=none")
	case t == "none" && s.user != "" && !isLoopback(s.host):
		return errors.New("would send the password in the clear: leave tls=none out, or user and password")
	case t != "" && t != "none":
		return fmt.Errorf("has tls=%s: there is only tls=none", t)
	default:
		s.plain = t == "none"
	}
	from := query.Get("from")
	if from == "" {
		from = s.user
	}
	if s.from, err = netmail.ParseAddress(from); err != nil {
		return errors.New("doesn't say from whom mail comes: add ?from=rollcall@example.com")
	}
	if s.from.Name == "" {
		s.from.Name = "Rollcall"
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// String says which server it is, without the password.
func (s *Server) String() string {
	how := "STARTTLS"
	switch {
	case s.implicit:
		how = "TLS"
	case s.plain:
		how = "without TLS"
	}
	text := fmt.Sprintf("%s, %s, from %s", net.JoinHostPort(s.host, strconv.Itoa(s.port)), how, s.from.Address)
	if s.user != "" {
		text += ", signed in"
	}
	return text
}

// Plain says whether mail goes to the server without TLS.
func (s *Server) Plain() bool { return s.plain }

func (s *Server) client() (*mail.Client, error) {
	o := []mail.Option{mail.WithPort(s.port), mail.WithTimeout(sendLimit), mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithTLSConfig(&tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12})}
	switch {
	case s.implicit:
		o = append(o, mail.WithSSL())
	case s.plain:
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.user != "" {
		auth := mail.SMTPAuthAutoDiscover
		if s.plain { // on this machine alone
			auth = mail.SMTPAuthPlainNoEnc
		}
		o = append(o, mail.WithSMTPAuth(auth), mail.WithUsername(s.user), mail.WithPassword(s.password))
	}
	return mail.NewClient(s.host, o...)
}

// Check greets the server, with TLS and signed in as mail would be, and sends nothing.
func (s *Server) Check(ctx context.Context) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	if err := c.DialWithContext(ctx); err != nil {
		return err
	}
	return c.Close()
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

// send hands over one mail.
func (s *Server) send(ctx context.Context, m *mail.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	c, err := s.client()
	if err != nil {
		return err
	}
	return c.DialAndSendWithContext(ctx, m)
}

// said is what went wrong without whom it was for: errors of the library name the
// recipients. refused says that the server will never take mail for this recipient.
func said(err error) (text string, refused bool) {
	e, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return err.Error(), false
	}
	if code := e.ErrorCode(); code > 0 {
		return fmt.Sprintf("%s: the server said %d %s", e.Reason, code, e.EnhancedStatusCode()), e.Reason == mail.ErrSMTPRcptTo && !e.IsTemp()
	}
	return e.Reason.String(), false
}

// domain is the part of the sender's address behind the @.
func (s *Server) domain() string {
	return s.from.Address[strings.LastIndexByte(s.from.Address, '@')+1:]
}
