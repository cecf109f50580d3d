// Package mailsink is a mail server for tests: it takes what it is given and keeps it.
package mailsink

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// The account of sinks that want one.
const (
	User     = "rollcall"
	Password = "correct-horse-battery"
)

// Options are how a Sink behaves.
type Options struct {
	TLS      bool                  // offer STARTTLS
	Implicit bool                  // TLS from the first byte
	SignIn   bool                  // take mail of User alone
	Refuse   func(to string) error // asked for each recipient; nil refuses nobody
}

// Mail is one that was taken.
type Mail struct {
	From       string
	To         []string
	Header     mail.Header
	Text, HTML string
	TLS        bool
}

// Subject is the decoded subject.
func (m *Mail) Subject() string {
	s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err.Error()
	}
	return s
}

// Sink is a running mail server.
type Sink struct {
	t       *testing.T
	o       Options
	Address string // host:port
	CA      string // file of the certificate that clients must trust, with TLS
	taken   chan *Mail
}

// New starts a Sink that ends with the test.
func New(t *testing.T, o Options) *Sink {
	t.Helper()
	s := &Sink{t: t, o: o, taken: make(chan *Mail, 1000)}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{sink: s, conn: c}, nil }))
	server.Domain, server.AllowInsecureAuth = "localhost", !o.TLS && !o.Implicit
	server.ErrorLog = quiet{}
	if o.TLS {
		server.TLSConfig = s.certify()
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Address = l.Addr().String()
	if o.Implicit {
		l = tls.NewListener(l, s.certify())
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// Next waits for the next mail.
func (s *Sink) Next() *Mail {
	s.t.Helper()
	select {
	case m := <-s.taken:
		return m
	case <-s.t.Context().Done():
		s.t.Fatal("no mail came")
		return nil
	}
}

// Waiting is how many mails have come that Next hasn't returned.
func (s *Sink) Waiting() int { return len(s.taken) }

func (s *Sink) certify() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail sink"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	s.CA = filepath.Join(s.t.TempDir(), "ca.pem")
	if err := os.WriteFile(s.CA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// session is one client's.
type session struct {
	sink *Sink
	conn *smtp.Conn
	in   bool
	mail Mail
}

func (s *session) Reset()        { s.mail = Mail{} }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.in = user == User && password == Password; !s.in {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.sink.o.SignIn && !s.in {
		return smtp.ErrAuthRequired
	}
	_, s.mail.TLS = s.conn.TLSConnectionState()
	s.mail.From = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if refuse := s.sink.o.Refuse; refuse != nil {
		if err := refuse(to); err != nil {
			return err
		}
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	m := s.mail
	if err := m.parse(r); err != nil {
		s.sink.t.Errorf("a mail that can't be read: %v", err)
	}
	s.sink.taken <- &m
	return nil
}

func (m *Mail) parse(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	m.Header = message.Header
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	for parts := multipart.NewReader(message.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			return err
		}
		body := strings.ReplaceAll(string(text), "\r\n", "\n")
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			m.HTML = body
		} else {
			m.Text = body
		}
	}
}
