package scim_test

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent"
	entschema "github.com/rollcall/rollcall/ent/schema"
	entuser "github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// local makes a person that no connection owns.
func (h *house) local(l directory.Local, more ...func(*ent.UserUpdateOne)) *ent.User {
	h.Helper()
	if l.Role == "" {
		l.Role = entuser.RoleLEARNER
	}
	var u *ent.User
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) (err error) {
		if u, err = h.directory.CreateLocal(ctx, tx, l); err != nil {
			return err
		}
		for _, change := range more {
			update := tx.User.UpdateOne(u)
			change(update)
			if u, err = update.Save(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return u
}

// row reads a person as the database has it.
func (h *house) row(id any) *ent.User {
	h.Helper()
	for _, u := range h.people() {
		if u.ID.String() == id {
			return u
		}
	}
	h.Fatalf("no row of user %v", id)
	return nil
}

func (h *house) people() []*ent.User {
	h.Helper()
	all, err := h.store.Read().User.Query().Order(entuser.ByID()).All(h.inOrg())
	if err != nil {
		h.Fatal(err)
	}
	return all
}

// otherConnection makes a second connection of the same organization.
func (h *house) otherConnection(change func(*entschema.ConnectionSettings)) tenant {
	h.Helper()
	t := h.tenant
	settings := entschema.DefaultConnectionSettings()
	if change != nil {
		change(&settings)
	}
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) (err error) {
		t.conn, err = h.directory.CreateConnection(ctx, tx, "second", "OKTA", settings)
		return err
	})
	t.token = h.newToken(t.org, t.conn)
	return t
}

func with(body map[string]any, name string, value any) map[string]any {
	body = maps.Clone(body)
	body[name] = value
	return body
}

func settings(local string, match ...string) func(*entschema.ConnectionSettings) {
	return func(s *entschema.ConnectionSettings) {
		s.Local = local
		if match != nil {
			s.Match = match
		}
	}
}

