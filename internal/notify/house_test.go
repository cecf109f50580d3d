package notify_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/notify/mailsink"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// house is a store with one organization in it, and a mail server.
type house struct {
	*testing.T
	store *store.Store
	org   *ent.Organization
	conn  *ent.Connection
	sink  *mailsink.Sink
	tried chan string      // the outcomes
	said  *strings.Builder // read it when nothing runs
	log   *slog.Logger
	*notify.Notifier
}

// onBoth runs a test on both databases, with a mail server that refuses whom it is
// told to, each time from the beginning.
func onBoth(t *testing.T, refuse func() func(to string) error, test func(h *house)) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		var o mailsink.Options
		if refuse != nil {
			o.Refuse = refuse()
		}
		h := &house{T: t, store: s, sink: mailsink.New(t, o), tried: make(chan string, 100), said: &strings.Builder{}}
		h.log = slog.New(slog.NewTextHandler(h.said, nil))
		h.org, h.conn = storetest.Organization(t, s, "acme")
		h.Notifier = h.notifier()
		test(h)
	})
}

// notifier makes one more, as another replica has it.
func (h *house) notifier() *notify.Notifier {
	h.Helper()
	server, err := notify.ParseServer("smtp://" + h.sink.Address + "?tls=none&from=rollcall@rollcall.test")
	if err != nil {
		h.Fatal(err)
	}
	n, err := notify.New(notify.Options{Store: h.store, Server: server, PublicURL: "https://training.acme.test",
		Observe: func(outcome string) { h.tried <- outcome }, Log: h.log})
	if err != nil {
		h.Fatal(err)
	}
	return n
}

// run sends what there is until the returned function is called.
func (h *house) run(n *notify.Notifier) (stop func()) {
	ctx, cancel := context.WithCancel(h.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	return func() {
		h.Helper()
		cancel()
		if err := <-ended; err != nil {
			h.Error(err)
		}
	}
}

func (h *house) write(fn func(context.Context, *store.Tx) error) error {
	return h.store.Write(actor.InOrg(h.Context(), h.org.ID), fn)
}

func (h *house) must(fn func(context.Context, *store.Tx) error) {
	h.Helper()
	if err := h.write(fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) person(name string, role user.Role, set ...func(*ent.UserCreate)) (id uuid.UUID) {
	h.Helper()
	h.must(func(ctx context.Context, tx *store.Tx) error {
		c := tx.User.Create().SetUserName(name + "@acme.test").SetRole(role).SetDisplayName(name)
		for _, s := range set {
			s(c)
		}
		u, err := c.Save(ctx)
		if err == nil {
			id = u.ID
		}
		return err
	})
	return id
}

// tell tells of a secret that ends in so many days.
func (h *house) tell(days int) {
	h.Helper()
	h.must(func(ctx context.Context, tx *store.Tx) error { return h.SecretEnds(ctx, tx, h.secret(days)) })
}

func (h *house) secret(days int) notify.SecretEnding {
	return notify.SecretEnding{Connection: h.conn.ID, What: notify.ClientSecret, Hint: "k9Qz", Ends: time.Date(2027, 1, 21, 9, 0, 0, 0, time.UTC), Days: days}
}

// next expects the outcome of the next try.
func (h *house) next(want string) {
	h.Helper()
	if got := <-h.tried; got != want {
		h.Errorf("a mail was %s, want %s", got, want)
	}
}

// jobs is how many mails there are or were.
func (h *house) jobs() (n int) {
	h.Helper()
	rows, err := h.store.Query(h.Context(), "SELECT count(*) FROM river_job")
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() || rows.Scan(&n) != nil {
		h.Fatal("no count", rows.Err())
	}
	return n
}
