package main

import (
	"bytes"
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/notify/mailsink"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// OID-28: one mail for each step, whatever starts anew and however many replicas look.
func TestEachStepIsMailedOnce(t *testing.T) {
	onBoth(t, func(sh *shell) {
		h := inHouseOf(sh)
		on, ends := access.NewSignOns(h.store, h.box), h.began.AddDate(0, 0, 61)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			if _, err := on.Configure(ctx, tx, h.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall"}); err != nil {
				return err
			}
			if _, err := on.AddSecret(ctx, tx, h.conn.ID, "secret", &ends); err != nil {
				return err
			}
			_, err := on.Switch(ctx, tx, h.conn.ID, true, false)
			return err
		})
		want := steps("acme: the client secret of “default” ", "ends", "has ended")
		if d := cmp.Diff(want, h.mails()); d != "" {
			sh.Error(d)
		}
	})
}

func TestEachStepOfTheLastTokenIsMailedOnce(t *testing.T) {
	onBoth(t, func(sh *shell) {
		h := inHouseOf(sh)
		lasts := h.began.AddDate(0, 0, 61).Sub(h.began)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, made, err := access.New(h.store).CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra", Expires: lasts})
			if err != nil {
				return err
			}
			return tx.Token.UpdateOneID(made.ID).SetLastUsedAt(tx.Now()).Exec(ctx)
		})
		want := steps("acme: provisioning through “default” ", "stops", "has stopped")
		if d := cmp.Diff(want, h.mails()); d != "" {
			sh.Error(d)
		}
	})
}

// steps are the mails of something that ends, of which nothing is late.
func steps(subject, ends, ended string) (mails []string) {
	for _, when := range []string{"in 60 days", "in 30 days", "in 14 days", "in 7 days", "within a day"} {
		mails = append(mails, "sent: "+subject+ends+" "+when)
	}
	return append(mails, "sent: "+subject+ended)
}

// clockedHouse is a store with an owner in it, and a clock that goes by days.
type clockedHouse struct {
	*shell
	store *store.Store
	org   *ent.Organization
	conn  *ent.Connection
	box   *seal.Box
	began time.Time
	days  atomic.Int64
}

func inHouseOf(sh *shell) *clockedHouse {
	sh.Helper()
	h := &clockedHouse{shell: sh, began: time.Now()}
	box, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		sh.Fatal(err)
	}
	clock := func() time.Time { return h.began.AddDate(0, 0, int(h.days.Load())) }
	s, err := store.Open(sh.Context(), sh.env[settingDatabase], store.Options{Clock: clock})
	if err != nil {
		sh.Fatal(err)
	}
	sh.Cleanup(func() { _ = s.Close() })
	h.store, h.box = s, box
	h.org, h.conn = storetest.Organization(sh.T, s, "acme")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.Create().SetUserName("ada@acme.test").SetRole(user.RoleOWNER).Exec(ctx)
	})
	return h
}

func (h *clockedHouse) write(fn func(context.Context, *store.Tx) error) {
	h.Helper()
	if err := h.store.Write(actor.InOrg(h.Context(), h.org.ID), fn); err != nil {
		h.Fatal(err)
	}
}

// mails are those of 64 days.
func (h *clockedHouse) mails() (got []string) {
	h.Helper()
	sink := mailsink.New(h.T, mailsink.Options{})
	mailServer, err := notify.ParseServer(plainURL(sink))
	if err != nil {
		h.Fatal(err)
	}
	for range 64 {
		told := 0
		for range 2 { // another start, or another replica
			r := &server{store: h.store, access: access.New(h.store), signOns: access.NewSignOns(h.store, h.box)}
			sent := make(chan string, 10)
			if r.mail, err = notify.New(notify.Options{Store: h.store, Server: mailServer, PublicURL: "https://training.acme.test",
				Observe: func(outcome string) { sent <- outcome }, Log: slog.New(slog.DiscardHandler)}); err != nil {
				h.Fatal(err)
			}
			w, err := r.warnAll(h.Context())
			if err != nil {
				h.Fatal(err)
			}
			n := w.secrets + w.connections
			if told += n; n > 0 {
				ctx, stop := context.WithCancel(h.Context())
				ended := make(chan error, 1)
				go func() { ended <- r.mail.Run(ctx) }()
				got = append(got, <-sent+": "+sink.Next().Subject())
				stop()
				if err := <-ended; err != nil {
					h.Fatal(err)
				}
			}
		}
		if told > 1 || sink.Waiting() > 0 {
			h.Fatalf("a step was told %d times, and %d more mails came", told, sink.Waiting())
		}
		h.days.Add(1)
	}
	return got
}