// TestMatch plays each row of docs/matching.md in which local people have a part.
func TestMatch(t *testing.T) {
	ada := directory.Local{UserName: "ada", DisplayName: "Ada", Email: "ada@example.test"}
	byName := directory.Local{UserName: "ADA@example.test", Email: "ada@example.test"}
	external := func(u *ent.UserUpdateOne) { u.SetExternalID("ext-ada") }
	number := func(u *ent.UserUpdateOne) { u.SetEmployeeNumber("77") }
	off := func(u *ent.UserUpdateOne) { u.SetActive(false) }
	type locals []struct {
		person directory.Local
		more   []func(*ent.UserUpdateOne)
	}
	one := func(l directory.Local, more ...func(*ent.UserUpdateOne)) locals { return locals{{l, more}} }
	bob := directory.Local{UserName: "bob"}
	for name, c := range map[string]struct {
		locals locals
		set    func(*entschema.ConnectionSettings)
		links  int    // which local person becomes the connection's, from 1; 0: none
		says   string // of the refusal; "": created
	}{
		"by e-mail":                         {one(ada), settings(entschema.LocalLink), 1, ""},
		"by user name, other case":          {one(byName), settings(entschema.LocalLink), 1, ""},
		"by external id":                    {one(bob, external), settings(entschema.LocalLink), 1, ""},
		"by employee number":                {one(bob, number), settings(entschema.LocalLink, "employeeNumber"), 1, ""},
		"not by a key that isn't asked for": {one(bob, number), settings(entschema.LocalLink), 0, ""},
		"not by external id in other case":  {one(bob, func(u *ent.UserUpdateOne) { u.SetExternalID("EXT-ADA") }), settings(entschema.LocalLink), 0, ""},
		"by no key, the name held":          {one(byName), settings(entschema.LocalLink, "employeeNumber"), 1, ""},
		"the first key wins": {locals{{bob, []func(*ent.UserUpdateOne){external}}, {ada, nil}},
			settings(entschema.LocalLink, "externalId", "email"), 1, ""},
		"the order is the connection's": {locals{{bob, []func(*ent.UserUpdateOne){external}}, {ada, nil}},
			settings(entschema.LocalLink, "email", "externalId"), 2, ""},
		"two by one key": {locals{{ada, nil}, {directory.Local{UserName: "eda", Email: "ADA@example.test"}, nil}},
			settings(entschema.LocalLink), 0, "two people that are here match by email"},
		"one by name, another by e-mail": {locals{{directory.Local{UserName: "ada@example.test"}, nil}, {ada, nil}},
			settings(entschema.LocalLink, "email"), 0, "merge the two first"},
		"asked first":              {one(ada), settings(entschema.LocalAsk), 0, "an administrator can approve it"},
		"refused":                  {one(ada), settings(entschema.LocalRefuse), 0, "does not take over local people"},
		"the e-mail would change":  {one(directory.Local{UserName: "ada@example.test", Email: "old@example.test"}), settings(entschema.LocalLink), 0, "its e-mail address would change"},
		"back from deactivation":   {one(ada, off), settings(entschema.LocalLink), 0, "it was deactivated here"},
		"an owner":                 {one(directory.Local{UserName: "a", Email: "ada@example.test", Role: entuser.RoleOWNER}), settings(entschema.LocalLink), 0, "administrative role"},
		"an administrator":         {one(directory.Local{UserName: "ada@example.test", Role: entuser.RoleADMIN}), settings(entschema.LocalLink), 0, "administrative role"},
		"an auditor":               {one(directory.Local{UserName: "a", Role: entuser.RoleAUDITOR}, external), settings(entschema.LocalAsk), 0, "administrative role"},
		"nobody, though names are": {one(directory.Local{UserName: "adа@example.test"}), settings(entschema.LocalLink), 0, ""}, // Cyrillic а
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				h.set(c.set)
				var ids []string
				for _, l := range c.locals {
					ids = append(ids, h.local(l.person, l.more...).ID.String())
				}
				before := h.people()
				r := h.do(http.MethodPost, "/Users", person("ada"))
				switch {
				case c.says != "":
					r.refused(http.StatusConflict, "uniqueness", c.says)
					if !strings.Contains(r.text, ids[0]) {
						t.Errorf("the refusal doesn't name user %s: %s", ids[0], r.text)
					}
					for i, was := range before {
						now := h.row(was.ID.String())
						was.LinkAskedBy, was.Version, was.UpdatedAt = now.LinkAskedBy, now.Version, now.UpdatedAt // asking is all that may have happened
						if diff := cmp.Diff(was.String(), now.String()); diff != "" || now.ConnectionID != nil {
							t.Errorf("local person %d changed although the request was refused:\n%s", i+1, diff)
						}
					}
				case c.links > 0:
					if r.want(http.StatusCreated).id() != ids[c.links-1] {
						t.Errorf("made or linked %s, want local person %d of %v", r.id(), c.links, ids)
					}
					if u := h.row(r.id()); u.ConnectionID == nil || *u.ConnectionID != h.conn.ID || u.UserName != "ada@example.test" {
						t.Errorf("linked person is %v", u)
					}
				default:
					if r.want(http.StatusCreated); len(h.people()) != len(ids)+1 {
						t.Errorf("%d people, want one more than %d", len(h.people()), len(ids))
					}
				}
			})
		})
	}
}

