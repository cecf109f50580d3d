package store

import (
	"database/sql"
	"errors"
	"strings"

	"github.com/lib/pq"
	"modernc.org/sqlite"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/fault"
)

// uniqueColumns are the columns of unique indexes and the fields that they stand
// for. The first whose name is in the constraint's text wins.
var uniqueColumns = []struct{ column, field, message string }{
	{"user_name_key", "user_name", "this user name is in use"},
	{"display_name_key", "display_name", "this name is in use"},
	{"name_key", "name", "this name is in use"},
	{"path_key", "name", "this attribute is known already"},
	{"slug", "slug", "this slug is in use"},
	{"name", "name", "this name is in use"},
	{"proved", "name", "another organization of this installation has proved that this domain is its own"},
}

// translate turns what ent and the drivers return into faults. Other errors
// pass as they are.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if ent.IsNotFound(err) || errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "there is no such resource").Because(err)
	}
	if v, ok := errors.AsType[*ent.ValidationError](err); ok {
		return fault.New(fault.Invalid, "a value is missing or not allowed").On(v.Name).Because(err)
	}
	if text, ok := uniqueViolation(err); ok {
		for _, u := range uniqueColumns {
			if strings.Contains(text, u.column) {
				return fault.New(fault.Conflict, "%s", u.message).On(u.field).Because(err)
			}
		}
		return fault.New(fault.Conflict, "this exists already").Because(err)
	}
	if danglingReference(err) {
		return fault.New(fault.Conflict, "something that it refers to was removed at the same time; try again").Because(err)
	}
	return err
}

// danglingReference says whether a row referred to one that somebody else has
// removed since it was looked up.
func danglingReference(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code == "23503"
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == 787 // SQLITE_CONSTRAINT_FOREIGNKEY
}

// uniqueViolation returns the driver's text that names the index or its columns.
func uniqueViolation(err error) (string, bool) {
	if e, ok := errors.AsType[*pq.Error](err); ok && e.Code == "23505" {
		return e.Constraint, true
	}
	// 2067 SQLITE_CONSTRAINT_UNIQUE, 1555 SQLITE_CONSTRAINT_PRIMARYKEY
	if e, ok := errors.AsType[*sqlite.Error](err); ok && (e.Code() == 2067 || e.Code() == 1555) {
		return e.Error(), true
	}
	return "", false
}

// retryable says whether the same transaction may succeed when it is run again.
func retryable(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && (e.Code == "40001" || e.Code == "40P01") || danglingReference(err) || isStale(err)
}
