package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// shell runs rollcall's commands with an environment of its own.
type shell struct {
	*testing.T
	env map[string]string
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(sh *shell)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(newShell(t, storetest.SQLite(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		sh := newShell(t, storetest.Postgres(t))
		sh.env[settingSecretKey] = "bm90IGEgc2VjcmV0IGF0IGFsbCwgYnV0IDMyIGJ5dGU="
		test(sh)
	})
}

// inFolder returns a shell whose database is a file that isn't there yet.
func inFolder(t *testing.T) *shell {
	t.Helper()
	return newShell(t, "sqlite:"+filepath.Join(t.TempDir(), "data", "rollcall.db"))
}

func newShell(t *testing.T, database string) *shell {
	return &shell{T: t, env: map[string]string{settingDatabase: database, settingAddr: "127.0.0.1:0"}}
}

func (sh *shell) environment() environment { return func(name string) string { return sh.env[name] } }

func (sh *shell) variables() (all []string) {
	for name, value := range sh.env {
		all = append(all, name+"="+value)
	}
	return all
}

// try runs a command and returns what it wrote and its exit status.
func (sh *shell) try(args ...string) (stdout, stderr string, status int) {
	sh.Helper()
	var out, err bytes.Buffer
	status = run(sh.Context(), args, sh.environment(), sh.variables(), strings.NewReader(""), &out, &err)
	return out.String(), err.String(), status
}

// do runs a command that must succeed and returns its standard output. What it
// says beside that must hold no secret.
func (sh *shell) do(args ...string) string {
	sh.Helper()
	stdout, stderr, status := sh.try(args...)
	if status != exitOK {
		sh.Fatalf("rollcall %s: status %d\n%s", strings.Join(args, " "), status, stderr)
	}
	if access.Pattern.MatchString(stderr) {
		sh.Errorf("rollcall %s shows a token on standard error:\n%s", strings.Join(args, " "), stderr)
	}
	return stdout
}

// fails runs a command that must fail with a status and say want in one line.
func (sh *shell) fails(status int, want string, args ...string) {
	sh.Helper()
	stdout, stderr, got := sh.try(args...)
	if got != status {
		sh.Errorf("rollcall %s: status %d, want %d\n%s%s", strings.Join(args, " "), got, status, stdout, stderr)
	}
	if line, rest, _ := strings.Cut(stderr, "\n"); !strings.Contains(line, want) || rest != "" {
		sh.Errorf("rollcall %s says\n%swant one line with %q", strings.Join(args, " "), stderr, want)
	}
}

// list runs a command with --json and decodes its answer.
func (sh *shell) list(into any, args ...string) {
	sh.Helper()
	if err := json.Unmarshal([]byte(sh.do(append(args, "--json")...)), into); err != nil {
		sh.Fatalf("rollcall %s: %v", strings.Join(args, " "), err)
	}
}

// store opens the shell's database.
func (sh *shell) store() *store.Store {
	sh.Helper()
	return storetest.Open(sh.T, sh.env[settingDatabase])
}

func TestEveryCommandHasAnExample(t *testing.T) {
	t.Parallel()
	root := (&program{env: func(string) string { return "" }}).rootCommand()
	n := 0
	walk(root, func(c *cobra.Command) {
		n++
		if c.Short == "" || !strings.Contains(c.Example, c.CommandPath()) {
			t.Errorf("%s lacks a short description, or an example that shows it", c.CommandPath())
		}
	})
	if n < 25 {
		t.Errorf("only %d commands were seen", n)
	}
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.fails(exitUsage, `there is no command "rollcall nonsense"`, "nonsense")
	sh.fails(exitUsage, `there is no command "rollcall org nonsense"`, "org", "nonsense")
	sh.fails(exitUsage, "unknown flag: --nonsense", "org", "create", "--nonsense")
	sh.fails(exitUsage, `required flag(s) "slug" not set; see rollcall org create --help`, "org", "create")
	sh.fails(exitUsage, "accepts 1 arg(s), received 0", "token", "revoke")
	sh.fails(exitUsage, "scim, api and setup tokens need --org", "token", "create", "--kind", "api", "--name", "ci")
	sh.fails(exitUsage, `--groups is on or off, not "maybe"`, "connection", "set", "--org", "acme", "--groups", "maybe")
	sh.fails(exitUsage, "say what to set", "connection", "set", "--org", "acme")
	sh.fails(exitFailed, `there is no organization "acme"; make it with`, "connection", "list", "--org", "acme")
	sh.env[settingDatabase] = "mysql://localhost"
	sh.fails(exitFailed, "must begin with sqlite: or postgres://", "org", "list")
	for _, args := range [][]string{{}, {"org"}, {"--help"}, {"token", "create", "--help"}} {
		if out := sh.do(args...); !strings.Contains(out, "Usage:") {
			t.Errorf("rollcall %v shows %q, not its help", args, out)
		}
	}
}
