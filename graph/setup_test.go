package graph_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	makeLink  = `mutation($id: ID!, $days: Int) { createSetUpLink(connectionId: $id, name: "IT of Acme", expiresInDays: $days) { link token { id name hint expiresAt } } }`
	readSetUp = `{ setUp { name kind enabled groups organizationName scimUrl userCount groupCount sentBy expiresAt token { hint }
		attributes { id urn name declared } } }`
	makeToken    = `mutation { setUpToken { secret token { hint } } }`
	hearProgress = `subscription($id: ID) { setUpProgress(connectionId: $id) { call { state isTest tokenEnd fix }
		person { operation attributes custom objectId } group { operation } failures { detail fix count } } }`
)

// holder is whoever has a link.
func (h *house) holder(link string) caller {
	h.Helper()
	secret, ok := strings.CutPrefix(link, "https://rollcall.test/setup#")
	if !ok || !strings.HasPrefix(secret, "rcu_") {
		h.Fatalf("not a set-up link: %s", link)
	}
	return caller{"Authorization", "Bearer " + secret}
}

// stranger expects a credential to be none.
func (h *house) stranger(c caller) {
	h.Helper()
	if r := h.ask(c, readSetUp, nil).refused("UNAUTHENTICATED"); r.status != http.StatusUnauthorized {
		h.Errorf("status %d: %s", r.status, r.text)
	}
}

// gets expects a status from a look at the people.
func (e entra) gets(want int) {
	e.Helper()
	if got, body := e.send(http.MethodGet, "Users", ""); got != want {
		e.Errorf("status %d, want %d: %v", got, want, body)
	}
}

func TestSetUpLinkLeadsThroughTheSetUp(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleOWNER)
		owner := h.session(ada)
		made := h.ask(owner, makeLink, vars{"id": h.conn.ID}).ok()
		it := h.holder(made.at("createSetUpLink", "link").(string))
		id := made.at("createSetUpLink", "token", "id").(string)
		h.ask(it, readSetUp, nil).ok().is("default", "setUp", "name").is("ENTRA", "setUp", "kind").is("The acme company", "setUp", "organizationName").
			is("https://rollcall.test/scim/v2/acme", "setUp", "scimUrl").is("ada@acme.test", "setUp", "sentBy").is(nil, "setUp", "token").
			is(h.store.Now().Add(7*day).UTC().Truncate(time.Microsecond), "setUp", "expiresAt")

		w := h.watch(it, hearProgress, nil)
		w.next().ok().is("WAITING", "setUpProgress", "call", "state").is(nil, "setUpProgress", "person")
		secret := h.ask(it, makeToken, nil).ok().at("setUpToken", "secret").(string)
		entra := entra{h, caller{"Authorization", "Bearer " + secret}}
		entra.provisions("bob@acme.test", `"urn:x:User": {"Division": "North"}`)
		h.settle()
		for p := w.next().ok(); p.at("setUpProgress", "person") == nil; p = w.next().ok() {
			p.is("WAITING", "setUpProgress", "call", "state")
		}
		h.ask(it, readSetUp, nil).ok().is(1, "setUp", "userCount").is(secret[:4]+"…"+secret[len(secret)-4:], "setUp", "token", "hint").
			is("Division", "setUp", "attributes", 0, "name").is(false, "setUp", "attributes", 0, "declared")
		seen := h.store.Read().Attribute.Query().Where(attribute.ConnectionID(h.conn.ID)).OnlyX(h.in(h.org.ID))
		h.ask(it, `mutation($id: ID!) { setUpAttribute(id: $id) { attribute { declared } } }`, vars{"id": seen.ID}).ok().
			is(true, "setUpAttribute", "attribute", "declared")

		h.settled()
		if got, want := h.told(uuid.MustParse(id)), []string{"token.created by user", "token.first_used by token"}; !slices.Equal(got, want) {
			h.Errorf("the audit trail of the link says %v, want %v", got, want)
		}
		h.ask(owner, `{ connections { tokens { kind } setUpLinks { name kind } } }`, nil).ok().
			is([]any{map[string]any{"kind": "SCIM"}}, "connections", 0, "tokens").
			is([]any{map[string]any{"name": "IT of Acme", "kind": "SETUP"}}, "connections", 0, "setUpLinks")
	})
}

