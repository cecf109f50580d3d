package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
	"github.com/rollcall/rollcall/scim"
)

// reading is a service with people in it, asked without a network in between.
type reading struct {
	*testing.B
	service http.Handler
	secret  string
	ids     []string
}

const readers = 200

// onEach runs a benchmark on SQLite, which then counts as part of the server,
// and on PostgreSQL.
func onEach(b *testing.B, run func(r *reading)) {
	b.Run("sqlite", func(b *testing.B) { run(newReading(b, "sqlite:"+filepath.Join(b.TempDir(), "rollcall.db"))) })
	b.Run("postgres", func(b *testing.B) {
		server, err := pgserver.Shared()
		if err != nil {
			b.Fatal(err)
		}
		name := "b" + entschema.NewID().String()[24:]
		url, err := server.CreateDatabase(b.Context(), name, "")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = server.DropDatabase(context.WithoutCancel(b.Context()), name) })
		run(newReading(b, url))
	})
}

func newReading(b *testing.B, url string) *reading {
	b.Helper()
	now := time.Now() // stands still, so that the token is known for good
	s, err := store.Open(b.Context(), url, store.Options{MaxConns: 1, Clock: func() time.Time { return now }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	rules, doors := directory.New(s), access.New(s)
	org, conn, err := rules.CreateOrganization(b.Context(), "acme", "Acme")
	if err != nil {
		b.Fatal(err)
	}
	r := &reading{B: b, service: scim.New(scim.Options{
		Store: s, Directory: rules, Access: doors, PublicURL: "https://rollcall.test",
		Key: bytes.Repeat([]byte{7}, 32), Log: slog.New(slog.NewJSONHandler(io.Discard, nil)),
	})}
	err = s.Write(actor.InOrg(b.Context(), org.ID), func(ctx context.Context, tx *store.Tx) (err error) {
		r.secret, _, err = doors.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: conn.ID, Name: "bench"})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for i := range readers {
		body, err := json.Marshal(person(fmt.Sprintf("person%d", i)))
		if err != nil {
			b.Fatal(err)
		}
		answer := r.ask(http.MethodPost, "/Users", bytes.NewReader(body), http.StatusCreated)
		var made struct{ ID string }
		if err := json.Unmarshal(answer, &made); err != nil {
			b.Fatal(err)
		}
		r.ids = append(r.ids, made.ID)
	}
	b.ReportAllocs()
	return r
}

// each measures one call for each of the people in turn. What the database does
// in another process counts in the time, but not in the CPU.
func (r *reading) each(call func(i int)) {
	var before time.Duration
	n := 0
	for ; r.Loop(); n++ {
		if n == 0 {
			before = r.cpu()
		}
		call(n % readers)
	}
	r.ReportMetric(float64((r.cpu()-before).Microseconds())/float64(n), "cpu-µs/op")
}

// cpu is how long this process has run on processors.
func (r *reading) cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		r.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ask sends a request without reading and writing it as bytes, which is the
// network's part.
func (r *reading) ask(method, address string, body io.Reader, status int) []byte {
	hr, err := http.NewRequestWithContext(r.Context(), method, "/scim/v2/acme"+address, body)
	if err != nil {
		r.Fatal(err)
	}
	hr.Header.Set("Authorization", "Bearer "+r.secret)
	w := answered{header: http.Header{}}
	r.service.ServeHTTP(&w, hr)
	if w.status != status {
		r.Fatalf("status %d: %s", w.status, w.body)
	}
	return w.body
}

// answered is an answer that went nowhere.
type answered struct {
	header http.Header
	status int
	body   []byte
}

func (a *answered) Header() http.Header            { return a.header }
func (a *answered) WriteHeader(status int)         { a.status = status }
func (a *answered) Write(body []byte) (int, error) { a.body = body; return len(body), nil }

func BenchmarkLookup(b *testing.B) {
	onEach(b, func(r *reading) {
		r.each(func(i int) {
			r.ask(http.MethodGet, "/Users?filter=userName+eq+%22person"+strconv.Itoa(i)+"%40example.test%22", nil, http.StatusOK)
		})
	})
}

func BenchmarkGet(b *testing.B) {
	onEach(b, func(r *reading) {
		r.each(func(i int) { r.ask(http.MethodGet, "/Users/"+r.ids[i], nil, http.StatusOK) })
	})
}
