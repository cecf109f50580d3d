package pgserver_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

// TestMain lets the test binary play the process that dies with a server running.
func TestMain(m *testing.M) {
	if os.Getenv("PGSERVER_TEST_CHILD") != "" {
		startAndHang()
	}
	os.Exit(m.Run())
}

func TestStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		options []pgserver.Option
		want    string
	}{
		{"a test server leaves the disk alone", nil, "off"},
		{"a durable server waits for the disk", []pgserver.Option{pgserver.Durable}, "on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := pgserver.Start(t.Context(), c.options...)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Stop(); err != nil {
					t.Error(err)
				}
			})
			for _, setting := range []string{"fsync", "synchronous_commit"} {
				if got := ask(t, s.URL(), "SHOW "+setting); got != c.want {
					t.Errorf("%s = %s, want %s", setting, got, c.want)
				}
			}
			if got := ask(t, s.URL(), "SHOW max_connections"); got != "300" {
				t.Errorf("max_connections = %s, want 300", got)
			}
		})
	}
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	s, err := pgserver.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := ask(t, s.URL(), "SHOW data_directory")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("stat %s: %v, want it gone", dir, err)
	}
	if reachable(s.URL()) {
		t.Error("the server still answers")
	}
}

func TestRestartKeepsDataAndAddress(t *testing.T) {
	t.Parallel()
	s, err := pgserver.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	address := create(t, s, "kept", "")
	began := ask(t, address, "SELECT pg_postmaster_start_time()::text")
	if _, err := open(t, address).Exec("CREATE TABLE colour (name text); INSERT INTO colour VALUES ('red')"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, address, "SELECT name FROM colour"); got != "red" {
			t.Errorf("after the restart the table holds %q", got)
		}
	}
	if ask(t, address, "SELECT pg_postmaster_start_time()::text") == began {
		t.Error("the server was not restarted")
	}
}

func TestKilledProcessTakesItsServerAlong(t *testing.T) {
	t.Parallel()
	gone, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "PGSERVER_TEST_CHILD=1")
	child.ExtraFiles = []*os.File{held, held} // guard and server inherit the second: it closes with the last of them
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(child.Start(), held.Close()); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(line)
	dir := ask(t, address, "SHOW data_directory")
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(gone); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	if reachable(address) {
		t.Error("the server outlived its process")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("stat %s: %v, want it gone", dir, err)
	}
}

func TestCancelledStartGivesNoServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := pgserver.Start(ctx); err == nil {
		t.Errorf("a cancelled start gave a server at %s", s.URL())
	}
}

func TestDatabases(t *testing.T) {
	t.Parallel()
	s, err := pgserver.Shared()
	if err != nil {
		t.Fatal(err)
	}
	template := "pgserver \"template\" " + strconv.Itoa(os.Getpid())
	address := create(t, s, template, "")
	db := open(t, address)
	if _, err := db.Exec("CREATE TABLE colour (name text); INSERT INTO colour VALUES ('red')"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	copied := create(t, s, template+" copy", template)
	if diff := cmp.Diff("red", ask(t, copied, "SELECT name FROM colour")); diff != "" {
		t.Errorf("the copy of a template differs (-want +got):\n%s", diff)
	}
	if err := s.DropDatabase(t.Context(), template+" copy"); err != nil {
		t.Fatal(err)
	}
	if reachable(copied) {
		t.Error("a dropped database still answers")
	}
}

func TestSharedIsOne(t *testing.T) {
	t.Parallel()
	a, err := pgserver.Shared()
	if err != nil {
		t.Fatal(err)
	}
	b, err := pgserver.Shared()
	if err != nil {
		t.Fatal(err)
	}
	if a != b {
		t.Error("two calls gave two servers")
	}
}

func startAndHang() {
	s, err := pgserver.Start(context.Background())
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(s.URL() + "\n")
	select {}
}

func create(t *testing.T, s *pgserver.Server, name, template string) string {
	t.Helper()
	address, err := s.CreateDatabase(t.Context(), name, template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.DropDatabase(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
	return address
}

func open(t *testing.T, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func ask(t *testing.T, address, question string) string {
	t.Helper()
	var answer string
	if err := open(t, address).QueryRow(question).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return answer
}

func reachable(address string) bool {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return false
	}
	defer db.Close()
	return db.Ping() == nil
}
