package main

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// tokenRow is a token in a list.
type tokenRow struct {
	ID           string     `json:"id"`
	Hint         string     `json:"hint"`
	Name         string     `json:"name"`
	Kind         string     `json:"kind"`
	State        string     `json:"state"`
	Organization string     `json:"organization,omitempty"`
	Connection   string     `json:"connection,omitempty"`
	Owner        string     `json:"owner,omitempty"` // user name, of a personal token
	Scopes       []string   `json:"scopes,omitempty"`
	Created      time.Time  `json:"created_at"`
	Expires      *time.Time `json:"expires_at,omitempty"`
	Revoked      *time.Time `json:"revoked_at,omitempty"`
	ReplacedBy   *uuid.UUID `json:"replaced_by,omitempty"`
	LastUsed     *time.Time `json:"last_used_at,omitempty"`
	LastFrom     *string    `json:"last_used_from,omitempty"`
	LastBy       *string    `json:"last_used_by,omitempty"`
}

func (p *program) tokenListCommand() *cobra.Command {
	var slug string
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List tokens, newest first: never the secrets",
		Example: `  rollcall token list
  rollcall token list --org acme --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				rows, err := d.tokens(c.Context(), slug)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(p.stdout, rows)
				}
				return p.writeTokens(rows)
			})
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization; all without it")
	jsonFlag(c, &asJSON)
	return c
}

func (p *program) writeTokens(rows []tokenRow) error {
	t := table{head: []string{"HINT", "NAME", "KIND", "ORG", "CONNECTION", "OWNER", "CREATED", "STATE", "LAST USE"}, flex: 1}
	for _, r := range rows {
		state := r.State
		if r.Expires != nil && (state == "live" || state == "replaced") {
			state += " until " + day(*r.Expires)
		}
		used := "never"
		if r.LastUsed != nil {
			used = minute(*r.LastUsed)
		}
		t.add(r.Hint, r.Name, r.Kind, r.Organization, r.Connection, r.Owner, day(r.Created), state, used)
	}
	return t.write(p.stdout)
}

// tokens lists the tokens of one organization, or of all without a slug.
func (d *desk) tokens(ctx context.Context, slug string) ([]tokenRow, error) {
	ctx = store.AcrossOrganizations(ctx)
	q := d.store.Read().Token.Query().Where(access.Lasting).Order(ent.Desc(token.FieldID))
	if slug != "" {
		org, err := d.directory.Organization(ctx, slug)
		if err != nil {
			return nil, err
		}
		q.Where(token.OrgID(org.ID))
	}
	all, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	orgs, conns, owners, err := d.names(ctx, all)
	if err != nil {
		return nil, err
	}
	rows := make([]tokenRow, len(all))
	for i, t := range all {
		rows[i] = tokenRow{
			ID: t.ID.String(), Hint: t.Hint, Name: t.Name, Kind: string(t.Kind), State: tokenState(t, d.store.Now()),
			Organization: orgs[t.OrgID], Scopes: t.Scopes, Created: t.CreatedAt.UTC(), Expires: t.ExpiresAt,
			Revoked: t.RevokedAt, ReplacedBy: t.ReplacedBy,
			LastUsed: t.LastUsedAt, LastFrom: t.LastUsedFrom, LastBy: t.LastUsedBy,
		}
		if t.ConnectionID != nil {
			rows[i].Connection = conns[*t.ConnectionID]
		}
		if t.UserID != nil {
			rows[i].Owner = owners[*t.UserID]
		}
	}
	return rows, nil
}

// names are the slugs of the tokens' organizations, the names of their connections,
// and the user names of those whose personal tokens they are.
func (d *desk) names(ctx context.Context, tokens []*ent.Token) (orgs, conns, owners map[uuid.UUID]string, err error) {
	orgs, conns, owners = map[uuid.UUID]string{}, map[uuid.UUID]string{}, map[uuid.UUID]string{}
	var orgIDs, connIDs, ownerIDs []uuid.UUID
	for _, t := range tokens {
		orgIDs = append(orgIDs, t.OrgID)
		if t.ConnectionID != nil {
			connIDs = append(connIDs, *t.ConnectionID)
		}
		if t.UserID != nil {
			ownerIDs = append(ownerIDs, *t.UserID)
		}
	}
	for ids := range slices.Chunk(distinct(orgIDs), atOnce) {
		found, err := d.store.Read().Organization.Query().Where(organization.IDIn(ids...)).All(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, o := range found {
			orgs[o.ID] = o.Slug
		}
	}
	for ids := range slices.Chunk(distinct(connIDs), atOnce) {
		found, err := d.store.Read().Connection.Query().Where(connection.IDIn(ids...)).All(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, c := range found {
			conns[c.ID] = c.Name
		}
	}
	for ids := range slices.Chunk(distinct(ownerIDs), atOnce) {
		found, err := d.store.Read().User.Query().Where(user.IDIn(ids...)).All(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, u := range found {
			owners[u.ID] = u.UserName
		}
	}
	return orgs, conns, owners, nil
}

func distinct(ids []uuid.UUID) []uuid.UUID {
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// tokenState says how a token stands: live, replaced (and live until its overlap
// ends), expired or revoked.
func tokenState(t *ent.Token, now time.Time) string {
	switch {
	case t.RevokedAt != nil:
		return "revoked"
	case t.ExpiresAt != nil && !now.Before(*t.ExpiresAt):
		return "expired"
	case t.ReplacedBy != nil:
		return "replaced"
	}
	return "live"
}
