package sso_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

func TestPeopleMadeAtSignIn(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		alan := entras("00000000-0000-4000-8000-000000000005", "alan@acme.test")
		o.keptOut("without the setting", alan)
		o.configure(func(s *schema.SignOnSettings) { s.Create = true })
		o.keptOut("in a domain that is not proved", alan)
		o.prove("acme.test")
		var scim *ent.Token
		o.write(func(ctx context.Context, tx *store.Tx) (err error) {
			_, scim, err = o.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: o.conn.ID, Name: "Entra"})
			return err
		})
		o.keptOut("while the directory provisions", alan)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Token.UpdateOneID(scim.ID).SetRevokedAt(tx.Now()).Exec(ctx)
		})
		o.keptOut("a guest", with(alan, "idp", "https://sts.windows.net/"+otherTenant+"/"))
		o.keptOut("without a mail", with(alan, "email", nil))
		o.keptOut("two at signs", with(alan, "email", "alan@evil.test@acme.test", "preferred_username", nil))
		o.keptOut("another's name", with(alan, "preferred_username", "ada@acme.test"))
		before := o.store.Read().User.Query().CountX(o.inOrg())
		b := o.visitor()
		o.signIn(b, alan).want(o.T, http.StatusSeeOther, "")
		b.signedIn(true)
		i := o.store.Read().Identity.Query().OnlyX(o.inOrg())
		u := o.store.Read().User.GetX(o.inOrg(), i.UserID)
		if i.How != "created" || u.UserName != "alan@acme.test" || u.Role != user.RoleLEARNER || u.ConnectionID != nil {
			o.Errorf("made %+v by %+v", u, i)
		}
		o.signIn(o.visitor(), with(alan, "email", "alan.t@acme.test"))
		if n := o.store.Read().User.Query().CountX(o.inOrg()); n != before+1 {
			o.Errorf("%d people were made, want 1", n-before)
		}
	})
}

func TestRolesByRule(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		group := o.group("auditors", o.grace)
		rules := func(rules ...schema.RoleRule) {
			o.configure(func(s *schema.SignOnSettings) { s.Roles = rules })
		}
		role := func(u *ent.User) user.Role { return o.store.Read().User.GetX(o.inOrg(), u.ID).Role }
		sign := func(roles any, want user.Role) {
			o.Helper()
			b := o.visitor()
			o.signIn(b, with(graces(), "roles", roles))
			b.signedIn(true)
			if got := role(o.grace); got != want {
				o.Errorf("%v gives %s, want %s", roles, got, want)
			}
		}
		sign([]string{"admin", "owner", "OWNER"}, user.RoleLEARNER) // no rule, no role
		rules(schema.RoleRule{Claim: "roles", Value: "admin", Role: "ADMIN"}, schema.RoleRule{Group: group.ID, Role: "AUDITOR"})
		was := o.visitor()
		o.signIn(was, graces())
		if role(o.grace) != user.RoleAUDITOR {
			o.Errorf("the group gives %s", role(o.grace))
		}
		sign([]string{"x", "admin"}, user.RoleADMIN)
		was.signedIn(false) // a session of another role is over
		sign("admin", user.RoleADMIN)
		sign([]string{"Admin", "admin "}, user.RoleAUDITOR)
		sign(map[string]string{"admin": "admin"}, user.RoleAUDITOR)
		rules(schema.RoleRule{Claim: "roles", Value: "admin", Role: "ADMIN"})
		sign(nil, user.RoleLEARNER)
		if n := o.events("user.role_changed"); n != 4 {
			o.Errorf("%d events of roles, want 4", n)
		}

		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.grace.ID).SetRole(user.RoleOWNER).Exec(ctx)
		})
		sign(nil, user.RoleOWNER)
		sign([]string{"admin"}, user.RoleOWNER)
		err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Configure(ctx, tx, o.conn.ID, "OIDC", schema.SignOnSettings{Issuer: o.provider.issuer, ClientID: clientID,
				Roles: []schema.RoleRule{{Claim: "roles", Value: "owner", Role: "OWNER"}}})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "owners are made by owners") {
			o.Errorf("a rule that makes owners: %v", err)
		}
	})
}

// group makes a group of the connection with one member.
func (h *house) group(name string, member *ent.User) (g *ent.Group) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if g, err = tx.Group.Create().SetDisplayName(name).SetConnectionID(h.conn.ID).Save(ctx); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO memberships (org_id, group_id, user_id, created_at) VALUES (?, ?, ?, ?)", h.org.ID, g.ID, member.ID, tx.Now())
		return err
	})
	return g
}
