package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"
)

// Organization is one customer. Nothing crosses it.
type Organization struct{ ent.Schema }

// OrganizationSettings are the choices of one customer.
type OrganizationSettings struct {
	// LogDays is how long provisioning log rows are kept, in days.
	LogDays int `json:"log_days,omitempty"`
	// DeletedDays is how long a deleted person can be restored, in days.
	DeletedDays int `json:"deleted_days,omitempty"`
	// SessionIdle and SessionAge are how long a session lasts without a request,
	// and at all, in minutes; the Admin ones are for those who may change things.
	SessionIdle      int `json:"session_idle,omitempty"`
	SessionAge       int `json:"session_age,omitempty"`
	AdminSessionIdle int `json:"admin_session_idle,omitempty"`
	AdminSessionAge  int `json:"admin_session_age,omitempty"`
	// TimeZone is the IANA name of the zone in which people are shown exact times.
	TimeZone string `json:"time_zone,omitempty"`
	// RequireSSO refuses links and passkeys, but for the owners in BreakGlass.
	RequireSSO bool `json:"require_sso,omitempty"`
	// BreakGlass are owners who may always sign in by link and passkey.
	BreakGlass []uuid.UUID `json:"break_glass,omitempty"`
}

// DefaultOrganizationSettings are the settings of a new organization; a setting
// that is 0 or empty means its default too.
func DefaultOrganizationSettings() OrganizationSettings {
	return OrganizationSettings{
		LogDays: 90, DeletedDays: 30,
		SessionIdle: 12 * 60, SessionAge: 7 * 24 * 60, AdminSessionIdle: 60, AdminSessionAge: 12 * 60,
		TimeZone: "UTC",
	}
}

// Mixin of Organization.
func (Organization) Mixin() []ent.Mixin { return []ent.Mixin{key{}, versioned{}} }

// Fields of Organization.
func (Organization) Fields() []ent.Field {
	return []ent.Field{
		field.String("slug").Unique().Immutable(),
		field.String("name"),
		field.JSON("settings", OrganizationSettings{}).Default(DefaultOrganizationSettings()),
		field.Time("suspended_at").Optional().Nillable(),
		field.UUID("rehearsal_of", uuid.UUID{}).Optional().Nillable().Immutable().Comment("the organization whose rehearsal is played here; no customer"),
		field.Time("purge_at").Optional().Nillable().Comment("when it is deleted for good, with everything in it"),
	}
}
