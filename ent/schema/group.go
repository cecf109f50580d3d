package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Group is a directory group; its members are Membership rows.
type Group struct{ ent.Schema }

// Mixin of Group.
func (Group) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}, versioned{}} }

// Fields of Group.
func (Group) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Optional().Nillable(),
		field.String("display_name"),
		field.String("display_name_key").Comment("display_name, folded"),
		field.String("external_id").Optional().Nillable(),
		field.JSON("attributes", Document{}).Optional(),
		field.JSON("folded", Document{}).Optional(),
		field.Bool("gives_role").Default(false).Comment("a rule for roles names it, or has named it"),
		field.Time("deleted_at").Optional().Nillable(),
	}
}

// Edges of Group.
func (Group) Edges() []ent.Edge {
	return []ent.Edge{edge.To("users", User.Type).Through("memberships", Membership.Type)}
}

// Indexes of Group.
func (Group) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("org_id", "connection_id", "display_name_key").Unique().
			Annotations(entsql.IndexWhere("deleted_at IS NULL")),
		// Connections differ in NULL, so local groups need a rule of their own.
		index.Fields("org_id", "display_name_key").Unique().
			Annotations(entsql.IndexWhere("connection_id IS NULL AND deleted_at IS NULL")),
		index.Fields("org_id", "display_name_key", "id").Annotations(entsql.IndexWhere("deleted_at IS NULL")),
		index.Fields("org_id", "external_id"),
	}
}
