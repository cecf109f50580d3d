package main

import (
	"io"
	"log/slog"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/access"
)

const maxLogged = 1 << 10

// newLogger writes text on a terminal and JSON elsewhere. No token gets through
// it, whoever logs one, and no text that a client sent can fill it.
func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: shorten}
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(masked{w}, o))
	}
	return slog.New(slog.NewJSONHandler(masked{w}, o))
}

// masked replaces tokens in what is written, one record at a time.
type masked struct{ to io.Writer }

func (m masked) Write(p []byte) (int, error) {
	if _, err := m.to.Write(access.Pattern.ReplaceAll(p, []byte("rc…"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func shorten(_ []string, a slog.Attr) slog.Attr {
	text, ok := a.Value.Any().(string)
	if !ok || len(text) <= maxLogged || a.Key == "stack" {
		return a
	}
	end := maxLogged
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return slog.String(a.Key, text[:end]+"…")
}
