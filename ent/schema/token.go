package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Token is a credential. Only its SHA-256 is kept; it is shown once, when it is
// made. Tokens of the installation itself carry the nil organization.
type Token struct{ ent.Schema }

// Mixin of Token.
func (Token) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Token.
func (Token) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Optional().Nillable(),
		field.UUID("client_id", uuid.UUID{}).Optional().Nillable().Immutable().Comment("the ScimClient that it was given to"),
		field.UUID("user_id", uuid.UUID{}).Optional().Nillable().Immutable().Comment("whose personal token it is"),
		field.UUID("made_by", uuid.UUID{}).Optional().Nillable().Immutable().Comment("the user or token that made it"),
		field.Enum("kind").Values("scim", "api", "operator", "setup").Immutable(),
		field.String("name").Immutable(),
		field.Bytes("hash").Unique().Immutable().Sensitive(),
		field.String("hint").Immutable().Comment("prefix and last four characters"),
		field.Strings("scopes").Optional().Immutable(),
		field.Time("expires_at").Optional().Nillable(),
		field.Time("revoked_at").Optional().Nillable(),
		field.UUID("replaced_by", uuid.UUID{}).Optional().Nillable().Comment("the token that a rotation made"),
		field.Time("last_used_at").Optional().Nillable(),
		field.String("last_used_from").Optional().Nillable().Comment("network address"),
		field.String("last_used_by").Optional().Nillable().Comment("client"),
	}
}

// Indexes of Token.
func (Token) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "id"), index.Fields("user_id"),
		index.Fields("client_id").Annotations(entsql.IndexWhere("client_id IS NOT NULL"))}
}
