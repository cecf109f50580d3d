package main

import (
	"context"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// found is what a database holds after a crash.
type found struct {
	*crash
	users   map[string]*ent.User // by externalId
	emails  map[uuid.UUID]int
	members map[uuid.UUID]bool
	group   *ent.Group
	events  map[uuid.UUID]*ent.Event
	logs    map[string][]*ent.ProvisioningLog // by mark; "" without one
}

// examine compares the database with what was acknowledged, and its rows with
// one another: no change without its Event and log row, none of them without
// its change, nothing done by halves.
func (c *crash) examine(url string) {
	c.Helper()
	s, err := store.Open(c.Context(), url, store.Options{NoMigrate: true})
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	org, err := s.Read().Organization.Query().Where(organization.Slug("acme")).Only(store.AcrossOrganizations(c.Context()))
	if err != nil {
		c.Fatal(err)
	}
	ctx := actor.InOrg(c.Context(), org.ID)
	c.awaitTheDead(ctx, s)
	f := &found{crash: c}
	f.load(ctx, s)
	f.checkAcknowledged()
	f.checkWholeness()
	if !s.Postgres() {
		if text := c.text(ctx, s, "PRAGMA integrity_check"); text != "ok" {
			c.Errorf("SQLite says %s", text)
		}
	}
}

// awaitTheDead waits for the connections of the killed server: PostgreSQL
// finishes what it was told, the commit of an unanswered request included.
func (c *crash) awaitTheDead(ctx context.Context, s *store.Store) {
	c.Helper()
	const writing = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
	for s.Postgres() && c.text(ctx, s, writing) != "0" {
	}
}

func (c *crash) text(ctx context.Context, s *store.Store, query string) (text string) {
	c.Helper()
	rows, err := s.Query(ctx, query)
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			c.Fatal(err)
		}
	}
	return text
}

var crashMark = regexp.MustCompile(`m-\d+-\d+-\d+-(created|retitled|joined)`)

func (f *found) load(ctx context.Context, s *store.Store) {
	f.Helper()
	f.users, f.emails, f.members = map[string]*ent.User{}, map[uuid.UUID]int{}, map[uuid.UUID]bool{}
	f.events, f.logs = map[uuid.UUID]*ent.Event{}, map[string][]*ent.ProvisioningLog{}
	read := s.Read()
	for _, u := range read.User.Query().AllX(ctx) {
		f.users[*u.ExternalID] = u
	}
	for _, e := range read.Email.Query().AllX(ctx) {
		f.emails[e.UserID]++
	}
	for _, m := range read.Membership.Query().AllX(ctx) {
		f.members[m.UserID] = true
	}
	f.group = read.Group.Query().OnlyX(ctx)
	for _, e := range read.Event.Query().Where(event.EntityIn("User", "Group")).AllX(ctx) {
		f.events[e.ID] = e
	}
	for _, row := range read.ProvisioningLog.Query().AllX(ctx) {
		mark := crashMark.FindString(row.RequestBody)
		f.logs[mark] = append(f.logs[mark], row)
	}
}

// checkAcknowledged looks for each acknowledged write, its one log row and the
// Event that the row names.
func (f *found) checkAcknowledged() {
	f.Helper()
	for _, a := range f.acknowledged {
		there := false
		switch u := f.users[strings.TrimSuffix(a.mark, a.kind)+"created"]; {
		case u == nil:
		case a.kind == "created":
			there = u.ID.String() == a.user
		case a.kind == "retitled":
			there = u.Title != nil && *u.Title == a.mark
		case a.kind == "joined":
			there = f.members[u.ID]
		}
		if !there {
			f.Errorf("%s was acknowledged with %d and is not there", a.mark, a.status)
		}
		rows := f.logs[a.mark]
		if len(rows) != 1 || rows[0].Status != a.status || len(rows[0].Events) != 1 {
			f.Errorf("%s was acknowledged and has %d log rows: %v", a.mark, len(rows), rows)
			continue
		}
		if e := f.events[rows[0].Events[0]]; e == nil || e.Entity == "User" && e.EntityID.String() != a.user {
			f.Errorf("%s was acknowledged and has no event of its own: %v", a.mark, e)
		}
	}
}

// checkWholeness compares rows that a transaction writes together.
func (f *found) checkWholeness() {
	f.Helper()
	changes, joined, written := map[uuid.UUID]int{}, map[uuid.UUID]bool{}, 0
	for _, e := range f.events {
		changes[e.EntityID]++
		for _, id := range e.Data.Added {
			joined[id] = true
		}
	}
	for name, u := range f.users {
		if f.emails[u.ID] != 2 {
			f.Errorf("%s has %d e-mail rows, want 2", name, f.emails[u.ID])
		}
		if changes[u.ID] != u.Version {
			f.Errorf("%s is at version %d after %d events", name, u.Version, changes[u.ID])
		}
	}
	if changes[f.group.ID] != f.group.Version || len(f.members) != len(joined) {
		f.Errorf("the group is at version %d after %d events, with %d members of whom events know %d",
			f.group.Version, changes[f.group.ID], len(f.members), len(joined))
	}
	for mark, rows := range f.logs {
		for _, row := range rows {
			for _, id := range row.Events {
				if e := f.events[id]; e == nil || e.CorrelationID == nil || *e.CorrelationID != row.ID {
					f.Errorf("log row %s (%s) names event %s, which is not its own: %v", row.ID, mark, id, e)
				}
				written++
			}
		}
		if mark != "" && len(rows) != 1 {
			f.Errorf("%s was logged %d times", mark, len(rows))
		}
	}
	f.unanswered = len(f.logs) - 1 - len(f.acknowledged)
	if written != len(f.events) {
		f.Errorf("log rows name %d events of %d", written, len(f.events))
	}
	if len(f.users) != len(f.emails) {
		f.Errorf("%d people, %d with e-mail rows", len(f.users), len(f.emails))
	}
}
