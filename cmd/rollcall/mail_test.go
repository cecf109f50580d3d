package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/notify/mailsink"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func plainURL(sink *mailsink.Sink) string {
	return "smtp://" + sink.Address + "?tls=none&from=rollcall@rollcall.test"
}

// From a secret that somebody enters to the mail that an owner gets.
func TestServeMailsThatASecretEnds(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.env[settingSecretKey] = strings.Repeat("AB", 21) + "A="
		sh.do("org", "create", "--slug", "acme", "--name", "Acme Ltd")
		sh.do("admin", "invite", "--org", "acme", "--email", "ada@acme.test", "--name", "Ada Lovelace")
		key := strings.TrimSpace(sh.do("token", "create", "--org", "acme", "--kind", "api", "--name", "desk", "--scopes", "all"))
		r := sh.serve()
		_, found := r.ask(key, `{connections{id}}`)
		var answer struct {
			Data struct{ Connections []struct{ ID string } }
		}
		if err := json.Unmarshal([]byte(found), &answer); err != nil || len(answer.Data.Connections) != 1 {
			sh.Fatalf("%v: %s", err, found)
		}
		id := answer.Data.Connections[0].ID
		_, said := r.ask(key, fmt.Sprintf(`mutation {
			configureOidc(connectionId: %[1]q, input: {issuer: "https://idp.acme.test", clientId: "rollcall", secret: "0123456789abcdefk9Qz", secretExpiresAt: %[2]q}) { connection { id } }
			switchSignOn(connectionId: %[1]q, enabled: true) { connection { id } } }`, id, time.Now().Add(13*24*time.Hour).Format(time.RFC3339)))
		if strings.Contains(said, "errors") {
			sh.Fatal(said)
		}
		r.end()

		sink := mailsink.New(sh.T, mailsink.Options{})
		sh.env[settingMail], sh.env[settingOpsAddr] = plainURL(sink), "127.0.0.1:0"
		sh.env[settingPublicURL] = "https://training.acme.test"
		r = sh.serve()
		m := sink.Next()
		if want := "Acme Ltd: the client secret of “default” ends in 13 days"; m.Subject() != want || !slices.Equal(m.To, []string{"ada@acme.test"}) {
			sh.Errorf("%q went to %v; want %q", m.Subject(), m.To, want)
		}
		for _, want := range []string{"Hello Ada Lovelace,", "(…k9Qz)", "https://training.acme.test/connections/" + id + "?tab=signon", "an owner of Acme Ltd"} {
			if !strings.Contains(m.Text, want) {
				sh.Errorf("%q isn't in\n%s", want, m.Text)
			}
		}
		for r.figures()[`rollcall_mails_total{outcome="sent"}`] != 1 {
			if sh.Context().Err() != nil {
				sh.Fatal("it isn't counted")
			}
		}
		r.end()
	})
}

