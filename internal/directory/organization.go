package directory

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // a server need not have the list of zones

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

var slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// NewOrganization is an organization to be made, with its first connection.
type NewOrganization struct {
	ID         uuid.UUID // for which the actor works already
	Slug, Name string
	Kind       connection.Kind // of the connection, which is named default
}

// CreateOrganization makes an organization with one connection, named default
// and of kind ENTRA. Errors are those of AddOrganization.
func (d *Directory) CreateOrganization(ctx context.Context, slug, name string) (*ent.Organization, *ent.Connection, error) {
	n := NewOrganization{ID: schema.NewID(), Slug: slug, Name: name, Kind: connection.KindENTRA}
	var org *ent.Organization
	var conn *ent.Connection
	err := d.store.Write(actor.InOrg(ctx, n.ID), func(ctx context.Context, tx *store.Tx) (err error) {
		org, conn, err = d.AddOrganization(ctx, tx, n)
		return err
	})
	return org, conn, err
}

// AddOrganization makes an organization with its connection in a transaction in
// which more can be made for it. Errors: fault.Invalid for a slug that no URL
// should carry or a bad name, fault.Conflict when the slug is taken.
func (d *Directory) AddOrganization(ctx context.Context, tx *store.Tx, n NewOrganization) (*ent.Organization, *ent.Connection, error) {
	if !slugForm.MatchString(n.Slug) {
		return nil, nil, fault.New(fault.Invalid, "the slug %.80q can't stand in a URL: use 1 to 63 lower-case letters, digits and hyphens", n.Slug).On("slug")
	}
	name, err := checkOrganizationName(n.Name)
	if err != nil {
		return nil, nil, err
	}
	taken, err := tx.Organization.Query().Where(organization.Slug(n.Slug)).Exist(store.AcrossOrganizations(ctx))
	if err == nil && taken {
		err = fault.New(fault.Conflict, "there is an organization with the slug %q already", n.Slug).On("slug")
	}
	if err != nil {
		return nil, nil, err
	}
	org, err := tx.Organization.Create().SetID(n.ID).SetSlug(n.Slug).SetName(name).Save(ctx)
	if err != nil {
		return nil, nil, err
	}
	conn, err := d.CreateConnection(ctx, tx, "default", string(n.Kind), SettingsFor(n.Kind))
	return org, conn, err
}

// Organization returns the organization of that slug, fault.NotFound if there is none.
func (d *Directory) Organization(ctx context.Context, slug string) (*ent.Organization, error) {
	org, err := d.store.Read().Organization.Query().Where(organization.Slug(slug)).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no organization %q; make it with: rollcall org create --slug %s --name …", slug, slug)
	}
	if err != nil {
		return nil, fmt.Errorf("find organization %s: %w", slug, err)
	}
	return org, nil
}

// OrganizationChange is what to change about an organization; what is nil stays.
// Times are in days and minutes, as OrganizationSettings has them.
type OrganizationChange struct {
	Name                              *string
	LogDays, DeletedDays              *int
	SessionIdle, SessionAge           *int
	AdminSessionIdle, AdminSessionAge *int
	TimeZone                          *string
}

// UpdateOrganization changes the actor's organization. Nothing different means
// nothing written. Errors: fault.Invalid with the field at fault.
func (d *Directory) UpdateOrganization(ctx context.Context, tx *store.Tx, change OrganizationChange) (*ent.Organization, error) {
	org, err := lockOrganization(ctx, tx)
	if err != nil {
		return nil, err
	}
	update := tx.Organization.UpdateOne(org)
	if change.Name != nil {
		name, err := checkOrganizationName(*change.Name)
		if err != nil {
			return nil, err
		}
		if name != org.Name {
			update.SetName(name)
		}
	}
	settings := org.Settings
	for _, s := range []struct {
		field    string
		wanted   *int
		value    *int
		min, max int
	}{
		{"log_days", change.LogDays, &settings.LogDays, 1, 3650},
		{"deleted_days", change.DeletedDays, &settings.DeletedDays, 1, 3650},
		{"session_idle_minutes", change.SessionIdle, &settings.SessionIdle, 5, 43200},
		{"session_age_minutes", change.SessionAge, &settings.SessionAge, 5, 129600},
		{"admin_session_idle_minutes", change.AdminSessionIdle, &settings.AdminSessionIdle, 5, 1440},
		{"admin_session_age_minutes", change.AdminSessionAge, &settings.AdminSessionAge, 5, 10080},
	} {
		if s.wanted == nil {
			continue
		}
		if *s.wanted < s.min || *s.wanted > s.max {
			return nil, fault.New(fault.Invalid, "this is %d to %d, not %d", s.min, s.max, *s.wanted).On(s.field)
		}
		*s.value = *s.wanted
	}
	if change.TimeZone != nil {
		if settings.TimeZone, err = checkTimeZone(*change.TimeZone); err != nil {
			return nil, err
		}
	}
	if !reflect.DeepEqual(settings, org.Settings) {
		update.SetSettings(settings)
	}
	if len(update.Mutation().Fields()) == 0 {
		return org, nil
	}
	return update.Save(ctx)
}

const maxOrganizationName = 200 // characters

func checkOrganizationName(name string) (string, error) {
	name, err := checkName(organization.FieldName, name)
	if err == nil && len([]rune(name)) > maxOrganizationName {
		err = fault.New(fault.Invalid, "the name is longer than %d characters", maxOrganizationName).On(organization.FieldName)
	}
	return name, err
}

// zoneForm is the form of a time zone's name. EST and the like, which know no
// summer time, are left out, and so are the copies that some systems have under
// posix/ and right/, which browsers lack.
var zoneForm = regexp.MustCompile(`^(UTC|[A-Z][A-Za-z_]*(/[A-Z][A-Za-z0-9_+-]*)+)$`)

// checkTimeZone returns the name of a time zone, fault.Invalid when there is no
// such zone. Local is none: it is the server's affair, which nobody else sees.
func checkTimeZone(name string) (string, error) {
	name = strings.TrimSpace(name)
	if zoneForm.MatchString(name) {
		if _, err := time.LoadLocation(name); err == nil {
			return name, nil
		}
	}
	return "", fault.New(fault.Invalid, "there is no time zone %.80q: use UTC, or an area and a place such as Europe/Berlin", name).On("time_zone")
}

// lockOrganization takes the row of the actor's organization.
func lockOrganization(ctx context.Context, tx *store.Tx) (*ent.Organization, error) {
	org, err := tx.Organization.Query().Where(store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, errNoOrganization
	}
	return org, err
}

var errNoOrganization = fault.New(fault.NotFound, "there is no such organization")
