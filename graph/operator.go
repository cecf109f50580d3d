package graph

import (
	"cmp"
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// What an operator may see of an organization: that it is there and how large.
// Nothing else leaves the organization of the caller, so store.AcrossOrganizations
// stands in this file alone.

// operating is a context in which the operator works for one organization.
func operating(ctx context.Context, org uuid.UUID) context.Context {
	a, _ := actor.From(ctx)
	a.Org = org
	return actor.With(ctx, a)
}

// operate does something with an organization and reads it.
func (r *Resolver) operate(ctx context.Context, id uuid.UUID, do func(context.Context, *store.Tx) error) (*OrganizationPayload, error) {
	if err := r.store.Write(operating(ctx, id), do); err != nil {
		return nil, err
	}
	org, err := r.store.Read().Organization.Query().Where(organization.ID(id)).Only(store.AcrossOrganizations(ctx))
	return &OrganizationPayload{Operated: org}, err
}

// listOrganizations pages through the organizations by slug.
func (r *Resolver) listOrganizations(ctx context.Context, first *int, after *string, search string) (*OrganizationConnection, error) {
	w, err := windowOf(first, after, nil, nil)
	if err != nil {
		return nil, err
	}
	if len(search) > maxSearch {
		return nil, fault.New(fault.Invalid, "the search is longer than %d bytes", maxSearch).On("search")
	}
	across := store.AcrossOrganizations(ctx)
	query := func() *ent.OrganizationQuery {
		return r.store.Read().Organization.Query().Where(organization.RehearsalOfIsNil())
	}
	asked := selected(ctx)
	page := &OrganizationConnection{Edges: []*OrganizationEdge{}, Nodes: []*ent.Organization{}}
	if search = strings.TrimSpace(search); search != "" {
		found, err := r.organizationsLike(across, search)
		if err != nil {
			return nil, err
		}
		page.TotalCount = len(found)
		query = func() *ent.OrganizationQuery {
			return r.store.Read().Organization.Query().Where(organization.IDIn(found...))
		}
	} else if asked.has("totalCount") {
		if page.TotalCount, err = query().Count(across); err != nil {
			return nil, err
		}
	}
	q := query()
	q.Modify(w.byKey(organization.FieldSlug, false))
	rows, err := q.All(across)
	if err != nil {
		return nil, err
	}
	at := func(o *ent.Organization) place { return place{key: o.Slug, id: o.ID} }
	page.Nodes, page.PageInfo = pageOf(w, append(page.Nodes, rows...), at)
	ids := make([]uuid.UUID, len(page.Nodes))
	for i, o := range page.Nodes {
		ids[i] = o.ID
		page.Edges = append(page.Edges, &OrganizationEdge{Cursor: at(o).String(), Node: o})
	}
	return page, requestOf(ctx).loader.fillOrganizations(ctx, asked.nodes(), ids)
}

// organizationsLike are those whose slug or name contains a text, whatever the
// case. Names are folded here, for the databases don't agree on it.
func (r *Resolver) organizationsLike(across context.Context, text string) (ids []uuid.UUID, err error) {
	all, err := r.store.Read().Organization.Query().Where(organization.RehearsalOfIsNil()).
		Select(organization.FieldID, organization.FieldSlug, organization.FieldName).All(across)
	text = store.Fold(text)
	for _, o := range all {
		if strings.Contains(o.Slug, text) || strings.Contains(store.Fold(o.Name), text) {
			ids = append(ids, o.ID)
		}
	}
	return ids, err
}

// organizationCount are the tables that an operator sees the size of, by the field.
var organizationCount = map[string]string{
	"userCount": user.Table, "groupCount": "groups", "logRowCount": "provisioning_logs", "eventCount": "events",
}

// fillOrganizations counts for a whole page what its fields would count one by one.
func (l *loader) fillOrganizations(ctx context.Context, s selection, ids []uuid.UUID) error {
	for field, table := range organizationCount {
		if !s.has(field) {
			continue
		}
		if _, err := l.sizes(ctx, table, ids...); err != nil {
			return err
		}
	}
	return nil
}

// inOrganization is how many rows of a table an organization has.
func (l *loader) inOrganization(ctx context.Context, table string, id uuid.UUID) (int, error) {
	sizes, err := l.sizes(ctx, table, id)
	return sizes[id], err
}

func (l *loader) sizes(ctx context.Context, table string, ids ...uuid.UUID) (map[uuid.UUID]int, error) {
	return l.countsOf(ctx, table+" of organizations", func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error) {
		among, list := l.r.store.In("org_id", ids)
		if table == user.Table || table == "groups" {
			among += notDeleted
		}
		rows, err := l.r.store.Query(ctx, "SELECT org_id, count(*) FROM "+table+" WHERE "+among+" GROUP BY org_id", list)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		out := map[uuid.UUID]int{}
		for rows.Next() {
			var id uuid.UUID
			var n int
			if err := rows.Scan(&id, &n); err != nil {
				return nil, err
			}
			out[id] = n
		}
		return out, rows.Err()
	}, ids...)
}

