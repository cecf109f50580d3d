package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

func TestAdministration(t *testing.T) {
	onBoth(t, func(sh *shell) {
		if got := sh.do("org", "create", "--slug", "acme", "--name", "Acme Ltd"); got != "acme\n" {
			sh.Errorf("org create prints %q", got)
		}
		sh.fails(exitFailed, `there is an organization with the slug "acme" already`, "org", "create", "--slug", "acme")
		sh.fails(exitFailed, "can't stand in a URL", "org", "create", "--slug", "Acme Ltd")
		var orgs []orgRow
		sh.list(&orgs, "org", "list")
		if len(orgs) != 1 || orgs[0].Name != "Acme Ltd" || orgs[0].TenantURL != "http://127.0.0.1:0/scim/v2/acme" {
			sh.Errorf("org list: %+v", orgs)
		}

		sh.do("connection", "create", "--org", "acme", "--name", "okta", "--kind", "okta")
		sh.fails(exitFailed, "there is a connection named", "connection", "create", "--org", "acme", "--name", "okta")
		sh.do("connection", "set", "--org", "acme", "--connection", "okta", "--groups", "off", "--match", "userName,email",
			"--local", "ask", "--revive", "on", "--domains", "acme.test,acme.example", "--enabled", "off")
		sh.do("connection", "set", "--org", "acme", "--connection", "okta", "--domains", "")
		sh.fails(exitFailed, "people can't be matched by", "connection", "set", "--org", "acme", "--match", "shoeSize")
		var conns []connectionRow
		sh.list(&conns, "connection", "list", "--org", "acme")
		for i := range conns {
			conns[i].ID = ""
		}
		if diff := cmp.Diff([]connectionRow{
			{Name: "default", Kind: "ENTRA", Enabled: true, Groups: true, Match: []string{"externalId", "userName", "email"}, Local: "link", Domains: []string{}},
			{Name: "okta", Kind: "OKTA", Match: []string{"userName", "email"}, Local: "ask", Revive: true, Domains: []string{}},
		}, conns); diff != "" {
			sh.Errorf("connections (-want +got):\n%s", diff)
		}
		sh.fails(exitFailed, `there is no person with the user name "ada@acme.test"`, "connection", "approve", "--org", "acme", "ada@acme.test")

		sh.do("attribute", "declare", "--org", "acme", "--multi", "urn:scim:acme:User:Sites", "string")
		sh.fails(exitFailed, "is no type of attribute", "attribute", "declare", "--org", "acme", "urn:scim:acme:User:Age", "number")
		var attributes []attributeRow
		sh.list(&attributes, "attribute", "list", "--org", "acme")
		if diff := cmp.Diff([]attributeRow{{"urn:scim:acme:User:Sites", "User", "string", true, true}}, attributes); diff != "" {
			sh.Errorf("attributes (-want +got):\n%s", diff)
		}
		for _, args := range [][]string{{"org", "list"}, {"connection", "list", "--org", "acme"}, {"attribute", "list", "--org", "acme"}, {"token", "list"}} {
			if lines := strings.Count(sh.do(args...), "\n"); lines < 1 {
				sh.Errorf("rollcall %v prints no table", args)
			}
		}
	})
}

func TestTokens(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.do("org", "create", "--slug", "acme")
		first := sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "entra")
		sh.do("token", "create", "--org", "acme", "--kind", "api", "--name", "ci", "--scopes", "users:read,users:write", "--days", "30")
		operator := sh.do("token", "create", "--kind", "operator", "--name", "billing")
		for _, secret := range []string{first, operator} {
			if !access.Pattern.MatchString(secret) || len(secret) != len("rcs_")+49+1 {
				sh.Errorf("token create prints %q, not a token alone", secret)
			}
		}
		sh.fails(exitFailed, "there is no scope \"users\"; choose among users:read", "token", "create", "--org", "acme", "--kind", "api", "--name", "ci", "--scopes", "users")
		sh.fails(exitFailed, "a token is of the kind scim, api, operator or setup", "token", "create", "--org", "acme", "--kind", "session", "--name", "x")
		link := sh.do("token", "create", "--org", "acme", "--kind", "setup", "--name", "IT", "--days", "3")
		if base, secret, ok := strings.Cut(strings.TrimSpace(link), "/setup#"); !ok || !strings.HasPrefix(base, "http://") || access.Pattern.FindString(secret) != secret {
			sh.Errorf("token create prints %q, not a link alone", link)
		}
		sh.do("token", "revoke", "--org", "acme", "rcu_..."+strings.TrimSpace(link)[len(strings.TrimSpace(link))-4:])

		end := strings.TrimSpace(first)[49:]
		second := sh.do("token", "rotate", "--org", "acme", "rcs_..."+end)
		if second == first || !strings.HasPrefix(second, "rcs_") {
			sh.Errorf("token rotate prints %q", second)
		}
		sh.do("token", "revoke", strings.TrimSpace(operator)[49:])

		var rows []tokenRow
		sh.list(&rows, "token", "list")
		type line struct{ Name, Kind, State, Organization, Connection string }
		var got []line
		for _, r := range rows {
			got = append(got, line{r.Name, r.Kind, r.State, r.Organization, r.Connection})
		}
		if diff := cmp.Diff([]line{
			{"entra", "scim", "live", "acme", "default"},
			{"IT", "setup", "revoked", "acme", "default"},
			{"billing", "operator", "revoked", "", ""},
			{"ci", "api", "live", "acme", ""},
			{"entra", "scim", "replaced", "acme", "default"},
		}, got); diff != "" {
			sh.Errorf("tokens (-want +got):\n%s", diff)
		}
		sh.do("token", "revoke", "--org", "acme", rows[0].ID)
		sh.list(&rows, "token", "list", "--org", "acme")
		if len(rows) != 4 || rows[0].State != "revoked" {
			sh.Errorf("tokens of acme: %+v", rows)
		}
		sh.fails(exitFailed, "there is no such token", "token", "revoke", "0000")
		sh.do("org", "create", "--slug", "globex")
		sh.fails(exitFailed, "there is no such token", "token", "rotate", "--org", "globex", rows[0].ID)

		lists := sh.do("token", "list") + sh.do("token", "list", "--json") + sh.do("doctor", "--json")
		for _, secret := range []string{first, second, operator} {
			if strings.Contains(lists, strings.TrimSpace(secret)) {
				sh.Errorf("a list shows the token %s", secret)
			}
		}
	})
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	var before, after []store.Migration
	sh.list(&before, "migrate", "status")
	if len(before) == 0 || before[0].Applied {
		t.Errorf("migrations of a new database: %+v", before)
	}
	sh.fails(exitFailed, "run: rollcall migrate up", "serve", "--no-migrate")
	if got := sh.do("migrate", "up"); !strings.Contains(got, before[0].Name) {
		t.Errorf("migrate up prints %q", got)
	}
	sh.list(&after, "migrate", "status")
	for _, m := range after {
		if !m.Applied {
			t.Errorf("%s is missing after migrate up", m.Name)
		}
	}
	if got := sh.do("migrate", "up"); got != "" {
		t.Errorf("a second migrate up prints %q", got)
	}
	if got := sh.do("migrate", "status"); !strings.Contains(got, "applied") {
		t.Errorf("migrate status prints %q", got)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	var b build
	sh.list(&b, "version")
	if b.Go == "" || !strings.HasPrefix(sh.do("version"), "rollcall ") {
		t.Errorf("version: %+v", b)
	}
}