// A second token of a link takes the place of its first; those of others are not
// shown to it, and not touched.
func TestSetUpTokenReplacesItsOwnOnly(t *testing.T) {
	onBoth(t, func(h *house) {
		others := entra{h, h.token(h.org.ID, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra"})}
		it, colleague := h.setUp(h.conn.ID), h.setUp(h.conn.ID)
		make := func(c caller) (entra, string) {
			r := h.ask(c, makeToken, nil).ok()
			return entra{h, caller{"Authorization", "Bearer " + r.at("setUpToken", "secret").(string)}}, r.at("setUpToken", "token", "hint").(string)
		}
		h.ask(it, readSetUp, nil).ok().is(nil, "setUp", "token")
		theirs, _ := make(colleague)
		h.ask(it, readSetUp, nil).ok().is(nil, "setUp", "token")
		first, _ := make(it)
		second, hint := make(it)
		h.ask(it, readSetUp, nil).ok().is(hint, "setUp", "token", "hint")
		for _, c := range []entra{others, theirs, first, second} {
			c.gets(http.StatusOK)
		}
		h.pass(25 * time.Hour)
		first.gets(http.StatusUnauthorized)
		for _, c := range []entra{others, theirs, second} {
			c.gets(http.StatusOK)
		}
		h.ask(h.with("connections:write"), `mutation($id: ID!) { pauseConnection(id: $id) { connection { id } } }`, vars{"id": h.conn.ID}).ok()
		h.ask(it, makeToken, nil).refused("CONFLICT")
		h.ask(it, readSetUp, nil).ok().is(false, "setUp", "enabled")
	})
}

func TestSetUpLinkEnds(t *testing.T) {
	onBoth(t, func(h *house) {
		h.person("first@acme.test", user.RoleOWNER)
		link := func(c caller, days any) caller {
			h.Helper()
			return h.holder(h.ask(c, makeLink, vars{"id": h.conn.ID, "days": days}).ok().at("createSetUpLink", "link").(string))
		}
		owner := h.with(access.AllScopes)
		for _, days := range []int{0, 31, 400} {
			h.ask(owner, makeLink, vars{"id": h.conn.ID, "days": days}).refused("BAD_USER_INPUT")
		}

		long, short := link(owner, 30), link(owner, 1)
		w := h.watch(short, hearProgress, nil)
		w.next().ok()
		h.pass(day - time.Second)
		h.ask(short, readSetUp, nil).ok()
		h.pass(time.Second)
		h.stranger(short)
		w.over()
		h.ask(long, readSetUp, nil).ok()

		made := h.ask(owner, makeLink, vars{"id": h.conn.ID}).ok()
		revoked := h.holder(made.at("createSetUpLink", "link").(string))
		h.ask(revoked, readSetUp, nil).ok()
		h.ask(owner, `mutation($id: ID!) { rotateToken(id: $id) { secret } }`, vars{"id": made.at("createSetUpLink", "token", "id")}).refused("CONFLICT")
		h.ask(owner, `mutation($id: ID!) { revokeToken(id: $id) { token { status } } }`, vars{"id": made.at("createSetUpLink", "token", "id")}).ok().
			is("REVOKED", "revokeToken", "token", "status")
		h.pass(time.Second)
		h.stranger(revoked)

		cyd := h.person("cyd@acme.test", user.RoleADMIN)
		leaver := link(h.session(cyd), nil)
		h.ask(leaver, readSetUp, nil).ok()
		h.ask(owner, `mutation($id: ID!) { changeRole(id: $id, role: AUDITOR) { user { id } } }`, vars{"id": cyd.ID}).ok()
		h.pass(time.Second)
		h.stranger(leaver)
		h.ask(owner, `mutation($id: ID!) { changeRole(id: $id, role: ADMIN) { user { id } } }`, vars{"id": cyd.ID}).ok()
		h.pass(time.Second)
		h.ask(leaver, readSetUp, nil).ok()
		h.ask(owner, `mutation($id: ID!) { deactivateUser(id: $id) { user { id } } }`, vars{"id": cyd.ID}).ok()
		h.pass(time.Second)
		h.stranger(leaver)

		h.ask(h.operator(), `mutation($id: ID!) { suspendOrganization(id: $id) { organization { id } } }`, vars{"id": h.org.ID}).ok()
		h.pass(time.Second)
		h.stranger(long)
		h.ask(h.operator(), `mutation($id: ID!) { resumeOrganization(id: $id) { organization { id } } }`, vars{"id": h.org.ID}).ok()
		h.pass(time.Second)
		h.ask(long, readSetUp, nil).ok()
		h.ask(owner, `mutation($id: ID!) { removeConnection(id: $id) { tokens } }`, vars{"id": h.conn.ID}).ok()
		h.pass(time.Second)
		h.stranger(long)
	})
}

// TestSetUpLinkNeedsItsScopes sees that a link gives nobody more than its maker has.
func TestSetUpLinkNeedsItsScopes(t *testing.T) {
	onBoth(t, func(h *house) {
		all := []string{"connections:write", "tokens:write", "users:write"}
		h.ask(h.with(all...), makeLink, vars{"id": h.conn.ID}).ok()
		for i := range all {
			h.ask(h.with(slices.Delete(slices.Clone(all), i, i+1)...), makeLink, vars{"id": h.conn.ID}).refused("FORBIDDEN")
		}
		h.ask(h.as(user.RoleAUDITOR), makeLink, vars{"id": h.conn.ID}).refused("FORBIDDEN")
		_, foreign := h.organization("other")
		for _, id := range []any{foreign.ID, schema.NewID()} {
			h.ask(h.with(all...), makeLink, vars{"id": id}).refused("NOT_FOUND")
		}
		short := h.token(h.org.ID, access.NewToken{Kind: token.KindAPI, Name: "short", Scopes: all, Expires: day})
		h.ask(short, makeLink, vars{"id": h.conn.ID, "days": 2}).refused("FORBIDDEN")
		it := h.holder(h.ask(short, makeLink, vars{"id": h.conn.ID}).ok().at("createSetUpLink", "link").(string))
		h.ask(it, readSetUp, nil).ok().is(nil, "setUp", "sentBy")
		h.pass(day)
		h.stranger(it)
	})
}

// TestSetUpLinkOpensNothingElse tries every other field, streams too, and every
// other door.
func TestSetUpLinkOpensNothingElse(t *testing.T) {
	onBoth(t, func(h *house) {
		it := h.setUp(h.conn.ID)
		h.person("someone@acme.test", user.RoleOWNER)
		h.ask(it, readSetUp, nil).ok()
		before := h.dump(h.org.ID)
		roots(func(kind string, f *ast.FieldDefinition) {
			if slices.Contains(ruleOf(kind, f), access.SetUp) {
				return
			}
			v := arguments(f, func(string) any { return h.conn.ID })
			if kind == "Subscription" {
				h.watch(it, operation(kind, f, v), v).next().refused("FORBIDDEN")
				return
			}
			h.ask(it, operation(kind, f, v), v).refused("FORBIDDEN")
		})
		own := h.store.Read().Token.Query().Where(token.KindEQ(token.KindSetup)).OnlyIDX(h.in(h.org.ID))
		h.ask(it, `mutation($id: ID!) { revokeToken(id: $id) { token { id } } }`, vars{"id": own}).refused("FORBIDDEN")
		h.ask(it, `{ __schema { types { name } } }`, nil).refused("INTERNAL").is(nil, "__schema")
		entra{h, it}.gets(http.StatusUnauthorized)
		if after := h.dump(h.org.ID); after != before {
			h.Errorf("the organization has changed from\n%s\nto\n%s", before, after)
		}
	})
}

// TestSetUpLinkStaysWithItsConnection tries another connection of the same
// organization, and one of another.
func TestSetUpLinkStaysWithItsConnection(t *testing.T) {
	onBoth(t, func(h *house) {
		it := h.setUp(h.conn.ID)
		h.ask(it, readSetUp, nil).ok()
		sibling := h.ask(h.with("connections:write"), `mutation { createConnection(input: {name: "okta", kind: OKTA}) { connection { id } } }`, nil).ok().
			at("createConnection", "connection", "id").(string)
		_, theirs := h.furnish("theirs")
		okta := h.store.Read().Connection.Query().AllX(h.in(h.org.ID))[1]
		var attributes []any
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			a, err := h.directory.DeclareAttribute(ctx, tx, okta, "User", "urn:okta:User:Site", "string", false)
			if err != nil {
				return err
			}
			attributes = append(attributes, a.ID)
			_, err = h.directory.CreateLocal(ctx, tx, directory.Local{UserName: "x@acme.test", Email: "x@acme.test"})
			return err
		})
		foreign := h.dump(theirs["Organization"])
		for _, id := range append(attributes, theirs["Attribute"], theirs["Connection"], schema.NewID()) {
			h.ask(it, `mutation($id: ID!) { setUpAttribute(id: $id) { attribute { id } } }`, vars{"id": id}).refused("NOT_FOUND")
		}
		for _, id := range []any{sibling, theirs["Connection"], schema.NewID()} {
			h.watch(it, hearProgress, vars{"id": id}).next().refused("NOT_FOUND")
		}
		h.ask(it, readSetUp, nil).ok().is([]any{}, "setUp", "attributes").is(0, "setUp", "userCount")
		other := entra{h, h.token(h.org.ID, access.NewToken{Kind: token.KindScim, Connection: okta.ID, Name: "okta"})}
		other.provisions("secret@acme.test")
		h.settle()
		h.watch(it, hearProgress, vars{"id": h.conn.ID}).next().ok().is("WAITING", "setUpProgress", "call", "state").is(nil, "setUpProgress", "person")
		if h.dump(theirs["Organization"]) != foreign {
			h.Error("the other organization has changed")
		}
	})
}

