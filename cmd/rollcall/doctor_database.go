package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	maxSkew     = 2 * time.Second
	soonExpires = 30 * 24 * time.Hour
	earliest    = 2025 // no machine that runs this program is in an earlier year
	latest      = 2125
)

// checkDatabase looks at the database and at what only it can tell.
func (p *program) checkDatabase(ctx context.Context) []finding {
	f := finding{Check: "database", State: green}
	file, err := store.FileOf(p.env.databaseURL())
	if err != nil {
		f.State, f.Says, f.Remedy = red, err.Error(), "Set "+settingDatabase+" to sqlite:PATH or postgres://user:password@host/database"
		return []finding{f, checkYear(time.Now())}
	}
	if _, err := os.Stat(file); file != "" && errors.Is(err, fs.ErrNotExist) {
		f.State, f.Says, f.Remedy = yellow, "there is none yet", "The first start of rollcall serve makes "+file
		return []finding{f, checkYear(time.Now())}
	}
	began := time.Now()
	s, err := store.Connect(ctx, p.env.databaseURL(), store.Options{MaxConns: 1})
	if err != nil {
		f.State, f.Says = red, err.Error()
		f.Remedy = "Start the database, and see that " + settingDatabase + " names it with the right user and password"
		return []finding{f, checkYear(time.Now())}
	}
	defer func() { _ = s.Close() }()
	f.Says = fmt.Sprintf("%s, answered in %.1f ms", s.Redacted(), float64(time.Since(began).Microseconds())/1000)
	migrations := checkMigrations(ctx, s)
	findings := []finding{f, migrations, checkClock(ctx, s)}
	if migrations.State == green {
		findings = append(findings, checkTokens(ctx, s)...)
	}
	return findings
}

func checkMigrations(ctx context.Context, s *store.Store) finding {
	f := finding{Check: "migrations", State: green, Says: "all are applied"}
	pending, err := s.Pending(ctx)
	if err != nil {
		f.State, f.Says, f.Remedy = red, err.Error(), "Let the database's user read and make tables"
	} else if pending > 0 {
		f.State, f.Says, f.Remedy = red, fmt.Sprintf("%d are missing", pending), "rollcall migrate up, or start rollcall serve"
	}
	return f
}

// checkClock compares the machine's time with the database's. SQLite has none
// of its own.
func checkClock(ctx context.Context, s *store.Store) finding {
	f := checkYear(time.Now())
	if f.State == red || !s.Postgres() {
		return f
	}
	theirs, err := databaseTime(ctx, s)
	if err != nil {
		f.State, f.Says, f.Remedy = yellow, err.Error(), "Compare the clocks of this machine and of the database yourself"
		return f
	}
	skew := time.Until(theirs).Abs()
	f.Says += fmt.Sprintf(", %d ms from the database's", skew.Milliseconds())
	if skew > maxSkew {
		f.State, f.Remedy = red, "Set both clocks by the network (NTP): tokens expire and cycles are told apart by them"
	}
	return f
}

func databaseTime(ctx context.Context, s *store.Store) (t time.Time, err error) {
	rows, err := s.Read().QueryContext(ctx, "SELECT clock_timestamp()")
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return t, errors.Join(errors.New("the database doesn't tell its time"), rows.Err())
	}
	return t, rows.Scan(&t)
}

func checkYear(now time.Time) finding {
	f := finding{Check: "clock", State: green, Says: now.UTC().Format("2006-01-02 15:04:05 UTC")}
	if year := now.UTC().Year(); year < earliest || year > latest {
		f.State, f.Remedy = red, "Set the machine's clock: tokens would expire at the wrong time"
	}
	return f
}

// checkTokens looks whether each connection has a token that works, and for how
// long.
func checkTokens(ctx context.Context, s *store.Store) []finding {
	ctx = store.AcrossOrganizations(ctx)
	conns, orgs, tokens, err := connectionsInUse(ctx, s)
	var clients map[uuid.UUID][]*ent.ScimClient
	if err == nil {
		clients, err = clientsInUse(ctx, s)
	}
	if err != nil {
		return []finding{{Check: "tokens", State: red, Says: err.Error(), Remedy: "See what the database's own log says"}}
	}
	var findings []finding
	for _, c := range conns {
		slug := orgs[c.OrgID]
		if len(clients[c.ID]) == 0 || len(tokens[c.ID]) > 0 {
			if f := checkConnection(slug, c, tokens[c.ID], s.Now()); f.State != green {
				findings = append(findings, f)
			}
		}
		findings = append(findings, checkClients(slug, c, clients[c.ID], s.Now())...)
	}
	if len(findings) == 0 {
		return []finding{{Check: "tokens", State: green, Says: fmt.Sprintf("connections that are on and have a live token or client: %d", len(conns))}}
	}
	return findings
}

