package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/notify/mailsink"
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
		for r.figures()[`rollcall_mails_total{outcome="sent"}`] != 1 { // it is counted a moment after it has come
		}
		r.end()
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
