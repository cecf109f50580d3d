package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// User is a person: provisioned (connection_id is set) or local. A deleted
// person stays as a tombstone, without a claim on its user name.
type User struct{ ent.Schema }

// Mixin of User.
func (User) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}, versioned{}} }

// Fields of User. What is shown, filtered or ruled on has a column, as it was
// sent; the rest of what SCIM can carry is in attributes.
func (User) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Optional().Nillable(),
		field.Enum("role").Values("OWNER", "ADMIN", "AUDITOR", "LEARNER").Default("LEARNER"),
		field.Bool("active").Default(true),
		field.String("user_name"),
		field.String("user_name_key").Comment("user_name, folded"),
		field.String("external_id").Optional().Nillable(),
		field.String("display_name").Optional().Nillable(),
		field.String("display_name_key").Optional().Nillable(),
		field.String("formatted_name").Optional().Nillable(),
		field.String("given_name").Optional().Nillable(),
		field.String("family_name").Optional().Nillable(),
		field.String("title").Optional().Nillable(),
		field.String("department_name").Optional().Nillable().Comment("as sent; department_id is the Department it means"),
		field.UUID("department_id", uuid.UUID{}).Optional().Nillable(),
		field.String("manager_value").Optional().Nillable().Comment("as sent: an id, externalId, userName or employee number"),
		field.String("manager_key").Optional().Nillable(),
		field.UUID("manager_id", uuid.UUID{}).Optional().Nillable(),
		field.String("employee_number").Optional().Nillable(),
		field.String("cost_center").Optional().Nillable(),
		field.String("division").Optional().Nillable(),
		field.String("company").Optional().Nillable(),
		field.String("user_type").Optional().Nillable(),
		field.String("preferred_language").Optional().Nillable(),
		field.String("locale").Optional().Nillable(),
		field.String("timezone").Optional().Nillable(),
		field.String("email").Optional().Nillable().Comment("the primary e-mail address, as sent"),
		field.JSON("attributes", Document{}).Optional().Comment("everything else that SCIM can carry, kept as sent"),
		field.JSON("folded", Document{}).Optional().Comment("texts of the columns and of attributes, folded: what filters compare with"),
		field.UUID("link_asked_by", uuid.UUID{}).Optional().Nillable().Comment("the connection that asked to take over this local person"),
		field.Bool("link_approved").Default(false),
		field.Time("deleted_at").Optional().Nillable(),
	}
}

// Edges of User.
func (User) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("reports", User.Type).From("manager").Field("manager_id").Unique(),
		edge.From("department", Department.Type).Ref("users").Field("department_id").Unique(),
		edge.To("emails", Email.Type),
		edge.From("groups", Group.Type).Ref("users").Through("memberships", Membership.Type),
	}
}

// Indexes of User.
func (User) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("org_id", "user_name_key").Unique().Annotations(entsql.IndexWhere("deleted_at IS NULL")),
		index.Fields("org_id", "connection_id", "id"),
		// For lists of the whole organization, which alone say that there is a role:
		// SQLite would take it for whatever is ordered by id. (It sees through what is
		// true by the schema, such as active IS NOT NULL.)
		index.Fields("org_id", "id").StorageKey("user_of_organization").
			Annotations(entsql.IndexWhere("deleted_at IS NULL AND role <> ''")),
		// Partial, so that a plan for people without the value can't walk them.
		index.Fields("org_id", "external_id").Annotations(entsql.IndexWhere("external_id IS NOT NULL")),
		index.Fields("org_id", "display_name_key", "id").Annotations(entsql.IndexWhere("display_name_key IS NOT NULL")),
		index.Fields("org_id", "id").StorageKey("user_without_display_name").
			Annotations(entsql.IndexWhere("display_name_key IS NULL")),
		index.Fields("org_id", "employee_number").Annotations(entsql.IndexWhere("employee_number IS NOT NULL")),
		// Begins with the department, so that removing one finds its people; holds
		// all that counting them takes.
		index.Fields("department_id", "deleted_at", "id").Annotations(entsql.IndexWhere("department_id IS NOT NULL")),
		// Without org_id: the foreign key looks for reports whenever a row is deleted.
		index.Fields("manager_id").Annotations(entsql.IndexWhere("manager_id IS NOT NULL")),
		index.Fields("org_id", "manager_key").StorageKey("user_waiting_for_manager").
			Annotations(entsql.IndexWhere("manager_id IS NULL AND manager_key IS NOT NULL")),
	}
}
