package main

import (
	"io"
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/access"
)

const maxLogged = 1 << 10

// newLogger writes text on a terminal and JSON elsewhere. No token gets through
// it, whoever logs one, and no text that a client sent can fill it.
//
// Where many requests come at a time their lines go out together, at most 50 ms
// late: a write for each would cost a twentieth of a look-up. flush sends what
// waits.
func newLogger(w io.Writer, level slog.Level) (log *slog.Logger, flush func()) {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: shorten}
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(masked{w}, o)), func() {}
	}
	g := &gathered{to: masked{w}}
	return slog.New(slog.NewJSONHandler(g, o)), g.flush
}

// How long and how many bytes of lines wait at most.
const (
	gatherTime = 50 * time.Millisecond
	gatherSize = 32 << 10
)

// gathered writes the first line after a pause at once, and those that follow it
// closely together.
type gathered struct {
	to      io.Writer
	mu      sync.Mutex
	lines   []byte
	waiting bool // a flush is on its way
}

func (g *gathered) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lines = append(g.lines, p...)
	if g.waiting && len(g.lines) < gatherSize {
		return len(p), nil
	}
	if !g.waiting {
		g.waiting = true
		time.AfterFunc(gatherTime, func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.waiting = false
			_ = g.send() // nobody is there to be told
		})
	}
	return len(p), g.send()
}

func (g *gathered) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.send()
}

func (g *gathered) send() error {
	if len(g.lines) == 0 {
		return nil
	}
	_, err := g.to.Write(g.lines)
	g.lines = g.lines[:0]
	return err
}

// masked replaces tokens in what is written.
type masked struct{ to io.Writer }

func (m masked) Write(p []byte) (int, error) {
	if _, err := m.to.Write(access.Pattern.ReplaceAll(p, []byte("rc…"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func shorten(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindString || len(a.Value.String()) <= maxLogged || a.Key == "stack" {
		return a
	}
	text := a.Value.String()
	end := maxLogged
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return slog.String(a.Key, text[:end]+"…")
}
