package scim

import (
	"context"
	"net/http"
	"reflect"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	entuser "github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// ownUsers are the people that the connection provisions. Others don't exist
// for its client.
func (r *request) ownUsers(q *ent.UserQuery) *ent.UserQuery {
	return q.Where(entuser.ConnectionID(r.conn.ID), entuser.DeletedAtIsNil())
}

// readColumns are the columns that a resource is made of: all but the folded
// copy, which only filters need and which would double what is read.
var readColumns = slices.DeleteFunc(slices.Clone(entuser.Columns), func(c string) bool { return c == entuser.FieldFolded })

// withGroups brings the groups of each person along, in the same statement.
func withGroups(s *sql.Selector) {
	list := "json_group_array(json_object('value', g.id, 'display', g.display_name))"
	if s.Dialect() == dialect.Postgres {
		list = "json_agg(json_build_object('value', g.id, 'display', g.display_name))"
	}
	s.AppendSelectExprAs(sql.Raw("(SELECT "+list+" FROM memberships m JOIN groups g ON g.id = m.group_id "+
		"WHERE m.user_id = "+s.C("id")+" AND g.deleted_at IS NULL)"), memberOf)
}

// findUser reads the person of the path, with its groups.
func (r *request) findUser(q *ent.UserQuery, p projection, modify ...func(*sql.Selector)) (*ent.User, error) {
	id, err := uuid.Parse(r.entry.target)
	if err != nil || id.String() != r.entry.target {
		return nil, errNoUser
	}
	r.ownUsers(q).Where(entuser.ID(id))
	if p.wants("groups") {
		modify = append(modify, withGroups)
	}
	q.Modify(modify...)
	q.Select(readColumns...)
	u, err := q.Only(r.ctx)
	if ent.IsNotFound(err) {
		return nil, errNoUser
	}
	if err == nil {
		r.entry.about(u.ID, nameOf(u))
	}
	return u, err
}

// nameOf is what log rows call a person.
func nameOf(u *ent.User) string {
	if u.DisplayName != nil {
		return *u.DisplayName
	}
	return u.UserName
}

func (s *Server) getUser(r *request) (*answer, error) {
	r.entry.operation = "Read a person"
	p, err := r.projection(r.users)
	if err != nil {
		return nil, err
	}
	u, err := r.findUser(s.store.Read().User.Query(), p)
	if err != nil {
		return nil, err
	}
	r.entry.operation = "Read " + nameOf(u)
	if none := r.http.Header.Get("If-None-Match"); none != "" && namesVersion(none, u.Version) {
		return &answer{status: http.StatusNotModified, etag: etag(u.Version)}, nil
	}
	return r.userAnswer(http.StatusOK, u, p), nil
}

func (r *request) userAnswer(status int, u *ent.User, p projection) *answer {
	a := r.reply(status, p.apply(r.userResource(u)))
	a.location, a.etag = r.base+"/Users/"+u.ID.String(), etag(u.Version)
	return a
}

func (s *Server) createUser(r *request) (*answer, error) {
	r.entry.operation = "Tried to create a person"
	p, err := r.projection(r.users)
	if err != nil {
		return nil, err
	}
	doc, undeclared, err := r.users.normalize(r.body)
	if err != nil {
		return nil, err
	}
	profile := profileOf(doc)
	profile.ID = r.newID
	r.undeclared = undeclared
	tried := "Tried to create " + clean(profile.UserName, 100)
	r.entry.operation = tried
	match, err := s.directory.Match(r.ctx, r.conn, profile)
	if err != nil {
		return nil, err
	}
	var u *ent.User
	err = s.store.Write(r.ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		made, err := s.directory.Provision(ctx, tx, r.conn, profile, match)
		if err != nil {
			return err
		}
		u = made.User
		r.entry.changes = difference(nil, doc)
		if made.Was != nil { // and has groups already
			r.entry.target = u.ID.String()
			if u, err = r.findUser(tx.User.Query(), p); err != nil {
				return err
			}
			r.entry.changes = difference(documentOf(made.Was), documentOf(u))
		}
		r.entry.operation = string(made.Outcome) + " " + nameOf(u)
		r.entry.about(u.ID, nameOf(u))
		return r.logIn(ctx, tx, http.StatusCreated)
	})
	if err != nil { // somebody else was faster
		r.entry.operation, r.entry.changes, r.entry.subject = tried, nil, uuid.Nil
		return nil, err
	}
	r.logged = true
	r.managerUnknown = profile.Manager != nil
	return r.userAnswer(http.StatusCreated, u, p), nil
}

func (s *Server) replaceUser(r *request) (*answer, error) {
	r.entry.operation = "Tried to replace a person"
	doc, undeclared, err := r.users.normalize(r.body)
	if err != nil {
		return nil, err
	}
	return s.changeUser(r, http.StatusOK, func(was map[string]any) (map[string]any, []seen, error) {
		if _, sent := doc["active"]; !sent { // leaving it out wakes nobody up
			doc["active"] = was["active"]
		}
		return doc, undeclared, nil
	})
}

func (s *Server) patchUser(r *request) (*answer, error) {
	r.entry.operation = "Tried to change a person"
	ops, err := r.users.parsePatch(r.body)
	if err != nil {
		return nil, err
	}
	return s.changeUser(r, http.StatusOK, func(was map[string]any) (map[string]any, []seen, error) {
		return r.users.apply(r.entry.target, was, ops)
	})
}

// changeUser runs change on the person's document and writes the difference.
func (s *Server) changeUser(r *request, status int, change func(was map[string]any) (map[string]any, []seen, error)) (*answer, error) {
	p, err := r.projection(r.users)
	if err != nil {
		return nil, err
	}
	var a *answer
	err = s.store.Write(r.ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := r.findUser(tx.User.Query(), p, store.Lock)
		if err != nil {
			return err
		}
		r.entry.operation = "Tried to change " + nameOf(u)
		if r.match != "" && !namesVersion(r.match, u.Version) {
			return stale(u.Version)
		}
		was := documentOf(u)
		next, undeclared, err := change(was)
		if err != nil {
			return err
		}
		r.undeclared = undeclared
		changed := u
		if !reflect.DeepEqual(was, next) {
			profile := profileOf(next)
			if changed, err = s.directory.Update(ctx, tx, r.conn, u, profileOf(was), profile); err != nil {
				return err
			}
			r.managerUnknown = profile.Manager != nil
		}
		r.entry.changes = difference(was, next)
		r.entry.operation = changeInWords(u, changed, r.entry.changes)
		a = r.userAnswer(status, changed, p)
		return r.logIn(ctx, tx, status)
	})
	if err != nil {
		return nil, err
	}
	r.logged = true
	return a, nil
}

func (s *Server) deleteUser(r *request) (*answer, error) {
	r.entry.operation = "Tried to delete a person"
	err := s.store.Write(r.ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := r.findUser(tx.User.Query(), projection{t: r.users, excluded: r.users.choose([]string{"groups"})}, store.Lock)
		if err != nil {
			return err
		}
		r.entry.operation = "Tried to delete " + nameOf(u)
		if r.match != "" && !namesVersion(r.match, u.Version) {
			return stale(u.Version)
		}
		if err := s.directory.Remove(ctx, tx, u); err != nil {
			return err
		}
		r.entry.operation = "Deleted " + nameOf(u)
		return r.logIn(ctx, tx, http.StatusNoContent)
	})
	if err != nil {
		return nil, err
	}
	r.logged = true
	return r.reply(http.StatusNoContent, nil), nil
}
