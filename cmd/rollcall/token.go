package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) tokenCommand() *cobra.Command {
	c := commandGroup("token", "Make, list, rotate and revoke tokens",
		p.tokenCreateCommand(), p.tokenListCommand(), p.tokenRotateCommand(), p.tokenRevokeCommand())
	c.Example = `  rollcall token create --org acme --kind scim --name entra
  rollcall token list --org acme`
	return c
}

func (p *program) tokenCreateCommand() *cobra.Command {
	var slug, conn, kind, name string
	var scopes []string
	var days int
	c := &cobra.Command{
		Use:   "create",
		Short: "Make a token and print it, this once",
		Long: "Make a token and print it alone on standard output. Nobody can see it again.\n\n" +
			"A scim token lets an identity provider provision through one connection. An api\n" +
			"token needs scopes:\n  " + wrapped(access.Scopes, 5) +
			"\nAn operator token belongs to no organization. Of kind setup comes a link that lets the\n" +
			"customer's IT administrator, who has no account, set up one connection.",
		Example: `  rollcall token create --org acme --kind scim --name entra
  rollcall token create --org acme --kind api --name ci --scopes users:read,users:write
  rollcall token create --org acme --kind setup --name "IT of Acme"
  rollcall token create --kind operator --name billing`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if (slug == "") != (kind == string(token.KindOperator)) {
				return usage("scim, api and setup tokens need --org, operator tokens go without")
			}
			if c.Flags().Changed("days") && days < 1 {
				return usage("--days is at least 1")
			}
			return p.atDesk(c.Context(), func(d *desk) error {
				return p.createToken(c.Context(), d, slug, conn, access.NewToken{
					Kind: token.Kind(kind), Name: name, Scopes: scopes, Expires: time.Duration(days) * 24 * time.Hour})
			})
		},
	}
	connectionFlag(c, &conn)
	f := c.Flags()
	f.StringVar(&slug, "org", "", "slug of the organization")
	f.StringVar(&kind, "kind", "", "scim, api, setup or operator (required)")
	f.StringVar(&name, "name", "", "what people call it (required)")
	f.StringSliceVar(&scopes, "scopes", nil, "what an api token may do")
	f.IntVar(&days, "days", 0, "days until it expires; 365 for scim, 7 for setup, 90 for the others without it")
	_ = c.MarkFlagRequired("kind")
	_ = c.MarkFlagRequired("name")
	return c
}

func (p *program) createToken(ctx context.Context, d *desk, slug, conn string, n access.NewToken) error {
	ctx = actor.InOrg(ctx, actor.Installation)
	if slug != "" {
		var err error
		if ctx, _, err = d.in(ctx, slug); err != nil {
			return err
		}
	}
	goes := "At the provider it is the token, beside the SCIM address"
	if n.Kind == token.KindScim || n.Kind == token.KindSetup {
		c, err := d.directory.Connection(ctx, conn)
		if err != nil {
			return err
		}
		if n.Connection = c.ID; c.Kind == connection.KindENTRA {
			goes = "In Entra it is the Secret token, beside the Tenant URL"
		}
	}
	var secret string
	var made *ent.Token
	err := d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		secret, made, err = d.access.CreateToken(ctx, tx, n)
		return err
	})
	if err != nil {
		return err
	}
	if n.Kind == token.KindSetup {
		base, err := p.env.publicURL(p.env.get(settingAddr))
		if err != nil {
			return err
		}
		secret = base + access.SetUpPath + secret
	}
	if _, err := fmt.Fprintln(p.stdout, secret); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.stderr, "\nKeep it now: it can't be shown again. It works until %s.\n", day(*made.ExpiresAt))
	if n.Kind == token.KindScim {
		_, _ = fmt.Fprintf(p.stderr, "%s %s\n", goes, p.tenantURL(slug))
	}
	return nil
}

func (p *program) tokenRevokeCommand() *cobra.Command {
	var slug string
	c := &cobra.Command{
		Use:   "revoke HINT|ID",
		Short: "End a token for good, within a second",
		Example: `  rollcall token revoke --org acme rcs_…x7Qa
  rollcall token revoke x7Qa`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				t, err := d.token(c.Context(), slug, args[0])
				if err != nil {
					return err
				}
				err = d.store.Write(actor.InOrg(c.Context(), t.OrgID), func(ctx context.Context, tx *store.Tx) error {
					return d.access.RevokeToken(ctx, tx, t.ID)
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stderr, "Revoked %s (%s).\n", t.Hint, visible(t.Name))
				return err
			})
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization; any without it")
	return c
}

func (p *program) tokenRotateCommand() *cobra.Command {
	var slug string
	overlap := access.DefaultOverlap
	c := &cobra.Command{
		Use:   "rotate HINT|ID",
		Short: "Make the successor of a token and print it, this once",
		Long: "Make the successor of a token and print it alone on standard output. The old one\n" +
			"works on beside it for the overlap, so that there is time to paste the new one.",
		Example: `  rollcall token rotate --org acme rcs_…x7Qa
  rollcall token rotate --org acme --overlap 0 x7Qa`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.atDesk(c.Context(), func(d *desk) error { return p.rotateToken(c.Context(), d, slug, args[0], overlap) })
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization; any without it")
	c.Flags().DurationVar(&overlap, "overlap", overlap, "how long the old one works on, as in 48h; 0 cuts it at once")
	return c
}

func (p *program) rotateToken(ctx context.Context, d *desk, slug, reference string, overlap time.Duration) error {
	old, err := d.token(ctx, slug, reference)
	if err != nil {
		return err
	}
	ctx = actor.InOrg(ctx, old.OrgID)
	var secret string
	var made *ent.Token
	err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if secret, made, err = d.access.RotateToken(ctx, tx, old.ID, overlap); err != nil {
			return err
		}
		old, err = tx.Token.Get(ctx, old.ID)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.stdout, secret); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stderr, "\nKeep it now: it can't be shown again. It works until %s, the old one (%s) until %s UTC.\n",
		day(*made.ExpiresAt), old.Hint, minute(*old.ExpiresAt))
	return err
}

// token finds a token by its id, its hint or the last four characters. Where
// several match, the one that isn't revoked is meant.
func (d *desk) token(ctx context.Context, slug, reference string) (*ent.Token, error) {
	ctx = store.AcrossOrganizations(ctx)
	q := d.store.Read().Token.Query()
	if slug != "" {
		org, err := d.directory.Organization(ctx, slug)
		if err != nil {
			return nil, err
		}
		q.Where(token.OrgID(org.ID))
	}
	if id, err := uuid.Parse(reference); err == nil {
		q.Where(token.ID(id))
	} else {
		end := []rune(reference) // of a hint, whichever way its middle was typed
		end = end[max(0, len(end)-4):]
		q.Where(token.HintIn("rcs_…"+string(end), "rca_…"+string(end), "rco_…"+string(end), "rcu_…"+string(end)))
	}
	found, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	if len(found) > 1 {
		found = slices.DeleteFunc(found, func(t *ent.Token) bool { return t.RevokedAt != nil })
	}
	switch len(found) {
	case 0:
		return nil, fault.New(fault.NotFound, "there is no such token; rollcall token list shows what there is")
	case 1:
		return found[0], nil
	}
	return nil, fault.New(fault.Conflict, "%d tokens match; name one by the id that rollcall token list --json shows", len(found))
}

// wrapped lists words, some on each line.
func wrapped(words []string, each int) string {
	var text strings.Builder
	for i, w := range words {
		if i > 0 && i%each == 0 {
			text.WriteString("\n  ")
		}
		text.WriteString(w + " ")
	}
	return text.String()
}
