package notify

import (
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

const (
	submissionPort  = 587 // RFC 6409
	submissionsPort = 465 // RFC 8314 §3.3
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
			return nil, errors.New("names a port that there can't be")
		}
	}
	query, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery, "+", "%2B")) // as in it+rollcall@example.com
	if err != nil {
		return nil, errors.New("has something behind the ? that can't be read: there are from and tls, as in ?from=rollcall@example.com&tls=none")
	}
	return s, s.choose(query)
}

// choose reads what stands behind the question mark.
func (s *Server) choose(query url.Values) (err error) {
	for name := range query {
		if name != "from" && name != "tls" {
			return errors.New("has something behind the ? that means nothing here: there are from and tls; a ? in user or password is written %3F")
		}
	}
	switch t := query.Get("tls"); {
	case t == "none" && s.implicit:
		return errors.New("can't be smtps:// with tls=none")
	case t == "none" && s.user != "" && !isLoopback(s.host):
		return errors.New("would send the password in the clear: leave tls=none out, or user and password")
	case t != "" && t != "none":
		return errors.New("has a tls= that isn't known: there is only tls=none")
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
	text := fmt.Sprintf("%s, %s, from %s", s.address(), how, s.from.Address)
	if s.user != "" {
		text += ", signed in"
	}
	return text
}

func (s *Server) address() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// InTheClear says whether mail leaves this machine without TLS.
func (s *Server) InTheClear() bool { return s.plain && !isLoopback(s.host) }

// domain is the part of the sender's address behind the @, in ASCII where that can be.
func (s *Server) domain() string {
	name := s.from.Address[strings.LastIndexByte(s.from.Address, '@')+1:]
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		return ascii
	}
	return name
}
