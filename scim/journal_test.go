package scim

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// A flood of reads neither holds up its senders nor grows without limit: what
// doesn't fit is counted, and the count is told.
func TestJournalDropsAndCounts(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	org, _ := storetest.Organization(t, s, "acme")
	var told strings.Builder
	j := newJournal(s, slog.New(slog.NewTextHandler(&told, nil)))
	const surplus = 7
	for range journalQueue + surplus {
		j.add(&ent.ProvisioningLog{ID: entschema.NewID(), OrgID: org.ID, Method: "GET", Path: "/", Operation: "Read", Status: 200, CreatedAt: s.Now()}, "")
	}
	if n := j.dropped.Load(); n != surplus {
		t.Errorf("%d rows dropped, want %d", n, surplus)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.run(stopped); err != nil { // writes what is left
		t.Fatal(err)
	}
	n, err := s.Read().ProvisioningLog.Query().Count(actor.InOrg(t.Context(), org.ID))
	if n != journalQueue || err != nil {
		t.Errorf("%d rows written (%v), want %d", n, err, journalQueue)
	}
	if !strings.Contains(told.String(), "dropped") || j.dropped.Load() != 0 {
		t.Errorf("told: %q", told.String())
	}
}

// Rows that the database doesn't take are gone, but not in silence.
func TestJournalCountsWhatCouldNotBeWritten(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	org, _ := storetest.Organization(t, s, "acme")
	if err := s.Write(actor.InOrg(t.Context(), org.ID), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, "ALTER TABLE provisioning_logs RENAME TO elsewhere")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	service := New(Options{Store: s, Log: slog.New(slog.DiscardHandler)})
	for range 3 {
		service.journal.add(&ent.ProvisioningLog{ID: entschema.NewID(), OrgID: org.ID, Method: "GET", Path: "/", Operation: "Read", Status: 200, CreatedAt: s.Now()}, "")
	}
	service.journal.flush(t.Context())
	if n := service.Dropped(); n != 3 {
		t.Errorf("%d rows are counted, want 3", n)
	}
}
