package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/bench/instance"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// crashesVariable says how often the crash tests kill the server. A few times
// find what is badly broken; the full run is 20.
const crashesVariable = "ROLLCALL_TEST_CRASHES"

const crashWriters = 20

func TestKilledServerHasLostNothingThatItAcknowledged(t *testing.T) {
	t.Parallel()
	rounds := 4
	if text := os.Getenv(crashesVariable); text != "" {
		var err error
		if rounds, err = strconv.Atoi(text); err != nil {
			t.Fatalf("%s=%s is no number", crashesVariable, text)
		}
	}
	binary := filepath.Join(t.TempDir(), "rollcall")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, database := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			server, err := instance.New(binary, url, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			c := &crash{T: t, server: server, random: rand.New(rand.NewPCG(11, uint64(rounds)))}
			c.start()
			if c.base, c.token, err = server.Organization(t.Context(), "acme", "Acme Ltd"); err != nil {
				t.Fatal(err)
			}
			if c.group = c.send(http.MethodPost, "/Groups", map[string]any{"displayName": "Everyone"}).id; c.group == "" {
				t.Fatal("no group was made")
			}
			for round := range rounds {
				c.writeAndKill(round)
				c.start()
				c.examine(url)
			}
			if err := server.Stop(); err != nil {
				t.Error(err)
			}
			t.Logf("%d kills, %d acknowledged writes, %d more were written", rounds, len(c.acknowledged), c.unanswered)
		})
	}
}

// crash is a server under writers that is killed again and again.
type crash struct {
	*testing.T
	server             *instance.Instance
	random             *rand.Rand
	base, token, group string
	acknowledged       []ack
	unanswered         int // writes that were done although the server died before its answer
}

// ack is a write that the server has answered with success. Its mark is in the
// request and nowhere else.
type ack struct {
	mark   string
	kind   string // created, retitled, joined
	user   string
	status int
}

func (c *crash) start() {
	c.Helper()
	if _, err := c.server.Serve(c.Context()); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = c.server.Kill() })
}

// writeAndKill lets the writers write until a random number of answers has
// come, kills the server there, and keeps what was acknowledged until then.
func (c *crash) writeAndKill(round int) {
	c.Helper()
	answers := make(chan ack)
	var writers sync.WaitGroup
	for w := range crashWriters {
		writers.Go(func() { c.write(fmt.Sprintf("m-%d-%d", round, w), answers) })
	}
	go func() { writers.Wait(); close(answers) }()
	killAt, n := 30+c.random.IntN(300), 0
	for a := range answers {
		c.acknowledged = append(c.acknowledged, a)
		if n++; n == killAt {
			go func() {
				if err := c.server.Kill(); err != nil {
					c.Error(err)
				}
			}()
		}
	}
	if n < killAt {
		c.Fatalf("the writers gave up after %d answers", n)
	}
}

// write makes people, changes them and puts them into the group until the
// server is gone.
func (c *crash) write(name string, answers chan<- ack) {
	for n := 0; ; n++ {
		mark := func(kind string) string { return fmt.Sprintf("%s-%d-%s", name, n, kind) }
		made := c.send(http.MethodPost, "/Users", map[string]any{
			"userName": mark("created") + "@acme.test", "externalId": mark("created"), "active": true,
			"emails": []any{
				map[string]any{"type": "work", "primary": true, "value": mark("created") + "@acme.test"},
				map[string]any{"type": "home", "value": mark("created") + "@home.test"},
			},
		})
		if made.id == "" {
			return
		}
		answers <- ack{mark("created"), "created", made.id, made.status}
		for _, step := range []struct {
			kind, path string
			operation  map[string]any
		}{
			{"retitled", "/Users/" + made.id, map[string]any{"op": "Replace", "path": "title", "value": mark("retitled")}},
			{"joined", "/Groups/" + c.group, map[string]any{"op": "Add", "path": "members",
				"value": []any{map[string]any{"value": made.id, "display": mark("joined")}}}},
		} {
			done := c.send(http.MethodPatch, step.path, map[string]any{
				"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
				"Operations": []any{step.operation},
			})
			if done.status == 0 {
				return
			}
			answers <- ack{mark(step.kind), step.kind, made.id, done.status}
		}
	}
}

type crashAnswer struct {
	status int // 0: the server was gone
	id     string
}

// send makes a request. An answer that is no success fails the test.
func (c *crash) send(method, path string, body any) crashAnswer {
	text, err := json.Marshal(body)
	if err != nil {
		c.Error(err)
		return crashAnswer{}
	}
	req, err := http.NewRequestWithContext(c.Context(), method, c.base+path, bytes.NewReader(text))
	if err != nil {
		c.Error(err)
		return crashAnswer{}
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/scim+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return crashAnswer{}
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return crashAnswer{}
	}
	if res.StatusCode >= 300 {
		c.Errorf("%s %s: %d %s", method, path, res.StatusCode, answer)
		return crashAnswer{}
	}
	var resource struct{ ID string }
	_ = json.Unmarshal(answer, &resource) // 204 has no body
	return crashAnswer{res.StatusCode, resource.ID}
}
