package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) clientCommand() *cobra.Command {
	c := commandGroup("client", "Make, list and revoke OAuth 2.0 clients for SCIM, and their secrets",
		p.clientCreateCommand(), p.clientListCommand(), p.clientSecretCommand(), p.clientRevokeCommand())
	c.Example = `  rollcall client create --org acme --name entra
  rollcall client list --org acme`
	return c
}

// clientKeys is what an identity provider needs to get tokens.
type clientKeys struct {
	ID       string `json:"client_id"`
	Secret   string `json:"client_secret,omitempty"`
	TokenURL string `json:"token_url"`
}

func (p *program) clientCreateCommand() *cobra.Command {
	var slug, conn string
	var n access.NewScimClient
	var f access.Federation
	var days int
	var asJSON bool
	c := &cobra.Command{
		Use:   "create",
		Short: "Make a client and print its id, its secret and its token URL, this once",
		Long: "Make a client, which gets SCIM tokens of its own at the token URL. It presents a secret,\n" +
			"or with --issuer, --subject and --audience an assertion (JWT) that the issuer has\n" +
			"signed; then it has no secret.",
		Example: `  rollcall client create --org acme --name entra
  rollcall client create --org acme --name workload --issuer https://login.microsoftonline.com/TENANT/v2.0 --subject OBJECT-ID --audience api://rollcall`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			federated := f != access.Federation{}
			if federated && c.Flags().Changed("days") {
				return usage("--days is for the secret, which a client with --issuer doesn't have")
			}
			expires, err := daysFlag(c, days)
			if err != nil {
				return err
			}
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, conn, err := d.at(c.Context(), slug, conn)
				if err != nil {
					return err
				}
				n.Connection = conn.ID
				var secret string
				var made *ent.ScimClient
				err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
					if made, err = d.access.CreateScimClient(ctx, tx, n); err != nil {
						return err
					}
					if federated {
						_, err = d.access.SetFederation(ctx, tx, made.ID, &f)
					} else {
						secret, made, err = d.access.AddScimSecret(ctx, tx, made.ID, expires)
					}
					return err
				})
				if err != nil {
					return err
				}
				return p.printClient(slug, made, secret, asJSON)
			})
		},
	}
	orgFlag(c, &slug)
	connectionFlag(c, &conn)
	jsonFlag(c, &asJSON)
	c.Flags().StringVar(&n.Name, "name", "", "what people call it (required)")
	c.Flags().IntVar(&n.TokenMinutes, "token-minutes", access.DefaultTokenMinutes, "how long its access tokens work: 60 to 360")
	c.Flags().IntVar(&days, "days", 0, "days until its secret expires; 365 without it")
	c.Flags().StringVar(&f.Issuer, "issuer", "", "iss of the assertions that it presents in place of a secret")
	c.Flags().StringVar(&f.Subject, "subject", "", "sub of these assertions")
	c.Flags().StringVar(&f.Audience, "audience", "", "aud of these assertions")
	_ = c.MarkFlagRequired("name")
	return c
}

// printClient prints what the identity provider needs.
func (p *program) printClient(slug string, c *ent.ScimClient, secret string, asJSON bool) error {
	base, err := p.env.publicURL(p.env.get(settingAddr))
	if err != nil {
		return err
	}
	keys := clientKeys{c.ID.String(), secret, access.TokenURL(base, access.TokenPlace{Slug: slug, Connection: c.ConnectionID})}
	if asJSON {
		return writeJSON(p.stdout, keys)
	}
	text := "client_id      " + keys.ID + "\n"
	if secret != "" {
		text += "client_secret  " + secret + "\n"
	}
	if _, err := fmt.Fprint(p.stdout, text+"token_url      "+keys.TokenURL+"\n"); err != nil {
		return err
	}
	if secret != "" {
		_, err = fmt.Fprintf(p.stderr, "\nKeep the secret now: it can't be shown again. It works until %s.\n", day(*c.Secrets[len(c.Secrets)-1].ExpiresAt))
	}
	return err
}

