// Command withserver runs a program beside a started Rollcall with an
// organization acme and a SCIM token for it:
//
//	go run ./scripts/withserver --database postgres scripts/round-trip
//
// The program finds the SCIM base in ROLLCALL_BASE, the token in
// ROLLCALL_TOKEN, the path of rollcall in ROLLCALL, and the server's own
// settings, so that rollcall's commands work on the same database. The server
// reaches identity providers on this machine, and asks for DNS records at
// ROLLCALL_DNS_SERVER, where the program may answer.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/rollcall/rollcall/internal/bench/instance"
	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

func main() {
	binary := flag.String("binary", "bin/rollcall", "the built `program`")
	database := flag.String("database", "sqlite", "sqlite or postgres")
	flag.Parse()
	if flag.NArg() == 0 || *database != "sqlite" && *database != "postgres" {
		fmt.Fprintln(os.Stderr, "usage: withserver [--binary PATH] [--database sqlite|postgres] PROGRAM [ARGUMENT…]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *binary, *database, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "withserver:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, database string, program []string) (err error) {
	dir, err := os.MkdirTemp("", "rollcall-server-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	address := "sqlite:" + filepath.Join(dir, "rollcall.db")
	if database == "postgres" {
		server, err := pgserver.Start(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		address = server.URL()
	}
	rollcall, err := instance.New(binary, address, dir)
	if err != nil {
		return err
	}
	resolver, err := freeResolver()
	if err != nil {
		return err
	}
	rollcall.Set("ROLLCALL_DNS_SERVER", resolver)
	rollcall.Set("ROLLCALL_ALLOWED_NETWORKS", "loopback")
	if _, err := rollcall.Serve(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rollcall.Stop()) }()
	base, token, err := rollcall.Organization(ctx, "acme", "Acme Ltd")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program[0], program[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = append(rollcall.Environment(), "ROLLCALL_BASE="+base, "ROLLCALL_TOKEN="+token)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

// freeResolver is an address at which a DNS server can be started.
func freeResolver() (string, error) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return c.LocalAddr().String(), c.Close()
}
