package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// atOnce is how many rows a list looks up by their ids in one statement: databases
// limit how many a statement can name.
const atOnce = 1000

// desk is what an administrator's command works at: the open store and the
// rules over it.
type desk struct {
	store     *store.Store
	directory *directory.Directory
	access    *access.Access
}

// atDesk opens the store for one command.
func (p *program) atDesk(ctx context.Context, work func(*desk) error) (err error) {
	s, err := store.Open(ctx, p.env.databaseURL(), store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return work(&desk{store: s, directory: directory.New(s), access: access.New(s)})
}

// in returns the organization of that slug and a context that works for it.
func (d *desk) in(ctx context.Context, slug string) (context.Context, *ent.Organization, error) {
	org, err := d.directory.Organization(ctx, slug)
	if err != nil {
		return nil, nil, err
	}
	return actor.InOrg(ctx, org.ID), org, nil
}

// at returns a connection of an organization and a context that works for it.
func (d *desk) at(ctx context.Context, slug, name string) (context.Context, *ent.Connection, error) {
	ctx, _, err := d.in(ctx, slug)
	if err != nil {
		return nil, nil, err
	}
	conn, err := d.directory.Connection(ctx, name)
	return ctx, conn, err
}

// orgFlag adds the flag that names the organization.
func orgFlag(c *cobra.Command, slug *string) {
	c.Flags().StringVar(slug, "org", "", "slug of the organization (required)")
	_ = c.MarkFlagRequired("org")
}

func connectionFlag(c *cobra.Command, name *string) {
	c.Flags().StringVar(name, "connection", "default", "name of the connection")
}

func jsonFlag(c *cobra.Command, asJSON *bool) {
	c.Flags().BoolVar(asJSON, "json", false, "answer with JSON")
}
