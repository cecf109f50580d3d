package store_test

import (
	"context"
	"testing"

	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func TestQueriesSeeTheActorsOrganizationOnly(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.user(h.person("ada").ID)
		other, _ := storetest.Organization(h.T, h.Store, "other")
		elsewhere := actor.InOrg(h.Context(), other.ID)
		read := h.Read()
		for name, counted := range map[string]func(context.Context) (int, error){
			"people":        read.User.Query().Count,
			"organizations": read.Organization.Query().Where(organization.Slug("acme")).Count,
			"groups of":     ada.QueryGroups().Count,
			"e-mails of":    ada.QueryEmails().Count,
			"by id": func(ctx context.Context) (int, error) {
				_, err := read.User.Get(ctx, ada.ID)
				if err != nil {
					return 0, nil
				}
				return 1, nil
			},
		} {
			if n, err := counted(elsewhere); n != 0 || err != nil {
				h.Errorf("%s: %d, %v", name, n, err)
			}
		}
		if n := read.Organization.Query().CountX(store.AcrossOrganizations(h.Context())); n != 2 {
			h.Errorf("across organizations there are %d, want 2", n)
		}
	})
}

func TestQueriesWithoutAnActorAreRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		read, ctx := h.Read(), h.Context()
		for name, query := range map[string]func(context.Context) (int, error){
			"organization": read.Organization.Query().Count, "connection": read.Connection.Query().Count,
			"user": read.User.Query().Count, "email": read.Email.Query().Count, "department": read.Department.Query().Count,
			"group": read.Group.Query().Count, "membership": read.Membership.Query().Count, "token": read.Token.Query().Count,
			"log": read.ProvisioningLog.Query().Count, "event": read.Event.Query().Count, "attribute": read.Attribute.Query().Count,
		} {
			if _, err := query(ctx); fault.CodeOf(err) != fault.Internal || err == nil {
				h.Errorf("%s: %v", name, err)
			}
		}
	})
}