// connectionsInUse returns the connections that are switched on, the slugs of
// organizations, and the SCIM tokens of each connection, those that expire last
// at the end.
func connectionsInUse(ctx context.Context, s *store.Store) ([]*ent.Connection, map[uuid.UUID]string, map[uuid.UUID][]*ent.Token, error) {
	conns, err := s.Read().Connection.Query().Where(connection.Enabled(true)).Order(connection.ByID()).All(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	orgs, err := s.Read().Organization.Query().Where(organization.RehearsalOfIsNil()).All(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	slugs := make(map[uuid.UUID]string, len(orgs))
	for _, o := range orgs {
		slugs[o.ID] = o.Slug
	}
	conns = slices.DeleteFunc(conns, func(c *ent.Connection) bool { return slugs[c.OrgID] == "" }) // of rehearsals
	all, err := s.Read().Token.Query().
		Where(access.Lasting, token.ConnectionIDNotNil(), token.KindEQ(token.KindScim), token.RevokedAtIsNil(), token.ExpiresAtGT(s.Now())).
		Order(token.ByExpiresAt()).All(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	tokens := map[uuid.UUID][]*ent.Token{}
	for _, t := range all {
		tokens[*t.ConnectionID] = append(tokens[*t.ConnectionID], t)
	}
	return conns, slugs, tokens, nil
}

// clientsInUse returns the clients of each connection that can get a token.
func clientsInUse(ctx context.Context, s *store.Store) (map[uuid.UUID][]*ent.ScimClient, error) {
	all, err := s.Read().ScimClient.Query().Where(scimclient.RevokedAtIsNil()).Order(scimclient.ByID()).All(ctx)
	clients := map[uuid.UUID][]*ent.ScimClient{}
	for _, c := range all {
		if access.ClientWorks(c, s.Now()) {
			clients[c.ConnectionID] = append(clients[c.ConnectionID], c)
		}
	}
	return clients, err
}

// checkClients warns of clients whose last secret expires soon.
func checkClients(slug string, conn *ent.Connection, clients []*ent.ScimClient, now time.Time) (findings []finding) {
	for _, c := range clients {
		if c.Issuer != "" || access.ClientWorks(c, now.Add(soonExpires)) {
			continue
		}
		findings = append(findings, finding{Check: "tokens", State: yellow,
			Says:   fmt.Sprintf("%s, connection %s: the secret of the client %s expires within %d days", slug, conn.Name, visible(c.Name), int(soonExpires/(24*time.Hour))),
			Remedy: fmt.Sprintf("rollcall client secret --org %s %s, and paste the new one into the identity provider", slug, c.ID)})
	}
	return findings
}

func checkConnection(slug string, c *ent.Connection, live []*ent.Token, now time.Time) finding {
	f := finding{Check: "tokens", State: green}
	if len(live) == 0 {
		f.State, f.Says = yellow, fmt.Sprintf("%s, connection %s: no token works", slug, c.Name)
		f.Remedy = fmt.Sprintf("rollcall token create --org %[1]s --connection %[2]s --kind scim --name NAME, or "+
			"rollcall connection set --org %[1]s --connection %[2]s --enabled off", slug, quoted(c.Name))
		return f
	}
	if last := live[len(live)-1]; last.ExpiresAt.Sub(now) < soonExpires {
		f.State, f.Says = yellow, fmt.Sprintf("%s, connection %s: the token %s expires %s", slug, c.Name, last.Hint, day(*last.ExpiresAt))
		f.Remedy = fmt.Sprintf("rollcall token rotate --org %s %s, and paste the new one into the identity provider", slug, last.Hint)
	} else if len(live) > 2 {
		f.State, f.Says = yellow, fmt.Sprintf("%s, connection %s: %d tokens work; one and its successor are enough", slug, c.Name, len(live))
		f.Remedy = fmt.Sprintf("rollcall token list --org %s shows when each was last used; rollcall token revoke HINT ends the others", slug)
	}
	return f
}
