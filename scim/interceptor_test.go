package scim_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
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

func TestEveryQueryStaysInItsOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		other := h.newTenant("beta")
		for _, org := range []tenant{h.tenant, other} {
			h.newVictim(org)
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
