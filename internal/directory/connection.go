package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// CreateConnection makes a connection of the actor's organization.
func (d *Directory) CreateConnection(ctx context.Context, tx *store.Tx, name, kind string, settings schema.ConnectionSettings) (*ent.Connection, error) {
	if strings.TrimSpace(name) == "" {
		return nil, fault.New(fault.Invalid, "a connection needs a name").On("name")
	}
	k := connection.Kind(strings.ToUpper(kind))
	if err := connection.KindValidator(k); err != nil {
		return nil, fault.New(fault.Invalid, "%q is no kind of connection; there are ENTRA, OKTA, ONELOGIN, JUMPCLOUD, GOOGLE and GENERIC", kind).On("kind")
	}
	if err := checkSettings(&settings); err != nil {
		return nil, err
	}
	return tx.Connection.Create().SetName(name).SetKind(k).SetSettings(settings).Save(ctx)
}

// Connection returns the connection of that name, fault.NotFound if there is none.
func (d *Directory) Connection(ctx context.Context, name string) (*ent.Connection, error) {
	c, err := d.store.Read().Connection.Query().Where(connection.Name(name)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no connection %q in this organization; rollcall connection list shows them", name)
	}
	return c, err
}

// SetConnection changes the settings of a connection.
func (d *Directory) SetConnection(ctx context.Context, tx *store.Tx, name string, set func(*schema.ConnectionSettings)) (*ent.Connection, error) {
	c, err := tx.Connection.Query().Where(connection.Name(name)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no connection %q in this organization; rollcall connection list shows them", name)
	}
	if err != nil {
		return nil, err
	}
	settings := c.Settings
	settings.Match, settings.Domains = slices.Clone(settings.Match), slices.Clone(settings.Domains)
	set(&settings)
	if err := checkSettings(&settings); err != nil {
		return nil, err
	}
	return tx.Connection.UpdateOne(c).SetSettings(settings).Save(ctx)
}

func checkSettings(s *schema.ConnectionSettings) error {
	for i, key := range s.Match {
		if !slices.Contains([]string{MatchExternalID, MatchUserName, MatchEmail, MatchEmployeeNumber}, key) {
			return fault.New(fault.Invalid, "people can't be matched by %q; there are externalId, userName, email and employeeNumber", key).On("match")
		}
		if slices.Contains(s.Match[:i], key) {
			return fault.New(fault.Invalid, "the matching order names %s twice", key).On("match")
		}
	}
	if !slices.Contains([]string{schema.LocalLink, schema.LocalAsk, schema.LocalRefuse}, s.Local) {
		return fault.New(fault.Invalid, "%q is no way to treat local people; there are link, ask and refuse", s.Local).On("local")
	}
	for _, domain := range s.Domains {
		if canonicalDomain(domain) == "" || strings.ContainsAny(domain, "@ /*") {
			return fault.New(fault.Invalid, "%q is no domain; write it as in example.com", domain).On("domains")
		}
	}
	return nil
}

// askToLink notes on a local person that a connection wants to take it over. An
// approval that another connection has got stays that one's.
func (d *Directory) askToLink(ctx context.Context, conn *ent.Connection, id uuid.UUID) error {
	return d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.User.Query().Where(user.ID(id)).Only(ctx)
		if err != nil || u.LinkApproved || u.LinkAskedBy != nil && *u.LinkAskedBy == conn.ID {
			return err
		}
		tx.Name(id, "link_asked")
		return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error {
			m.SetLinkAskedBy(conn.ID)
			return nil
		})
	})
}

// ApproveLink allows the connection that asked for it to take over a local
// person at its next attempt.
func (d *Directory) ApproveLink(ctx context.Context, tx *store.Tx, userName string) error {
	u, err := tx.User.Query().Where(user.UserNameKey(store.Fold(userName)), user.DeletedAtIsNil()).Only(ctx)
	if ent.IsNotFound(err) {
		return fault.New(fault.NotFound, "there is no person with the user name %q", userName)
	}
	if err != nil {
		return err
	}
	if u.LinkAskedBy == nil {
		return fault.New(fault.Precondition, "no connection has asked to take over %q", userName)
	}
	tx.Name(u.ID, "link_approved")
	return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error {
		m.SetLinkApproved(true)
		return nil
	})
}
