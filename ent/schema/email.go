package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Email is one e-mail address of a person. The rows are what filters and
// matching use; how the client wrote the list is kept in User.attributes.
type Email struct{ ent.Schema }

// Mixin of Email.
func (Email) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Email.
func (Email) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", uuid.UUID{}).Immutable(),
		field.String("value").Immutable(),
		field.String("value_key").Immutable().Comment("value, folded"),
		field.String("kind").Optional().Nillable().Immutable().Comment("SCIM's type: work, home, other …"),
		field.String("kind_key").Optional().Nillable().Immutable(),
		field.Bool("primary").Default(false).Immutable(),
	}
}

// Edges of Email.
func (Email) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("emails").Field("user_id").Unique().Required().Immutable()}
}

// Indexes of Email.
func (Email) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "value_key"), index.Fields("user_id")}
}