// TestSetUpProgressTellsWhatFails follows what an administrator's set-up hears.
func TestSetUpProgressTellsWhatFails(t *testing.T) {
	onBoth(t, func(h *house) {
		reader, it := h.with("log:read"), h.setUp(h.conn.ID)
		h.watch(h.with("connections:write"), hearProgress, vars{"id": h.conn.ID}).next().refused("FORBIDDEN")
		h.watch(reader, hearProgress, nil).next().refused("BAD_USER_INPUT")
		h.watch(reader, hearProgress, vars{"id": schema.NewID()}).next().refused("NOT_FOUND")
		w := h.watch(reader, hearProgress, vars{"id": h.conn.ID})
		w.next().ok().is("WAITING", "setUpProgress", "call", "state")
		// until waits for a state, and sees that the holder of a link is told the same.
		until := func(want string, path ...any) {
			h.Helper()
			h.settle()
			path = append([]any{"setUpProgress"}, path...)
			r := w.next().ok()
			for ; r.at(path...) != want; r = w.next().ok() {
			}
			if same := h.watch(it, hearProgress, nil).next().ok(); !equal(same.Data, r.Data) {
				h.Errorf("the link is told %s, the administrator %s", same.text, r.text)
			}
		}
		entra{h, caller{"Authorization", "Bearer rcs_" + strings.Repeat("a", 45) + "x7Q2"}}.gets(http.StatusUnauthorized)
		until("x7Q2", "call", "tokenEnd")
		client := h.entra()
		client.send(http.MethodGet, `Users?filter=userName+eq+%22x%22`, "")
		until("LET_IN", "call", "state")
		eve := client.provisions("eve@acme.test", `"title": ""`, `"roles": []`, `"urn:acme:User": {"Division": "North", "Site": "", "Floor": 2}`)
		until("Created eve@acme.test", "person", "operation")
		for id, want := range map[string]bool{"eve.nickname": false, "0190a4c6-0000-4000-8000-000000000001": true} {
			if status := client.patch(eve, "externalId", strconv.Quote(id)); status >= 300 {
				h.Fatal(status)
			}
			h.settle()
			for r := w.next().ok(); r.at("setUpProgress", "person", "objectId") != want; r = w.next().ok() {
			}
		}
		if status := client.patch(eve, "active", "false"); status >= 300 {
			h.Fatal(status)
		}
		again := `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Eve@acme.test", "active": true}`
		if status, body := client.send(http.MethodPost, "Users", again); status != http.StatusConflict {
			h.Fatal(status, body)
		}
		h.settle()
		p := w.next().ok()
		for ; len(p.at("setUpProgress", "failures").([]any)) == 0; p = w.next().ok() {
		}
		p.is("REVIVE", "setUpProgress", "failures", 0, "fix").is(1, "setUpProgress", "failures", 0, "count").
			is(4, "setUpProgress", "person", "attributes").is([]string{"urn:acme:User:Division", "urn:acme:User:Floor"}, "setUpProgress", "person", "custom")
		if detail := p.at("setUpProgress", "failures", 0, "detail").(string); strings.Contains(detail, eve.String()) || !strings.HasPrefix(detail, "The user name") {
			h.Error(detail)
		}
		h.ask(h.with("connections:write"), `mutation($id: ID!) { updateConnection(id: $id, input: {settings: {revive: true}}) { connection { id } } }`, vars{"id": h.conn.ID}).ok()
		h.pass(time.Second) // so that the change is seen
		if status, body := client.send(http.MethodPost, "Users", again); status != http.StatusCreated {
			h.Fatal(status, body)
		}
		h.settle()
		for p = w.next().ok(); len(p.at("setUpProgress", "failures").([]any)) > 0; p = w.next().ok() {
		}
	})
}

