package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Department is a named part of the organization, made when the directory first
// names it.
type Department struct{ ent.Schema }

// Mixin of Department.
func (Department) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}, versioned{}} }

// Fields of Department.
func (Department) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.String("name_key").Comment("name, folded"),
	}
}

// Edges of Department.
func (Department) Edges() []ent.Edge { return []ent.Edge{edge.To("users", User.Type)} }

// Indexes of Department.
func (Department) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "name_key").Unique()}
}
