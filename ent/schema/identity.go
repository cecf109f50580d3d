package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Identity ties a person to an account at an identity provider, by what never
// changes there: issuer, tenant and subject, within one connection. Names and
// addresses are for display and find nobody.
type Identity struct{ ent.Schema }

// Mixin of Identity.
func (Identity) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Identity.
func (Identity) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Immutable(),
		field.UUID("user_id", uuid.UUID{}).Immutable(),
		field.String("issuer").Immutable(),
		field.String("tenant").Default("").Immutable(),
		field.String("subject").Immutable(),
		field.String("how").Immutable().Comment("why it was linked: external_id, name, approved, approved_by_owner, created"),
		field.String("name").Optional().Comment("as the provider last wrote it"),
		field.String("email").Optional().Comment("as the provider last wrote it"),
		field.JSON("fits", []RoleRule{}).Optional().Comment("the rules for roles that fitted when they were last asked; the first gave the role"),
		field.Time("last_used_at").Optional().Nillable(),
	}
}

// Indexes of Identity.
func (Identity) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("org_id", "connection_id", "issuer", "tenant", "subject").Unique(),
		index.Fields("org_id", "user_id"),
	}
}
