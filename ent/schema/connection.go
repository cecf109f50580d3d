package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Connection is one link to an identity provider. An organization can have several.
type Connection struct{ ent.Schema }

// What a connection does when a person it sends is here already as a local one.
const (
	LocalLink   = "LINK"   // the local person becomes the connection's
	LocalAsk    = "ASK"    // refused until an administrator approves
	LocalRefuse = "REFUSE" // refused
)

// ConnectionSettings are the SCIM choices of one connection.
type ConnectionSettings struct {
	// Groups says whether the client may provision groups.
	Groups bool `json:"groups"`
	// Match is the order in which a new person is looked for among the people
	// that are here: externalId, userName, email, employeeNumber.
	Match []string `json:"match"`
	// Local is what happens when the match is a local person: LINK, ASK or REFUSE.
	Local string `json:"local"`
	// Revive makes a POST that meets its own deactivated person bring that
	// person back under the same id; without it the answer is 409.
	Revive bool `json:"revive"`
	// Domains are the e-mail domains that the connection may provision; empty: all.
	Domains []string `json:"domains,omitempty"`
}

// DefaultConnectionSettings are the settings of a new connection.
func DefaultConnectionSettings() ConnectionSettings {
	return ConnectionSettings{Groups: true, Match: []string{"externalId", "userName", "email"}, Local: LocalLink}
}

// Mixin of Connection.
func (Connection) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}, versioned{}} }

// Fields of Connection.
func (Connection) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.Enum("kind").Values("ENTRA", "OKTA", "ONELOGIN", "JUMPCLOUD", "GOOGLE", "GENERIC"),
		field.Bool("enabled").Default(true),
		field.JSON("settings", ConnectionSettings{}),
		field.JSON("warned", map[string]int{}).Optional().Comment("how many warnings before its end were given of its last SCIM credential, by the time of that end"),
	}
}

// Indexes of Connection.
func (Connection) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "name").Unique()}
}
