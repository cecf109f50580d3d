package main

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

func TestTokenListNamesTheOwnersOfPersonalTokens(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.do("org", "create", "--slug", "acme")
		s := sh.store()
		org := s.Read().Organization.Query().OnlyX(store.AcrossOrganizations(sh.Context()))
		err := s.Write(actor.InOrg(sh.Context(), org.ID), func(ctx context.Context, tx *store.Tx) error {
			ada, err := directory.New(s).CreateLocal(ctx, tx, directory.Local{UserName: "ada@acme.test", DisplayName: "Ada", Role: user.RoleAUDITOR})
			if err != nil {
				return err
			}
			_, _, err = access.New(s).CreateToken(ctx, tx, access.NewToken{Kind: token.KindAPI, Name: "own", User: ada.ID, Scopes: []string{"users:read"}})
			return err
		})
		if err != nil {
			sh.Fatal(err)
		}
		sh.do("token", "create", "--org", "acme", "--kind", "api", "--name", "ci", "--scopes", "users:read")
		var rows []tokenRow
		sh.list(&rows, "token", "list", "--org", "acme")
		if len(rows) != 2 || rows[0].Owner != "" || rows[1].Owner != "ada@acme.test" {
			sh.Errorf("tokens: %+v", rows)
		}
		if table := sh.do("token", "list"); !strings.Contains(table, "OWNER") || !strings.Contains(table, "ada@acme.test") {
			sh.Errorf("the list is\n%s", table)
		}
	})
}

func TestListsEndWhereTheyEnd(t *testing.T) {
	onBoth(t, func(sh *shell) {
		const many = 1100
		sh.do("org", "create", "--slug", "acme")
		s := sh.store()
		org := s.Read().Organization.Query().OnlyX(store.AcrossOrganizations(sh.Context()))
		err := s.Write(actor.InOrg(sh.Context(), org.ID), func(ctx context.Context, tx *store.Tx) error {
			for i := range many {
				_, _, err := access.New(s).CreateToken(ctx, tx, access.NewToken{Kind: token.KindAPI, Name: "n" + strconv.Itoa(i), Scopes: []string{"users:read"}})
				if err != nil {
					return err
				}
			}
			for i := range many {
				_, err := directory.New(s).CreateConnection(ctx, tx, "c"+strconv.Itoa(i), "generic", directory.SettingsFor(connection.KindGENERIC))
				if err != nil {
					return err
				}
			}
			for i := range maxPeople + 1 {
				if _, err := directory.New(s).CreateLocal(ctx, tx, directory.Local{UserName: strconv.Itoa(i) + "@acme.test", Role: user.RoleLEARNER}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			sh.Fatal(err)
		}
		sh.fails(exitFailed, "more than 200 people have", "log", "--org", "acme", "--user", "acme.test")
		sh.do("log", "--org", "acme", "--user", "17@acme.test")
		var tokens []tokenRow
		if sh.list(&tokens, "token", "list"); len(tokens) != many || tokens[many-1].Organization != "acme" {
			sh.Errorf("%d tokens are listed, the last is %+v", len(tokens), tokens[len(tokens)-1])
		}
		var connections []connectionRow
		if sh.list(&connections, "connection", "list", "--org", "acme"); len(connections) != many+1 {
			sh.Errorf("%d connections are listed", len(connections))
		}
	})
}
