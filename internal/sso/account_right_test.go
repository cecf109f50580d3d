package sso_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// While names may find somebody, they find nobody whom the directory knows by another
// id, and no address does that the provider doesn't vouch for.
func TestNamesFindNobodyWhoIsKnownByAnotherID(t *testing.T) {
	onBothFlowsAtEntra(t, func(o *oidcHouse) {
		until := o.store.Now().Add(time.Hour)
		o.configure(func(s *schema.SignOnSettings) { s.LinkUntil = &until })
		o.prove("acme.test")
		alan := o.provisioned("alan@acme.test", "00000000-0000-4000-8000-0000000000aa")
		b := o.visitor()
		p := o.signIn(b, entras("00000000-0000-4000-8000-0000000000bb", "alan@acme.test"))
		if b.session() != "" {
			i := o.store.Read().Identity.Query().Where(identity.UserID(alan.ID)).OnlyX(o.inOrg())
			o.Errorf("oid bb is signed in as alan, whose externalId is aa: %d %s", p.StatusCode, i.How)
		}
		// only the mail is the victim's (nOAuth in the same tenant)
		o.provisioned("eve@acme.test", "00000000-0000-4000-8000-0000000000ee")
		vic := o.provisioned("vic@acme.test", "00000000-0000-4000-8000-0000000000cc")
		b = o.visitor()
		c := with(entras("00000000-0000-4000-8000-0000000000dd", "x@other.test"), "email", "vic@acme.test")
		o.signIn(b, c)
		if b.session() != "" {
			o.Errorf("nOAuth inside the tenant reaches %s", vic.UserName)
		}
	})
}

// Who may only change people gives an account at the provider to no administrator.
func TestWhoMayNotGiveRolesApprovesNoAdministratorsAccount(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		admin := o.learner("admin@acme.test")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(admin.ID).SetRole(user.RoleADMIN).Exec(ctx)
		})
		mallory := map[string]any{"sub": "mallory", "name": "M"}
		o.signIn(o.visitor(), mallory)
		if err := o.approve(o.usersWrite(), admin); err == nil {
			b := o.visitor()
			o.signIn(b, mallory)
			b.signedIn(false)
			o.Errorf("a token with users:write has become an administrator")
		}
	})
}

// A rule of somebody who may set up connections, and may give no roles, gives none.
func TestWhoMayNotGiveRolesGivesNoneByARule(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		weak := actor.With(o.Context(), actor.Actor{Kind: actor.Token, Org: o.org.ID, Scopes: []string{"connections:write"}})
		err := o.store.Write(weak, func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.Configure(ctx, tx, o.conn.ID, "OIDC", schema.SignOnSettings{Issuer: o.provider.issuer, ClientID: clientID,
				Roles: []schema.RoleRule{{Claim: "sub", Value: "grace-1", Role: "ADMIN"}}})
			return err
		})
		if err != nil {
			o.Fatal(err)
		}
		o.signIn(o.visitor(), graces())
		if r := o.store.Read().User.GetX(o.inOrg(), o.grace.ID).Role; r != user.RoleLEARNER {
			o.Errorf("connections:write made %s without roles:write", r)
		}
	})
}

// A directory that gives an owner another externalId lets nobody else sign in as the
// owner.
func TestADirectoryMakesNobodyAnOwner(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.grace.ID).SetRole(user.RoleOWNER).Exec(ctx)
		})
		o.signIn(o.visitor(), graces())
		o.directoryRenames(o.grace, "mallory")
		b := o.visitor()
		o.signIn(b, map[string]any{"sub": "mallory"})
		if b.session() != "" {
			o.Errorf("mallory is the owner; identities: %d", o.store.Read().Identity.Query().CountX(o.inOrg()))
		}
	})
}

