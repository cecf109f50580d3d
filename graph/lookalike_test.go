package graph_test

import (
	"context"
	"testing"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// Who decides about an account is told when its name passes for that of somebody
// with a role. Another organization's names are nobody's business.
func TestWaitingAccountsThatLookLikeAdministratorsSaySo(t *testing.T) {
	onBoth(t, func(h *house) {
		h.person("ada@acme.test", user.RoleADMIN)
		h.person("bob@acme.test", user.RoleLEARNER)
		globex, _ := h.organization("globex")
		h.personIn(globex.ID, "carol@globex.test", user.RoleOWNER)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			for _, p := range []struct{ subject, name, email string }{
				{"a", "", "\u0430da@acme.test"},       // Cyrillic a
				{"b", "AD\u0391@acme.test", ""},       // Greek A
				{"c", "Ada", "ada@acme.test"},         // the name itself
				{"d", "", "b\u043eb@acme.test"},       // a learner's
				{"e", "", "car\u043el@globex.test"},   // another organization's
				{"f", "Иван", "иван@почта.acme.test"}, // nobody's
			} {
				err := tx.PendingLink.Create().SetConnectionID(h.conn.ID).SetIssuer("https://idp.test").SetSubject(p.subject).
					SetName(p.name).SetEmail(p.email).SetReason("unknown").SetLastAt(tx.Now()).Exec(ctx)
				if err != nil {
					return err
				}
			}
			return nil
		})
		got := map[any]any{}
		for _, a := range h.ask(h.as(user.RoleAUDITOR), `{ waitingAccounts { subject looksLike } }`, nil).ok().at("waitingAccounts").([]any) {
			got[a.(map[string]any)["subject"]] = a.(map[string]any)["looksLike"]
		}
		for subject, want := range map[any]any{"a": "ada@acme.test", "b": "ada@acme.test", "c": nil, "d": nil, "e": nil, "f": nil} {
			if got[subject] != want {
				h.Errorf("%s looks like %v, want %v", subject, got[subject], want)
			}
		}
	})
}
