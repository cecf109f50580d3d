package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	entgroup "github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// ownGroups are the groups that the connection provisions.
func (r *request) ownGroups(q *ent.GroupQuery) *ent.GroupQuery {
	return q.Where(entgroup.ConnectionID(r.conn.ID), entgroup.DeletedAtIsNil())
}

func (r *request) findGroup(q *ent.GroupQuery, modify ...func(*sql.Selector)) (*ent.Group, error) {
	id, err := uuid.Parse(r.entry.target)
	if err != nil || id.String() != r.entry.target {
		return nil, errNoGroup
	}
	r.ownGroups(q).Where(entgroup.ID(id)).Modify(modify...)
	g, err := q.Only(r.ctx)
	if ent.IsNotFound(err) {
		return nil, errNoGroup
	}
	if err == nil {
		r.entry.about(g.ID)
	}
	return g, err
}

// takeGroup reads the group of the path for a transaction, which holds the
// connection from then on.
func (r *request) takeGroup(ctx context.Context, tx *store.Tx) (*ent.Group, error) {
	g, err := r.findGroup(tx.Group.Query(), store.Held(ctx, r.conn.ID), store.Lock)
	if !errors.Is(err, errNoGroup) {
		return g, err
	}
	if err := tx.Hold(ctx, r.conn.ID); err != nil {
		return nil, err
	}
	return r.findGroup(tx.Group.Query(), store.Lock) // the connection may have been resumed meanwhile
}

func (s *Server) getGroup(r *request) (*answer, error) {
	r.entry.operation = "Read a group"
	p, err := r.projection(r.groups)
	if err != nil {
		return nil, err
	}
	g, err := r.findGroup(s.store.Read().Group.Query())
	if err != nil {
		return nil, err
	}
	r.entry.operation = "Read group " + g.DisplayName
	if none := r.http.Header.Get("If-None-Match"); none != "" && namesVersion(none, g.Version) {
		return &answer{status: http.StatusNotModified, etag: etag(g.Version)}, nil
	}
	return s.groupAnswer(r, http.StatusOK, g, p)
}

func (s *Server) groupAnswer(r *request, status int, g *ent.Group, p projection) (*answer, error) {
	var members []any
	if p.wants("members") {
		all, err := s.membersOf(r, []uuid.UUID{g.ID})
		if err != nil {
			return nil, err
		}
		members = listed(all[g.ID])
	}
	a := r.reply(status, p.apply(r.groupResource(g, members)))
	a.location, a.etag = r.base+"/Groups/"+g.ID.String(), etag(g.Version)
	return a, nil
}

// listed is never nil, so that a group without members shows an empty list.
func listed(members []any) []any {
	if members == nil {
		return []any{}
	}
	return members
}

// membersOf reads the members of some groups, by group.
func (s *Server) membersOf(r *request, groups []uuid.UUID) (map[uuid.UUID][]any, error) {
	among, arg := s.store.In("m.group_id", groups)
	rows, err := s.store.Query(r.ctx, `SELECT m.group_id, u.id, COALESCE(u.display_name, u.user_name)
		FROM memberships m JOIN users u ON u.id = m.user_id
		WHERE m.org_id = ? AND u.deleted_at IS NULL AND `+among+` ORDER BY m.group_id, m.user_id`,
		r.grant.Organization.ID, arg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	members := make(map[uuid.UUID][]any, len(groups))
	for rows.Next() {
		var group uuid.UUID
		var id, name string
		if err := rows.Scan(&group, &id, &name); err != nil {
			return nil, err
		}
		members[group] = append(members[group], map[string]any{
			"value": id, "display": name, "type": "User", "$ref": r.base + "/Users/" + id,
		})
	}
	return members, rows.Err()
}

func (s *Server) createGroup(r *request) (*answer, error) {
	r.entry.operation = "Tried to create a group"
	p, err := r.projection(r.groups)
	if err != nil {
		return nil, err
	}
	doc, undeclared, err := r.groups.normalize(r.body)
	if err != nil {
		return nil, err
	}
	profile := groupProfileOf(doc)
	profile.ID = r.newID
	r.undeclared = undeclared
	r.entry.operation = "Tried to create group " + clean(profile.DisplayName, 100)
	members := memberTexts(doc)
	var g *ent.Group
	err = s.store.Write(r.ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if g, err = s.directory.CreateGroup(ctx, tx, r.conn, profile); err != nil {
			return err
		}
		delta, err := s.directory.ChangeMembers(ctx, tx, g, directory.MemberChange{Kind: directory.AddMembers, IDs: members})
		if err != nil {
			return err
		}
		r.entry.about(g.ID)
		r.entry.operation = "Created group " + g.DisplayName
		r.entry.warnings = delta.Warnings
		r.entry.changes = append(difference(nil, groupDocumentOf(g)), memberChanges(delta)...)
		return r.logIn(ctx, tx, http.StatusCreated)
	})
	if err != nil {
		return nil, err
	}
	r.logged = true
	if len(members) == 0 {
		a := r.reply(http.StatusCreated, p.apply(r.groupResource(g, []any{})))
		a.location, a.etag = r.base+"/Groups/"+g.ID.String(), etag(g.Version)
		return a, nil
	}
	return s.groupAnswer(r, http.StatusCreated, g, p)
}

