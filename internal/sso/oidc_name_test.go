package sso_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

func TestLinkByNameForATime(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		until := o.store.Now().Add(time.Hour)
		o.configure(func(s *schema.SignOnSettings) { s.LinkUntil = &until })
		o.prove("acme.test")
		guest := "https://sts.windows.net/" + otherTenant + "/"
		own := "https://login.microsoftonline.com/" + tenant + "/v2.0"
		admin := o.learner("admin@acme.test")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(admin.ID).SetRole(user.RoleADMIN).Exec(ctx)
		})
		o.learner("strange@other.test")
		o.learner("STRASSE@acme.test")
		o.learner("decomposed-\u00e9@acme.test")
		o.signIn(o.visitor(), entras(gracesOID, "grace@acme.test"))
		for i, c := range []struct {
			what  string
			who   string // "" for a new learner
			says  []any
			taken bool
		}{
			{"a member's own account", "", nil, true},
			{"a member's own account, as idp says", "", []any{"idp", own}, true},
			{"by mail", "", []any{"preferred_username", "else@acme.test"}, true},
			{"in another case", "", []any{"preferred_username", "LEARNER-3@ACME.TEST", "email", nil}, true},
			{"in another Unicode form", "decomposed-\u00e9@acme.test", []any{"preferred_username", "decomposed-e\u0301@acme.test", "email", nil}, true},
			{"a guest", "", []any{"idp", guest}, false},
			{"idp of another type", "", []any{"idp", []string{own}}, false},
			{"a guest, vouched for", "", []any{"idp", guest, "xms_edov", true}, true},
			{"a guest, vouched for by a text", "", []any{"idp", guest, "xms_edov", "true"}, false},
			{"a guest, vouched for by 1", "", []any{"idp", guest, "xms_edov", 1}, false},
			{"a guest, vouched for by the text 1", "", []any{"idp", guest, "xms_edov", "1"}, false},
			{"a guest whose user name it is, vouched for another mail", "", []any{"idp", guest, "xms_edov", true, "email", "guest@acme.test"}, false},
			{"a domain that is not proved", "strange@other.test", nil, false},
			{"a domain that is not proved, with a mail in one that is", "strange@other.test", []any{"email", "new@acme.test"}, false},
			{"an administrator", "admin@acme.test", nil, false},
			{"an owner", "ada@acme.test", nil, false},
			{"who has an account already", "grace@acme.test", nil, false},
			{"two people", "grace@acme.test", []any{"email", "admin@acme.test"}, false},
			{"sharp s, which folds to ss", "STRASSE@acme.test", []any{"preferred_username", "straße@acme.test", "email", nil}, true},
			{"a Cyrillic look-alike", "grасe@acme.test", nil, false},
			{"two at signs", "", []any{"preferred_username", "learner-20@evil.test@acme.test", "email", "learner-20@evil.test@acme.test"}, false},
			{"a blank in front", "", []any{"preferred_username", " learner-21@acme.test", "email", " learner-21@acme.test"}, false},
			{"the root's dot", "", []any{"preferred_username", "learner-22@acme.test.", "email", "learner-22@acme.test."}, false},
			{"two addresses", "", []any{"preferred_username", "x", "email", "learner-23@acme.test, grace@acme.test"}, false},
		} {
			if c.who == "" {
				c.who = o.learner("learner-" + itoa(i) + "@acme.test").UserName
			}
			claims := with(entras("00000000-0000-4000-8000-0000000001"+pad(i), c.who), c.says...)
			if !c.taken {
				o.keptOut(c.what, claims)
				continue
			}
			b := o.visitor()
			p := o.signIn(b, claims)
			linked := o.store.Read().Identity.Query().Where(identity.Subject(claims["oid"].(string))).AllX(o.inOrg())
			if b.session() == "" || len(linked) != 1 || linked[0].How != "name" || o.store.Read().User.GetX(o.inOrg(), linked[0].UserID).UserName != c.who {
				o.Errorf("%s: %d, linked %+v\n%s", c.what, p.StatusCode, linked, p.text)
			}
		}
		late := o.learner("late@acme.test").UserName
		o.pass(time.Hour)
		o.keptOut("when the time is over", entras("00000000-0000-4000-8000-000000000200", late))
	})
}

// Elsewhere than at Entra, an address is the person's when the provider says that
// it has verified it.
func TestLinkByNameAtAnotherProvider(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		until := o.store.Now().Add(time.Hour)
		o.configure(func(s *schema.SignOnSettings) { s.LinkUntil = &until })
		o.prove("acme.test")
		alan := o.learner("alan@acme.test")
		claims := map[string]any{"sub": "alan-1", "name": "Alan", "email": "alan@acme.test", "preferred_username": "alan@acme.test"}
		for _, no := range []any{nil, false, "true", 1, "1", "yes"} {
			o.keptOut("email_verified", with(claims, "email_verified", no))
		}
		o.keptOut("a user name of one's choice", with(claims, "email", "mallory@acme.test", "email_verified", true))
		o.provider.user = map[string]any{"sub": "alan-1", "email": "alan@acme.test", "email_verified": "true"}
		o.keptOut("userinfo that says it as a text", with(claims, "email", nil, "email_verified", true))
		o.provider.user["email_verified"] = true
		b := o.visitor()
		o.signIn(b, with(claims, "email", nil, "name", nil))
		b.signedIn(true)
		if i := o.store.Read().Identity.Query().OnlyX(o.inOrg()); i.UserID != alan.ID || i.How != "name" {
			o.Errorf("linked as %+v", i)
		}
	})
}

func itoa(n int) string { return strings.TrimLeft(pad(n), "0") + strings.Repeat("0", max(0, 1-n)) }

func pad(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
