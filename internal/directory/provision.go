package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Outcome says how a provisioned person came to be here.
type Outcome string

// The outcomes of Provision.
const (
	Created Outcome = "Created"
	Linked  Outcome = "Linked"
	Revived Outcome = "Revived"
)

// Provisioned is the person of a profile.
type Provisioned struct {
	User    *ent.User
	Was     *ent.User // before the link or the revival; nil for a new person
	Outcome Outcome
}

// Provision makes the person of a profile, or links or revives the one that
// Match has found. The transaction holds the connection. Errors, of which some
// show when the transaction goes on or ends: fault.Conflict on user_name when
// somebody else was faster, store.ErrNotHeld.
func (d *Directory) Provision(ctx context.Context, tx *store.Tx, conn *ent.Connection, p *Profile, m *Match) (*Provisioned, error) {
	if m.person != nil {
		return d.takeOver(ctx, tx, conn, p, m.person)
	}
	org, err := organizationOf(ctx)
	if err != nil {
		return nil, err
	}
	if p.ID == uuid.Nil {
		p.ID = schema.NewID()
	}
	create := tx.User.Create().SetID(p.ID).SetConnectionID(conn.ID)
	mutation := create.Mutation()
	if err := setDifferences(mutation, &Profile{}, p); err != nil {
		return nil, err
	}
	mutation.SetActive(p.Active)
	if p.Department != nil {
		department := m.department // m outlives this run of the transaction
		tx.Vouch(department)
		if department == uuid.Nil {
			if department, err = departmentNamed(ctx, tx, org, *p.Department); err != nil {
				return nil, err
			}
		}
		mutation.SetDepartmentID(department)
	}
	if m.manager != uuid.Nil {
		tx.Vouch(m.manager)
		mutation.SetManagerID(m.manager)
	}
	if e := p.PrimaryEmail(); e != nil {
		mutation.SetEmail(*e)
	}
	u, err := tx.CreateUser(ctx, create)
	if err != nil {
		return nil, err
	}
	if err := insertEmails(ctx, tx, u.ID, p.Emails); err != nil {
		return nil, err
	}
	if m.waiting {
		err = adoptReports(ctx, tx, p, u.ID)
	}
	return &Provisioned{User: u, Outcome: Created}, err
}

// takeOver gives a local person to the connection, or brings a deactivated one
// of its own back, and applies the profile.
func (d *Directory) takeOver(ctx context.Context, tx *store.Tx, conn *ent.Connection, p *Profile, c *candidate) (*Provisioned, error) {
	u, err := tx.User.Query().Where(user.ID(c.id), user.DeletedAtIsNil(), store.Held(ctx, conn.ID), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		if held := tx.Hold(ctx, conn.ID); held != nil {
			return nil, held
		}
	}
	if ent.IsNotFound(err) || err == nil && u.Version != c.version {
		return nil, fault.New(fault.Conflict, "user %s was changed by someone else at the same time; try again", c.id).On(user.FieldUserName)
	}
	if err != nil {
		return nil, err
	}
	known, err := profileOf(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	other, err := keepIdentity(ctx, tx, conn, u, known, p)
	if err != nil {
		return nil, err
	}
	outcome, verb := Revived, "revived"
	if !c.connection.Valid {
		outcome, verb = Linked, "linked"
	}
	was := ProfileOf(u)
	was.Emails = []Email{{Value: "\x00"}} // unknown: the rows are written anew
	tx.Name(u.ID, verb)
	changed, err := d.change(ctx, tx, u, was, p, other, func(m *ent.UserMutation) {
		m.SetConnectionID(conn.ID)
		m.ClearLinkAskedBy()
		m.SetLinkApproved(false)
	})
	return &Provisioned{changed, u, outcome}, err
}

func insertEmails(ctx context.Context, tx *store.Tx, owner uuid.UUID, emails []Email) error {
	if len(emails) == 0 {
		return nil
	}
	tx.Vouch(owner)
	for _, e := range emails {
		create := tx.Email.Create().SetUserID(owner).SetValue(e.Value).SetPrimary(e.Primary)
		if e.Kind != "" {
			create.SetKind(e.Kind)
		}
		if err := tx.CreateEmail(ctx, create); err != nil {
			return err
		}
	}
	return nil
}
