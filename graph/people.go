package graph

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// userRule is something that is done to one person.
type userRule func(ctx context.Context, tx *store.Tx, id uuid.UUID) error

// changeUser applies a rule to a person and answers the person as it is then.
func (r *Resolver) changeUser(ctx context.Context, id uuid.UUID, rule userRule) (*UserPayload, error) {
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return rule(ctx, tx, id) })
	if err != nil {
		return nil, err
	}
	u, err := r.findUser(ctx, id)
	if err == nil && u == nil {
		err = fault.New(fault.NotFound, "there is no such person any more")
	}
	return &UserPayload{User: u}, err
}

// createUser makes a local person.
func (r *Resolver) createUser(ctx context.Context, l directory.Local) (*UserPayload, error) {
	var id uuid.UUID
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := r.directory.CreateLocal(ctx, tx, l)
		if err == nil {
			id = u.ID
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	u, err := r.findUser(ctx, id)
	return &UserPayload{User: u}, err
}

// maxOwned is how many fields a connection can own: those of UpdateUserInput.
const maxOwned = 16

// ownedFields are the fields that can't be changed here.
func (r *Resolver) ownedFields(ctx context.Context, u *ent.User) ([]string, error) {
	columns, err := directory.Owned(ctx, r.store.Read(), u)
	fields := make([]string, len(columns))
	for i, c := range columns {
		fields[i] = camel(c)
	}
	return fields, err
}

// changeRole gives people a role. The session that asks goes on.
func (r *Resolver) changeRole(ctx context.Context, role user.Role) userRule {
	_, current := signedIn(ctx)
	return func(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
		return r.directory.ChangeRole(ctx, tx, id, role, current)
	}
}

// moveUsers puts people into a department, or into none.
func (r *Resolver) moveUsers(ctx context.Context, ids []uuid.UUID, to *uuid.UUID) (*BulkUserPayload, error) {
	if to != nil {
		here, err := r.store.Read().Department.Query().Where(department.ID(*to)).Exist(ctx)
		if err != nil || !here {
			return nil, cmp.Or(err, error(fault.New(fault.NotFound, "there is no such department").On("department_id")))
		}
	}
	return r.changeUsers(ctx, ids, func(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
		return r.directory.ChangePerson(ctx, tx, id, directory.Details{Department: reference(to)}, nil)
	})
}

// maxBulk is how many people one mutation can name.
const maxBulk = 1000

// changeUsers applies a rule to each person in a transaction of its own, for as
// long as bulkTime lasts: what was done is then told, and who was not reached.
func (r *Resolver) changeUsers(ctx context.Context, ids []uuid.UUID, rule userRule) (*BulkUserPayload, error) {
	if len(ids) > maxBulk {
		return nil, fault.New(fault.Invalid, "these are %d people; name at most %d at a time", len(ids), maxBulk).On("ids")
	}
	ids = missing(map[uuid.UUID]bool{}, ids) // each once
	out := &BulkUserPayload{Results: make([]*BulkUserResult, len(ids))}
	limited, cancel := context.WithTimeout(ctx, bulkTime)
	defer cancel()
	var done []uuid.UUID
	until := r.store.Now().Add(bulkTime)
	for i, id := range ids {
		out.Results[i] = &BulkUserResult{ID: id}
		if r.store.Now().After(until) {
			out.Results[i].Problem = notReached
			continue
		}
		err := r.store.Write(limited, func(ctx context.Context, tx *store.Tx) error { return rule(ctx, tx, id) })
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil && limited.Err() != nil:
			until = time.Time{}
			out.Results[i].Problem = notReached
		case err != nil:
			out.Results[i].Problem = r.problemOf(ctx, err)
		default:
			done = append(done, id)
		}
	}
	out.Succeeded, out.Failed = len(done), len(ids)-len(done)
	return out, r.fillResults(ctx, out.Results, done)
}

