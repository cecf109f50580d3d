package graph

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// setUpOf is the connection that a set-up link is for. It comes from the link and
// from nothing that its holder sends.
func setUpOf(ctx context.Context) (uuid.UUID, error) {
	g := requestOf(ctx).grant
	if !g.IsSetUp() || g.Connection == nil {
		return uuid.Nil, fault.New(fault.Forbidden, "this needs the scope %s", access.SetUp)
	}
	return g.Connection.ID, nil
}

// setUp answers who comes with a set-up link.
func (r *Resolver) setUp(ctx context.Context) (*SetUp, error) {
	id, err := setUpOf(ctx)
	if err != nil {
		return nil, err
	}
	g, load := requestOf(ctx).grant, requestOf(ctx).loader
	c, err := load.connectionBy(ctx, &id)
	if err == nil && c == nil {
		err = fault.New(fault.NotFound, "there is no such connection")
	}
	if err != nil {
		return nil, err
	}
	s := &SetUp{Name: c.Name, Kind: c.Kind, Enabled: c.Enabled, Groups: c.Settings.Groups, OrganizationName: g.Organization.Name,
		TimeZone: organizationSettings(g.Organization.Settings).TimeZone, ScimURL: r.scimURL(g.Organization), ExpiresAt: *g.Token.ExpiresAt}
	if s.Attributes, err = load.attributesOf(ctx, id); err != nil {
		return nil, err
	}
	if s.UserCount, err = load.ownedBy(ctx, user.Table, id); err != nil {
		return nil, err
	}
	if s.GroupCount, err = load.ownedBy(ctx, group.Table, id); err != nil {
		return nil, err
	}
	if s.SentBy, err = load.personNameOf(ctx, g.Token.MadeBy); err != nil {
		return nil, err
	}
	s.Token, err = r.store.Read().Token.Query().
		Where(access.MadeBySetUp(g.Token.ID), token.ConnectionID(id), token.RevokedAtIsNil(), token.ReplacedByIsNil(), token.ExpiresAtGT(r.store.Now())).
		Order(token.ByID(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return s, nil
	}
	return s, err
}

// personNameOf is the name of a person, nil where there is none.
func (l *loader) personNameOf(ctx context.Context, id *uuid.UUID) (*string, error) {
	if id == nil {
		return nil, nil
	}
	known, err := l.peopleBy(ctx, *id)
	if err != nil || known[*id] == nil {
		return nil, err
	}
	name := access.NameOf(known[*id])
	return &name, nil
}

// createSetUpLink makes a link that works for some days, nil for a week.
func (r *Resolver) createSetUpLink(ctx context.Context, n access.NewToken, days *int) (*CreateSetUpLinkPayload, error) {
	made, err := r.createToken(ctx, n, days)
	if err != nil {
		return nil, err
	}
	return &CreateSetUpLinkPayload{Link: r.publicURL + access.SetUpPath + made.Secret, Token: made.Token}, nil
}

// setUpAttribute declares an attribute of the link's connection that was seen.
func (r *Resolver) setUpAttribute(ctx context.Context, id uuid.UUID) (*SetUpAttributePayload, error) {
	conn, err := setUpOf(ctx)
	if err != nil {
		return nil, err
	}
	p := new(SetUpAttributePayload)
	err = r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Attribute.Query().Where(attribute.ID(id), attribute.ConnectionID(conn)).Only(ctx)
		if ent.IsNotFound(err) {
			return fault.New(fault.NotFound, "there is no such attribute").Because(err)
		}
		if p.Attribute = a; err != nil || a.Declared {
			return err
		}
		p.Attribute, err = r.directory.DeclareAttributeOf(ctx, tx, conn, a.Resource, a.Urn+":"+a.Name, string(a.Kind), a.Multi)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// progressOf is the connection whose progress is asked for: that of the set-up
// link, or the one that is named.
func (r *Resolver) progressOf(ctx context.Context, named *uuid.UUID) (uuid.UUID, error) {
	if !requestOf(ctx).grant.IsSetUp() {
		if named == nil {
			return uuid.Nil, fault.New(fault.Invalid, "say which connection").On("connection_id")
		}
		return *named, r.mustHaveConnection(ctx, named)
	}
	id, err := setUpOf(ctx)
	if err == nil && named != nil && *named != id {
		err = fault.New(fault.NotFound, "there is no such connection").On("connection_id")
	}
	return id, err
}

// setUpProgress follows the log for what a set-up wants to know.
func (r *Resolver) setUpProgress(ctx context.Context, named *uuid.UUID) (<-chan *SetUpProgress, error) {
	id, err := r.progressOf(ctx, named)
	if err != nil {
		return nil, err
	}
	f := &logFollower{Resolver: r, shown: map[uuid.UUID]bool{}, moved: time.Now(), where: heardFor(id)}
	if err := f.start(ctx); err != nil {
		return nil, err
	}
	h := &hearing{}
	recent, err := f.recent(ctx)
	if err != nil {
		return nil, err
	}
	standing, err := r.standing(ctx, id)
	if err != nil {
		return nil, err
	}
	h.add(append(recent, standing...)...)
	var told string
	return follow(ctx, r, func(ctx context.Context) ([]*SetUpProgress, bool, error) {
		rows, more, err := f.look(ctx)
		if err != nil || more {
			h.add(rows...)
			return nil, more, err
		}
		h.add(rows...)
		p := h.progress()
		if text := textOf(p); text != told {
			told = text
			return []*SetUpProgress{p}, false, nil
		}
		return nil, false, nil
	}), nil
}
