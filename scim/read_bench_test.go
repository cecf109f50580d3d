package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
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
	b.ResetTimer()
	return r
}

func (r *reading) ask(method, path string, body io.Reader, status int) []byte {
	hr := httptest.NewRequest(method, "/scim/v2/acme"+path, body)
	hr.Header.Set("Authorization", "Bearer "+r.secret)
	w := httptest.NewRecorder()
	r.service.ServeHTTP(w, hr)
	if w.Code != status {
		r.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.Bytes()
}

func BenchmarkLookup(b *testing.B) {
	onEach(b, func(r *reading) {
		for i := 0; r.Loop(); i++ {
			r.ask(http.MethodGet, "/Users?filter="+queryEscape(fmt.Sprintf(`userName eq "person%d@example.test"`, i%readers)), nil, http.StatusOK)
		}
	})
}

func BenchmarkGet(b *testing.B) {
	onEach(b, func(r *reading) {
		for i := 0; r.Loop(); i++ {
			r.ask(http.MethodGet, "/Users/"+r.ids[i%readers], nil, http.StatusOK)
		}
	})
}
