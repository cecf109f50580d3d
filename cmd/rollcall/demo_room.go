package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// demoRoom is the organization of the demonstration.
type demoRoom struct {
	secret   string
	owner    uuid.UUID
	people   int  // provisioned earlier
	complete bool // the tenant has come to its end
}

// furnishDemo makes what is missing of the demonstration's organization, and a
// new token in place of the one that an earlier start has printed.
func (d *desk) furnishDemo(ctx context.Context) (*demoRoom, error) {
	_, err := d.directory.Organization(ctx, demoSlug)
	if fault.CodeOf(err) == fault.NotFound {
		_, _, err = d.directory.CreateOrganization(ctx, demoSlug, demoName)
	}
	if err != nil {
		return nil, err
	}
	ctx, conn, err := d.at(ctx, demoSlug, "default")
	if err != nil {
		return nil, err
	}
	room := &demoRoom{}
	err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		owner, err := d.demoOwner(ctx, tx)
		if err != nil {
			return err
		}
		room.owner = owner.ID
		if err := d.revokeNamed(ctx, tx, conn, demoToken); err != nil {
			return err
		}
		room.secret, _, err = d.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: conn.ID, Name: demoToken})
		return err
	})
	if err != nil {
		return nil, err
	}
	room.people, err = d.store.Read().User.Query().Where(user.ConnectionID(conn.ID), user.DeletedAtIsNil()).Count(ctx)
	if err != nil {
		return nil, err
	}
	// A deleted group is the last thing that the tenant leaves behind.
	room.complete, err = d.store.Read().Group.Query().Where(group.ConnectionID(conn.ID), group.DeletedAtNotNil()).Exist(ctx)
	return room, err
}

// demoOwner finds or makes the administrator.
func (d *desk) demoOwner(ctx context.Context, tx *store.Tx) (*ent.User, error) {
	u, err := tx.User.Query().Where(user.UserNameKey(store.Fold(demoOwner)), user.DeletedAtIsNil()).Only(ctx)
	if !ent.IsNotFound(err) {
		return u, err
	}
	return d.directory.CreateLocal(ctx, tx, directory.Local{UserName: demoOwner, DisplayName: "Ada Lovelace", Email: demoOwner, Role: user.RoleOWNER})
}

// demoLink makes the link with which the administrator signs in.
func (d *desk) demoLink(ctx context.Context, owner uuid.UUID) (secret string, err error) {
	ctx, _, err = d.in(ctx, demoSlug)
	if err != nil {
		return "", err
	}
	err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		secret, _, err = d.access.CreateLink(ctx, tx, owner)
		return err
	})
	return secret, err
}

func (d *desk) revokeNamed(ctx context.Context, tx *store.Tx, conn *ent.Connection, name string) error {
	ids, err := tx.Token.Query().Where(token.ConnectionID(conn.ID), token.Name(name), token.RevokedAtIsNil()).IDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := d.access.RevokeToken(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// deleteDemo deletes the database of an earlier demonstration: a SQLite file in
// which there is no other organization.
func (p *program) deleteDemo(ctx context.Context) error {
	file, err := store.FileOf(p.env.databaseURL())
	if err != nil {
		return err
	}
	if file == "" {
		return errors.New("--fresh deletes SQLite files only: give the demo an empty PostgreSQL database instead")
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err = p.atDesk(ctx, func(d *desk) error {
		others, err := d.store.Read().Organization.Query().Where(organization.SlugNEQ(demoSlug), organization.RehearsalOfIsNil()).
			Exist(store.AcrossOrganizations(ctx))
		if err == nil && others {
			err = fmt.Errorf("%s holds more than the demo and is left as it is: choose another file with %s", file, settingDatabase)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