// memberTexts are the values of a canonical list of members, which names nobody twice.
func memberTexts(doc map[string]any) []string {
	list, _ := doc["members"].([]any)
	ids := make([]string, 0, len(list))
	for _, element := range list {
		m, _ := element.(map[string]any)
		if id, ok := m["value"].(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *Server) replaceGroup(r *request) (*answer, error) {
	r.entry.operation = "Tried to replace a group"
	p, err := r.projection(r.groups)
	if err != nil {
		return nil, err
	}
	doc, undeclared, err := r.groups.normalize(r.body)
	if err != nil {
		return nil, err
	}
	r.undeclared = undeclared
	var changes []directory.MemberChange
	if _, named := member(r.body, "members"); named { // not named: members stay
		changes = []directory.MemberChange{{Kind: directory.KeepOnly, IDs: memberTexts(doc)}}
	}
	g, err := s.changeGroup(r, http.StatusOK, func(map[string]any) (map[string]any, []directory.MemberChange, error) {
		return doc, changes, nil
	})
	if err != nil {
		return nil, err
	}
	return s.groupAnswer(r, http.StatusOK, g, p)
}

func (s *Server) patchGroup(r *request) (*answer, error) {
	r.entry.operation = "Tried to change a group"
	ops, err := r.groups.parsePatch(r.body)
	if err != nil {
		return nil, err
	}
	p, err := r.projection(r.groups)
	if err != nil {
		return nil, err
	}
	status := http.StatusNoContent // Entra wants no member list here
	if len(r.query["attributes"]) > 0 {
		status = http.StatusOK // RFC 7644 §3.5.2: asked for attributes, the answer has them
	}
	g, err := s.changeGroup(r, status, func(was map[string]any) (map[string]any, []directory.MemberChange, error) {
		next, changes, undeclared, err := r.groups.applyGroup(r.entry.target, was, ops)
		r.undeclared = undeclared
		return next, memberChangesOf(changes), err
	})
	if err != nil {
		return nil, err
	}
	if status == http.StatusOK {
		return s.groupAnswer(r, status, g, p)
	}
	a := r.reply(status, nil)
	a.etag = etag(g.Version)
	return a, nil
}

func memberChangesOf(changes []memberChange) []directory.MemberChange {
	out := make([]directory.MemberChange, len(changes))
	for i, c := range changes {
		switch {
		case c.all:
			out[i] = directory.MemberChange{Kind: directory.KeepOnly}
		case c.kind == "add":
			out[i] = directory.MemberChange{Kind: directory.AddMembers, IDs: c.ids}
		case c.kind == "remove":
			out[i] = directory.MemberChange{Kind: directory.RemoveMembers, IDs: c.ids}
		default:
			out[i] = directory.MemberChange{Kind: directory.KeepOnly, IDs: c.ids}
		}
	}
	return out
}

// changeGroup runs change on the group's document, which has no members, and
// writes the difference and the member changes.
func (s *Server) changeGroup(r *request, status int, change func(was map[string]any) (map[string]any, []directory.MemberChange, error)) (*ent.Group, error) {
	var g *ent.Group
	err := s.store.Write(r.ctx, func(ctx context.Context, tx *store.Tx) error {
		old, err := r.takeGroup(ctx, tx)
		if err != nil {
			return err
		}
		r.entry.operation = "Tried to change group " + old.DisplayName
		if r.match != "" && !namesVersion(r.match, old.Version) {
			return stale(old.Version)
		}
		was := groupDocumentOf(old)
		next, changes, err := change(was)
		if err != nil {
			return err
		}
		delta, err := s.directory.ChangeMembers(ctx, tx, old, changes...)
		if err != nil {
			return err
		}
		moved := len(delta.Added)+len(delta.Removed) > 0
		if g, err = s.directory.UpdateGroup(ctx, tx, old, groupProfileOf(next), moved); err != nil {
			return err
		}
		r.entry.warnings = delta.Warnings
		delete(next, "members")
		r.entry.changes = append(difference(was, next), memberChanges(delta)...)
		r.entry.operation = groupChangeInWords(old, g, delta)
		return r.logIn(ctx, tx, status)
	})
	r.logged = err == nil
	return g, err
}

func groupChangeInWords(old, now *ent.Group, delta *directory.MemberDelta) string {
	switch added, removed := len(delta.Added), len(delta.Removed); {
	case old.DisplayName != now.DisplayName:
		return fmt.Sprintf("Renamed group %s to %s", old.DisplayName, now.DisplayName)
	case added > 0 && removed > 0:
		return fmt.Sprintf("Added %s to group %s and removed %d", people(added), now.DisplayName, removed)
	case added > 0:
		return fmt.Sprintf("Added %s to group %s", people(added), now.DisplayName)
	case removed > 0:
		return fmt.Sprintf("Removed %s from group %s", people(removed), now.DisplayName)
	case old.Version == now.Version:
		return "Nothing to change in group " + now.DisplayName
	}
	return "Changed group " + now.DisplayName
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

func (s *Server) deleteGroup(r *request) (*answer, error) {
	r.entry.operation = "Tried to delete a group"
	err := s.store.Write(r.ctx, func(ctx context.Context, tx *store.Tx) error {
		g, err := r.takeGroup(ctx, tx)
		if err != nil {
			return err
		}
		if r.match != "" && !namesVersion(r.match, g.Version) {
			return stale(g.Version)
		}
		if err := s.directory.RemoveGroup(ctx, tx, g); err != nil {
			return err
		}
		r.entry.operation = "Deleted group " + g.DisplayName
		return r.logIn(ctx, tx, http.StatusNoContent)
	})
	if err != nil {
		return nil, err
	}
	r.logged = true
	return r.reply(http.StatusNoContent, nil), nil
}