// A second account of the provider with the same externalId isn't the person.
func TestAPersonHasOneAccountOfAConnection(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.configure(func(s *schema.SignOnSettings) { s.SubjectClaim = "employee" })
		o.signIn(o.visitor(), with(graces(), "employee", "grace-1"))
		b := o.visitor()
		o.signIn(b, map[string]any{"sub": "mallory", "employee": "grace-1"})
		if b.session() != "" {
			o.Errorf("a second account of the provider is Grace: she has %d", o.store.Read().Identity.Query().Where(identity.UserID(o.grace.ID)).CountX(o.inOrg()))
		}
	})
}

// A connection that is pointed at another provider takes neither the first one's
// secret nor its people there.
func TestAnotherProviderTakesNothingOver(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		admin := actor.With(o.Context(), actor.Actor{Kind: actor.User, ID: o.ada.ID, Org: o.org.ID, Scopes: []string{"connections:write"}})
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(o.grace.ID).SetRole(user.RoleADMIN).Exec(ctx)
		})
		o.signIn(o.visitor(), graces())
		if o.sessions() != 1 {
			o.Fatal("an owner has set it up, and an administrator doesn't come in")
		}
		evil := newProvider(o.house)
		err := o.store.Write(admin, func(ctx context.Context, tx *store.Tx) error {
			on, err := o.signOns.Configure(ctx, tx, o.conn.ID, signon.ProtocolOIDC, schema.SignOnSettings{Issuer: evil.issuer, ClientID: clientID})
			if err != nil {
				return err
			}
			if on.Enabled || len(on.Secrets) != 0 {
				o.Errorf("the secret of the first provider goes to the second: %+v", on)
			}
			if _, err := o.signOns.AddSecret(ctx, tx, o.conn.ID, "right", nil); err != nil {
				return err
			}
			_, err = o.signOns.Switch(ctx, tx, o.conn.ID, true, false)
			return err
		})
		if err != nil {
			o.Fatal(err)
		}
		o.provider = evil
		b := o.visitor()
		o.signIn(b, graces()).want(o.T, http.StatusForbidden, "SSO-NOT-PROVISIONED")
		b.signedIn(false)
	})
}

// A directory that says for a while that somebody is another account leaves nobody behind
// who is that person later.
func TestAnAccountGoesWithTheExternalIDThatBroughtIt(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		mallorys := map[string]any{"sub": "mallory"}
		o.directoryRenames(o.grace, "mallory")
		b := o.visitor()
		o.signIn(b, mallorys)
		b.signedIn(true)
		o.directoryRenames(o.grace, "grace-1")
		b.signedIn(false)
		if n := o.events("identity.unlinked"); n != 1 {
			o.Errorf("%d events of accounts that went, want 1", n)
		}
		o.enters(mallorys, false, "the directory has taken it back")
		o.enters(graces(), true, "Grace herself")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return o.directory.ChangeRole(ctx, tx, o.grace.ID, user.RoleOWNER, uuid.Nil)
		})
		o.enters(mallorys, false, "made an owner")
		o.enters(graces(), true, "Grace herself, an owner")
		o.isNow(o.grace, user.RoleOWNER, "afterwards")
	})
}

// A leaver's user name that is given to a newcomer brings the leaver's record back, where
// the connection revives people, and not the leaver's account.
func TestARecordThatIsRevivedForAnotherIsNotTheLeavers(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			settings := o.conn.Settings
			settings.Revive = true
			return tx.Connection.UpdateOneID(o.conn.ID).SetSettings(settings).Exec(ctx)
		})
		o.enters(graces(), true, "Grace")
		for who, id := range map[string]string{"newcomer": "newcomer-1", "rehired": "grace-1"} {
			o.directorySends(http.MethodPatch, o.grace, patch(`{"op":"replace","path":"active","value":false}`))
			o.enters(graces(), false, "deactivated")
			person := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"` + o.grace.UserName + `","externalId":"` + id + `","active":true}`
			if status := o.directorySends(http.MethodPost, o.grace, person); status != http.StatusCreated {
				o.Fatalf("%s: %d", who, status)
			}
			o.enters(graces(), who == "rehired", "after "+who)
			o.enters(map[string]any{"sub": id}, true, who)
		}
	})
}
