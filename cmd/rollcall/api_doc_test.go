package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var script = regexp.MustCompile("(?s)```(?:sh|js)\n(?:#|//) ([a-z]+\\.(?:sh|mjs))[^\n]*\n.*?```")

// writeScripts puts the scripts of docs/api.md, as they stand there, into a folder.
func writeScripts(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, found := range script.FindAllStringSubmatch(string(text), -1) {
		_, body, _ := strings.Cut(found[0], "\n")
		if err := os.WriteFile(filepath.Join(dir, found[1]), []byte(strings.TrimSuffix(body, "```")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// play runs a script of docs/api.md and returns what it printed.
func (r *running) play(dir, token, name string, args ...string) string {
	r.Helper()
	program := "bash"
	if strings.HasSuffix(name, ".mjs") {
		program = "node"
	}
	cmd := exec.CommandContext(r.Context(), program, append([]string{name}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ROLLCALL_URL=http://"+r.address, "ROLLCALL_TOKEN="+strings.TrimSpace(token))
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// TestScriptsOfTheGuideRun plays the scripts of docs/api.md against a server
// into which people are provisioned meanwhile, and that is started anew.
func TestScriptsOfTheGuideRun(t *testing.T) {
	onBoth(t, func(sh *shell) {
		dir := writeScripts(t)
		sh.do("org", "create", "--slug", "acme", "--name", "Acme Ltd")
		scimToken := sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "entra")
		api := sh.do("token", "create", "--org", "acme", "--kind", "api", "--name", "reports",
			"--scopes", "users:read,log:read,events:read,connections:read")
		server := sh.serve()
		scim := "http://" + server.address + "/scim/v2/acme"
		create := func(name string, status int) {
			t.Helper()
			got, body := server.send("POST", scim+"/Users", scimToken, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+name+`","displayName":"`+name+`"}`)
			if got != status {
				t.Fatalf("create %s: status %d: %s", name, got, body)
			}
		}
		for _, name := range []string{"ada", "bob", "cyd"} {
			create(name+"@acme.test", 201)
		}
		create("ada@acme.test", 409)

		mirrored(server, dir, api, 3, "ada@acme.test", "bob@acme.test", "cyd@acme.test")
		server.end()

		server = sh.serve()
		scim = "http://" + server.address + "/scim/v2/acme"
		create("dan@acme.test", 201)
		bob := mirror(t, dir)["bob@acme.test"]
		if status, body := server.send("DELETE", scim+"/Users/"+bob, scimToken, ""); status != 204 {
			t.Fatalf("delete: status %d: %s", status, body)
		}
		mirrored(server, dir, api, 2, "ada@acme.test", "cyd@acme.test", "dan@acme.test")
		for _, name := range []string{"failed.mjs", "failed.sh"} {
			if out := server.play(dir, api, name); !strings.Contains(out, "ada@acme.test") {
				t.Errorf("%s prints %s, want the refused ada", name, out)
			}
		}

		operator := sh.do("token", "create", "--kind", "operator", "--name", "billing")
		out := server.play(dir, operator, "customer.mjs", "initech", "Initech", "bill@initech.test")
		for _, want := range []string{"/scim/v2/initech", "rcs_", "/signin/link/rcl_"} {
			if !strings.Contains(out, want) {
				t.Errorf("customer.mjs prints %s, without %s", out, want)
			}
		}
		if out := server.play(dir, operator, "customer.sh"); !strings.Contains(out, `"slug":"globex"`) || !strings.Contains(out, "rcs_") {
			t.Errorf("customer.sh prints %s", out)
		}
		server.end()
	})
}

// mirror reads what mirror.mjs keeps: ids by user name.
func mirror(t *testing.T, dir string) map[string]string {
	t.Helper()
	var kept struct {
		People map[string]struct{ ID, UserName string }
	}
	text, err := os.ReadFile(filepath.Join(dir, "mirror.json"))
	if err != nil || json.Unmarshal(text, &kept) != nil {
		t.Fatalf("the mirror is %s: %v", text, err)
	}
	ids := map[string]string{}
	for _, p := range kept.People {
		ids[p.UserName] = p.ID
	}
	return ids
}

// mirrored plays both mirrors until one holds these people and the other has
// printed so many Events. It plays again because the feed waits for every
// transaction that began earlier, those of tests beside this one included.
func mirrored(r *running, dir, token string, events int, people ...string) {
	r.Helper()
	const patience = 1000
	for tries := 1; ; tries++ {
		r.play(dir, token, "mirror.mjs", "--once")
		if got := slices.Sorted(maps.Keys(mirror(r.T, dir))); slices.Equal(got, people) {
			break
		} else if tries == patience {
			r.Fatalf("mirror.mjs holds %v, want %v", got, people)
		}
	}
	for printed := 0; printed < events; {
		printed += strings.Count(r.play(dir, token, "mirror.sh"), `"type"`)
		if printed > events {
			r.Fatalf("mirror.sh printed %d Events, want %d", printed, events)
		}
	}
}
