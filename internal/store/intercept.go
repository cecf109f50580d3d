package store

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/ent"
	entintercept "github.com/rollcall/rollcall/ent/intercept"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
)

type acrossKey struct{}

// AcrossOrganizations returns a context whose queries see every organization:
// for the few that must, such as finding out whose token it is.
func AcrossOrganizations(ctx context.Context) context.Context {
	return context.WithValue(ctx, acrossKey{}, true)
}

func isAcross(ctx context.Context) bool { return ctx.Value(acrossKey{}) != nil }

var errNoActor = fault.New(fault.Internal, "a query came without an organization; it was not run")

// intercept is the one interceptor: it adds the actor's organization to every
// query and refuses a query without an actor.
func intercept() ent.Interceptor {
	return entintercept.TraverseFunc(func(ctx context.Context, q entintercept.Query) error {
		if isAcross(ctx) {
			return nil
		}
		a, ok := actor.From(ctx)
		if !ok {
			return errNoActor
		}
		column := "org_id"
		if q.Type() == ent.TypeOrganization {
			column = "id"
		}
		q.WhereP(func(s *sql.Selector) { s.Where(sql.EQ(s.C(column), a.Org)) })
		return nil
	})
}

// Lock makes a query take its rows for the transaction, where the database has
// row locks. On SQLite the transaction itself is the lock.
func Lock(s *sql.Selector) {
	if s.Dialect() == "postgres" {
		s.ForUpdate()
	}
}
