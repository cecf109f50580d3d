package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) attributeCommand() *cobra.Command {
	c := commandGroup("attribute", "Declare and list custom attributes", p.attributeDeclareCommand(), p.attributeListCommand())
	c.Example = `  rollcall attribute declare --org acme urn:scim:acme:User:Division string
  rollcall attribute list --org acme`
	return c
}

func (p *program) attributeDeclareCommand() *cobra.Command {
	var slug, name, resource string
	var multi bool
	c := &cobra.Command{
		Use:   "declare URN:NAME TYPE",
		Short: "Tell Rollcall about a custom attribute that the client sends",
		Long: "Tell Rollcall about a custom attribute: it is then typed, filterable and listed in\n" +
			"/Schemas. Types are string, boolean, integer, decimal, dateTime and reference.",
		Example: `  rollcall attribute declare --org acme urn:scim:acme:User:Division string
  rollcall attribute declare --org acme --multi urn:scim:acme:User:Sites string`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if resource != "User" && resource != "Group" {
				return usage("--resource is User or Group, not %q", resource)
			}
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, conn, err := d.at(c.Context(), slug, name)
				if err != nil {
					return err
				}
				var made *ent.Attribute
				err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
					made, err = d.directory.DeclareAttribute(ctx, tx, conn, resource, args[0], args[1], multi)
					return err
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stderr, "Declared %s:%s of type %s.\n", visible(made.Urn), made.Name, made.Kind)
				return err
			})
		},
	}
	orgFlag(c, &slug)
	connectionFlag(c, &name)
	c.Flags().StringVar(&resource, "resource", "User", "User or Group")
	c.Flags().BoolVar(&multi, "multi", false, "it can have several values")
	return c
}

// attributeRow is a custom attribute in a list.
type attributeRow struct {
	Path     string `json:"path"`
	Resource string `json:"resource"`
	Kind     string `json:"type"`
	Multi    bool   `json:"multi"`
	Declared bool   `json:"declared"`
}

func (p *program) attributeListCommand() *cobra.Command {
	var slug, name string
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the custom attributes, declared and only seen",
		Long: "List the custom attributes of a connection. Those that were seen but not declared\n" +
			"are kept as the client sends them.",
		Example: `  rollcall attribute list --org acme
  rollcall attribute list --org acme --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, conn, err := d.at(c.Context(), slug, name)
				if err != nil {
					return err
				}
				all, err := d.store.Read().Attribute.Query().Where(attribute.ConnectionID(conn.ID)).
					Order(attribute.ByPathKey()).All(ctx)
				if err != nil {
					return err
				}
				return p.writeAttributes(all, asJSON)
			})
		},
	}
	orgFlag(c, &slug)
	connectionFlag(c, &name)
	jsonFlag(c, &asJSON)
	return c
}

func (p *program) writeAttributes(all []*ent.Attribute, asJSON bool) error {
	rows := make([]attributeRow, len(all))
	t := table{head: []string{"ATTRIBUTE", "OF", "TYPE", "VALUES", "STATE"}}
	for i, a := range all {
		r := attributeRow{a.Urn + ":" + a.Name, a.Resource, string(a.Kind), a.Multi, a.Declared}
		rows[i] = r
		kind, values, state := r.Kind, "one", "declared"
		if r.Multi {
			values = "several"
		}
		if !r.Declared {
			kind, values, state = "", "", "seen, not declared"
		}
		t.add(r.Path, r.Resource, kind, values, state)
	}
	if asJSON {
		return writeJSON(p.stdout, rows)
	}
	return t.write(p.stdout)
}
