package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Organization is one customer. Nothing crosses it.
type Organization struct{ ent.Schema }

// OrganizationSettings are the choices of one customer.
type OrganizationSettings struct {
	// LogDays is how long provisioning log rows are kept, in days.
	LogDays int `json:"log_days,omitempty"`
}

// Mixin of Organization.
func (Organization) Mixin() []ent.Mixin { return []ent.Mixin{key{}, versioned{}} }

// Fields of Organization.
func (Organization) Fields() []ent.Field {
	return []ent.Field{
		field.String("slug").Unique().Immutable(),
		field.String("name"),
		field.JSON("settings", OrganizationSettings{}).Default(OrganizationSettings{LogDays: 90}),
		field.Time("suspended_at").Optional().Nillable(),
	}
}
