package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// errPortTaken says that another process took the port that was free a moment ago.
var errPortTaken = errors.New("the port was taken meanwhile")

// guardScript runs the server in $2… until it ends by itself or standard input
// closes, which happens when its parent stops it or dies in whatever way; then
// it removes the data directory $1. A line on standard input restarts the server.
const guardScript = `
dir=$1; shift
exec 3<&0
while :; do
	"$@" </dev/null 3<&- &
	server=$!
	{ if read -r _ <&3; then touch "$dir/restart"; kill -INT $server; else kill -QUIT $server; fi; } 2>/dev/null &
	watcher=$!
	wait $server
	status=$?
	rm "$dir/restart" 2>/dev/null || break
done
rm -rf "$dir"
kill $watcher 2>/dev/null
exit $status
`

// guard is the shell process that stands between this process and the server.
type guard struct {
	pipe io.WriteCloser
	done chan struct{} // closed when guard and server are gone
	log  *serverLog
}

// startGuard starts the server under a guard and returns when it accepts connections.
func startGuard(ctx context.Context, dir string, who *account, command []string) (*guard, error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", guardScript, "guard", dir}, command...)...)
	cmd.Dir = "/"
	cmd.SysProcAttr = who.attributes()
	cmd.SysProcAttr.Setpgid = true // an interrupt from the terminal is for the parent alone
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make the guard's pipe: %w", err)
	}
	g := &guard{pipe: pipe, done: make(chan struct{}), log: &serverLog{}}
	ready := g.log.await()
	cmd.Stderr = g.log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the guard: %w", err)
	}
	go func() {
		defer close(g.done)
		_ = cmd.Wait() // how the server ended stands in its log
	}()
	select {
	case <-ready:
		return g, nil
	case <-g.done:
		if bytes.Contains(g.log.tail(), []byte("could not bind")) {
			return nil, errPortTaken
		}
		return nil, fmt.Errorf("the server ended at once: %s", bytes.TrimSpace(g.log.tail()))
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), g.stop())
	}
}

// restart ends the server and everybody's connections, starts it again on the
// same data and port, and returns when it accepts connections.
func (g *guard) restart(ctx context.Context) error {
	ready := g.log.await()
	if _, err := io.WriteString(g.pipe, "restart\n"); err != nil {
		return fmt.Errorf("reach the guard: %w", err)
	}
	select {
	case <-ready:
		return nil
	case <-g.done:
		return fmt.Errorf("the server did not come back: %s", bytes.TrimSpace(g.log.tail()))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop ends the server and returns when nothing of it is left.
func (g *guard) stop() error {
	err := g.pipe.Close()
	<-g.done
	return err
}

// serverLog keeps the end of what the server says and notices when it is ready.
type serverLog struct {
	mu    sync.Mutex
	text  []byte
	ready chan struct{} // nil when nobody waits
}

// await forgets what was said and returns a channel that is closed when the server
// says that it is ready.
func (l *serverLog) await() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text, l.ready = nil, make(chan struct{})
	return l.ready
}

func (l *serverLog) Write(p []byte) (int, error) {
	const keep = 8 << 10
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	if l.ready != nil && bytes.Contains(l.text, []byte("ready to accept connections")) {
		close(l.ready)
		l.ready = nil
	}
	if extra := len(l.text) - keep; extra > 0 {
		l.text = append(l.text[:0], l.text[extra:]...)
	}
	return len(p), nil
}

func (l *serverLog) tail() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.text)
}
