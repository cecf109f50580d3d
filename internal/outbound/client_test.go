package outbound_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/outbound"
)

func TestOnlyThePublicInternet(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "20.190.128.1": true, "2603:1006:2000::1": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "100.64.0.1": false, "127.0.0.1": false, "127.9.9.9": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.0.0.8": false, "192.168.1.1": false,
		"198.18.0.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fc00::1": false, "fd12::1": false, "fe80::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::7f00:1": false,
		"2002:7f00:1::": false, "2001:0:7f00:1::": false, "2001:db8::1": false, "fe80::1%eth0": false, "2603::1%eth0": false,
	} {
		if got := outbound.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public %v, want %v", address, got, want)
		}
	}
}

func TestAddressesThatAreNeverAsked(t *testing.T) {
	t.Parallel()
	client := outbound.New(nil)
	for _, address := range []string{
		"https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/meta-data",
		"https://2130706433/", "https://0x7f.1/", "https://017700000001/", "https://localhost./", "https://user@127.0.0.1/",
		"https://[fe80::1%25eth0]/", "http://8.8.8.8/", "https://8.8.8.8:22/", "https://8.8.8.8:25/", "https://8.8.8.8:5432/", "https://8.8.8.8:6379/",
		"ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/", "HTTPS:8.8.8.8",
	} {
		answer, err := client.Get(address)
		if err == nil {
			_ = answer.Body.Close()
			t.Errorf("%s was asked", address)
		}
	}
}

func TestAllowedNetwork(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/endless":
			for range 3000 {
				if _, err := w.Write([]byte(strings.Repeat("x", 1024))); err != nil {
					return
				}
			}
		default:
			_, _ = io.WriteString(w, "hello")
		}
	}))
	t.Cleanup(server.Close)
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

	read := func(client *http.Client, path string) (string, error) {
		answer, err := client.Get(server.URL + path)
		if err != nil {
			return "", err
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		return string(body), err
	}
	if body, err := read(outbound.New(loopback), "/"); body != "hello" || err != nil {
		t.Errorf("an allowed network answers %q, %v", body, err)
	}
	forbidden := func(what string, err error) {
		t.Helper()
		if _, ok := errors.AsType[*outbound.Forbidden](err); !ok {
			t.Errorf("%s: %v, want it forbidden", what, err)
		}
	}
	_, err := read(outbound.New(nil), "/")
	forbidden("a network that is not allowed", err)
	_, err = read(outbound.New([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}), "/")
	forbidden("another network", err)
	_, err = read(outbound.New(loopback), "/elsewhere")
	forbidden("a redirect", err)
	if body, err := read(outbound.New(loopback), "/endless"); !errors.Is(err, outbound.ErrTooLarge) || len(body) != 1<<20 {
		t.Errorf("an endless answer ends after %d bytes with %v", len(body), err)
	}
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{"https://idp.example/x": true, "http://idp.example": true, "javascript:alert(1)": false,
		"https://a@b": false, "https:opaque": false, "//idp.example": false, "https:///x": false} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := outbound.CheckURL(u); (err == nil) != fine {
			t.Errorf("%s: %v", text, err)
		}
	}
}
