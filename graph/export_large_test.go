package graph_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/graph"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

const (
	manyPeople = 100_000
	maxGrowth  = 20 << 20 // bytes of the heap
)

// multiply makes n people out of one, each with an e-mail address and in a group;
// every tenth has a name that is a formula.
func (h *house) multiply(userName string, n int) {
	h.Helper()
	h.person(userName, user.RoleLEARNER)
	id, series := "printf('%08x-0000-7000-8000-00000000000', n)", "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ?) SELECT n FROM s) AS s"
	asID := func(text string) string { return text }
	if h.store.Postgres() {
		id, series = "lpad(to_hex(n), 8, '0') || '-0000-7000-8000-00000000000'", "generate_series(1, ?::int) AS s(n)"
		asID = func(text string) string { return "CAST(" + text + " AS uuid)" }
	}
	person, address := asID(id+" || '1'"), asID(id+" || '2'")
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.Group.Create().SetDisplayName("@everybody").Save(ctx)
		if err != nil {
			return err
		}
		for _, statement := range []struct {
			text string
			args []any
		}{
			{`INSERT INTO users (id, created_at, org_id, updated_at, version, role, active, user_name, user_name_key, display_name, display_name_key, email, attributes, folded, link_approved)
				SELECT ` + person + `, created_at, org_id, updated_at, 1, role, active, 'p' || n || user_name, 'p' || n || user_name,
				CASE WHEN n % 10 = 0 THEN ' =HYPERLINK("http://evil.test/' || n || '")' ELSE 'Person ' || n END, 'x', email, attributes, folded, false
				FROM users, ` + series + ` WHERE user_name = ?`, []any{n - 1, userName}},
			{`INSERT INTO emails (id, created_at, org_id, user_id, value, value_key, "primary")
				SELECT ` + address + `, users.created_at, users.org_id, ` + person + `, 'p' || n || user_name, 'p' || n || user_name, true
				FROM users, ` + series + ` WHERE user_name = ?`, []any{n - 1, userName}},
			{`INSERT INTO memberships (org_id, group_id, user_id, created_at)
				SELECT org_id, ` + asID("?") + `, id, created_at FROM users`, []any{group.ID.String()}},
		} {
			if _, err := tx.Exec(ctx, statement.text, statement.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// measured is a stream that looks at the heap now and then while it is read.
type measured struct {
	io.Reader
	read, next int
	before     uint64
	growth     int64
}

func living() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (r *measured) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.read += n; r.read >= r.next {
		r.next += 4 << 20
		r.growth = max(r.growth, int64(living())-int64(r.before))
	}
	return n, err
}

// This test is alone while it runs, for it looks at the heap of the process.
func TestLargeExportIsStreamed(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *house{
		"sqlite":   func(t *testing.T) *house { return newHouse(t, storetest.SQLite(t), 1) },
		"postgres": func(t *testing.T) *house { return newHouse(t, storetest.Postgres(t), 8) },
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			h.multiply("ada@acme.test", manyPeople)
			path := h.export(h.with("all"), vars{"what": "USERS"})
			before := living()
			answer, err := h.server.Client().Get(h.server.URL + path)
			if err != nil {
				h.Fatal(err)
			}
			defer answer.Body.Close()
			stream := &measured{Reader: answer.Body, before: before}
			mark := make([]byte, 3)
			if _, err := io.ReadFull(stream, mark); err != nil || string(mark) != "\uFEFF" {
				h.Fatalf("the file begins with %q: %v", mark, err)
			}
			reader := csv.NewReader(stream) // which insists on as many cells as the first line has
			reader.ReuseRecord = true
			lines, formulas := 0, 0
			for ; ; lines++ {
				record, err := reader.Read()
				if err == io.EOF {
					break
				}
				if err != nil {
					h.Fatal(err)
				}
				for _, cell := range record {
					if sign := strings.TrimLeftFunc(cell, unicode.IsSpace); sign != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(sign)[0]) {
						h.Fatalf("line %d has the formula %s", lines, cell)
					}
					if strings.HasPrefix(cell, "' =HYPERLINK") {
						formulas++
					}
				}
			}
			if lines != manyPeople+1 || formulas != (manyPeople-1)/10 {
				h.Errorf("%d lines, %d of them with what would be a formula", lines, formulas)
			}
			h.Logf("%d MiB, the heap grew by %d KiB", stream.read>>20, stream.growth>>10)
			if stream.growth > maxGrowth {
				h.Errorf("the heap grew by %d bytes", stream.growth)
			}
		})
	}
}

// tripped does something when the first page has gone out.
type tripped struct {
	http.ResponseWriter
	sent int
	then func()
}

func (w *tripped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *tripped) Write(p []byte) (int, error) {
	if w.sent += len(p); w.sent > 100<<10 && w.then != nil {
		w.then() // which would hang on SQLite if the database were held meanwhile
		w.then = nil
	}
	return w.ResponseWriter.Write(p)
}

func TestExportIsCutOffWhenItCantGoOn(t *testing.T) {
	onBoth(t, func(h *house) {
		h.multiply("ada@acme.test", 2500)
		api := graph.New(graph.Options{Store: h.store, Directory: h.directory, Access: h.access, Log: slog.New(slog.DiscardHandler)})
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			api.Download().ServeHTTP(&tripped{ResponseWriter: w, then: func() {
				h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
					return tx.Organization.UpdateOneID(h.org.ID).SetSuspendedAt(tx.Now()).Exec(ctx)
				})
			}}, hr)
		}))
		defer server.Close()
		for _, format := range []string{"CSV", "JSONL"} {
			path := h.export(h.with("all"), vars{"what": "USERS", "format": format})
			answer, err := server.Client().Get(server.URL + path)
			if err != nil {
				h.Fatal(err)
			}
			text, err := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(text) == 0 {
				h.Errorf("%s: %d bytes, %v", format, len(text), err)
			}
			h.gone(path, caller{})
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				return tx.Organization.UpdateOneID(h.org.ID).ClearSuspendedAt().Exec(ctx)
			})
		}
	})
}
