package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/rollcall/rollcall/ent/migrate"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// belongings are the ids of one of each thing that an organization can have, by
// the word that the names of fields end with.
type belongings map[string]uuid.UUID

// furnish makes one of each.
func (h *house) furnish(slug string) (owner caller, b belongings) {
	h.Helper()
	org, conn := h.organization(slug)
	b = belongings{"Organization": org.ID, "Connection": conn.ID}
	someone := h.personIn(org.ID, "someone@"+slug+".test", user.RoleLEARNER)
	b["User"] = someone.ID
	b["Owner"] = h.personIn(org.ID, "owner@"+slug+".test", user.RoleOWNER).ID
	h.write(org.ID, func(ctx context.Context, tx *store.Tx) error {
		d, err := tx.Department.Create().SetName("Sales of " + slug).Save(ctx)
		if err != nil {
			return err
		}
		b["Department"] = d.ID
		g, err := tx.Group.Create().SetDisplayName("Staff of " + slug).Save(ctx)
		if err != nil {
			return err
		}
		b["Group"] = g.ID
		a, err := h.directory.DeclareAttribute(ctx, tx, conn, "User", "urn:scim:"+slug+":User:Division", "string", false)
		if err != nil {
			return err
		}
		b["Attribute"] = a.ID
		_, t, err := h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: conn.ID, Name: "entra"})
		if err != nil {
			return err
		}
		b["Token"] = t.ID
		client, err := h.access.CreateScimClient(ctx, tx, access.NewScimClient{Connection: conn.ID, Name: "entra", TokenMinutes: 60})
		if err != nil {
			return err
		}
		if _, client, err = h.access.AddScimSecret(ctx, tx, client.ID, 0); err != nil {
			return err
		}
		b["Client"], b["Secret"] = client.ID, client.Secrets[0].ID
		_, s, err := h.access.StartSession(ctx, tx, someone, access.NewSession{Method: session.MethodLINK})
		if err != nil {
			return err
		}
		b["Session"] = s.ID
		p, err := tx.Passkey.Create().SetUserID(someone.ID).SetName("key").SetCredentialID([]byte(slug)).SetCredential(schema.Document{}).Save(ctx)
		if err != nil {
			return err
		}
		b["Passkey"] = p.ID
		row := h.store.Now()
		l, err := tx.ProvisioningLog.Create().SetMethod("GET").SetPath("/Users").SetOperation("Listed people").SetStatus(200).
			SetDurationUs(1).SetCreatedAt(row).SetConnectionID(conn.ID).Save(ctx)
		if err != nil {
			return err
		}
		b["Log"], b["Cycle"] = l.ID, l.ID
		r, err := h.directory.StartRehearsal(ctx, tx, conn.ID, 1)
		if err != nil {
			return err
		}
		b["Rehearsal"] = r.ID
		return h.furnishSignOn(ctx, tx, b, slug)
	})
	return h.token(org.ID, access.NewToken{Kind: token.KindAPI, Name: "all", Scopes: []string{access.AllScopes}}), b
}

// furnishSignOn makes what belongs to signing in with a work account.
func (h *house) furnishSignOn(ctx context.Context, tx *store.Tx, b belongings, slug string) error {
	_, err := h.signOns.Configure(ctx, tx, b["Connection"], signon.ProtocolOIDC, schema.SignOnSettings{Issuer: "https://idp." + slug + ".test", ClientID: "rollcall"})
	if err != nil {
		return err
	}
	on, err := h.signOns.AddSecret(ctx, tx, b["Connection"], "secret", nil)
	if err != nil {
		return err
	}
	b["Secret"] = on.Secrets[0].ID
	i, err := tx.Identity.Create().SetConnectionID(b["Connection"]).SetUserID(b["User"]).SetIssuer(on.Settings.Issuer).SetSubject("1").SetHow("external_id").Save(ctx)
	if err != nil {
		return err
	}
	p, err := tx.PendingLink.Create().SetConnectionID(b["Connection"]).SetIssuer(on.Settings.Issuer).SetSubject("2").SetReason("unknown").SetLastAt(tx.Now()).Save(ctx)
	if err != nil {
		return err
	}
	d, err := h.directory.ClaimDomain(ctx, tx, slug+".test")
	if err != nil {
		return err
	}
	b["Identity"], b["PendingLink"], b["Domain"] = i.ID, p.ID, d.ID
	return nil
}

// kindOf is what an id argument of a root field names.
func kindOf(f *ast.FieldDefinition, path string) string {
	last := path[strings.LastIndex(path, ".")+1:]
	switch last {
	case "userId", "keep", "remove", "memberIds", "add", "managerId", "ids":
		if f.Name == "changeGroupMembers" || last != "remove" || f.Name == "mergeUsers" {
			return "User"
		}
	case "clientId":
		return "Client"
	case "secretId":
		return "Secret"
	case "connectionId", "connectionIds":
		return "Connection"
	case "departmentId", "departmentIds", "from", "into":
		return "Department"
	case "groupId":
		return "Group"
	case "cycleId", "reference":
		return "Cycle"
	case "targetId", "entityId", "actorId", "correlationId":
		return "User"
	}
	for _, kind := range []string{"User", "Department", "Group", "Connection", "Attribute", "Token", "Session", "Passkey", "Organization", "Log", "Rehearsal", "Domain", "Secret"} {
		if strings.HasSuffix(f.Name, kind) || strings.HasSuffix(f.Name, kind+"s") || strings.HasSuffix(f.Name, strings.ToLower(kind)) {
			return kind
		}
	}
	switch f.Name {
	case "changeRole", "changeRoles":
		return "User"
	case "changeGroupMembers":
		return "Group"
	case "approveAccount", "refuseAccount":
		return "PendingLink"
	case "unlinkAccount":
		return "Identity"
	case "requireSso":
		return "Owner"
	}
	return ""
}

