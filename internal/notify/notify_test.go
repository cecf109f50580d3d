package notify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/store"
)

func TestActiveAdministratorsAreTold(t *testing.T) {
	onBoth(t, nil, func(h *house) {
		h.person("ada", user.RoleOWNER, func(c *ent.UserCreate) { c.SetEmail("ada.lovelace@bücher.test") })
		h.person("bob", user.RoleADMIN)
		h.person("carol", user.RoleAUDITOR)
		h.person("dan", user.RoleLEARNER)
		h.person("eve", user.RoleOWNER, func(c *ent.UserCreate) { c.SetActive(false) })
		h.person("fay", user.RoleOWNER, func(c *ent.UserCreate) { c.SetDeletedAt(h.store.Now()) })
		h.tell(30)
		here, there := h.run(h.Notifier), h.run(h.notifier()) // two replicas
		var to []string
		for range 2 {
			h.next(notify.Sent)
			m := h.sink.Next()
			to = append(to, m.To...)
			if want := "acme: the client secret of “default” ends in 30 days"; m.Subject() != want {
				h.Errorf("the subject is %q, want %q", m.Subject(), want)
			}
			for _, want := range []string{"Its client secret (…k9Qz) ends on 21 January 2027, in 30 days.", "New client secret. Copy its Value, not its ID.",
				"\nhttps://training.acme.test/connections/" + h.conn.ID.String() + "?tab=signon\n"} {
				if !strings.Contains(m.Text, want) {
					h.Errorf("%q isn't in\n%s", want, m.Text)
				}
			}
			if link := `href="https://training.acme.test/connections/` + h.conn.ID.String() + `?tab=signon"`; !strings.Contains(m.HTML, link) {
				h.Errorf("%s isn't in\n%s", link, m.HTML)
			}
			if m.From != "rollcall@rollcall.test" || m.Header.Get("User-Agent")+m.Header.Get("X-Mailer") != "" || m.Header.Get("Auto-Submitted") != "auto-generated" {
				h.Errorf("it comes from %s, %v", m.From, m.Header)
			}
		}
		here()
		there()
		slices.Sort(to)
		if d := cmp.Diff([]string{"ada.lovelace@xn--bcher-kva.test", "bob@acme.test"}, to); d != "" {
			h.Error(d)
		}
		if h.sink.Waiting() != 0 || h.jobs() != 2 {
			h.Errorf("there are %d more mails, and %d jobs", h.sink.Waiting(), h.jobs())
		}
		if log := h.said.String(); strings.Contains(log, "@acme.test") {
			h.Errorf("the log names addresses:\n%s", log)
		}
	})
}

// What was rolled back is told nobody.
func TestNothingIsToldOfWhatDidNotHappen(t *testing.T) {
	onBoth(t, nil, func(h *house) {
		h.person("ada", user.RoleOWNER)
		err := h.write(func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(h.SecretEnds(ctx, tx, h.secret(7)), errors.New("and then something failed"))
		})
		if err == nil || h.jobs() != 0 {
			h.Errorf("%v, and %d jobs", err, h.jobs())
		}
	})
}

// laterOrNever refuses the first mail to each, as a busy server does and as one does
// that is set up wrongly, and those to people who are gone for ever.
func laterOrNever() func(to string) error {
	var asked sync.Map
	return func(to string) error {
		if strings.HasPrefix(to, "gone") {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person: " + to}
		}
		if _, again := asked.LoadOrStore(to, true); again {
			return nil
		}
		if strings.HasPrefix(to, "ada") {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not now, " + to}
		}
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: to + ": relay access denied"}
	}
}

