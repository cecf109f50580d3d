package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) adminCommand() *cobra.Command {
	c := commandGroup("admin", "Let administrators in", p.adminInviteCommand())
	c.Example = `  rollcall admin invite --org acme --email ada@acme.test`
	return c
}

// roles from the least to the most powerful.
var roles = []user.Role{user.RoleLEARNER, user.RoleAUDITOR, user.RoleADMIN, user.RoleOWNER}

func (p *program) adminInviteCommand() *cobra.Command {
	var slug, role string
	var i invitation
	c := &cobra.Command{
		Use:   "invite",
		Short: "Make a person an owner and print a one-time sign-in link",
		Long: "Make a person an owner and print a sign-in link alone on standard output. It works\n" +
			"once, within 15 minutes, and ends the person's earlier links.\n\n" +
			"The person is found by user name or e-mail address; one who isn't here yet is made\n" +
			"as a local person. An invitation never takes a role away.",
		Example: `  rollcall admin invite --org acme --email ada@acme.test
  rollcall admin invite --org acme --email ada@acme.test --name "Ada Lovelace" --role ADMIN`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			i.role = user.Role(strings.ToUpper(role))
			if !slices.Contains(roles, i.role) {
				return usage("--role is OWNER, ADMIN, AUDITOR or LEARNER, not %q", role)
			}
			if i.email = strings.TrimSpace(i.email); i.email == "" {
				return usage("--email must not be empty")
			}
			return p.atDesk(c.Context(), func(d *desk) error { return p.invite(c.Context(), d, slug, i) })
		},
	}
	orgFlag(c, &slug)
	f := c.Flags()
	f.StringVar(&i.email, "email", "", "e-mail address or user name (required)")
	f.StringVar(&i.name, "name", "", "name of a person who isn't here yet; the address without it")
	f.StringVar(&role, "role", "OWNER", "OWNER, ADMIN, AUDITOR or LEARNER")
	_ = c.MarkFlagRequired("email")
	return c
}

// invitation is who is to come in, and as what.
type invitation struct {
	email, name string
	role        user.Role
}

func (p *program) invite(ctx context.Context, d *desk, slug string, i invitation) error {
	base, err := p.env.publicURL(p.env.get(settingAddr))
	if err != nil {
		return err
	}
	ctx, org, err := d.in(ctx, slug)
	if err != nil {
		return err
	}
	if org.SuspendedAt != nil {
		return fault.New(fault.Conflict, "%s is suspended, and nobody signs in there; resume the organization first", org.Slug)
	}
	var secret string
	var who *ent.User
	err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if who, err = d.admit(ctx, tx, i); err != nil {
			return err
		}
		secret, _, err = d.access.CreateLink(ctx, tx, who.ID)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.stdout, access.LinkURL(base, secret)); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.stderr, "\nThe link signs %s in to %s. It is valid for %d minutes, once.\n",
		visible(access.NameOf(who)), visible(org.Name), int(access.LinkLifetime.Minutes()))
	if why := sso.Insecure(base); why != "" {
		_, _ = fmt.Fprintf(p.stderr, "It won't work yet: %s Set %s to an https address and invite again.\n", why, settingPublicURL)
	}
	return nil
}

// admit finds or makes the person of an invitation and gives the role.
func (d *desk) admit(ctx context.Context, tx *store.Tx, i invitation) (*ent.User, error) {
	u, err := findPerson(ctx, tx, i.email)
	if err != nil {
		return nil, err
	}
	if u == nil {
		if !strings.Contains(i.email, "@") {
			return nil, fault.New(fault.NotFound, "there is no person with the user name %q; give an e-mail address to make one", i.email)
		}
		name := i.name
		if name == "" {
			name = i.email
		}
		return d.directory.CreateLocal(ctx, tx, directory.Local{UserName: i.email, DisplayName: name, Email: i.email, Role: i.role})
	}
	if slices.Index(roles, u.Role) >= slices.Index(roles, i.role) {
		return u, nil
	}
	return u, d.directory.ChangeRole(ctx, tx, u.ID, i.role, uuid.Nil)
}

// maxNamesakes is how many owners of one address are looked at; two are too many already.
const maxNamesakes = 1000

// findPerson finds a person by user name, else by e-mail address, nil when there
// is none.
func findPerson(ctx context.Context, tx *store.Tx, name string) (*ent.User, error) {
	key := store.Fold(name)
	u, err := tx.User.Query().Where(user.UserNameKey(key), user.DeletedAtIsNil(), store.Lock).Only(ctx)
	if !ent.IsNotFound(err) {
		return u, err
	}
	var owners []uuid.UUID
	if err := tx.Email.Query().Where(email.ValueKey(key)).Limit(maxNamesakes).Select(email.FieldUserID).Scan(ctx, &owners); err != nil {
		return nil, err
	}
	found, err := tx.User.Query().Where(user.IDIn(owners...), user.DeletedAtIsNil(), store.Lock).Order(user.ByID()).All(ctx)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if len(found) > 1 {
		return nil, fault.New(fault.Conflict, "%d people have the e-mail address %s, %s and %s among them; name one by the user name",
			len(found), name, found[0].UserName, found[1].UserName)
	}
	return found[0], nil
}
