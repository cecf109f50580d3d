package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Session is a signed-in browser. Only the SHA-256 of its secret is kept. A
// session that has ended has no row; its Events remain.
type Session struct{ ent.Schema }

// Mixin of Session.
func (Session) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Session.
func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", uuid.UUID{}).Immutable(),
		field.Bytes("hash").Unique().Immutable().Sensitive(),
		field.Enum("method").Values("LINK", "PASSKEY", "OIDC", "SAML").Immutable().Comment("how the person signed in"),
		field.UUID("connection_id", uuid.UUID{}).Optional().Nillable().Immutable().Comment("through which the person signed in"),
		field.UUID("identity_id", uuid.UUID{}).Optional().Nillable().Immutable(),
		field.String("provider_session").Optional().Immutable().Comment("sid (OIDC) or SessionIndex (SAML)"),
		field.String("logout_hint").Optional().Immutable().Sensitive().Comment("which account the provider signs out"),
		field.String("logout_format").Optional().Immutable().Comment("Format of the NameID (SAML) in logout_hint"),
		field.String("id_token").Optional().Immutable().Sensitive().Comment("sealed: OpenID providers want it back for signing out"),
		field.String("address").Optional().Immutable().Comment("network address"),
		field.String("agent").Optional().Immutable().Comment("the browser, as it names itself"),
		field.Time("seen_at").Comment("last request, to the minute"),
		field.Time("expires_at").Immutable().Comment("ends then, however busy"),
	}
}

// Indexes of Session.
func (Session) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("org_id", "user_id"),
		index.Fields("connection_id", "provider_session").Annotations(entsql.IndexWhere("connection_id IS NOT NULL")),
	}
}
