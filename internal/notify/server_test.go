package notify_test

import (
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/notify"
)

func TestParseServer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"smtp://rollcall%40acme.test:geheim@smtp.acme.test":              "smtp.acme.test:587, STARTTLS, from rollcall@acme.test, signed in",
		"smtp://key:geheim@smtp.acme.test:2525?from=it@acme.test":        "smtp.acme.test:2525, STARTTLS, from it@acme.test, signed in",
		"smtps://key:geheim@smtp.acme.test?from=Learning <it@acme.test>": "smtp.acme.test:465, TLS, from it@acme.test, signed in",
		"smtp://relay.internal:25?from=it@acme.test&tls=none":            "relay.internal:25, without TLS, from it@acme.test",
		"smtp://key:geheim@127.0.0.1:25?from=it@acme.test&tls=none":      "127.0.0.1:25, without TLS, from it@acme.test, signed in",
		"smtp://[::1]:25?from=it@acme.test":                              "[::1]:25, STARTTLS, from it@acme.test",
		"smtp://key:geheim@relay.internal:25?from=it@acme.test&tls=none": "in the clear",
		"smtp://key:geheim@smtp.acme.test":                               "?from=",
		"smtp://smtp.acme.test?from=nobody":                              "?from=",
		"smtp://smtp.acme.test?from=a@acme.test&starttls=no":             "means nothing",
		"smtps://smtp.acme.test?from=a@acme.test&tls=none":               "tls=none",
		"smtp://smtp.acme.test?from=a@acme.test&tls=off":                 "there is only tls=none",
		"https://smtp.acme.test?from=a@acme.test":                        "smtp://",
		"smtp.acme.test:587":                                             "smtp://",
		"smtp://:587?from=a@acme.test":                                   "name a host",
		"smtp://smtp.acme.test/inbox?from=a@acme.test":                   "name a host",
		"smtp://smtp.acme.test:99999?from=a@acme.test":                   "a port that there can't be",
		"smtp://rollcall:geheim%@smtp.acme.test?from=a@acme.test":        "%40",
		"smtp://smtp.acme.test?from=it+rollcall@acme.test":               "from it+rollcall@acme.test",
		"smtp://smtp.acme.test?from=a@acme.test;tls=none":                "can't be read",
		"smtp://key:123?geheim@smtp.acme.test?from=a@acme.test":          "%3F",
		"smtp://key:123?tls=geheim@smtp.acme.test":                       "there is only tls=none",
		"smtp://rollcall@acme.test:geheim@smtp.acme.test":                "smtp.acme.test:587, STARTTLS, from rollcall@acme.test, signed in",
	} {
		s, err := notify.ParseServer(text)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = s.String()
		}
		if !strings.Contains(got, want) || strings.Contains(got, "geheim") {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
