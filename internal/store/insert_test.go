package store_test

import (
	"context"
	"database/sql"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// awkward are texts that mean something to JSON, SQL, COPY or a database.
var awkward = []string{"", `\N`, `\.`, "a\tb\nc\r\\d", `"quoted" 'twice'`, "Zoë 李 \u2028 🦊", `\u0041`, "null"}

func logRows(h *house, n int) []*ent.ProvisioningLog {
	rows := make([]*ent.ProvisioningLog, n)
	target := schema.NewID()
	for i := range rows {
		text := awkward[i%len(awkward)]
		rows[i] = &ent.ProvisioningLog{
			ID: schema.NewID(), OrgID: h.org.ID, CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Method: "GET", Path: text,
			Operation: "Looked " + text, Status: 200, Detail: text, DurationUs: i, RequestBody: text,
			Changes: []schema.Change{{Attribute: text, New: text}},
		}
		if i%2 == 0 {
			rows[i].TargetID = &target
			rows[i].Events = []uuid.UUID{target}
			rows[i].Warnings = []string{text}
		}
	}
	return rows
}

func TestLogRowsComeBackAsTheyWere(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, n := range []int{1, 2, 15, 16, 300} { // alone, as JSON, by COPY
			rows := logRows(h, n)
			err := h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error { return tx.InsertLog(ctx, rows...) })
			if err != nil {
				h.Fatalf("%d rows: %v", n, err)
			}
			for _, want := range rows {
				got, err := h.Read().ProvisioningLog.Get(h.ctx, want.ID)
				if err != nil {
					h.Fatalf("%d rows: %v", n, err)
				}
				same := got.Path == want.Path && got.Detail == want.Detail && got.RequestBody == want.RequestBody &&
					got.CreatedAt.Equal(want.CreatedAt) && got.DurationUs == want.DurationUs &&
					reflect.DeepEqual(got.TargetID, want.TargetID) && reflect.DeepEqual(got.Changes, want.Changes) &&
					reflect.DeepEqual(got.Events, want.Events) && reflect.DeepEqual(got.Warnings, want.Warnings)
				if !same {
					h.Fatalf("of %d rows: wrote %v, read %v", n, want, got)
				}
			}
		}
	})
}

func TestLogRowsComeTogetherOrNotAtAll(t *testing.T) {
	onBoth(t, func(h *house) {
		rows := logRows(h, 40)
		rows[39].ID = rows[0].ID
		err := h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error { return tx.InsertLog(ctx, rows...) })
		if err == nil {
			h.Fatal("one id was taken twice")
		}
		n, err := h.Read().ProvisioningLog.Query().Where(provisioninglog.OrgID(h.org.ID)).Count(h.ctx)
		if err != nil || n != 0 {
			h.Fatalf("%d rows were written: %v", n, err)
		}
		rows[39].ID = schema.NewID() // the connection is of use again
		err = h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error { return tx.InsertLog(ctx, rows...) })
		if err != nil {
			h.Fatal(err)
		}
	})
}

// When PostgreSQL was started anew, all connections of the pool are dead. Rows that
// are copied find a new one, and stand there once.
func TestCopyingOutlivesTheServersRestart(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	storetest.Open(t, url) // migrates
	s := connect(t, url, store.Options{MaxConns: 3})
	h, other := newHouse(t, s), connect(t, url, store.Options{MaxConns: 1})
	var conns []*sql.Conn
	for range 3 { // the pool is full
		c, err := s.DB().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
	}
	for _, c := range conns {
		_ = c.Close()
	}
	if _, err := other.DB().ExecContext(t.Context(), `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`); err != nil {
		t.Fatal(err)
	}
	rows := logRows(h, 16)
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertLog(ctx, rows...) })
	if n := s.Read().ProvisioningLog.Query().CountX(h.ctx); n != len(rows) {
		t.Errorf("%d rows, want %d", n, len(rows))
	}
}
