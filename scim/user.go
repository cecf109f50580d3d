package scim

import (
	"context"
	"net/http"
	"reflect"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// ownUsers asks for the people that the connection provisions. Others don't
// exist for its client.
func (r *request) ownUsers(where ...condition) store.PeopleQuery {
	return store.PeopleQuery{Connection: r.conn.ID, Where: allOf(where)}
}

// readPeople is the way to people: the store's, or that of a transaction.
type readPeople func(context.Context, store.PeopleQuery) ([]*ent.User, error)

// findUser reads the person of the path, with its groups where the answer shows
// them. In a transaction it takes the person for it.
func (r *request) findUser(read readPeople, p projection) (*ent.User, error) {
	id, err := uuid.Parse(r.entry.target)
	if err != nil || id.String() != r.entry.target {
		return nil, errNoUser
	}
	q := r.ownUsers(func(b *sql.Builder) { b.WriteString("users.id = ").Arg(id) })
	q.Groups = p.wants("groups")
	found, err := read(r.ctx, q)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errNoUser
	}
	r.entry.about(id)
	return found[0], nil
}

func (s *Server) getUser(r *request) (*answer, error) {
	r.entry.operation = "Read a person"
	p, err := r.projection(r.users)
	if err != nil {
		return nil, err
	}
	u, err := r.findUser(func(ctx context.Context, q store.PeopleQuery) ([]*ent.User, error) {
		q.Sealed = p.isWhole()
		return s.store.People(ctx, q)
	}, p)
	if err != nil {
		return nil, err
	}
	r.entry.operation = "Read " + access.NameOf(u)
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
			if u, err = r.findUser(tx.LockPeople, p); err != nil {
				return err
			}
			r.entry.changes = difference(documentOf(made.Was), documentOf(u))
		}
		r.entry.operation = string(made.Outcome) + " " + access.NameOf(u)
		r.entry.about(u.ID)
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
		u, err := r.findUser(tx.LockPeople, p)
		if err != nil {
			return err
		}
		r.entry.operation = "Tried to change " + access.NameOf(u)
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
		u, err := r.findUser(tx.LockPeople, projection{t: r.users, excluded: r.users.choose([]string{"groups"})})
		if err != nil {
			return err
		}
		r.entry.operation = "Tried to delete " + access.NameOf(u)
		if r.match != "" && !namesVersion(r.match, u.Version) {
			return stale(u.Version)
		}
		if err := s.directory.Remove(ctx, tx, u); err != nil {
			return err
		}
		r.entry.operation = "Deleted " + access.NameOf(u)
		return r.logIn(ctx, tx, http.StatusNoContent)
	})
	if err != nil {
		return nil, err
	}
	r.logged = true
	return r.reply(http.StatusNoContent, nil), nil
}
