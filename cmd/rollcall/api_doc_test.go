package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

		var mirror struct {
			People map[string]struct{ UserName string }
		}
		read := func() {
			t.Helper()
			text, err := os.ReadFile(filepath.Join(dir, "mirror.json"))
			mirror.People = nil
			if err != nil || json.Unmarshal(text, &mirror) != nil {
				t.Fatalf("the mirror is %s: %v", text, err)
			}
		}
		if out := server.play(dir, api, "mirror.mjs", "--once"); !strings.Contains(out, "3 people") {
			t.Errorf("mirror.mjs prints %s", out)
		}
		if out := server.play(dir, api, "mirror.sh"); strings.Count(out, `"user.created"`) != 3 {
			t.Errorf("mirror.sh prints %s", out)
		}
		server.end()

		server = sh.serve()
		scim = "http://" + server.address + "/scim/v2/acme"
		create("dan@acme.test", 201)
		read()
		for id, p := range mirror.People {
			if p.UserName == "bob@acme.test" {
				if status, body := server.send("DELETE", scim+"/Users/"+id, scimToken, ""); status != 204 {
					t.Fatalf("delete: status %d: %s", status, body)
				}
			}
		}
		if out := server.play(dir, api, "mirror.mjs", "--once"); !strings.Contains(out, "3 people") {
			t.Errorf("mirror.mjs prints %s after a restart", out)
		}
		if out := server.play(dir, api, "mirror.sh"); strings.Count(out, `"type"`) != 2 {
			t.Errorf("mirror.sh prints %s after a restart", out)
		}
		read()
		for _, p := range mirror.People {
			if p.UserName == "bob@acme.test" {
				t.Error("bob is in the mirror though deleted")
			}
		}
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
