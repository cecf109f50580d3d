package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// PendingLink is an account at an identity provider that signed in well there and
// was let in nowhere: an administrator decides whose it is.
type PendingLink struct{ ent.Schema }

// Mixin of PendingLink.
func (PendingLink) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of PendingLink.
func (PendingLink) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Immutable(),
		field.String("issuer").Immutable(),
		field.String("tenant").Default("").Immutable(),
		field.String("subject").Immutable(),
		field.String("name").Optional().Comment("as the provider wrote it"),
		field.String("email").Optional().Comment("as the provider wrote it"),
		field.UUID("candidate_id", uuid.UUID{}).Optional().Nillable().Comment("who it may be"),
		field.String("reason").Comment("why it was not linked"),
		field.Int("attempts").Default(1),
		field.Time("last_at"),
		field.Enum("status").Values("WAITING", "REFUSED").Default("WAITING"),
	}
}

// Indexes of PendingLink.
func (PendingLink) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("org_id", "connection_id", "issuer", "tenant", "subject").Unique(),
		index.Fields("org_id", "status", "id"),
	}
}
