package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Domain is an e-mail domain that an organization says is its own. Until a DNS
// record has proved it, it counts for nothing.
type Domain struct{ ent.Schema }

// Mixin of Domain.
func (Domain) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Domain.
func (Domain) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Immutable().Comment("in its ASCII form, lower case"),
		field.String("challenge").Immutable().Comment("what the TXT record has to say"),
		field.UUID("connection_id", uuid.UUID{}).Optional().Nillable().Comment("where its people sign in"),
		field.Time("verified_at").Optional().Nillable(),
		field.Time("checked_at").Optional().Nillable().Comment("when DNS last answered for it, once it was proved"),
		field.Time("missing_at").Optional().Nillable().Comment("when a proved domain was first found without its record"),
		field.String("proved").Optional().Nillable().Unique().Comment("the name once it is proved: one organization has it"),
	}
}

// Indexes of Domain.
func (Domain) Indexes() []ent.Index { return []ent.Index{index.Fields("org_id", "name").Unique()} }
