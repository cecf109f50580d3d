package graph

import (
	"cmp"
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// findOrganization brings the organization of the caller, nil for an operator.
func (r *Resolver) findOrganization(ctx context.Context) (*ent.Organization, error) {
	org, err := r.store.Read().Organization.Query().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return org, err
}

// organizationPayload changes the organization of the caller and reads it.
func (r *Resolver) organizationPayload(ctx context.Context, change func(context.Context, *store.Tx) error) (*OrganizationPayload, error) {
	if err := r.store.Write(ctx, change); err != nil {
		return nil, err
	}
	org, err := r.findOrganization(ctx)
	return &OrganizationPayload{Organization: org}, err
}

// organizationSettings are settings with the defaults of those that are 0 or empty.
func organizationSettings(s schema.OrganizationSettings) *OrganizationSettings {
	d := schema.DefaultOrganizationSettings()
	return &OrganizationSettings{
		LogDays: cmp.Or(s.LogDays, d.LogDays), DeletedDays: cmp.Or(s.DeletedDays, d.DeletedDays),
		SessionIdleMinutes: cmp.Or(s.SessionIdle, d.SessionIdle), SessionAgeMinutes: cmp.Or(s.SessionAge, d.SessionAge),
		AdminSessionIdleMinutes: cmp.Or(s.AdminSessionIdle, d.AdminSessionIdle), AdminSessionAgeMinutes: cmp.Or(s.AdminSessionAge, d.AdminSessionAge),
		TimeZone:   cmp.Or(s.TimeZone, d.TimeZone),
		RequireSso: s.RequireSSO, BreakGlass: append([]uuid.UUID{}, s.BreakGlass...),
	}
}

// organizationCounts counts what is asked for, in one statement.
func (r *Resolver) organizationCounts(ctx context.Context, org uuid.UUID) (*OrganizationCounts, error) {
	c := new(OrganizationCounts)
	asked := selected(ctx)
	var parts []string
	var args, into []any
	for _, n := range []struct {
		field, table, condition string
		count                   *int
	}{
		{"users", user.Table, notDeleted, &c.Users},
		{"activeUsers", user.Table, notDeleted + " AND active", &c.ActiveUsers},
		{"groups", group.Table, notDeleted, &c.Groups},
		{"departments", department.Table, "", &c.Departments},
		{"connections", connection.Table, "", &c.Connections},
		{"logRows", provisioninglog.Table, "", &c.LogRows},
		{"events", event.Table, "", &c.Events},
	} {
		if asked.has(n.field) {
			parts = append(parts, "(SELECT count(*) FROM "+n.table+" WHERE org_id = ?"+n.condition+")")
			args, into = append(args, org), append(into, n.count)
		}
	}
	if len(parts) == 0 {
		return c, nil
	}
	rows, err := r.store.Query(ctx, "SELECT "+strings.Join(parts, ", "), args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
	}
	return c, rows.Err()
}

const notDeleted = " AND deleted_at IS NULL"

// requireSSO sets the requirement, and who is excepted from it.
func (r *Resolver) requireSSO(ctx context.Context, required bool, breakGlass []uuid.UUID) (*OrganizationPayload, error) {
	return r.organizationPayload(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := r.directory.RequireSSO(ctx, tx, required, breakGlass)
		return err
	})
}
