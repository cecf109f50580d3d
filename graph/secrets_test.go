package graph_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// readings are documents that ask for every field without fields of its own, of
// every type that a query can reach, on the shortest way to it.
func readings(id string) map[string]string {
	type step struct{ typ, before, after string }
	out, todo := map[string]string{}, []step{{"Query", "{ ", " }"}}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if _, known := out[at.typ]; known {
			continue
		}
		leaves := "__typename"
		for _, f := range sdl.Types[at.typ].Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			call := f.Name
			if f.Arguments.ForName("id") != nil {
				call += `(id: "` + id + `")`
			}
			if sdl.Types[f.Type.Name()].Kind != ast.Object {
				leaves += " " + call
			} else if len(ruleOf(at.typ, f)) == 0 || ruleOf(at.typ, f)[0] != access.Operate {
				todo = append(todo, step{f.Type.Name(), at.before + call + " { ", " }" + at.after})
			}
		}
		out[at.typ] = at.before + leaves + at.after
	}
	return out
}

// TestNothingThatCanBeReadIsASecret makes one of everything that has a secret and
// then reads everything.
func TestNothingThatCanBeReadIsASecret(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleOWNER)
		session, personal, scim := h.session(ada), h.personalToken(ada, "users:read"), h.entra()
		secrets := []string{"credential-of-a-passkey", "document-of-a-passkey"}
		setUp := h.setUp(h.conn.ID)
		for _, c := range []caller{session, personal, scim.caller, setUp} {
			_, secret, _ := strings.Cut(strings.Replace(c.value, "Bearer ", "=", 1), "=")
			secrets = append(secrets, secret)
		}
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			link, _, err := h.access.CreateLink(ctx, tx, ada.ID)
			if err != nil {
				return err
			}
			secrets = append(secrets, link)
			client, err := h.access.CreateScimClient(ctx, tx, access.NewScimClient{Connection: h.conn.ID, Name: "entra", TokenMinutes: 60})
			if err != nil {
				return err
			}
			key, _, err := h.access.AddScimSecret(ctx, tx, client.ID, 0)
			if err != nil {
				return err
			}
			secrets = append(secrets, key)
			if _, _, err := h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindAPI, Name: "old", Scopes: []string{"log:read"}}); err != nil {
				return err
			}
			_, err = tx.Passkey.Create().SetUserID(ada.ID).SetName("key").SetCredentialID([]byte(secrets[0])).
				SetCredential(schema.Document{"publicKey": secrets[1]}).Save(ctx)
			return err
		})
		scim.send("POST", "Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bob@acme.test", "active": true, "password": "swordfish-1"}`)
		scim.send("POST", "Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "password": "swordfish-2"}`)
		h.settle()
		h.settled()
		secrets = append(secrets, "swordfish")
		var forbidden []string
		for _, s := range secrets {
			hash := sha256.Sum256([]byte(s))
			forbidden = append(forbidden, s, hex.EncodeToString(hash[:]), base64.StdEncoding.EncodeToString(hash[:]), base64.RawURLEncoding.EncodeToString(hash[:]),
				base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)))
		}
		seen := 0
		for typ, document := range readings(ada.ID.String()) {
			callers := []caller{session, h.with("all")}
			if strings.HasPrefix(document, "{ setUp ") { // which is for set-up links alone
				callers = []caller{setUp}
			}
			for _, c := range callers {
				r := h.ask(c, document, nil).ok()
				seen += len(r.text)
				for _, text := range forbidden {
					if strings.Contains(string(r.text), text) {
						h.Errorf("%s tells a secret: %s", typ, r.text)
					}
				}
			}
		}
		if types := len(readings("")); types < 40 || seen < 10_000 {
			h.Errorf("%d types and %d bytes were read", types, seen)
		}
	})
}