func daysFlag(c *cobra.Command, days int) (time.Duration, error) {
	if c.Flags().Changed("days") && days < 1 {
		return 0, usage("--days is at least 1")
	}
	return time.Duration(days) * 24 * time.Hour, nil
}

func (p *program) clientSecretCommand() *cobra.Command {
	var slug, remove string
	var days int
	var asJSON, leaked bool
	c := &cobra.Command{
		Use:   "secret CLIENT-ID",
		Short: "Make a second secret of a client, or remove one",
		Long: "Make one more secret of a client and print it, this once. Two work at a time, so that\n" +
			"nothing fails while the new one is pasted; then remove the old one with --remove HINT,\n" +
			"as rollcall client list shows it.",
		Example: `  rollcall client secret --org acme 0199…
  rollcall client secret --org acme 0199… --remove rck_…x7Qa`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			expires, err := daysFlag(c, days)
			if err != nil {
				return err
			}
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, client, err := d.client(c.Context(), slug, args[0])
				if err != nil {
					return err
				}
				if remove != "" {
					id, err := secretBy(client, remove)
					if err != nil {
						return err
					}
					err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
						_, err := d.access.RemoveScimSecret(ctx, tx, client.ID, id, leaked)
						return err
					})
					if err == nil {
						_, err = fmt.Fprintf(p.stderr, "Removed the secret %s of %s (%s).\n", remove, client.ID, visible(client.Name))
					}
					return err
				}
				var secret string
				err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
					secret, client, err = d.access.AddScimSecret(ctx, tx, client.ID, expires)
					return err
				})
				if err != nil {
					return err
				}
				return p.printClient(slug, client, secret, asJSON)
			})
		},
	}
	orgFlag(c, &slug)
	jsonFlag(c, &asJSON)
	c.Flags().IntVar(&days, "days", 0, "days until it expires; 365 without it")
	c.Flags().StringVar(&remove, "remove", "", "remove the secret with this hint instead")
	c.Flags().BoolVar(&leaked, "end-tokens", false, "with --remove: end the access tokens too that the client has now")
	return c
}

func (p *program) clientRevokeCommand() *cobra.Command {
	var slug string
	c := &cobra.Command{
		Use:     "revoke CLIENT-ID",
		Short:   "End a client and its access tokens for good, within a second",
		Example: "  rollcall client revoke --org acme 0199…",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, client, err := d.client(c.Context(), slug, args[0])
				if err != nil {
					return err
				}
				err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
					_, err := d.access.RevokeScimClient(ctx, tx, client.ID)
					return err
				})
				if err == nil {
					_, err = fmt.Fprintf(p.stderr, "Revoked %s (%s).\n", client.ID, visible(client.Name))
				}
				return err
			})
		},
	}
	orgFlag(c, &slug)
	return c
}

// client finds a client of an organization by its id.
func (d *desk) client(ctx context.Context, slug, reference string) (context.Context, *ent.ScimClient, error) {
	ctx, _, err := d.in(ctx, slug)
	if err != nil {
		return nil, nil, err
	}
	unknown := fault.New(fault.NotFound, "there is no such client; rollcall client list --org %s shows what there is", slug)
	id, err := uuid.Parse(reference)
	if err != nil {
		return nil, nil, unknown
	}
	c, err := d.store.Read().ScimClient.Query().Where(scimclient.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, unknown
	}
	return ctx, c, err
}

// secretBy finds a secret by its hint, whichever way its middle was typed.
func secretBy(c *ent.ScimClient, hint string) (uuid.UUID, error) {
	end := []rune(hint)
	for _, s := range c.Secrets {
		if known := []rune(s.Hint); string(known[len(known)-4:]) == string(end[max(0, len(end)-4):]) {
			return s.ID, nil
		}
	}
	return uuid.Nil, fault.New(fault.NotFound, "the client has no secret %s; rollcall client list shows what there is", hint)
}
