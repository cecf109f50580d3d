package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// SignOn is how people sign in through one connection. It is independent of the
// connection's SCIM side: either works without the other.
type SignOn struct{ ent.Schema }

// SignOnSettings are the choices of one SignOn. Which of them count depends on its
// protocol.
type SignOnSettings struct {
	// Authority is the host of Entra's sign-in service, of a closed list; "" for
	// providers that are named by their issuer.
	Authority string `json:"authority,omitempty"`
	// Tenant is the directory (tenant) id of Entra, a GUID.
	Tenant string `json:"tenant,omitempty"`
	// Issuer is the OIDC issuer, exactly as the provider writes it.
	Issuer   string `json:"issuer,omitempty"`
	ClientID string `json:"client_id,omitempty"`
	// Hybrid asks for "code id_token", answered by form_post.
	Hybrid bool `json:"hybrid,omitempty"`
	// KeyCredential makes the client prove itself by a signed assertion
	// (private_key_jwt, RFC 7523 §2.2) instead of by a secret.
	KeyCredential bool `json:"key_credential,omitempty"`

	// EntityID, SignInURL and SignOutURL are those of the SAML provider.
	EntityID   string `json:"entity_id,omitempty"`
	SignInURL  string `json:"sign_in_url,omitempty"`
	SignOutURL string `json:"sign_out_url,omitempty"`
	// SignOutAnswerURL is where answers to the provider's own requests go; "" means
	// SignOutURL. SignOutPost sends both as forms.
	SignOutAnswerURL string `json:"sign_out_answer_url,omitempty"`
	SignOutPost      bool   `json:"sign_out_post,omitempty"`
	// Certificates are the pinned ones of the SAML provider, in PEM, at most three.
	Certificates []string `json:"certificates,omitempty"`
	MetadataURL  string   `json:"metadata_url,omitempty"`
	// ProviderInitiated lets a person begin at the SAML provider.
	ProviderInitiated bool `json:"provider_initiated,omitempty"`
	// LegacySHA1 accepts SHA-1 signatures of the SAML provider.
	LegacySHA1 bool `json:"legacy_sha1,omitempty"`

	// Vouched says that an owner has set this up as it stands. Only then does it let
	// people in who may do more than learn, and give roles: whoever sets up a provider
	// could be anybody who signs in there.
	Vouched bool `json:"vouched,omitempty"`

	// SubjectClaim is the claim or SAML attribute that never changes and that is
	// compared with externalId: "" for oid (Entra), sub (OIDC), NameID (SAML).
	SubjectClaim string `json:"subject_claim,omitempty"`
	// Create makes a person at the first sign-in who isn't here.
	Create bool `json:"create,omitempty"`
	// LinkUntil ends the time in which a first sign-in links by user name or
	// e-mail address, within proved domains.
	LinkUntil *time.Time `json:"link_until,omitempty"`
	// Roles give roles at sign-in; the first that fits counts.
	Roles []RoleRule `json:"roles,omitempty"`
}

// RoleRule gives a role to who is in a group, or has a claim with a value.
type RoleRule struct {
	Group uuid.UUID `json:"group,omitzero"`
	Claim string    `json:"claim,omitempty"`
	Value string    `json:"value,omitempty"`
	Role  string    `json:"role"`
}

// SignOnSecret is something secret that a SignOn needs, sealed with the
// installation's key.
type SignOnSecret struct {
	ID uuid.UUID `json:"id"`
	// Use is client_secret or signing_key.
	Use       string     `json:"use"`
	Sealed    string     `json:"sealed"`
	Hint      string     `json:"hint,omitempty"`   // its last characters
	Public    string     `json:"public,omitempty"` // certificate of a key, in PEM
	AddedAt   time.Time  `json:"added_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"` // as the administrator said
	WorkedAt  *time.Time `json:"worked_at,omitempty"`  // when the provider last took it, to the hour
	RefusedAt *time.Time `json:"refused_at,omitempty"` // when the provider last refused it
	Warned    int        `json:"warned,omitempty"`     // how many of the warnings before its end were given
}

// Mixin of SignOn.
func (SignOn) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}, versioned{}} }

// Fields of SignOn.
func (SignOn) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Immutable(),
		field.Enum("protocol").Values("OIDC", "SAML").Immutable(),
		field.Bool("enabled").Default(false),
		field.JSON("settings", SignOnSettings{}),
		field.JSON("secrets", []SignOnSecret{}).Optional().Sensitive(),
		field.JSON("warned", map[string]int{}).Optional().Comment("how many warnings before its end were given of a pinned certificate, by its SHA-256 in hex"),
	}
}

// Indexes of SignOn.
func (SignOn) Indexes() []ent.Index {
	return []ent.Index{index.Fields("connection_id").Unique(), index.Fields("org_id", "connection_id")}
}
