package scim

import (
	"context"
	"errors"

	"entgo.io/ent/dialect/sql"

	entattribute "github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/internal/fault"
)

// UserFilter compiles a filter (RFC 7644 §3.4.2.2) into a condition on the table
// users, with the attributes that any connection of the actor's organization has
// declared: other doors offer the same filters as this one. Whose people are
// looked through is the caller's affair. Errors: fault.Invalid on filter.
func (s *Server) UserFilter(ctx context.Context, text string) (func(*sql.Builder), error) {
	declared, err := s.store.Read().Attribute.Query().Where(entattribute.Declared(true)).Order(entattribute.ByID()).All(ctx)
	if err != nil {
		return nil, err
	}
	c := newCompiler(userType(customSchemas("User", declared)...), userTable, s.publicURL)
	parsed, err := c.filter(text)
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		return nil, fault.New(fault.Invalid, "%s", refused.detail).On("filter")
	}
	if err != nil {
		return nil, err
	}
	if parsed == nil {
		return func(b *sql.Builder) { b.WriteString("1 = 1") }, nil
	}
	return c.predicate(parsed), nil
}
