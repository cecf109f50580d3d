package notify_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/notify"
)

// rude is a mail server that says what a test wants, until the connection ends.
func rude(t *testing.T, address string, talk func(c net.Conn)) *notify.Server {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Skip(err) // a machine without IPv6
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer func() { _ = c.Close() }(); talk(c) }()
		}
	}()
	s, err := notify.ParseServer("smtp://" + l.Addr().String() + "?tls=none&from=rollcall@rollcall.test")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// untilTaken greets, agrees with everything, and returns when a mail is there.
func untilTaken(c net.Conn) {
	_, _ = fmt.Fprint(c, "220 here\r\n")
	body := false
	for in := bufio.NewScanner(c); in.Scan(); {
		switch {
		case in.Text() == "DATA":
			body = true
			_, _ = fmt.Fprint(c, "354 go on\r\n")
		case in.Text() == ".":
			_, _ = fmt.Fprint(c, "250 taken\r\n")
			return
		case !body:
			_, _ = fmt.Fprint(c, "250 yes\r\n")
		}
	}
}

// A mail that was taken is not sent again because the server then hung up.
func TestServerMayHangUpWithoutAWord(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			if err := rude(t, address, untilTaken).Test(t.Context(), "ada@acme.test", "https://training.acme.test"); err != nil {
				t.Error(err)
			}
		})
	}
}

// A server that says nothing holds nobody up who wants to end.
func TestSilentServerIsLeft(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	err := rude(t, "127.0.0.1:0", func(c net.Conn) {
		leave()
		_, _ = c.Read(make([]byte, 1))
	}).Check(ctx)
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it was waited for: %v", err)
	}
}

func TestServerThatSaysTooMuchIsLeft(t *testing.T) {
	t.Parallel()
	said := make(chan error, 1)
	err := rude(t, "127.0.0.1:0", func(c net.Conn) {
		_, err := fmt.Fprint(c, "220 "+strings.Repeat("x", 64<<20)+"\r\n")
		said <- err
	}).Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), "says more") {
		t.Error(err)
	}
	if <-said == nil {
		t.Error("64 MiB were listened to")
	}
}
