package instance

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Instance is one server and the settings that its command line shares with it.
type Instance struct {
	binary  string
	dir     string
	address string
	env     []string
	server  *exec.Cmd
	exited  chan struct{}
}

// New prepares an instance of binary on a database. dir is its working
// directory and keeps its log.
func New(binary, databaseURL, dir string) (*Instance, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make a secret key: %w", err)
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return nil, fmt.Errorf("find %s: %w", binary, err)
	}
	return &Instance{
		binary:  binary,
		dir:     dir,
		address: address,
		env: []string{
			"ROLLCALL=" + binary,
			"ROLLCALL_DATABASE_URL=" + databaseURL,
			"ROLLCALL_ADDR=" + address,
			"ROLLCALL_PUBLIC_URL=" + urlOf(address),
			"ROLLCALL_SECRET_KEY=" + base64.StdEncoding.EncodeToString(key),
			"ROLLCALL_RATE_LIMIT=0",
		},
	}, nil
}

// URL is the address of the server.
func (i *Instance) URL() string { return urlOf(i.address) }

// urlOf names the host, because there are no passkeys for an address of numbers.
func urlOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return "http://localhost:" + port
}

// Environment is that of this process with the instance's settings instead of
// any of Rollcall's; ROLLCALL is the path of the program.
func (i *Instance) Environment() []string {
	others := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ROLLCALL") })
	return append(others, i.env...)
}

// Set gives the server and its command line one more setting, before Serve.
func (i *Instance) Set(setting, value string) { i.env = append(i.env, setting+"="+value) }

// Serve starts the server and returns how long it took to be ready.
func (i *Instance) Serve(ctx context.Context) (time.Duration, error) {
	log, err := os.OpenFile(i.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("open the log: %w", err)
	}
	defer log.Close()
	server := i.command(context.WithoutCancel(ctx), "serve")
	server.Stdout, server.Stderr = log, log
	began := time.Now()
	if err := server.Start(); err != nil {
		return 0, fmt.Errorf("start the server: %w", err)
	}
	i.server, i.exited = server, make(chan struct{})
	go func() {
		defer close(i.exited)
		_ = server.Wait() // how it ended stands in its log
	}()
	if err := i.awaitReady(ctx); err != nil {
		return 0, errors.Join(fmt.Errorf("start the server: %w: %s", err, i.logTail()), i.Stop())
	}
	return time.Since(began), nil
}

func (i *Instance) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.URL()+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-again.C:
		case <-i.exited:
			return errors.New("it ended before it was ready")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Stop asks the server to drain, waits until it is gone, and kills it when
// that takes longer than it may.
func (i *Instance) Stop() error {
	if i.server == nil {
		return nil
	}
	if err := i.server.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the server: %w", err)
	}
	select {
	case <-i.exited:
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("stop the server: it did not drain within 30 s"), i.server.Process.Kill())
	}
}

// Run plays one command of the command line and returns what it printed.
func (i *Instance) Run(ctx context.Context, args ...string) (string, error) {
	cmd := i.command(ctx, args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("rollcall %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	return strings.TrimSpace(string(out)), nil
}

func (i *Instance) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, i.binary, args...)
	cmd.Dir = i.dir
	cmd.Env = i.Environment()
	return cmd
}

func (i *Instance) logPath() string { return filepath.Join(i.dir, "server.log") }

func (i *Instance) logTail() []byte {
	text, err := os.ReadFile(i.logPath())
	if err != nil {
		return []byte(err.Error())
	}
	return bytes.TrimSpace(text[max(0, len(text)-2048):])
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}
