package sso_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// Whoever is deactivated and tries to sign in leaves an event.
func TestARefusedSignInOfADeactivatedPersonLeavesAnEvent(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.signIn(o.visitor(), graces())
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Deactivate(ctx, tx, o.grace.ID) })
		before := o.store.Read().Event.Query().CountX(o.inOrg())
		o.signIn(o.visitor(), graces())
		if n := o.store.Read().Event.Query().CountX(o.inOrg()) - before; n == 0 {
			o.Errorf("a deactivated person's sign-in leaves no event")
		}
	})
}

// An account that is tied to somebody who was deleted locks nobody out: the person comes
// back with it when the directory sends them anew.
func TestAnAccountOfADeletedPersonIsFreeAgain(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.signIn(o.visitor(), graces())
		i := o.store.Read().Identity.Query().OnlyX(o.inOrg())
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Delete(ctx, tx, o.grace.ID) })
		// the link of a sign-in that ran beside the deletion
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Identity.Create().SetConnectionID(i.ConnectionID).SetUserID(i.UserID).SetIssuer(i.Issuer).SetSubject(i.Subject).SetHow(i.How).Exec(ctx)
		})
		o.provisioned("grace@acme.test", "grace-1")
		b := o.visitor()
		p := o.signIn(b, graces())
		if b.session() == "" {
			w := o.store.Read().PendingLink.Query().OnlyX(o.inOrg())
			err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				u := o.store.Read().User.Query().Where(user.ExternalID("grace-1"), user.DeletedAtIsNil()).OnlyX(o.inOrg())
				_, err := o.directory.ApproveAccount(ctx, tx, w.ID, u.ID)
				return err
			})
			err2 := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				return o.directory.Unlink(ctx, tx, o.store.Read().Identity.Query().OnlyX(o.inOrg()).ID)
			})
			o.Errorf("locked out for ever: %d; approve: %v; unlink: %v", p.StatusCode, err, err2)
		}
	})
}

// A connection that is removed while somebody signs in through it takes that session
// along.
func TestNoSessionOutlivesItsConnection(t *testing.T) {
	onBoth(t, func(h *house) {
		if !h.store.Postgres() {
			return // one transaction at a time: nothing comes in between
		}
		o := newOIDCHouse(h, false)
		local := o.learner("local@acme.test")
		held, done, ended := make(chan bool), make(chan error), make(chan struct{})
		go func() {
			done <- o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				// what startSession does
				if _, err := tx.SignOn.Query().Where(store.Lock).Only(ctx); err != nil {
					return err
				}
				if _, _, err := o.access.StartSession(ctx, tx, local, access.NewSession{Method: session.MethodOIDC, Connection: o.conn.ID, Identity: uuid.New()}); err != nil {
					return err
				}
				held <- true
				o.untilSomebodyWaits(ended)
				return nil
			})
		}()
		<-held
		err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RemoveConnection(ctx, tx, o.conn.ID, directory.KeepPeople)
			return err
		})
		close(ended)
		if err2 := <-done; err != nil || err2 != nil {
			o.Fatal(err, err2)
		}
		if n := o.sessions(); n != 0 {
			o.Errorf("%d sessions outlive the connection that they began with", n)
		}
	})
}

// A person who is deleted while their account is linked leaves no account behind.
func TestNoAccountIsTiedToADeletedPerson(t *testing.T) {
	onBoth(t, func(h *house) {
		if !h.store.Postgres() {
			return // one transaction at a time: nothing comes in between
		}
		o := newOIDCHouse(h, false)
		held, done, ended := make(chan bool, 9), make(chan error), make(chan struct{})
		go func() {
			done <- o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.Admit(ctx, tx, o.conn.ID, directory.Account{Issuer: o.provider.issuer, Subject: "grace-1", ExternalID: "grace-1"})
				held <- true
				o.untilSomebodyWaits(ended)
				return err
			})
		}()
		<-held
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.directory.Delete(ctx, tx, o.grace.ID) })
		close(ended)
		if err := <-done; err != nil {
			o.Fatal(err)
		}
		if n := o.store.Read().Identity.Query().CountX(o.inOrg()); n != 0 {
			o.Errorf("%d accounts are tied to a deleted person", n)
		}
		o.provisioned("grace@acme.test", "grace-1")
		b := o.visitor()
		p := o.signIn(b, graces())
		if b.session() == "" {
			o.Errorf("Grace, sent anew, stays out: %d", p.StatusCode)
		}
	})
}

// untilSomebodyWaits returns when another transaction waits for a lock in the
// test's PostgreSQL database, or when ended says that there is none to wait for.
func (h *house) untilSomebodyWaits(ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		default:
		}
		rows, err := h.store.Query(h.Context(), "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
		if err != nil {
			h.Error(err)
			return
		}
		waits := rows.Next()
		_ = rows.Close()
		if waits {
			return
		}
	}
}
