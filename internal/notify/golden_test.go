package notify_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/store"
)

var update = flag.Bool("update", false, "write the mails to testdata")

// TestMails compares every mail with the one in testdata, where a person can read it
// and open it in a browser.
func TestMails(t *testing.T) {
	onBoth(t, nil, func(h *house) {
		h.person("ada", user.RoleOWNER, func(c *ent.UserCreate) { c.SetDisplayName("Ada Lovelace") })
		ends := time.Date(2027, 1, 21, 9, 0, 0, 0, time.UTC)
		for _, m := range []struct {
			name string
			kind connection.Kind
			notify.SecretEnding
		}{
			{"secret_ends", connection.KindENTRA, notify.SecretEnding{What: notify.ClientSecret, Hint: "k9Qz", Days: 60}},
			{"secret_ended", connection.KindOKTA, notify.SecretEnding{What: notify.ClientSecret, Days: 0}},
			{"secret_covered", connection.KindENTRA, notify.SecretEnding{What: notify.ClientSecret, Hint: "k9Qz", Days: 1, Covered: true}},
			{"key_ends", connection.KindENTRA, notify.SecretEnding{What: notify.SigningKey, Hint: "4f1a", Days: 14}},
			{"certificate_ends", connection.KindENTRA, notify.SecretEnding{What: notify.ProviderCertificate, Days: 7}},
		} {
			h.becomes(m.kind)
			m.Connection, m.Ends = h.conn.ID, ends
			h.must(func(ctx context.Context, tx *store.Tx) error { return h.SecretEnds(ctx, tx, m.SecretEnding) })
			h.arrives(m.name)
		}
		for _, m := range []struct {
			name  string
			kind  connection.Kind
			days  int
			spare bool
		}{{"credentials_end", connection.KindENTRA, 30, false}, {"credentials_ended", connection.KindENTRA, 0, false},
			{"credentials_end_soon", connection.KindOKTA, 1, false}, {"credentials_unused", connection.KindENTRA, 7, true}} {
			h.becomes(m.kind)
			h.must(func(ctx context.Context, tx *store.Tx) error {
				return h.CredentialsEnd(ctx, tx, notify.CredentialsEnding{Connection: h.conn.ID, Ends: ends, Days: m.days, Spare: m.spare})
			})
			h.arrives(m.name)
		}
	})
}

// becomes makes the connection one of another kind.
func (h *house) becomes(kind connection.Kind) {
	h.Helper()
	h.must(func(ctx context.Context, tx *store.Tx) error {
		return tx.Connection.UpdateOneID(h.conn.ID).SetKind(kind).SetName(strings.ToLower(string(kind))).Exec(ctx)
	})
}

// arrives sends the one mail that waits, and compares it.
func (h *house) arrives(name string) {
	h.Helper()
	stop := h.run(h.Notifier)
	h.next(notify.Sent)
	stop()
	got := h.sink.Next()
	h.golden(name+".txt", got.Subject()+"\n\n"+got.Text)
	h.golden(name+".html", got.HTML)
}

func (h *house) golden(name, got string) {
	h.Helper()
	got = strings.ReplaceAll(got, h.conn.ID.String(), "CONNECTION")
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			h.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		h.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		h.Errorf("%s is another mail; look at it and run go test ./internal/notify -run Mails -update\n%s", name, d)
	}
}
