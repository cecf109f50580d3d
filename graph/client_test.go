package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	clientFields  = `{ id name tokenUrl tokenMinutes secrets { id hint addedAt expiresAt usedAt } federation { issuer subject audience } revokedAt lastUsedAt madeById }`
	createClient  = `mutation($c: ID!, $name: String!, $minutes: Int! = 60) { createScimClient(connectionId: $c, name: $name, tokenMinutes: $minutes) { client ` + clientFields + ` } }`
	addSecret     = `mutation($id: ID!, $days: Int) { addScimClientSecret(clientId: $id, expiresInDays: $days) { secret client ` + clientFields + ` } }`
	removeSecret  = `mutation($id: ID!, $secret: ID!) { removeScimClientSecret(clientId: $id, secretId: $secret) { client ` + clientFields + ` } }`
	setFederation = `mutation($id: ID!, $f: ScimFederationInput) { setScimClientFederation(clientId: $id, federation: $f) { client ` + clientFields + ` } }`
	revokeClient  = `mutation($id: ID!) { revokeScimClient(clientId: $id) { client ` + clientFields + ` } }`
)

// A client is made, gets two secrets and a federation, and is seen with when each
// was last used; its access tokens are no tokens of anybody's list.
func TestScimClientsAreMadeAndSeen(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		made := h.ask(owner, createClient, vars{"c": h.conn.ID, "name": " entra "}).ok()
		id := made.at("createScimClient", "client", "id").(string)
		made.is("entra", "createScimClient", "client", "name").is(60, "createScimClient", "client", "tokenMinutes").
			is(nil, "createScimClient", "client", "federation").is([]any{}, "createScimClient", "client", "secrets")
		if url := fmt.Sprint(made.at("createScimClient", "client", "tokenUrl")); !strings.HasSuffix(url, "/oauth/acme/"+h.conn.ID.String()+"/token") {
			h.Errorf("token URL %s", url)
		}
		first := h.ask(owner, addSecret, vars{"id": id}).ok()
		secret := first.at("addScimClientSecret", "secret").(string)
		second := h.ask(owner, addSecret, vars{"id": id, "days": 30}).ok()
		hint := second.at("addScimClientSecret", "client", "secrets", 1, "hint").(string)
		if !strings.HasPrefix(secret, "rck_") || !strings.HasPrefix(hint, "rck_…") || strings.Contains(string(second.text), secret) {
			h.Errorf("%s %s", hint, second.text)
		}
		h.ask(owner, addSecret, vars{"id": id}).refused("CONFLICT")

		issued, err := h.access.IssueScimToken(h.Context(), access.TokenPlace{Slug: "acme", Connection: h.conn.ID}, uuid.MustParse(id), secret)
		if err != nil {
			h.Fatal(err)
		}
		const list = `{ connections { scimClients ` + clientFields + ` tokens { id } } tokens { id } }`
		seen := h.ask(owner, list, nil).ok()
		if seen.at("connections", 0, "scimClients", 0, "secrets", 0, "usedAt") == nil || seen.at("connections", 0, "scimClients", 0, "secrets", 1, "usedAt") != nil {
			h.Errorf("%s", seen.text)
		}
		if strings.Contains(string(seen.text), issued.Token.ID.String()) {
			h.Error("an access token is in a list")
		}
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			return tx.Token.UpdateOneID(issued.Token.ID).SetLastUsedAt(tx.Now()).Exec(ctx)
		})
		h.pass(61 * time.Minute)
		owner = h.with("all")
		h.health(owner).is("HEALTHY", "status") // it has a client, though no token works

		old := second.at("addScimClientSecret", "client", "secrets", 0, "id")
		h.ask(owner, removeSecret, vars{"id": id, "secret": old}).ok().is(hint, "removeScimClientSecret", "client", "secrets", 0, "hint")
		h.ask(owner, removeSecret, vars{"id": id, "secret": old}).refused("NOT_FOUND")
		f := vars{"issuer": "https://login.microsoftonline.com/t/v2.0", "subject": "s", "audience": "api://rollcall"}
		h.ask(owner, setFederation, vars{"id": id, "f": f}).ok().is(f, "setScimClientFederation", "client", "federation")
		h.ask(owner, setFederation, vars{"id": id, "f": nil}).ok().is(nil, "setScimClientFederation", "client", "federation")
		revoked := h.ask(owner, revokeClient, vars{"id": id}).ok()
		if revoked.at("revokeScimClient", "client", "revokedAt") == nil {
			h.Errorf("%s", revoked.text)
		}
		h.ask(owner, revokeClient, vars{"id": id}).ok()
		h.health(owner).is("FAILING", "status").sums("no token that works")

		h.settled()
		trail := h.ask(h.with("events:read"), `query($w: AuditWhere) { auditTrail(where: $w) { nodes { type actorName entityName } } }`, vars{"w": vars{"entityId": id}}).ok()
		var kinds []string
		for i := range trail.at("auditTrail", "nodes").([]any) {
			trail.is("entra", "auditTrail", "nodes", i, "entityName")
			kinds = append(kinds, trail.at("auditTrail", "nodes", i, "type").(string))
		}
		want := []string{"scimclient.revoked", "scimclient.federation_removed", "scimclient.federation_set", "scimclient.secret_removed",
			"scimclient.secret_added", "scimclient.secret_added", "scimclient.created"}
		if !slices.Equal(kinds, want) {
			h.Errorf("the trail is %v", kinds)
		}
		h.ask(h.with("events:read"), `query($w: AuditWhere) { auditTrail(where: $w) { nodes { actorName } } }`, vars{"w": vars{"types": []string{"token.issued"}}}).ok().
			is("entra", "auditTrail", "nodes", 0, "actorName")
	})
}

