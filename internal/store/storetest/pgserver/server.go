package pgserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Server is a running PostgreSQL server on which its user may do anything.
type Server struct {
	url   *url.URL
	admin *sql.DB
	guard *guard // nil when somebody else started the server
}

// Option changes how a server is started.
type Option func(*settings)

type settings struct {
	durable bool
}

// Durable makes the server wait for the disk at each commit, as in production.
// Without it a commit is as safe as a test needs it, and much faster.
func Durable(s *settings) { s.durable = true }

// Start starts a server on a data directory of its own and returns when it
// accepts connections. ctx bounds the start only. Stop it after use; a process
// that ends without doing so takes its server with it all the same.
func Start(ctx context.Context, options ...Option) (*Server, error) {
	var s settings
	for _, o := range options {
		o(&s)
	}
	for attempt := 1; ; attempt++ {
		server, err := start(ctx, s)
		if errors.Is(err, errPortTaken) && attempt < 3 {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("start PostgreSQL: %w", err)
		}
		return server, nil
	}
}

func start(ctx context.Context, s settings) (*Server, error) {
	initdb, err := Binary("initdb")
	if err != nil {
		return nil, err
	}
	postgres, err := Binary("postgres")
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := dataDirectory(who)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := initialize(ctx, initdb, dir, who); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	g, err := startGuard(ctx, dir, who, append([]string{postgres}, s.arguments(dir, port)...))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	server, err := connect(ctx, fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port))
	if err != nil {
		return nil, errors.Join(err, g.stop())
	}
	server.guard = g
	return server, nil
}

func initialize(ctx context.Context, initdb, dir string, who *account) error {
	cmd := exec.CommandContext(ctx, initdb, "--pgdata", dir, "--username", "postgres", "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	cmd.Dir = dir
	cmd.SysProcAttr = who.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

func (s settings) arguments(dir string, port int) []string {
	set := []string{
		"listen_addresses=127.0.0.1",
		"port=" + strconv.Itoa(port),
		"unix_socket_directories=",
		"max_connections=300",
		"log_min_messages=log", // not the errors that tests provoke on purpose
		"log_checkpoints=off",
	}
	if !s.durable {
		set = append(set, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	args := []string{"-D", dir}
	for _, one := range set {
		args = append(args, "-c", one)
	}
	return args
}

// URL is the lib/pq address of an empty database for maintenance.
func (s *Server) URL() string { return s.url.String() }

// Restart ends the server and with it everybody's connections, starts it again on
// the same data and port, and returns when it accepts connections. It errs for a
// server that was started by somebody else.
func (s *Server) Restart(ctx context.Context) error {
	if s.guard == nil {
		return errors.New("restart PostgreSQL: somebody else started it")
	}
	if err := s.guard.restart(ctx); err != nil {
		return fmt.Errorf("restart PostgreSQL: %w", err)
	}
	return nil
}

// Stop ends the server and removes its data. A server that was started by
// somebody else is left running.
func (s *Server) Stop() error {
	err := s.admin.Close()
	if s.guard != nil {
		err = errors.Join(err, s.guard.stop())
	}
	return err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