func TestMatchOwnPeople(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		h.do(http.MethodPost, "/Users", person("ada")).refused(http.StatusConflict, "uniqueness", id)
		h.do(http.MethodPost, "/Users", with(person("ada"), "userName", "ADA@EXAMPLE.test")).refused(http.StatusConflict, "uniqueness", id)
		second := h.do(http.MethodPost, "/Users", with(person("ada"), "userName", "eda@example.test")).want(http.StatusCreated).id()

		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "active", false))).want(http.StatusOK)
		h.do(http.MethodPost, "/Users", person("ada")).refused(http.StatusConflict, "uniqueness", "deactivated user "+id)

		h.set(func(s *entschema.ConnectionSettings) { s.Revive = true })
		h.do(http.MethodPost, "/Users", with(person("ada"), "active", false)).refused(http.StatusConflict, "uniqueness", id)
		r := h.do(http.MethodPost, "/Users", with(person("ada"), "title", "Fitter")).want(http.StatusCreated)
		if r.id() != id || r.body["active"] != true || r.body["title"] != "Fitter" {
			t := r.text
			h.Errorf("revived as %s", t)
		}
		h.do(http.MethodPost, "/Users", person("ada")).refused(http.StatusConflict, "uniqueness", id)

		h.do(http.MethodDelete, "/Users/"+id, nil).want(http.StatusNoContent)
		again := h.do(http.MethodPost, "/Users", person("ada")).want(http.StatusCreated).id()
		if again == id || again == second {
			h.Error("a tombstone was revived")
		}
	})
}

func TestMatchTellsNothingOfOtherConnections(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		other := h.otherConnection(func(s *entschema.ConnectionSettings) { s.Revive = true })
		for _, active := range []bool{true, false} {
			h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "active", active))).want(http.StatusOK)
			r := h.as(other, http.MethodPost, "/Users", person("ada")).refused(http.StatusConflict, "uniqueness", "another connection")
			if strings.Contains(r.text, id) {
				h.Errorf("the id of another connection's person is in %s", r.text)
			}
		}
		// Neither e-mail nor external id of a provisioned person is a match.
		r := h.as(other, http.MethodPost, "/Users", with(person("ada"), "userName", "eda@example.test")).want(http.StatusCreated)
		if r.id() == id {
			h.Error("a person was taken from another connection")
		}
	})
}

func TestApprovedLink(t *testing.T) {
	onBoth(t, func(h *house) {
		h.set(settings(entschema.LocalAsk))
		other := h.otherConnection(settings(entschema.LocalAsk))
		local := h.local(directory.Local{UserName: "ada@example.test", Email: "old@example.test"})
		approve := func() error {
			return h.store.Write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				return h.directory.ApproveLink(ctx, tx, "ADA@example.test")
			})
		}
		if err := approve(); err == nil {
			h.Error("approved what nobody has asked for")
		}
		h.do(http.MethodPost, "/Users", person("ada")).refused(http.StatusConflict, "uniqueness", local.ID.String())
		if err := approve(); err != nil {
			h.Fatal(err)
		}
		h.as(other, http.MethodPost, "/Users", person("ada")).refused(http.StatusConflict, "uniqueness", local.ID.String())
		if r := h.do(http.MethodPost, "/Users", person("ada")).want(http.StatusCreated); r.id() != local.ID.String() {
			h.Errorf("linked %s, want %s", r.id(), local.ID)
		}
		u := h.row(local.ID.String())
		if u.LinkApproved || u.LinkAskedBy != nil || u.Email == nil || *u.Email != "ada@example.test" {
			h.Errorf("after the link: %v", u)
		}
		h.as(other, http.MethodPost, "/Users", person("ada")).refused(http.StatusConflict, "uniqueness", "another connection")
	})
}

// Someone who changes hands between the look and the transaction is not taken over.
func TestStaleMatchIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		local := h.local(directory.Local{UserName: "ada", Email: "ada@example.test"})
		profile := &directory.Profile{UserName: "ada", Active: true, Emails: []directory.Email{{Value: "ada@example.test"}}}
		m, err := h.directory.Match(h.inOrg(), h.conn, profile)
		if err != nil {
			t.Fatal(err)
		}
		h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOne(local).SetRole(entuser.RoleOWNER).Exec(ctx)
		})
		err = s.Write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := h.directory.Provision(ctx, tx, h.conn, profile, m)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "at the same time") {
			t.Errorf("err = %v, want a conflict", err)
		}
	})
}