// createOrganization makes an organization with all that is asked for, or nothing.
func (r *Resolver) createOrganization(ctx context.Context, in CreateOrganizationInput) (*CreateOrganizationPayload, error) {
	if in.OwnerName != nil && in.OwnerEmail == nil {
		return nil, fault.New(fault.Invalid, "an owner needs an e-mail address").On("owner_email")
	}
	n := directory.NewOrganization{ID: schema.NewID(), Slug: in.Slug, Name: in.Name, Kind: in.Kind}
	founder, _ := actor.From(ctx)
	founder.Org, founder.Scopes = n.ID, []string{access.AllScopes} // of what is made here, and only while it is made
	p := new(CreateOrganizationPayload)
	err := r.store.Write(actor.With(ctx, founder), func(ctx context.Context, tx *store.Tx) error {
		org, conn, err := r.directory.AddOrganization(ctx, tx, n)
		if err != nil {
			return err
		}
		p.Organization, p.ConnectionID = org, conn.ID
		if err := r.addScimToken(ctx, tx, p, in.ScimTokenName); err != nil {
			return err
		}
		return r.addOwner(ctx, tx, p, in.OwnerEmail, in.OwnerName)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (r *Resolver) addScimToken(ctx context.Context, tx *store.Tx, p *CreateOrganizationPayload, name *string) error {
	if name == nil {
		return nil
	}
	secret, _, err := r.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: p.ConnectionID, Name: *name})
	p.ScimToken = &secret
	return on(err, "name", "scim_token_name")
}

func (r *Resolver) addOwner(ctx context.Context, tx *store.Tx, p *CreateOrganizationPayload, email, name *string) error {
	if email == nil {
		return nil
	}
	address := strings.TrimSpace(*email)
	if address == "" {
		return fault.New(fault.Invalid, "the e-mail address of the owner is empty").On("owner_email")
	}
	owner, err := r.directory.CreateLocal(ctx, tx, directory.Local{
		UserName: address, DisplayName: cmp.Or(strings.TrimSpace(deref(name)), address), Email: address, Role: user.RoleOWNER})
	if err != nil {
		return on(on(on(err, user.FieldEmail, "owner_email"), user.FieldUserName, "owner_email"), user.FieldDisplayName, "owner_name")
	}
	secret, _, err := r.access.CreateLink(ctx, tx, owner.ID)
	link := access.LinkURL(r.publicURL, secret)
	p.OwnerLink = &link
	return err
}

// on names a fault's field as the input has it.
func on(err error, column, field string) error {
	if f, ok := err.(*fault.Error); ok && f.Field == column {
		return fault.New(f.Code, "%s", f.Message).On(field).Because(err)
	}
	return err
}