func TestScimClientsWithinTheirLimits(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		id := h.ask(owner, createClient, vars{"c": h.conn.ID, "name": "entra"}).ok().at("createScimClient", "client", "id")
		federated := func(issuer, subject, audience string) vars {
			return vars{"id": id, "f": vars{"issuer": issuer, "subject": subject, "audience": audience}}
		}
		for _, c := range []struct {
			operation   string
			v           vars
			code, field string
		}{
			{createClient, vars{"c": h.conn.ID, "name": " "}, "BAD_USER_INPUT", "name"},
			{createClient, vars{"c": h.conn.ID, "name": "x", "minutes": 0}, "BAD_USER_INPUT", "tokenMinutes"},
			{createClient, vars{"c": h.conn.ID, "name": "x", "minutes": 361}, "BAD_USER_INPUT", "tokenMinutes"},
			{createClient, vars{"c": uuid.New(), "name": "x"}, "NOT_FOUND", ""},
			{addSecret, vars{"id": id, "days": 0}, "BAD_USER_INPUT", "expiresInDays"},
			{addSecret, vars{"id": id, "days": 3651}, "BAD_USER_INPUT", "expiresInDays"},
			{addSecret, vars{"id": uuid.New()}, "NOT_FOUND", ""},
			{setFederation, federated("http://issuer.test", "s", "a"), "BAD_USER_INPUT", "issuer"},
			{setFederation, federated("https://issuer.test/?x=y", "s", "a"), "BAD_USER_INPUT", "issuer"},
			{setFederation, federated("https://issuer.test", " ", "a"), "BAD_USER_INPUT", "subject"},
			{setFederation, federated("https://issuer.test", "s", strings.Repeat("a", 501)), "BAD_USER_INPUT", "audience"},
		} {
			r := h.ask(owner, c.operation, c.v).refused(c.code)
			if field, _ := r.Errors[0].Extensions["field"].(string); field != c.field {
				h.Errorf("%v: field %q, want %q", c.v, field, c.field)
			}
		}
		h.ask(owner, setFederation, federated("https://issuer.test", "s", "a")).ok()
		twin := h.ask(owner, createClient, vars{"c": h.conn.ID, "name": "twin"}).ok().at("createScimClient", "client", "id")
		same := federated("https://issuer.test", "s", "a")
		same["id"] = twin
		h.ask(owner, setFederation, same).refused("CONFLICT")
		// Whoever may manage tokens but not write people gets nothing that writes people.
		clerk := h.with("tokens:write", "connections:read")
		for operation, v := range map[string]vars{createClient: {"c": h.conn.ID, "name": "x"}, addSecret: {"id": id}, revokeClient: {"id": id},
			removeSecret: {"id": id, "secret": uuid.New()}, setFederation: federated("https://issuer.test", "s", "b")} {
			h.ask(clerk, operation, v).refused("FORBIDDEN")
			h.ask(h.with("users:write", "tokens:read"), operation, v).refused("FORBIDDEN")
		}
		for range 8 {
			h.ask(owner, createClient, vars{"c": h.conn.ID, "name": "one more"}).ok()
		}
		h.ask(owner, createClient, vars{"c": h.conn.ID, "name": "too many"}).refused("CONFLICT")
	})
}

// A removed connection takes its clients along.
func TestRemovedConnectionEndsItsClients(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		id := h.ask(owner, createClient, vars{"c": h.conn.ID, "name": "entra"}).ok().at("createScimClient", "client", "id").(string)
		secret := h.ask(owner, addSecret, vars{"id": id}).ok().at("addScimClientSecret", "secret").(string)
		at := access.TokenPlace{Slug: "acme", Connection: h.conn.ID}
		issued, err := h.access.IssueScimToken(h.Context(), at, uuid.MustParse(id), secret)
		if err != nil {
			h.Fatal(err)
		}
		h.ask(owner, `query($id: ID!) { connection(id: $id) { removal { tokens } } }`, vars{"id": h.conn.ID}).ok().is(0, "connection", "removal", "tokens")
		h.ask(owner, `mutation($id: ID!) { removeConnection(id: $id) { tokens } }`, vars{"id": h.conn.ID}).ok()
		if _, err := h.access.IssueScimToken(h.Context(), at, uuid.MustParse(id), secret); err == nil {
			h.Error("a client of a removed connection gets a token")
		}
		if _, err := h.access.Authenticate(h.Context(), issued.Secret, "scim"); err == nil {
			h.Error("its token works on")
		}
		h.ask(owner, addSecret, vars{"id": id}).refused("CONFLICT")
	})
}
