package scim_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// queries are a fresh query of each kind that the client offers.
func queries(c *ent.Client) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	fields := reflect.ValueOf(c).Elem()
	for i := range fields.NumField() {
		if query := fields.Field(i).MethodByName("Query"); query.IsValid() && fields.Type().Field(i).IsExported() {
			all[fields.Type().Field(i).Name] = query.Call(nil)[0]
		}
	}
	return all
}

// rows runs All on a query.
func rows(ctx context.Context, query reflect.Value) (reflect.Value, error) {
	out := query.MethodByName("All").Call([]reflect.Value{reflect.ValueOf(ctx)})
	err, _ := out[1].Interface().(error)
	return out[0], err
}

// letIn makes the rows that requests of a SCIM client don't leave behind.
func (h *house) letIn(t tenant, v victim) {
	h.Helper()
	person := uuid.MustParse(v.user)
	err := h.store.Write(actor.InOrg(h.Context(), t.org.ID), func(ctx context.Context, tx *store.Tx) error {
		secret, later := func() []byte { id := uuid.New(); return id[:] }, tx.Now().Add(time.Hour)
		return errors.Join(
			tx.Session.Create().SetUserID(person).SetHash(secret()).SetMethod("LINK").SetSeenAt(tx.Now()).SetExpiresAt(later).Exec(ctx),
			tx.SignInLink.Create().SetUserID(person).SetHash(secret()).SetExpiresAt(later).Exec(ctx),
			tx.Passkey.Create().SetUserID(person).SetName("key").SetCredentialID(secret()).SetCredential(schema.Document{"id": "x"}).Exec(ctx),
			tx.Challenge.Create().SetPurpose("test").SetHash(secret()).SetData(schema.Document{"id": "x"}).SetExpiresAt(later).Exec(ctx),
			tx.Download.Create().SetWhat("users").SetFormat("csv").SetHash(secret()).SetExpiresAt(later).Exec(ctx),
			tx.Cycle.Create().SetConnectionID(t.conn.ID).SetEndedAt(tx.Now()).Exec(ctx),
			tx.SignOn.Create().SetConnectionID(t.conn.ID).SetProtocol("OIDC").SetSettings(schema.SignOnSettings{}).Exec(ctx),
			tx.Identity.Create().SetConnectionID(t.conn.ID).SetUserID(person).SetIssuer("https://idp.test").SetSubject("1").SetHow("approved").Exec(ctx),
			tx.PendingLink.Create().SetConnectionID(t.conn.ID).SetIssuer("https://idp.test").SetSubject("2").SetReason("unknown").SetLastAt(tx.Now()).Exec(ctx),
			tx.Domain.Create().SetName("acme.test").SetChallenge("x").Exec(ctx),
			tx.ScimClient.Create().SetConnectionID(t.conn.ID).SetName("entra").Exec(ctx),
			tx.Spent.Create().SetConnectionID(t.conn.ID).SetPurpose("test").SetHash(secret()).SetExpiresAt(later).Exec(ctx),
			tx.Rehearsal.Create().SetConnectionID(t.conn.ID).SetStage(schema.NewID()).SetUsers(1).SetGroups(0).SetBeatAt(tx.Now()).Exec(ctx),
		)
	})
	if err != nil {
		h.Fatal(err)
	}
}

func TestEveryQueryStaysInItsOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		other := h.newTenant("beta")
		for _, org := range []tenant{h.tenant, other} {
			h.letIn(org, h.newVictim(org))
		}
		h.stop()
		ctx := h.Context()
		if n := len(queries(h.store.Read())); n < 11 {
			h.Fatalf("only %d kinds of queries were found", n)
		}
		for kind, query := range queries(h.store.Read()) {
			if found, err := rows(ctx, query); err == nil {
				h.Errorf("%s: %d rows without an actor", kind, found.Len())
			}
			for _, how := range []string{"Count", "Exist", "FirstID", "IDs", "OnlyID"} {
				method := queries(h.store.Read())[kind].MethodByName(how)
				if !method.IsValid() { // Membership has no id
					continue
				}
				out := method.Call([]reflect.Value{reflect.ValueOf(ctx)})
				if err, _ := out[1].Interface().(error); err == nil || !strings.Contains(err.Error(), "without an organization") {
					h.Errorf("%s.%s without an actor: %v", kind, how, err)
				}
			}
			all, err := rows(store.AcrossOrganizations(ctx), queries(h.store.Read())[kind])
			if err != nil || all.Len() < 2 {
				h.Fatalf("%s: %d rows in all (%v); the test needs some of each organization", kind, all.Len(), err)
			}
			own, err := rows(h.inOrg(), queries(h.store.Read())[kind])
			if err != nil || own.Len() == 0 || own.Len() == all.Len() {
				h.Errorf("%s: %d of %d rows, %v", kind, own.Len(), all.Len(), err)
			}
			for i := range own.Len() {
				column := "OrgID"
				if kind == "Organization" {
					column = "ID"
				}
				if org := own.Index(i).Elem().FieldByName(column).Interface(); org != h.org.ID {
					h.Errorf("%s of organization %v", kind, org)
				}
			}
			none, err := rows(actor.InOrg(ctx, uuid.New()), queries(h.store.Read())[kind])
			if err != nil || none.Len() != 0 {
				h.Errorf("%s: %d rows for an organization that isn't there, %v", kind, none.Len(), err)
			}
		}
	})
}
