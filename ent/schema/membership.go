package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Membership is one person in one group.
type Membership struct{ ent.Schema }

// Annotations of Membership: the pair is the primary key.
func (Membership) Annotations() []schema.Annotation {
	return []schema.Annotation{field.ID("group_id", "user_id")}
}

// Mixin of Membership.
func (Membership) Mixin() []ent.Mixin { return []ent.Mixin{tenant{}} }

// Fields of Membership.
func (Membership) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("group_id", uuid.UUID{}).Immutable(),
		field.UUID("user_id", uuid.UUID{}).Immutable(),
		field.Time("created_at").Immutable(),
	}
}

// Edges of Membership.
func (Membership) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("group", Group.Type).Field("group_id").Unique().Required().Immutable(),
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable(),
	}
}

// Indexes of Membership.
func (Membership) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id")} }
