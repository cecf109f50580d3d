package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Event is one thing that happened to an entity, whoever did it. Rows are only
// ever added: they are the audit trail, the integrators' feed and the source of
// webhooks.
type Event struct{ ent.Schema }

// EventData is what an event says of its entity.
type EventData struct {
	Before  map[string]any `json:"before,omitempty"`
	After   map[string]any `json:"after,omitempty"`
	Added   []uuid.UUID    `json:"added,omitempty"`
	Removed []uuid.UUID    `json:"removed,omitempty"`
}

// Mixin of Event.
func (Event) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Event.
func (Event) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("position").Immutable().Comment("order of the feed: the writing transaction on PostgreSQL, a counter on SQLite"),
		field.String("kind").Immutable().Comment("entity.verb, as in user.deactivated"),
		field.String("entity").Immutable(),
		field.UUID("entity_id", uuid.UUID{}).Immutable(),
		field.String("actor").Immutable().Comment("token, system …"),
		field.UUID("actor_id", uuid.UUID{}).Optional().Nillable().Immutable(),
		field.UUID("correlation_id", uuid.UUID{}).Optional().Nillable().Immutable().Comment("the ProvisioningLog row of the request"),
		field.JSON("data", EventData{}).Immutable(),
	}
}

// Indexes of Event.
func (Event) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("org_id", "position", "id"),
		index.Fields("org_id", "entity_id", "id"),
		// For the audit trail: what one did, and what one request did.
		index.Fields("org_id", "actor_id", "position", "id").StorageKey("event_of_actor").
			Annotations(entsql.IndexWhere("actor_id IS NOT NULL")),
		index.Fields("org_id", "correlation_id", "position", "id").StorageKey("event_of_request").
			Annotations(entsql.IndexWhere("correlation_id IS NOT NULL")),
	}
}
