package main

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	_ "github.com/lib/pq" // the driver behind sql.Open

	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

//go:embed yardstick/schema.sql
var yardstickSchema string

//go:embed yardstick/create_tx.sql
var createTx string

//go:embed yardstick/lookup.sql
var lookup string

// yardstick is what PostgreSQL itself can do here: pgbench with prepared
// statements over TCP, as the server is reached by Rollcall.
type yardstick struct {
	pgbench string
	address *url.URL
	dir     string // of the scripts
	seconds int
}

// limit is transactions per second.
type limit struct {
	CreateTx float64 `json:"create_tx"`
	Lookup   float64 `json:"lookup"`
}

// newYardstick makes a database with 10,000 people to look up.
func newYardstick(ctx context.Context, server *pgserver.Server, dir string, seconds int) (*yardstick, error) {
	program, err := pgserver.Binary("pgbench")
	if err != nil {
		return nil, err
	}
	address, err := server.CreateDatabase(ctx, "yardstick", "")
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("postgres", address)
	if err != nil {
		return nil, fmt.Errorf("open the yardstick: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, yardstickSchema); err != nil {
		return nil, fmt.Errorf("make the yardstick: %w", err)
	}
	for name, text := range map[string]string{"create_tx.sql": createTx, "lookup.sql": lookup} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("make the yardstick: %w", err)
		}
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("make the yardstick: %w", err)
	}
	return &yardstick{program, parsed, dir, seconds}, nil
}

// measure takes both figures once, each on a database at rest, and leaves nothing
// to do to whoever measures next.
func (y *yardstick) measure(ctx context.Context) (limit, error) {
	create, err := y.play(ctx, "create_tx.sql")
	if err == nil {
		err = settle(ctx, y.address.String())
	}
	if err != nil {
		return limit{}, err
	}
	found, err := y.play(ctx, "lookup.sql")
	return limit{create, found}, err
}

// settle has PostgreSQL do now what it would do in the background later: clean up
// after thousands of creates, and write them from memory to their files.
func settle(ctx context.Context, address string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	defer db.Close()
	for _, statement := range [...]string{"VACUUM ANALYZE", "CHECKPOINT"} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
	}
	return nil
}

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

func (y *yardstick) play(ctx context.Context, script string) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(y.seconds)*time.Second+time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, y.pgbench,
		"--host", y.address.Hostname(), "--port", y.address.Port(), "--username", y.address.User.Username(),
		"--protocol", "prepared", "--client", strconv.Itoa(concurrency), "--jobs", "2",
		"--time", strconv.Itoa(y.seconds), "--no-vacuum",
		"--define", "attributes="+jsonOf(512), "--define", "entry="+jsonOf(1024),
		"--file", filepath.Join(y.dir, script), strings.TrimPrefix(y.address.Path, "/"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench %s: %w: %s", script, err, out)
	}
	match := tps.FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("pgbench %s says no tps: %s", script, out)
	}
	return strconv.ParseFloat(string(match[1]), 64)
}

// jsonOf makes a JSON object of so many bytes, with keys like those of a person.
func jsonOf(size int) string {
	var b strings.Builder
	b.WriteString(`{"nickName":"Ada"`)
	for i := 0; b.Len() < size-44; i++ {
		fmt.Fprintf(&b, `,"attribute%02d":"value %d of a person"`, i, i*7919)
	}
	b.WriteString(`}`)
	return b.String()
}

func mean(a, b limit) limit {
	return limit{(a.CreateTx + b.CreateTx) / 2, (a.Lookup + b.Lookup) / 2}
}