func TestMailIsTriedAgain(t *testing.T) {
	onBoth(t, laterOrNever, func(h *house) {
		gone := h.person("gone", user.RoleOWNER)
		h.tell(7)
		stop := h.run(h.Notifier)
		h.next(notify.Lost) // the server says that it will never be otherwise
		h.must(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(gone).SetActive(false).Exec(ctx)
		})
		h.person("ada", user.RoleOWNER)
		h.person("bob", user.RoleADMIN)
		h.tell(1)
		h.next(notify.Failed)
		h.next(notify.Failed)
		h.next(notify.Sent)
		h.next(notify.Sent)
		h.sink.Next()
		if m := h.sink.Next(); m.Subject() != "acme: the client secret of “default” ends within a day" {
			h.Errorf("%q came", m.Subject())
		}
		stop()
		if h.sink.Waiting() != 0 {
			h.Errorf("%d more mails came", h.sink.Waiting())
		}
		if log := h.said.String(); !strings.Contains(log, "the server said 451 4.3.0") || !strings.Contains(log, "554 5.7.1") || !strings.Contains(log, "550 5.1.1") || strings.Contains(log, "@acme.test") {
			h.Errorf("the log doesn't say what happened, or names addresses:\n%s", log)
		}
	})
}

func TestWhoHasLeftMeanwhileIsToldNothing(t *testing.T) {
	onBoth(t, nil, func(h *house) {
		left := map[string]func(*ent.UserUpdateOne){
			"inactive": func(u *ent.UserUpdateOne) { u.SetActive(false) },
			"deleted":  func(u *ent.UserUpdateOne) { u.SetDeletedAt(h.store.Now()) },
			"learner":  func(u *ent.UserUpdateOne) { u.SetRole(user.RoleLEARNER) },
			"nowhere":  func(u *ent.UserUpdateOne) { u.SetEmail("nobody@a, victim@b") },
		}
		for name, leave := range left {
			id := h.person(name, user.RoleADMIN)
			h.tell(14)
			h.must(func(ctx context.Context, tx *store.Tx) error {
				u := tx.User.UpdateOneID(id)
				leave(u)
				return u.Exec(ctx)
			})
		}
		if h.jobs() < len(left) {
			h.Fatalf("there are %d jobs", h.jobs())
		}
		n := h.jobs()
		stop := h.run(h.Notifier)
		for range n {
			h.next(notify.Withheld)
		}
		stop()
		if h.sink.Waiting() != 0 {
			h.Errorf("%s got a mail", h.sink.Next().To)
		}
	})
}

// Names are chosen by people, some of them outside; INJ-04 to -06.
func TestNamesDoNothingInAMail(t *testing.T) {
	onBoth(t, nil, func(h *house) {
		const evil = "Ada\r\nBcc: victim@evil.test\r\n\r\n{{.PublicURL}} ${x} <a href=\"http://evil.test\">www.evil.test</a> \u202etxt"
		h.must(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Organization.UpdateOneID(h.org.ID).SetName(evil).Exec(ctx); err != nil {
				return err
			}
			return tx.Connection.UpdateOneID(h.conn.ID).SetName(evil).Exec(ctx)
		})
		h.person("ada", user.RoleOWNER, func(c *ent.UserCreate) { c.SetDisplayName(evil) })
		h.tell(60)
		stop := h.run(h.Notifier)
		h.next(notify.Sent)
		m := h.sink.Next()
		stop()
		if len(m.To) != 1 || m.Header.Get("Bcc") != "" {
			h.Errorf("it went to %v, %v", m.To, m.Header)
		}
		for name, text := range map[string]string{"subject": m.Subject(), "text": m.Text, "HTML": m.HTML} {
			for _, bad := range []string{"http://evil", "evil.test", "victim@evil", "\u202e", "\nBcc"} {
				if strings.Contains(text, bad) {
					h.Errorf("%q is in the %s:\n%s", bad, name, text)
				}
			}
			if !strings.Contains(text, "{{") || !strings.Contains(text, "${x}") {
				h.Errorf("the %s lost what the name says:\n%s", name, text)
			}
		}
		if strings.Contains(m.HTML, "<a href=\"http:") || !strings.Contains(m.HTML, "&lt;a href") {
			h.Errorf("the name is part of the page:\n%s", m.HTML)
		}
	})
}
