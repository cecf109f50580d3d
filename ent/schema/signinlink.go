package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// SignInLink lets one person sign in once. Only the SHA-256 of its secret is kept.
type SignInLink struct{ ent.Schema }

// Mixin of SignInLink.
func (SignInLink) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of SignInLink.
func (SignInLink) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", uuid.UUID{}).Immutable(),
		field.Bytes("hash").Unique().Immutable().Sensitive(),
		field.Time("expires_at").Immutable(),
		field.Time("used_at").Optional().Nillable(),
	}
}

// Indexes of SignInLink.
func (SignInLink) Indexes() []ent.Index { return []ent.Index{index.Fields("org_id", "user_id")} }