// notReached is the problem of people for whom no time was left.
var notReached = &Problem{Code: codeTimeout, Message: "There was no time left for this person, and nothing was done; ask again for those who are left"}

// fillResults brings the people for whom it was done, in one statement.
func (r *Resolver) fillResults(ctx context.Context, results []*BulkUserResult, done []uuid.UUID) error {
	below, _ := selected(ctx).below("results")
	asked, ok := below.below("user")
	if !ok {
		return nil
	}
	loader := requestOf(ctx).loader
	known, err := loader.peopleBy(ctx, done...)
	if err != nil {
		return err
	}
	var people []*ent.User
	for _, result := range results {
		if u := known[result.ID]; u != nil {
			result.User = u
			people = append(people, u)
		}
	}
	return loader.fill(ctx, asked, people...)
}

// problemOf is an error as one of several results tells it.
func (r *Resolver) problemOf(ctx context.Context, err error) *Problem {
	if f, explained := errors.AsType[*fault.Error](err); explained && f.Code != fault.Internal {
		return &Problem{Code: codes[f.Code], Message: f.Message}
	}
	message, _ := r.masked(ctx, graphql.GetPath(ctx), err)
	return &Problem{Code: codeInternal, Message: message}
}

// local is the person that an input describes.
func (in *CreateUserInput) local() directory.Local {
	return directory.Local{
		UserName: in.UserName, DisplayName: deref(in.DisplayName), Email: deref(in.Email), Role: user.RoleLEARNER,
		Details: directory.Details{
			Texts: map[string]*string{
				user.FieldGivenName: in.GivenName, user.FieldFamilyName: in.FamilyName, user.FieldTitle: in.Title,
				user.FieldEmployeeNumber: in.EmployeeNumber, user.FieldCostCenter: in.CostCenter,
				user.FieldDivision: in.Division, user.FieldCompany: in.Company, user.FieldUserType: in.UserType,
				user.FieldPreferredLanguage: in.PreferredLanguage, user.FieldLocale: in.Locale, user.FieldTimezone: in.Timezone,
			},
			Department: reference(in.DepartmentID), Manager: reference(in.ManagerID),
		},
	}
}

// details are what an input changes.
func (in *UpdateUserInput) details() directory.Details {
	d := directory.Details{Texts: map[string]*string{}}
	for column, text := range map[string]graphql.Omittable[*string]{
		user.FieldUserName: in.UserName, user.FieldDisplayName: in.DisplayName, user.FieldGivenName: in.GivenName,
		user.FieldFamilyName: in.FamilyName, user.FieldEmail: in.Email, user.FieldTitle: in.Title,
		user.FieldEmployeeNumber: in.EmployeeNumber, user.FieldCostCenter: in.CostCenter, user.FieldDivision: in.Division,
		user.FieldCompany: in.Company, user.FieldUserType: in.UserType, user.FieldPreferredLanguage: in.PreferredLanguage,
		user.FieldLocale: in.Locale, user.FieldTimezone: in.Timezone,
	} {
		if value, set := text.ValueOK(); set {
			d.Texts[column] = value
		}
	}
	if id, set := in.DepartmentID.ValueOK(); set {
		d.Department = reference(id)
	}
	if id, set := in.ManagerID.ValueOK(); set {
		d.Manager = reference(id)
	}
	return d
}

// reference is an id that may be null.
func reference(id *uuid.UUID) *uuid.NullUUID {
	if id == nil {
		return &uuid.NullUUID{}
	}
	return &uuid.NullUUID{UUID: *id, Valid: true}
}

// signInLink makes a link for a person.
func (r *Resolver) signInLink(ctx context.Context, id uuid.UUID) (*SignInLinkPayload, error) {
	var out *SignInLinkPayload
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		secret, link, err := r.access.CreateLink(ctx, tx, id)
		if err == nil {
			out = &SignInLinkPayload{URL: access.LinkURL(r.publicURL, secret), ExpiresAt: link.ExpiresAt}
		}
		return err
	})
	return out, err
}
