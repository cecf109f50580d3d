package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) connectionCommand() *cobra.Command {
	c := commandGroup("connection", "Make, list and set up connections to identity providers",
		p.connectionCreateCommand(), p.connectionListCommand(), p.connectionSetCommand(), p.connectionApproveCommand())
	c.Example = `  rollcall connection list --org acme
  rollcall connection set --org acme --groups off`
	return c
}

func (p *program) connectionCreateCommand() *cobra.Command {
	var slug, name, kind string
	c := &cobra.Command{
		Use:     "create",
		Short:   "Make one more connection",
		Example: "  rollcall connection create --org acme --name okta --kind OKTA",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, org, err := d.in(c.Context(), slug)
				if err != nil {
					return err
				}
				err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
					_, err := d.directory.CreateConnection(ctx, tx, name, kind, directory.SettingsFor(connection.Kind(strings.ToUpper(kind))))
					return err
				})
				if err != nil {
					return err
				}
				_, _ = fmt.Fprintln(p.stdout, visible(name))
				_, _ = fmt.Fprintf(p.stderr, "\nIt needs a token of its own:\n  rollcall token create --org %s --connection %s --kind scim --name %s\n",
					org.Slug, quoted(name), quoted(name))
				return nil
			})
		},
	}
	orgFlag(c, &slug)
	c.Flags().StringVar(&name, "name", "", "what commands call it (required)")
	c.Flags().StringVar(&kind, "kind", "ENTRA", "ENTRA, OKTA, ONELOGIN, JUMPCLOUD, GOOGLE or GENERIC")
	_ = c.MarkFlagRequired("name")
	return c
}

// connectionRow is a connection in a list.
type connectionRow struct {
	Name    string   `json:"name"`
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`
	Enabled bool     `json:"enabled"`
	Groups  bool     `json:"groups"`
	Match   []string `json:"match"`
	Local   string   `json:"local"`
	Revive  bool     `json:"revive"`
	Domains []string `json:"domains"`
}

func connectionRowOf(c *ent.Connection) connectionRow {
	s := c.Settings
	return connectionRow{c.Name, c.ID.String(), string(c.Kind), c.Enabled, s.Groups, s.Match,
		strings.ToLower(s.Local), s.Revive, append([]string{}, s.Domains...)}
}

func (p *program) connectionListCommand() *cobra.Command {
	var slug string
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the connections and their settings",
		Example: `  rollcall connection list --org acme
  rollcall connection list --org acme --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, _, err := d.in(c.Context(), slug)
				if err != nil {
					return err
				}
				all, err := d.store.Read().Connection.Query().Order(connection.ByName()).All(ctx)
				if err != nil {
					return err
				}
				return p.writeConnections(all, asJSON)
			})
		},
	}
	orgFlag(c, &slug)
	jsonFlag(c, &asJSON)
	return c
}

func (p *program) writeConnections(all []*ent.Connection, asJSON bool) error {
	rows := make([]connectionRow, len(all))
	t := table{head: []string{"NAME", "KIND", "ENABLED", "GROUPS", "MATCH", "LOCAL", "REVIVE", "DOMAINS"}, flex: 7}
	for i, c := range all {
		r := connectionRowOf(c)
		rows[i] = r
		domains := strings.Join(r.Domains, ",")
		if domains == "" {
			domains = "all"
		}
		t.add(r.Name, r.Kind, onOff(r.Enabled), onOff(r.Groups), strings.Join(r.Match, ","), r.Local, onOff(r.Revive), domains)
	}
	if asJSON {
		return writeJSON(p.stdout, rows)
	}
	return t.write(p.stdout)
}

func (p *program) connectionApproveCommand() *cobra.Command {
	var slug string
	c := &cobra.Command{
		Use:   "approve USERNAME",
		Short: "Let a connection take over a local person that it has asked for",
		Long: "Let a connection take over a local person. It does so at its next attempt.\n" +
			"Connections ask when they are set to --local ask.",
		Example: "  rollcall connection approve --org acme ada@acme.test",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, _, err := d.in(c.Context(), slug)
				if err != nil {
					return err
				}
				err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
					return d.directory.ApproveLink(ctx, tx, args[0])
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stderr, "Approved: the connection takes over %s when it next asks.\n", visible(args[0]))
				return err
			})
		},
	}
	orgFlag(c, &slug)
	return c
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// quoted is a text as a shell reads it back.
func quoted(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(visible(text), "'", `'\''`) + "'"
}
