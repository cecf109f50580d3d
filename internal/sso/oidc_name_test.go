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

// Which names count as one, in the time for linking by name: what people hold equal,
// and never what only looks so. It is the same on both databases.
func TestNamesThatAreOne(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		until := o.store.Now().Add(time.Hour)
		o.configure(func(s *schema.SignOnSettings) { s.LinkUntil = &until })
		o.prove("acme.test")
		for i, c := range []struct {
			what, here, there string
			one               bool
		}{
			{"capital letters", "ada-a@acme.test", "ADA-A@Acme.Test", true},
			{"NFC and NFD", "zo\u00eb@acme.test", "ZOE\u0308@acme.test", true},
			{"sharp s", "stra\u00dfe@acme.test", "STRASSE@acme.test", true},
			{"capital sharp s", "gro\u1e9e@acme.test", "gro\u00df@acme.test", true},
			{"long s", "\u017fam@acme.test", "SAM@acme.test", true},
			{"Kelvin sign", "\u212aim@acme.test", "kim@acme.test", true},
			{"ligature", "o\ufb03ce@acme.test", "OFFICE@acme.test", true},
			{"final sigma", "\u03c3\u03b1\u03c2@acme.test", "\u03a3\u0391\u03a3@acme.test", true},
			{"dotless i", "al\u0131@acme.test", "ali@acme.test", false},
			{"dotted I", "\u0130da@acme.test", "ida@acme.test", false},
			{"full width", "\uff45ve@acme.test", "eve@acme.test", false},
			{"full width domain", "fay@acme.test", "fay@\uff41cme.test", false},
			{"Cyrillic", "p\u0430ul@acme.test", "paul@acme.test", false},
			{"Greek", "t\u03bfm@acme.test", "tom@acme.test", false},
			{"a mark that isn't seen", "rob@acme.test", "ro\u200bb@acme.test", false},
			{"a soft hyphen", "ron@acme.test", "r\u00adon@acme.test", false},
			{"the other direction", "max@acme.test", "\u202exam@acme.test", false},
			{"a blank", "joe@acme.test", "joe @acme.test", false},
			{"a blank that doesn't break", "jim@acme.test", "jim\u00a0@acme.test", false},
			{"an accent", "rene@acme.test", "ren\u00e9@acme.test", false},
			{"digits of another script", "r2@acme.test", "r\u0662@acme.test", false},
			{"a mail domain of many", "friend@gmail.com", "friend@gmail.com", false},
		} {
			here := o.learner(c.here)
			claims := entras("00000000-0000-4000-8000-0000000003"+pad(i), c.there)
			if !c.one {
				o.keptOut(c.what, claims)
				continue
			}
			b := o.visitor()
			o.signIn(b, claims)
			if i, err := o.store.Read().Identity.Query().Where(identity.Subject(claims["oid"].(string))).Only(o.inOrg()); err != nil || i.UserID != here.ID || b.session() == "" {
				o.Errorf("%s: %q is not %q: %v", c.what, c.there, c.here, err)
			}
		}
	})
}

// Keys are exact, other than names: externalId here and the subject there.
func TestKeysAreExact(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		o.provisioned("case@acme.test", "Case-\u00e9")
		account := func(sub string) map[string]any { return map[string]any{"sub": sub, "name": "Somebody"} }
		near := []string{"case-\u00e9", "CASE-\u00c9", "Case-e\u0301", "Case-e", "Case-\u00e9 ", " Case-\u00e9"}
		for _, sub := range near {
			o.keptOut("before", account(sub))
		}
		b := o.visitor()
		o.signIn(b, account("Case-\u00e9"))
		b.signedIn(true)
		for _, sub := range near {
			o.keptOut("after", account(sub))
		}
		if n := o.store.Read().Identity.Query().CountX(o.inOrg()); n != 1 {
			o.Errorf("%d accounts are linked", n)
		}
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
