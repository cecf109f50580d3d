package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) orgCommand() *cobra.Command {
	c := commandGroup("org", "Make and list organizations", p.orgCreateCommand(), p.orgListCommand())
	c.Example = `  rollcall org create --slug acme --name "Acme Ltd"
  rollcall org list`
	return c
}

func (p *program) orgCreateCommand() *cobra.Command {
	var slug, name string
	c := &cobra.Command{
		Use:   "create",
		Short: "Make an organization with a connection named default, of kind ENTRA",
		Long: "Make an organization with a connection named default, of kind ENTRA. Its slug is\n" +
			"printed; it stands in the Tenant URL and can't be changed later.",
		Example: `  rollcall org create --slug acme --name "Acme Ltd"`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				org, _, err := d.directory.CreateOrganization(c.Context(), slug, cmp.Or(name, slug))
				if err != nil {
					return err
				}
				_, _ = fmt.Fprintln(p.stdout, org.Slug)
				_, _ = fmt.Fprintf(p.stderr, `
%s is there, with the connection default. Next, in the console:
  1. Make an owner, who gets a sign-in link:
     rollcall admin invite --org %s --email ada@example.com
  2. Open the link and follow the set-up guide at
     %s/connections
or here alone:
  1. Make a token:  rollcall token create --org %s --kind scim --name entra
  2. In Entra, under Provisioning, give that as Secret token, and as Tenant URL
     %s
`, visible(org.Name), org.Slug, p.base(), org.Slug, p.tenantURL(org.Slug))
				return nil
			})
		},
	}
	c.Flags().StringVar(&slug, "slug", "", "lower-case letters, digits and hyphens (required)")
	c.Flags().StringVar(&name, "name", "", "name for people; the slug without it")
	_ = c.MarkFlagRequired("slug")
	return c
}

// tenantURL is the SCIM base of an organization as far as the settings tell.
func (p *program) tenantURL(slug string) string { return p.base() + "/scim/v2/" + slug }

// base is the server's public URL as far as the settings tell.
func (p *program) base() string {
	base, err := p.env.publicURL(p.env.get(settingAddr))
	if err != nil {
		base = p.env.get(settingPublicURL)
	}
	return base
}

// orgRow is an organization in a list.
type orgRow struct {
	Slug      string     `json:"slug"`
	Name      string     `json:"name"`
	ID        string     `json:"id"`
	TenantURL string     `json:"tenant_url"`
	Created   time.Time  `json:"created_at"`
	Suspended *time.Time `json:"suspended_at,omitempty"`
}

func (p *program) orgListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the organizations",
		Example: `  rollcall org list
  rollcall org list --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.atDesk(c.Context(), func(d *desk) error {
				orgs, err := d.store.Read().Organization.Query().Where(organization.RehearsalOfIsNil()).Order(organization.BySlug()).
					All(store.AcrossOrganizations(c.Context()))
				if err != nil {
					return err
				}
				rows := make([]orgRow, len(orgs))
				t := table{head: []string{"SLUG", "NAME", "CREATED", "TENANT URL"}, flex: 1}
				for i, o := range orgs {
					rows[i] = orgRow{o.Slug, o.Name, o.ID.String(), p.tenantURL(o.Slug), o.CreatedAt.UTC(), o.SuspendedAt}
					t.add(o.Slug, o.Name, day(o.CreatedAt), rows[i].TenantURL)
				}
				if asJSON {
					return writeJSON(p.stdout, rows)
				}
				return t.write(p.stdout)
			})
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// day shows a date, minute a point in time: both in UTC, as every log has them.
func day(t time.Time) string    { return t.UTC().Format(time.DateOnly) }
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