// TestSetUpProgressForgetsNoFailure drowns a refused person in other requests: who has
// listened all along and who comes later are told of it until it is put right.
func TestSetUpProgressForgetsNoFailure(t *testing.T) {
	onBoth(t, func(h *house) {
		reader, client := h.with("log:read"), h.entra()
		w := h.watch(reader, hearProgress, vars{"id": h.conn.ID})
		w.next().ok()
		eve := client.provisions("eve@acme.test")
		h.settle() // rows are noted after the answer: else they may change places
		again := `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Eve@acme.test", "active": true}`
		if status, body := client.send(http.MethodPost, "Users", again); status != http.StatusConflict {
			h.Fatal(status, body)
		}
		h.settle()
		for range 310 {
			client.send(http.MethodGet, `Users?filter=userName+eq+%22x%22`, "")
		}
		client.groups("Sales")
		h.settle()
		told := w.next().ok()
		for ; told.at("setUpProgress", "group") == nil; told = w.next().ok() {
		}
		told.is("Created eve@acme.test", "setUpProgress", "person", "operation")
		for _, p := range []*reply{told, h.watch(reader, hearProgress, vars{"id": h.conn.ID}).next().ok()} {
			p.is("TAKEN", "setUpProgress", "failures", 0, "fix").is(1, "setUpProgress", "failures", 0, "count").
				is(`The user name "Eve@acme.test" is in use already`, "setUpProgress", "failures", 0, "detail")
		}
		if status := client.patch(eve, "userName", `"old@acme.test"`); status >= 300 {
			h.Fatal(status)
		}
		client.provisions("eve@acme.test")
		h.settle()
		for p := w.next().ok(); len(p.at("setUpProgress", "failures").([]any)) > 0; p = w.next().ok() {
		}
		h.watch(reader, hearProgress, vars{"id": h.conn.ID}).next().ok().is([]any{}, "setUpProgress", "failures")
	})
}
