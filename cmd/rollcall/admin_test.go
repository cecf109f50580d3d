package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// invite runs rollcall admin invite and returns the path of the link.
func (sh *shell) invite(args ...string) string {
	sh.Helper()
	printed := sh.do(append([]string{"admin", "invite", "--org", "acme"}, args...)...)
	u, err := url.Parse(strings.TrimSuffix(printed, "\n"))
	if err != nil || u.Host != "training.acme.test" || u.Scheme != "https" || !access.Pattern.MatchString(u.Path) || strings.Count(printed, "\n") != 1 {
		sh.Fatalf("admin invite prints %q, not a link alone", printed)
	}
	return u.Path
}

func (sh *shell) people(s *store.Store) map[string]*ent.User {
	sh.Helper()
	all := map[string]*ent.User{}
	for _, u := range s.Read().User.Query().AllX(store.AcrossOrganizations(sh.Context())) {
		all[u.UserName] = u
	}
	return all
}

func TestAdminInvite(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.env[settingPublicURL] = "https://training.acme.test"
		sh.do("org", "create", "--slug", "acme", "--name", "Acme Ltd")
		first := sh.invite("--email", "ada@acme.test", "--name", "Ada Lovelace")
		second := sh.invite("--email", "ADA@acme.test")

		server := sh.serve() // links work whether the server ran when they were made or not
		if status, text := server.get(second); status != http.StatusOK || !strings.Contains(text, "Sign in to Acme Ltd as Ada Lovelace") {
			sh.Errorf("the link shows %d %s", status, text)
		}
		if status, _ := server.get(first); status != http.StatusNotFound {
			sh.Errorf("the earlier link is answered with %d", status)
		}
		if status, text := server.get(sh.invite("--email", "bob@acme.test", "--role", "auditor")); status != http.StatusOK {
			sh.Errorf("a link made beside the server shows %d %s", status, text)
		}

		s := sh.store()
		everybody := sh.people(s)
		ada, bob := everybody["ada@acme.test"], everybody["bob@acme.test"]
		if len(everybody) != 2 || ada.Role != user.RoleOWNER || *ada.DisplayName != "Ada Lovelace" || *ada.Email != "ada@acme.test" || bob.Role != user.RoleAUDITOR {
			sh.Errorf("people: %+v", everybody)
		}
		sh.invite("--email", "ada@acme.test", "--role", "LEARNER") // takes nothing away
		sh.invite("--email", "bob@acme.test", "--role", "ADMIN")
		everybody = sh.people(s)
		if everybody["ada@acme.test"].Role != user.RoleOWNER || everybody["bob@acme.test"].Role != user.RoleADMIN {
			sh.Errorf("people: %+v", everybody)
		}
		server.end()
	})
}

func TestAdminInviteFindsPeople(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.env[settingPublicURL] = "https://training.acme.test"
		sh.do("org", "create", "--slug", "acme")
		s := sh.store()
		org := s.Read().Organization.Query().OnlyX(store.AcrossOrganizations(sh.Context()))
		add := func(name, email string) {
			err := s.Write(actor.InOrg(sh.Context(), org.ID), func(ctx context.Context, tx *store.Tx) error {
				_, err := directory.New(s).CreateLocal(ctx, tx, directory.Local{UserName: name, Email: email, DisplayName: name, Role: user.RoleLEARNER})
				return err
			})
			if err != nil {
				sh.Fatal(err)
			}
		}
		add("ada", "ada.lovelace@acme.test")
		add("twin1", "twins@acme.test")
		add("twin2", "twins@acme.test")
		add("gone", "gone@acme.test")
		gone := sh.people(s)["gone"].ID
		if err := s.Write(actor.InOrg(sh.Context(), org.ID), func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(gone).SetActive(false).Exec(ctx)
		}); err != nil {
			sh.Fatal(err)
		}
		sh.invite("--email", "Ada.Lovelace@ACME.test")
		sh.invite("--email", "TWIN1")
		everybody := sh.people(s)
		if len(everybody) != 4 || everybody["ada"].Role != user.RoleOWNER || everybody["twin1"].Role != user.RoleOWNER {
			sh.Errorf("people: %+v", everybody)
		}
		for want, args := range map[string][]string{
			"2 people have the e-mail address":   {"--email", "twins@acme.test"},
			"is deactivated and can't sign in":   {"--email", "gone"},
			"give an e-mail address to make one": {"--email", "nobody"},
			`there is no organization "globex"`:  {"--org", "globex", "--email", "ada@acme.test"},
		} {
			sh.fails(exitFailed, want, append([]string{"admin", "invite", "--org", "acme"}, args...)...)
		}
		sh.fails(exitUsage, "--role is OWNER", "admin", "invite", "--org", "acme", "--email", "ada", "--role", "boss")
		sh.fails(exitUsage, "--email must not be empty", "admin", "invite", "--org", "acme", "--email", " ")
		if n := len(sh.people(s)); n != 4 {
			sh.Errorf("%d people; a refused invitation made some", n)
		}
		if sh.people(s)["gone"].Role != user.RoleLEARNER {
			sh.Error("a refused invitation gave a role")
		}

		sh.env[settingPublicURL] = "http://training.acme.test"
		_, said, _ := sh.try("admin", "invite", "--org", "acme", "--email", "ada")
		if !strings.Contains(said, "It won't work yet") || !strings.Contains(said, settingPublicURL) {
			sh.Errorf("an invitation to an address without https says %q", said)
		}
	})
}
