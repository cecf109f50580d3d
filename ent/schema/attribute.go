package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Attribute is a custom SCIM attribute of one connection: declared by an
// administrator, or only seen in what the client sends.
type Attribute struct{ ent.Schema }

// Mixin of Attribute.
func (Attribute) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Attribute.
func (Attribute) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Immutable(),
		field.String("resource").Default("User").Immutable().Comment("User or Group"),
		field.String("urn").Immutable(),
		field.String("name").Immutable(),
		field.String("path_key").Immutable().Comment("resource, URN and name, folded"),
		field.Enum("kind").Values("string", "boolean", "integer", "decimal", "dateTime", "reference").Default("string"),
		field.Bool("multi").Default(false),
		field.Bool("declared").Default(false),
	}
}

// Indexes of Attribute.
func (Attribute) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "connection_id", "path_key").Unique()}
}