// paths are the id arguments of a root field.
func paths(f *ast.FieldDefinition) (out []string) {
	arguments(f, func(path string) any {
		out = append(out, path)
		return randomID("")
	})
	return out
}

// dump is everything of an organization, in an order that doesn't change. What
// shows that somebody looked, such as the last use of a token, is left out.
func (h *house) dump(org uuid.UUID) string {
	h.Helper()
	var b strings.Builder
	for _, t := range migrate.Tables {
		column := "org_id"
		if t.Name == "organizations" {
			column = "id"
		}
		rows, err := h.store.Query(h.Context(), "SELECT * FROM "+t.Name+" WHERE "+column+" = ?", org)
		if err != nil {
			h.Fatal(err)
		}
		columns, _ := rows.Columns()
		var all []string
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				h.Fatal(err)
			}
			var row []string
			for i, c := range columns {
				if !strings.HasPrefix(c, "last_used") && c != "seen_at" {
					row = append(row, fmt.Sprintf("%s=%v", c, *values[i].(*any)))
				}
			}
			all = append(all, strings.Join(row, " "))
		}
		if err := rows.Err(); err != nil {
			h.Fatal(err)
		}
		_ = rows.Close()
		slices.Sort(all)
		b.WriteString(t.Name + "\n" + strings.Join(all, "\n") + "\n")
	}
	return b.String()
}

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// anonymous is an answer without ids, which differ from call to call.
func anonymous(r *reply) string { return anyID.ReplaceAllString(string(r.text), "ID") }

// TestForeignIdsAreLikeRandomOnes tries, for each id argument of each field,
// another organization's id of the right kind, and all its other ids, while the
// other arguments are right: the answer is that to a random id, and neither
// organization has changed.
func TestForeignIdsAreLikeRandomOnes(t *testing.T) {
	onBoth(t, func(h *house) {
		mine, own := h.furnish("ours")
		_, theirs := h.furnish("theirs")
		asOwner := h.session(h.store.Read().User.GetX(h.in(own["Organization"]), own["Owner"]))
		ours, before := h.dump(own["Organization"]), h.dump(theirs["Organization"])
		roots(func(kind string, f *ast.FieldDefinition) {
			if kind == "Subscription" || slices.Contains(ruleOf(kind, f), access.Operate) {
				return
			}
			for _, path := range paths(f) {
				if kind == "Mutation" && strings.Contains(path, ".where.") {
					continue // a filter: by an id of nobody's it finds nobody
				}
				if kindOf(f, path) == "" {
					h.Errorf("%s.%s(%s): say in kindOf what this id names", kind, f.Name, path)
					continue
				}
				try := func(c caller, id uuid.UUID) string {
					v := arguments(f, func(p string) any {
						if p == path {
							return id.String()
						}
						return own[kindOf(f, p)].String()
					})
					r := h.ask(c, operation(kind, f, v), v)
					if kind == "Mutation" && len(r.Errors) == 0 && !strings.Contains(string(r.text), `"problem"`) && !isLenient(f.Name) {
						h.Errorf("%s.%s(%s) with an id that isn't ours: %s", kind, f.Name, path, r.text)
					}
					return anonymous(r)
				}
				for _, c := range []caller{mine, asOwner} {
					want := try(c, schema.NewID())
					for what, id := range theirs {
						if got := try(c, id); got != want {
							h.Errorf("%s.%s(%s) with their %s: %s, with a random id: %s", kind, f.Name, path, what, got, want)
						}
					}
				}
			}
		})
		if after := h.dump(theirs["Organization"]); after != before {
			h.Errorf("the other organization has changed from\n%s\nto\n%s", before, after)
		}
		if after := h.dump(own["Organization"]); after != ours {
			h.Errorf("our organization has changed from\n%s\nto\n%s", ours, after)
		}
	})
}

// isLenient says whether a mutation takes ids of nobody for done: removing who is
// not there, and the bulk ones, which answer for each.
func isLenient(name string) bool {
	switch name {
	case "deactivateUsers", "reactivateUsers", "deleteUsers", "changeRoles", "moveUsers":
		return true
	}
	return false
}

// TestBulkAnswersForForeignIds sees that the bulk mutations name the problem.
func TestBulkAnswersForForeignIds(t *testing.T) {
	onBoth(t, func(h *house) {
		mine, _ := h.furnish("ours")
		_, theirs := h.furnish("theirs")
		before := h.dump(theirs["Organization"])
		for _, call := range []string{
			"deactivateUsers(ids: $ids)", "reactivateUsers(ids: $ids)", "deleteUsers(ids: $ids)",
			"changeRoles(ids: $ids, role: ADMIN)", "moveUsers(ids: $ids)",
		} {
			ids := []string{theirs["User"].String(), schema.NewID().String(), theirs["Group"].String()}
			r := h.ask(mine, "mutation($ids: [ID!]!) { m: "+call+" { succeeded failed results { id problem { code message } } } }", vars{"ids": ids}).ok()
			r.is(0, "m", "succeeded").is(3, "m", "failed")
			for i := range ids {
				r.is("NOT_FOUND", "m", "results", i, "problem", "code")
			}
			if a, b := r.at("m", "results", 0, "problem"), r.at("m", "results", 1, "problem"); !equal(a, b) {
				h.Errorf("%s: %v for a foreign id, %v for a random one", call, a, b)
			}
		}
		if h.dump(theirs["Organization"]) != before {
			h.Error("the other organization has changed")
		}
	})
}

func equal(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
