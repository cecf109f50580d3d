package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// DeclareAttribute tells Rollcall about a custom attribute of the connection's
// client, so that it is typed, filterable and advertised. path is the URN of the
// extension, a colon and the name. An attribute that was only seen becomes
// declared.
func (d *Directory) DeclareAttribute(ctx context.Context, tx *store.Tx, conn *ent.Connection, resource, path, kind string, multi bool) (*ent.Attribute, error) {
	urn, name, err := splitAttribute(path)
	if err != nil {
		return nil, err
	}
	k := attribute.Kind(kind)
	if err := attribute.KindValidator(k); err != nil {
		return nil, fault.New(fault.Invalid, "%q is no type of attribute; there are string, boolean, integer, decimal, dateTime and reference", kind).On("type")
	}
	if resource != "User" && resource != "Group" {
		return nil, fault.New(fault.Invalid, "%q has no custom attributes; User and Group have", resource).On("resource")
	}
	known, err := tx.Attribute.Query().Where(attribute.ConnectionID(conn.ID), attribute.PathKey(attributeKey(resource, urn, name))).Only(ctx)
	if err == nil {
		if known.Declared && (known.Kind != k || known.Multi != multi) {
			return nil, fault.New(fault.Conflict, "%s is declared as %s already", path, known.Kind).On("path")
		}
		return tx.Attribute.UpdateOne(known).SetDeclared(true).SetKind(k).SetMulti(multi).Save(ctx)
	}
	if !ent.IsNotFound(err) {
		return nil, err
	}
	return tx.Attribute.Create().SetConnectionID(conn.ID).SetResource(resource).SetUrn(urn).SetName(name).
		SetPathKey(attributeKey(resource, urn, name)).SetKind(k).SetMulti(multi).SetDeclared(true).Save(ctx)
}

// RemoveAttribute takes a declaration back: the attribute is then one that was
// seen, and what was sent stays. It returns the connection. Errors: fault.NotFound.
func (d *Directory) RemoveAttribute(ctx context.Context, tx *store.Tx, id uuid.UUID) (connection uuid.UUID, err error) {
	a, err := tx.Attribute.Query().Where(attribute.ID(id), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return uuid.Nil, fault.New(fault.NotFound, "there is no such attribute").Because(err)
	}
	if err != nil {
		return uuid.Nil, err
	}
	if !a.Declared {
		return a.ConnectionID, nil
	}
	tx.Name(id, "undeclared")
	return a.ConnectionID, tx.Attribute.UpdateOne(a).SetDeclared(false).SetKind(attribute.DefaultKind).SetMulti(attribute.DefaultMulti).Exec(ctx)
}

// DeclareAttributeOf is DeclareAttribute for the connection with that id.
func (d *Directory) DeclareAttributeOf(ctx context.Context, tx *store.Tx, connection uuid.UUID, resource, path, kind string, multi bool) (*ent.Attribute, error) {
	conn, err := lockConnection(ctx, tx, connection)
	if err != nil {
		return nil, err
	}
	return d.DeclareAttribute(ctx, tx, conn, resource, path, kind, multi)
}

// SawAttribute notes an attribute that the client sends and nobody has declared.
// Seeing it again changes nothing.
func (d *Directory) SawAttribute(ctx context.Context, conn *ent.Connection, resource, urn, name string) error {
	err := d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Hold(ctx, conn.ID); err != nil {
			return err
		}
		known, err := tx.Attribute.Query().Where(attribute.ConnectionID(conn.ID), attribute.PathKey(attributeKey(resource, urn, name))).Exist(ctx)
		if err != nil || known {
			return err
		}
		return tx.Attribute.Create().SetConnectionID(conn.ID).SetResource(resource).SetUrn(urn).SetName(name).
			SetPathKey(attributeKey(resource, urn, name)).Exec(ctx)
	})
	if fault.CodeOf(err) == fault.Conflict || errors.Is(err, store.ErrNotHeld) {
		return nil // another request has noted it, or it is nobody's any more
	}
	return err
}

func attributeKey(resource, urn, name string) string {
	return fmt.Sprintf("%s %s:%s", resource, store.Fold(urn), store.Fold(name))
}

func splitAttribute(path string) (urn, name string, err error) {
	i := strings.LastIndexByte(path, ':')
	if i <= 0 || !strings.Contains(path[:i], ":") {
		return "", "", fault.New(fault.Invalid, "%q is no custom attribute; write the extension's URN, a colon and the name, as in urn:scim:acme:User:Division", path).On("path")
	}
	urn, name = path[:i], path[i+1:]
	for j, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (j == 0 || !(r >= '0' && r <= '9' || r == '-' || r == '_')) {
			return "", "", fault.New(fault.Invalid, "%q is no attribute name: a letter, then letters, digits, - and _ (RFC 7643 §2.1)", name).On("path")
		}
	}
	if name == "" || strings.HasPrefix(store.Fold(urn), "urn:ietf:params:scim:schemas:core:") ||
		store.Fold(urn) == "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user" {
		return "", "", fault.New(fault.Invalid, "%q belongs to a standard schema; a custom attribute needs a URN of its own", path).On("path")
	}
	return urn, name, nil
}
