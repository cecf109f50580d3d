package store

import (
	"context"

	"entgo.io/ent/dialect"
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

type byIDKey struct{}

// ByID returns a context for queries whose condition names the rows that it wants
// by ids. SQLite, which knows nothing of how many rows an organization has, would
// rather walk all of them than look up those: here it can't, for it is asked about
// the organization in a way that no index serves.
func ByID(ctx context.Context) context.Context { return context.WithValue(ctx, byIDKey{}, true) }

func isByID(ctx context.Context) bool { return ctx.Value(byIDKey{}) != nil }

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
		byID := isByID(ctx)
		q.WhereP(func(s *sql.Selector) {
			if !byID || s.Dialect() != dialect.SQLite {
				s.Where(sql.EQ(s.C(column), a.Org))
				return
			}
			s.Where(sql.P(func(b *sql.Builder) {
				b.WriteString("(").Ident(s.C(column)).WriteString(" = ").Arg(a.Org).WriteString(") IS TRUE")
			}))
		})
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
