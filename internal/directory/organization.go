package directory

import (
	"context"
	"fmt"
	"regexp"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

var slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// CreateOrganization makes an organization with one connection, named default
// and of kind ENTRA. Errors: fault.Invalid for a slug that no URL should carry,
// fault.Conflict when it is taken.
func (d *Directory) CreateOrganization(ctx context.Context, slug, name string) (*ent.Organization, *ent.Connection, error) {
	if !slugForm.MatchString(slug) {
		return nil, nil, fault.New(fault.Invalid, "the slug %q can't stand in a URL: use 1 to 63 lower-case letters, digits and hyphens", slug).On("slug")
	}
	if name == "" {
		return nil, nil, fault.New(fault.Invalid, "an organization needs a name").On("name")
	}
	id := schema.NewID()
	var org *ent.Organization
	var conn *ent.Connection
	err := d.store.Write(actor.InOrg(ctx, id), func(ctx context.Context, tx *store.Tx) (err error) {
		if org, err = tx.Organization.Create().SetID(id).SetSlug(slug).SetName(name).Save(ctx); err != nil {
			return err
		}
		conn, err = d.CreateConnection(ctx, tx, "default", "ENTRA", schema.DefaultConnectionSettings())
		return err
	})
	if fault.CodeOf(err) == fault.Conflict {
		err = fault.New(fault.Conflict, "there is an organization with the slug %q already", slug).On("slug")
	}
	return org, conn, err
}

// Organization returns the organization of that slug, fault.NotFound if there is none.
func (d *Directory) Organization(ctx context.Context, slug string) (*ent.Organization, error) {
	org, err := d.store.Read().Organization.Query().Where(organization.Slug(slug)).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no organization %q; make it with: rollcall org create --slug %s --name …", slug, slug)
	}
	if err != nil {
		return nil, fmt.Errorf("find organization %s: %w", slug, err)
	}
	return org, nil
}
