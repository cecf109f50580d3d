package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

// connectionChoices are the flags of connection set; those that weren't given
// change nothing.
type connectionChoices struct {
	groups, revive, enabled, local string
	match, domains                 []string
	given                          func(flag string) bool
}

func (p *program) connectionSetCommand() *cobra.Command {
	var slug, name string
	var choices connectionChoices
	c := &cobra.Command{
		Use:   "set",
		Short: "Change the settings of a connection",
		Long: "Change the settings of a connection: those that are named, and no other.\n\n" +
			"Groups off tells the client that groups are not provisioned here. The matching\n" +
			"order says by what a person the client sends is looked for among those who are\n" +
			"here. A local person it finds is linked, waits for rollcall connection approve,\n" +
			"or is refused. Revive lets a person who is created anew come back under the old\n" +
			"id. Domains are those whose people the connection may send; \"\" allows all.",
		Example: `  rollcall connection set --org acme --groups off
  rollcall connection set --org acme --match externalId,email --local ask
  rollcall connection set --org acme --connection okta --domains acme.test,acme.example --enabled off`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			choices.given = c.Flags().Changed
			if err := choices.check(); err != nil {
				return err
			}
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, _, err := d.in(c.Context(), slug)
				if err != nil {
					return err
				}
				var conn *ent.Connection
				err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
					if conn, err = d.directory.SetConnection(ctx, tx, name, choices.apply); err != nil || !choices.given("enabled") {
						return err
					}
					enable := d.directory.PauseConnection
					if choices.enabled == "on" {
						enable = d.directory.ResumeConnection
					}
					if err := enable(ctx, tx, conn.ID); err != nil {
						return err
					}
					conn, err = tx.Connection.Get(ctx, conn.ID)
					return err
				})
				if err != nil {
					return err
				}
				return p.writeConnections([]*ent.Connection{conn}, false)
			})
		},
	}
	orgFlag(c, &slug)
	connectionFlag(c, &name)
	f := c.Flags()
	f.StringVar(&choices.groups, "groups", "", "provision groups: on or off")
	f.StringSliceVar(&choices.match, "match", nil, "matching order: externalId, userName, email, employeeNumber")
	f.StringVar(&choices.local, "local", "", "local people who match: link, ask or refuse")
	f.StringVar(&choices.revive, "revive", "", "a deactivated person who is created again comes back: on or off")
	f.StringSliceVar(&choices.domains, "domains", nil, "e-mail domains that may be provisioned; \"\" for all")
	f.StringVar(&choices.enabled, "enabled", "", "take requests: on or off")
	return c
}

func (c *connectionChoices) check() error {
	if !slices.ContainsFunc([]string{"groups", "match", "local", "revive", "domains", "enabled"}, c.given) {
		return usage("say what to set")
	}
	for flag, value := range map[string]string{"groups": c.groups, "revive": c.revive, "enabled": c.enabled} {
		if c.given(flag) && value != "on" && value != "off" {
			return usage("--%s is on or off, not %q", flag, value)
		}
	}
	return nil
}

func (c *connectionChoices) apply(s *schema.ConnectionSettings) {
	if c.given("groups") {
		s.Groups = c.groups == "on"
	}
	if c.given("match") {
		s.Match = c.match
	}
	if c.given("local") {
		s.Local = strings.ToUpper(c.local)
	}
	if c.given("revive") {
		s.Revive = c.revive == "on"
	}
	if c.given("domains") {
		s.Domains = c.domains
	}
}
