package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// ProvisioningLog is one SCIM request: what came, what was answered, what it
// changed and why it failed. Its id is the reference that error answers name.
type ProvisioningLog struct{ ent.Schema }

// Change is one attribute that a request changed, in the client's words.
type Change struct {
	Attribute string `json:"attribute"`
	Old       any    `json:"old,omitempty"`
	New       any    `json:"new,omitempty"`
}

// Mixin of ProvisioningLog.
func (ProvisioningLog) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of ProvisioningLog.
func (ProvisioningLog) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Optional().Nillable().Immutable(),
		field.UUID("token_id", uuid.UUID{}).Optional().Nillable().Immutable(),
		field.UUID("cycle_id", uuid.UUID{}).Optional().Nillable().Immutable().Comment("the first request of the client's cycle"),
		field.UUID("target_id", uuid.UUID{}).Optional().Nillable().Immutable(),
		field.String("client").Optional().Immutable(),
		field.String("activity").Optional().Immutable().Comment("the client's own correlation id"),
		field.String("address").Optional().Immutable(),
		field.String("method").Immutable(),
		field.String("path").Immutable(),
		field.String("operation").Immutable().Comment("in words, with the person's or group's name"),
		field.Int("status").Immutable(),
		field.String("scim_type").Optional().Immutable(),
		field.String("detail").Optional().Immutable(),
		field.Strings("warnings").Optional().Immutable(),
		field.Int("duration_us").Immutable().Comment("microseconds"),
		field.JSON("changes", []Change{}).Optional().Immutable(),
		field.JSON("events", []uuid.UUID{}).Optional().Immutable(),
		field.String("request_body").Optional().Immutable().Comment("redacted, cut at 16 kB"),
		field.String("response_body").Optional().Immutable().Comment("of refusals; redacted, cut at 16 kB"),
	}
}

// Indexes of ProvisioningLog.
func (ProvisioningLog) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("org_id", "id"),
		index.Fields("org_id", "target_id", "id"),
		// Failures are few and looked for often.
		index.Fields("org_id", "connection_id", "id").StorageKey("failed_requests").
			Annotations(entsql.IndexWhere("status >= 400")),
	}
}
