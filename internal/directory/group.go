package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

// GroupProfile is what an identity provider says of a group, without its members.
type GroupProfile struct {
	ID          uuid.UUID // of a group to be made; nil: a new one
	DisplayName string
	ExternalID  *string
	Attributes  schema.Document
}

// CreateGroup makes a group of the connection, which the transaction holds.
// Errors, when the transaction goes on or ends: fault.Conflict on display_name when
// the connection has a group of that name, store.ErrNotHeld.
func (d *Directory) CreateGroup(ctx context.Context, tx *store.Tx, conn *ent.Connection, p *GroupProfile) (*ent.Group, error) {
	if p.ID == uuid.Nil {
		p.ID = schema.NewID()
	}
	create := tx.Group.Create().SetID(p.ID).SetConnectionID(conn.ID).SetDisplayName(p.DisplayName).SetNillableExternalID(p.ExternalID)
	if len(p.Attributes) > 0 {
		create.SetAttributes(p.Attributes)
	}
	return tx.CreateGroup(ctx, create)
}

// UpdateGroup brings a group, which the transaction has loaded and locked, to a
// profile. membersChanged makes a new version although the profile is the same.
// It returns the group as it is now.
func (d *Directory) UpdateGroup(ctx context.Context, tx *store.Tx, g *ent.Group, p *GroupProfile, membersChanged bool) (*ent.Group, error) {
	same := g.DisplayName == p.DisplayName && equalText(g.ExternalID, p.ExternalID) && equalAttributes(g.Attributes, p.Attributes)
	if same && !membersChanged {
		return g, nil
	}
	err := tx.UpdateGroup(ctx, g, func(m *ent.GroupMutation) error {
		if g.DisplayName != p.DisplayName {
			m.SetDisplayName(p.DisplayName)
		}
		if !equalText(g.ExternalID, p.ExternalID) {
			if p.ExternalID == nil {
				m.ClearExternalID()
			} else {
				m.SetExternalID(*p.ExternalID)
			}
		}
		if !equalAttributes(g.Attributes, p.Attributes) {
			m.SetAttributes(p.Attributes)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c := *g
	c.Version++
	c.UpdatedAt, c.DisplayName, c.ExternalID, c.Attributes = tx.Now(), p.DisplayName, p.ExternalID, p.Attributes
	return &c, nil
}

// RemoveGroup makes a group a tombstone: its name is free at once, its members
// stay people.
func (d *Directory) RemoveGroup(ctx context.Context, tx *store.Tx, g *ent.Group) error {
	if _, err := d.ChangeMembers(ctx, tx, g, MemberChange{Kind: KeepOnly}); err != nil {
		return err
	}
	tx.Name(g.ID, "deleted")
	return tx.UpdateGroup(ctx, g, func(m *ent.GroupMutation) error {
		m.SetField(group.FieldDeletedAt, tx.Now())
		return nil
	})
}
