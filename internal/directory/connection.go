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

// CreateConnection makes a connection of the actor's organization. Errors:
// fault.Invalid with the field at fault, fault.Conflict when the name is taken.
func (d *Directory) CreateConnection(ctx context.Context, tx *store.Tx, name, kind string, settings schema.ConnectionSettings) (*ent.Connection, error) {
	name, err := checkName(connection.FieldName, name)
	if err != nil {
		return nil, err
	}
	k := connection.Kind(strings.ToUpper(kind))
	if err := connection.KindValidator(k); err != nil {
		return nil, fault.New(fault.Invalid, "%q is no kind of connection; there are ENTRA, OKTA, ONELOGIN, JUMPCLOUD, GOOGLE and GENERIC", kind).On("kind")
	}
	if err := checkSettings(&settings); err != nil {
		return nil, err
	}
	if err := freeConnectionName(ctx, tx, name); err != nil {
		return nil, err
	}
	return tx.Connection.Create().SetName(name).SetKind(k).SetSettings(settings).Save(ctx)
}

func freeConnectionName(ctx context.Context, tx *store.Tx, name string) error {
	taken, err := tx.Connection.Query().Where(connection.Name(name)).Exist(ctx)
	if err == nil && taken {
		err = fault.New(fault.Conflict, "there is a connection named %q already", name).On(connection.FieldName)
	}
	return err
}

// Connection returns the connection of that name, fault.NotFound if there is none.
func (d *Directory) Connection(ctx context.Context, name string) (*ent.Connection, error) {
	c, err := d.store.Read().Connection.Query().Where(connection.Name(name)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no connection %q in this organization; rollcall connection list shows them", name)
	}
	return c, err
}

// SetConnection changes the settings of the connection of that name.
func (d *Directory) SetConnection(ctx context.Context, tx *store.Tx, name string, set func(*schema.ConnectionSettings)) (*ent.Connection, error) {
	id, err := tx.Connection.Query().Where(connection.Name(name)).OnlyID(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no connection %q in this organization; rollcall connection list shows them", name)
	}
	if err != nil {
		return nil, err
	}
	return d.UpdateConnection(ctx, tx, id, ConnectionChange{Settings: set})
}

// ConnectionChange is what to change about a connection; what is nil stays.
type ConnectionChange struct {
	Name     *string
	Kind     *connection.Kind
	Settings func(*schema.ConnectionSettings)
}

// UpdateConnection changes a connection. Nothing different means nothing written.
// Errors: fault.NotFound, fault.Conflict when the name is taken, fault.Invalid
// with the field at fault.
func (d *Directory) UpdateConnection(ctx context.Context, tx *store.Tx, id uuid.UUID, change ConnectionChange) (*ent.Connection, error) {
	c, err := lockConnection(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return changeConnection(ctx, tx, c, change)
}

func changeConnection(ctx context.Context, tx *store.Tx, c *ent.Connection, change ConnectionChange) (*ent.Connection, error) {
	update := tx.Connection.UpdateOne(c)
	if change.Name != nil {
		name, err := checkName(connection.FieldName, *change.Name)
		if err != nil {
			return nil, err
		}
		if name != c.Name {
			if err := freeConnectionName(ctx, tx, name); err != nil {
				return nil, err
			}
			update.SetName(name)
		}
	}
	if change.Kind != nil && *change.Kind != c.Kind {
		update.SetKind(*change.Kind)
	}
	if change.Settings != nil {
		settings := c.Settings
		settings.Match, settings.Domains = slices.Clone(settings.Match), slices.Clone(settings.Domains)
		change.Settings(&settings)
		if err := checkSettings(&settings); err != nil {
			return nil, err
		}
		if !sameSettings(settings, c.Settings) {
			update.SetSettings(settings)
		}
	}
	if len(update.Mutation().Fields()) == 0 {
		return c, nil
	}
	return update.Save(ctx)
}

func sameSettings(a, b schema.ConnectionSettings) bool {
	return a.Groups == b.Groups && a.Local == b.Local && a.Revive == b.Revive &&
		slices.Equal(a.Match, b.Match) && slices.Equal(a.Domains, b.Domains)
}

// PauseConnection has a connection refused within a second, until
// ResumeConnection; its people stay as they are. Errors: fault.NotFound.
func (d *Directory) PauseConnection(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	return enableConnection(ctx, tx, id, false, "paused")
}

// ResumeConnection lets a paused connection go on. Errors: fault.NotFound.
func (d *Directory) ResumeConnection(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	return enableConnection(ctx, tx, id, true, "resumed")
}

func enableConnection(ctx context.Context, tx *store.Tx, id uuid.UUID, enabled bool, verb string) error {
	c, err := lockConnection(ctx, tx, id)
	if err != nil || c.Enabled == enabled {
		return err
	}
	tx.Name(id, verb)
	return tx.Connection.UpdateOne(c).SetEnabled(enabled).Exec(ctx)
}

func lockConnection(ctx context.Context, tx *store.Tx, id uuid.UUID) (*ent.Connection, error) {
	c, err := tx.LockConnection(ctx, id)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such connection").Because(err)
	}
	return c, err
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
		return fault.New(fault.Invalid, "%q is no way to treat local people; there are link, ask and refuse", s.Local).On("local_people")
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
		if err := tx.Hold(ctx, conn.ID); err != nil {
			return err
		}
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
	return approveLink(ctx, tx, u)
}
