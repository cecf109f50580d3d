package main

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/web"
)

// status tells the page how the server is. Strangers see the page, so only a
// demonstration counts what is in it.
func (s *server) status(demo bool) func(context.Context) web.Status {
	return func(ctx context.Context) web.Status {
		st := web.Status{PublicURL: s.publicURL, Version: thisBuild().Version, Database: "SQLite"}
		if s.store.Postgres() {
			st.Database = "PostgreSQL"
		}
		if err := s.health.ready(ctx); err != nil {
			st.Problem = err.Error()
			return st
		}
		if !demo {
			return st
		}
		var err error
		if st.Demo, err = s.counts(ctx); err != nil {
			st.Problem = "the counts can't be read"
			s.log.Error("count for the page", "err", err)
		}
		return st
	}
}

func (s *server) counts(ctx context.Context) (*web.Demo, error) {
	ctx = store.AcrossOrganizations(ctx)
	read := s.store.Read()
	d := &web.Demo{Organization: demoSlug}
	var err error
	if d.Organizations, err = read.Organization.Query().Count(ctx); err != nil {
		return nil, err
	}
	if d.People, err = read.User.Query().Where(user.DeletedAtIsNil()).Count(ctx); err != nil {
		return nil, err
	}
	if d.Groups, err = read.Group.Query().Where(group.DeletedAtIsNil()).Count(ctx); err != nil {
		return nil, err
	}
	if d.Requests, err = read.ProvisioningLog.Query().Count(ctx); err != nil {
		return nil, err
	}
	last, err := read.ProvisioningLog.Query().Order(ent.Desc(provisioninglog.FieldID)).First(ctx)
	if ent.IsNotFound(err) {
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	d.LastRequest = last.CreatedAt
	return d, nil
}
