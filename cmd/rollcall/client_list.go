package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/internal/access"
)

// clientRow is a client in a list.
type clientRow struct {
	ID         string      `json:"client_id"`
	Name       string      `json:"name"`
	Connection string      `json:"connection"`
	State      string      `json:"state"`
	Secrets    []secretRow `json:"secrets"`
	Issuer     string      `json:"issuer,omitempty"`
	Subject    string      `json:"subject,omitempty"`
	Audience   string      `json:"audience,omitempty"`
	LastUsed   *time.Time  `json:"last_used_at,omitempty"`
}

// secretRow is a secret of a client in a list.
type secretRow struct {
	Hint     string     `json:"hint"`
	Expires  *time.Time `json:"expires_at,omitempty"`
	LastUsed *time.Time `json:"last_used_at,omitempty"`
}

func (p *program) clientListCommand() *cobra.Command {
	var slug string
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the clients of an organization, their secrets and when these were last used",
		Example: "  rollcall client list --org acme",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				rows, err := d.clients(c.Context(), slug)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(p.stdout, rows)
				}
				return p.writeClients(rows)
			})
		},
	}
	orgFlag(c, &slug)
	jsonFlag(c, &asJSON)
	return c
}

func (d *desk) clients(ctx context.Context, slug string) ([]clientRow, error) {
	ctx, _, err := d.in(ctx, slug)
	if err != nil {
		return nil, err
	}
	all, err := d.store.Read().ScimClient.Query().Order(ent.Desc(scimclient.FieldID)).All(ctx)
	if err != nil {
		return nil, err
	}
	conns, err := d.store.Read().Connection.Query().All(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, c := range conns {
		names[c.ID.String()] = c.Name
	}
	rows := make([]clientRow, len(all))
	for i, c := range all {
		state := "live"
		if c.RevokedAt != nil {
			state = "revoked"
		} else if !access.ClientWorks(c, d.store.Now()) {
			state = "no secret"
		}
		rows[i] = clientRow{ID: c.ID.String(), Name: c.Name, Connection: names[c.ConnectionID.String()], State: state, Secrets: []secretRow{},
			Issuer: c.Issuer, Subject: c.Subject, Audience: c.Audience, LastUsed: c.LastUsedAt}
		for _, s := range c.Secrets {
			rows[i].Secrets = append(rows[i].Secrets, secretRow{s.Hint, s.ExpiresAt, s.UsedAt})
		}
	}
	return rows, nil
}

func (p *program) writeClients(rows []clientRow) error {
	t := table{head: []string{"CLIENT ID", "NAME", "CONNECTION", "STATE", "SECRETS", "LAST USE"}, flex: 1}
	for _, r := range rows {
		used := "never"
		if r.LastUsed != nil {
			used = minute(*r.LastUsed)
		}
		var secrets []string
		for _, s := range r.Secrets {
			text := s.Hint + " unused"
			if s.LastUsed != nil {
				text = s.Hint + " used " + minute(*s.LastUsed)
			}
			secrets = append(secrets, text)
		}
		if r.Issuer != "" {
			secrets = append(secrets, "assertions of "+r.Issuer)
		}
		t.add(r.ID, r.Name, r.Connection, r.State, strings.Join(secrets, ", "), used)
	}
	return t.write(p.stdout)
}