// OID-28: one mail for each step, whatever starts anew and however many replicas look.
func TestEachStepIsMailedOnce(t *testing.T) {
	onBoth(t, func(sh *shell) {
		t, began := sh.T, time.Now()
		var days atomic.Int64
		clock := func() time.Time { return began.AddDate(0, 0, int(days.Load())) }
		s, err := store.Open(t.Context(), sh.env[settingDatabase], store.Options{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		org, conn := storetest.Organization(t, s, "acme")
		box, err := seal.New(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		on, ends := access.NewSignOns(s, box), began.AddDate(0, 0, 61)
		err = s.Write(actor.InOrg(t.Context(), org.ID), func(ctx context.Context, tx *store.Tx) error {
			tx.User.Create().SetUserName("ada@acme.test").SetRole(user.RoleOWNER).SaveX(ctx)
			if _, err := on.Configure(ctx, tx, conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: "https://idp.test", ClientID: "rollcall"}); err != nil {
				return err
			}
			if _, err := on.AddSecret(ctx, tx, conn.ID, "secret", &ends); err != nil {
				return err
			}
			_, err := on.Switch(ctx, tx, conn.ID, true, false)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sink := mailsink.New(t, mailsink.Options{})
		mailServer, err := notify.ParseServer(plainURL(sink))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range 64 {
			told := 0
			for range 2 { // another start, or another replica
				r := &server{store: s, signOns: access.NewSignOns(s, box)}
				sent := make(chan string, 10)
				if r.mail, err = notify.New(notify.Options{Store: s, Server: mailServer, PublicURL: "https://training.acme.test",
					Observe: func(outcome string) { sent <- outcome }, Log: slog.New(slog.DiscardHandler)}); err != nil {
					t.Fatal(err)
				}
				n, err := r.warnAll(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if told += n; n > 0 {
					ctx, stop := context.WithCancel(t.Context())
					ended := make(chan error, 1)
					go func() { ended <- r.mail.Run(ctx) }()
					got = append(got, <-sent+": "+sink.Next().Subject())
					stop()
					if err := <-ended; err != nil {
						t.Fatal(err)
					}
				}
			}
			if told > 1 || sink.Waiting() > 0 {
				t.Fatalf("a step was told %d times, and %d more mails came", told, sink.Waiting())
			}
			days.Add(1)
		}
		var want []string
		for _, when := range []string{"ends in 60 days", "ends in 30 days", "ends in 14 days", "ends in 7 days", "ends within a day", "has ended"} {
			want = append(want, "sent: acme: the client secret of “default” "+when)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestMailTest(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.fails(exitFailed, "set "+settingMail, "mail", "test", "--to", "ada@acme.test")
	open := mailsink.New(t, mailsink.Options{})
	sh.env[settingMail] = plainURL(open)
	sh.fails(exitFailed, "no e-mail address", "mail", "test", "--to", "ada")
	if said := sh.do("mail", "test", "--to", "ada@acme.test"); !strings.Contains(said, "took a mail to ada@acme.test") {
		t.Errorf("it says %q", said)
	}
	if m := open.Next(); m.Subject() != "Rollcall can send mail" || !slices.Equal(m.To, []string{"ada@acme.test"}) || !strings.Contains(m.Text, "http://127.0.0.1:0") {
		t.Errorf("%q went to %v:\n%s", m.Subject(), m.To, m.Text)
	}

	// What is to be protected isn't sent in the clear to a server without STARTTLS.
	sh.env[settingMail] = "smtp://" + open.Address + "?from=rollcall@rollcall.test"
	sh.fails(exitFailed, "STARTTLS", "mail", "test", "--to", "ada@acme.test")
	if open.Waiting() != 0 {
		t.Error("a mail went out in the clear")
	}
}

// The certificate of the server counts, and the password goes over TLS alone.
func TestMailOverTLS(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "rollcall")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for scheme, o := range map[string]mailsink.Options{"smtp": {TLS: true, SignIn: true}, "smtps": {Implicit: true, SignIn: true}} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			sink := mailsink.New(t, o)
			test := func(password string, more ...string) (string, error) {
				c := exec.CommandContext(t.Context(), binary, "mail", "test", "--to", "ada@acme.test")
				c.Env = append(os.Environ(), append(more, settingMail+"="+scheme+"://"+mailsink.User+":"+password+"@"+sink.Address+"?from=rollcall@rollcall.test")...)
				out, err := c.CombinedOutput()
				if strings.Contains(string(out), password) {
					t.Errorf("the password is shown:\n%s", out)
				}
				return string(out), err
			}
			trust := "SSL_CERT_FILE=" + sink.CA
			if out, err := test(mailsink.Password); err == nil || !strings.Contains(out, "certificate") {
				t.Errorf("a certificate of nobody is taken: %v\n%s", err, out)
			}
			if out, err := test("wrong-password", trust); err == nil || !strings.Contains(out, "535") {
				t.Errorf("a wrong password is taken: %v\n%s", err, out)
			}
			if sink.Waiting() != 0 {
				t.Error("a mail came all the same")
			}
			if out, err := test(mailsink.Password, trust); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if m := sink.Next(); !m.TLS {
				t.Error("it came in the clear")
			}
		})
	}
}

func TestDoctorGreetsTheMailServer(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sink := mailsink.New(t, mailsink.Options{})
	sh.env[settingMail] = strings.Replace(plainURL(sink), "smtp://", "smtp://"+mailsink.User+":"+mailsink.Password+"@", 1)
	var d diagnosis
	sh.list(&d, "doctor")
	if state, remedy := d.state("mail"); state != green {
		t.Errorf("mail is %s: %s", state, remedy)
	}
	out, _, _ := sh.try("doctor")
	if strings.Contains(out, mailsink.Password) || !strings.Contains(out, sink.Address) {
		t.Errorf("the doctor says\n%s", out)
	}
	if sink.Waiting() != 0 {
		t.Error("the doctor has sent a mail")
	}
}
