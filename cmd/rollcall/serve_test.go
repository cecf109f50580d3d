package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
)

const ada = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@acme.test","active":true}`

func TestServe(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.do("org", "create", "--slug", "acme")
		token := sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "entra")
		r := sh.serve()
		for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
			if status, body := r.get(path); status != http.StatusOK || body != want {
				sh.Errorf("%s: %d %q", path, status, body)
			}
		}
		if _, body := r.get("/"); !strings.Contains(body, "Rollcall</title>") { // with or without a build of it
			sh.Errorf("the console:\n%s", body)
		}
		if status, _ := r.get("/nowhere"); status != http.StatusNotFound {
			sh.Errorf("a page that isn't there: %d", status)
		}
		if status, body := r.get("/scim/v2//acme/./Users"); status/100 != 4 || !strings.Contains(body, "urn:ietf:params:scim:api:messages:2.0:Error") {
			sh.Errorf("an untidy path is not answered by SCIM: %d %s", status, body)
		}
		if status, body := r.send(http.MethodPost, "http://"+r.address+"/scim/v2/acme/Users", token, ada); status != http.StatusCreated {
			sh.Fatalf("create: %d %s", status, body)
		}
		if status, body := r.send(http.MethodPost, "http://"+r.address+"/scim/v2/acme/Users", token, ada); status != http.StatusConflict {
			sh.Errorf("create again: %d %s", status, body)
		}
		r.end()

		var tokens []tokenRow
		sh.list(&tokens, "token", "list", "--org", "acme")
		if tokens[0].LastUsed == nil {
			sh.Error("the last use of the token wasn't written at the end")
		}
		var rows []logRow
		sh.list(&rows, "log", "--org", "acme")
		var statuses []int
		for _, row := range rows {
			statuses = append(statuses, row.Status)
		}
		if diff := cmp.Diff([]int{http.StatusUnauthorized, http.StatusCreated, http.StatusConflict}, statuses); diff != "" {
			sh.Errorf("statuses in the log (-want +got):\n%s", diff)
		}
	})
}

func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.env[settingOpsAddr] = "127.0.0.1:0"
	sh.do("org", "create", "--slug", "acme")
	token := sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "entra")
	r := sh.serve()

	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "POST /scim/v2/acme/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/scim+json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", strings.TrimSpace(token), len(ada))
	answer := bufio.NewReader(conn)
	if line, _ := answer.ReadString('\n'); !strings.Contains(line, "100 Continue") {
		t.Fatalf("the server answers %q before it has the body", line)
	}
	_, _ = answer.ReadString('\n')

	r.stop()
	for deadline := time.Now().Add(10 * time.Second); ; {
		c, err := net.Dial("tcp", r.address)
		if err != nil {
			break
		}
		_ = c.Close()
		if time.Now().After(deadline) {
			t.Fatal("a server that shuts down still accepts connections")
		}
	}
	if status, body := r.send(http.MethodGet, "http://"+r.ops+"/readyz", "", ""); status != http.StatusServiceUnavailable {
		t.Errorf("while it shuts down the server says %d %s", status, body)
	}
	_, _ = conn.Write([]byte(ada))
	if line, _ := answer.ReadString('\n'); !strings.Contains(line, "201 Created") {
		t.Errorf("the request under way is answered with %q", line)
	}
	r.end()
	var rows []logRow
	sh.list(&rows, "log", "--org", "acme")
	if len(rows) != 1 || rows[0].Status != http.StatusCreated {
		t.Errorf("the log holds %+v", rows)
	}
}

func TestServeRefusesToStart(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Close() }) // after the parallel cases
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"busy port":        {map[string]string{settingAddr: busy.Addr().String()}, "another program listens on " + busy.Addr().String()},
		"busy ops port":    {map[string]string{settingOpsAddr: busy.Addr().String()}, "as in " + settingOpsAddr + "="},
		"no address":       {map[string]string{settingAddr: "8080"}, "write host:port"},
		"no rate":          {map[string]string{settingRateLimit: "many"}, "is no rate"},
		"path in address":  {map[string]string{settingPublicURL: "https://training.example/rollcall"}, "must end after the host"},
		"short key":        {map[string]string{settingSecretKey: "c2hvcnQ="}, "openssl rand -base64 32"},
		"zero key":         {map[string]string{settingSecretKey: strings.Repeat("A", 43) + "="}, "one byte repeated"},
		"no key":           {map[string]string{settingDatabase: "postgres://localhost/x"}, settingSecretKey + " must be set: make one with openssl rand -base64 32"},
		"missing database": {map[string]string{settingDatabase: "postgres://127.0.0.1:1/x", settingSecretKey: "bm90IGEgc2VjcmV0IGF0IGFsbCwgYnV0IDMyIGJ5dGU="}, "check ROLLCALL_DATABASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sh := inFolder(t)
			for k, v := range c.env {
				sh.env[k] = v
			}
			sh.fails(exitFailed, c.want, "serve")
		})
	}
}

// after is what follows a mark in a text.
func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return rest
}

func TestDemo(t *testing.T) {
	onBoth(t, func(sh *shell) {
		r := sh.demo("--users", "12")
		for _, want := range []string{"initial: people: 12 done, 0 wrong", "no wrong answer", "log --org demo", "/scim/v2/demo", "Token       rcs_"} {
			if !strings.Contains(r.said, want) {
				sh.Errorf("the demo doesn't say %q:\n%s", want, r.said)
			}
		}
		if _, page := r.get("/signin/link/" + access.Pattern.FindString(after(r.said, "/signin/link/"))); !strings.Contains(page, "as Ada Lovelace</button>") {
			sh.Errorf("the demo's sign-in link shows:\n%s", page)
		}
		r.end()
		var before []logRow
		sh.list(&before, "log", "--org", "demo", "--limit", "1000")

		r = sh.demo("--users", "12")
		if !strings.Contains(r.said, "The demo of an earlier run is here") {
			sh.Errorf("a second start says:\n%s", r.said)
		}
		r.end()
		var then []logRow
		sh.list(&then, "log", "--org", "demo", "--limit", "1000")
		if len(before) < 100 || len(then) != len(before) {
			sh.Errorf("the log had %d rows and has %d after a second start", len(before), len(then))
		}
		var tokens []tokenRow
		sh.list(&tokens, "token", "list", "--org", "demo")
		if len(tokens) != 2 || tokens[0].State != "live" || tokens[1].State != "revoked" {
			sh.Errorf("tokens after two starts: %+v", tokens)
		}
	})
}

func TestDemoGoesOnAfterAnInterruption(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.start([]string{"demo", "--users", "12"}, func(r *running, text string) bool {
		cut := strings.HasPrefix(text, "initial: people:")
		if cut {
			r.stop() // before its next line is read
		}
		return cut
	}).end()
	r := sh.demo("--users", "12")
	for _, want := range []string{"was interrupted, with 12 people: it goes on", "leavers: groups: 1 done", "no wrong answer"} {
		if !strings.Contains(r.said, want) {
			t.Errorf("the next start doesn't say %q:\n%s", want, r.said)
		}
	}
	r.end()
}

func TestDemoBeginsAfresh(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.demo("--users", "5", "--fresh").end()
	r := sh.demo("--users", "6", "--fresh")
	if !strings.Contains(r.said, "initial: people: 6 done, 0 wrong") {
		t.Errorf("a fresh start says:\n%s", r.said)
	}
	r.end()
	sh.do("org", "create", "--slug", "acme")
	sh.fails(exitFailed, "holds more than the demo", "demo", "--fresh")
	sh.do("log", "--org", "demo")
}
