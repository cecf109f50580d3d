package graph

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
)

// viewer says who asks.
func (r *Resolver) viewer(ctx context.Context) (*Viewer, error) {
	g := requestOf(ctx).grant
	v := &Viewer{Kind: ViewerKindSession, Scopes: spelled(requestOf(ctx).scopes), Sessions: []*ent.Session{}, Passkeys: []*ent.Passkey{}}
	if g.Organization != nil {
		v.OrganizationSlug, v.OrganizationName = &g.Organization.Slug, &g.Organization.Name
		v.TimeZone = &organizationSettings(g.Organization.Settings).TimeZone
	}
	if g.Session != nil {
		v.ExpiresAt = &g.Session.ExpiresAt
	}
	if t := g.Token; t != nil {
		v.Kind, v.Name, v.ExpiresAt = ViewerKindToken, t.Name, t.ExpiresAt
		if access.Includes(v.Scopes, access.Operate) {
			v.Kind = ViewerKindOperator
		}
	}
	u := g.User
	if u == nil {
		return v, nil
	}
	v.ID, v.Name, v.UserName, v.Email, v.Role = &u.ID, access.NameOf(u), &u.UserName, u.Email, &u.Role
	var err error
	if v.IsManager, err = r.store.Read().User.Query().Where(user.ManagerID(u.ID), user.DeletedAtIsNil()).Exist(ctx); err != nil {
		return nil, err
	}
	asked := selected(ctx)
	if asked.has("sessions") {
		if v.Sessions, err = one(requestOf(ctx).loader.sessionsOf(ctx, u.ID))(u.ID); err != nil {
			return nil, err
		}
	}
	if asked.has("passkeys") {
		v.Passkeys, err = r.access.Passkeys(ctx, u.ID)
	}
	return v, err
}

// spelled lists every scope that "all" stands for.
func spelled(scopes []string) []string {
	if !slices.Contains(scopes, access.AllScopes) {
		return slices.Clone(scopes)
	}
	return slices.DeleteFunc(slices.Clone(access.Scopes), func(s string) bool { return s == access.AllScopes })
}
