package graph

import (
	"context"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	// maxTokensListed is how many tokens one list shows.
	maxTokensListed = 1000

	// longest is more days and hours than any rule allows; larger numbers don't
	// fit into a time.Duration.
	longest = 100_000
)

// createToken makes a token that works for some days, nil for what its kind has.
func (r *Resolver) createToken(ctx context.Context, n access.NewToken, days *int) (*CreateTokenPayload, error) {
	if days != nil {
		if *days < 1 || *days > longest {
			return nil, fault.New(fault.Invalid, "a token works for 1 day at least, and not for %d days", *days).On("expires_in_days")
		}
		n.Expires = time.Duration(*days) * 24 * time.Hour
	}
	return r.newToken(ctx, func(ctx context.Context, tx *store.Tx) (string, *ent.Token, error) {
		return r.access.CreateToken(ctx, tx, n)
	})
}

// newToken answers with a token that a rule has made, and its secret: this once.
func (r *Resolver) newToken(ctx context.Context, create func(context.Context, *store.Tx) (string, *ent.Token, error)) (*CreateTokenPayload, error) {
	p := new(CreateTokenPayload)
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		p.Secret, p.Token, err = create(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func hours(n int) (time.Duration, error) {
	if n < 0 || n > longest {
		return 0, fault.New(fault.Invalid, "the overlap is 0 to %d hours", int(access.MaxOverlap.Hours())).On("overlap_hours")
	}
	return time.Duration(n) * time.Hour, nil
}

// listTokens brings tokens, and the owners of all in one statement.
func (r *Resolver) listTokens(ctx context.Context, kinds []TokenKind, working *bool) ([]*ent.Token, error) {
	var conditions []predicate.Token
	if err := checkLengths("kinds", len(kinds)); err != nil {
		return nil, err
	}
	if kinds != nil {
		var among []token.Kind
		for _, k := range kinds {
			among = append(among, token.Kind(strings.ToLower(string(k))))
		}
		conditions = append(conditions, token.KindIn(among...))
	}
	if working != nil {
		works := token.And(token.RevokedAtIsNil(), token.Or(token.ExpiresAtIsNil(), token.ExpiresAtGT(r.store.Now())))
		if !*working {
			works = token.Not(works)
		}
		conditions = append(conditions, works)
	}
	all, err := r.store.Read().Token.Query().Where(access.Lasting).Where(conditions...).Order(token.ByID(sql.OrderDesc())).Limit(maxTokensListed).All(ctx)
	if err != nil {
		return nil, err
	}
	return all, requestOf(ctx).loader.fillOwners(ctx, selected(ctx), all)
}

func (l *loader) fillOwners(ctx context.Context, s selection, tokens []*ent.Token) error {
	below, asked := s.below("owner")
	if !asked {
		return nil
	}
	var ids []uuid.UUID
	for _, t := range tokens {
		ids = appendID(ids, t.UserID)
	}
	if len(ids) == 0 {
		return nil
	}
	known, err := l.peopleBy(ctx, ids...)
	if err != nil {
		return err
	}
	var owners []*ent.User
	for _, u := range known {
		if u != nil {
			owners = append(owners, u)
		}
	}
	return l.fill(ctx, below, owners...)
}

// statusOf says whether a token works now.
func (r *Resolver) statusOf(t *ent.Token) TokenStatus {
	switch {
	case t.RevokedAt != nil:
		return TokenStatusRevoked
	case t.ExpiresAt != nil && !r.store.Now().Before(*t.ExpiresAt):
		return TokenStatusExpired
	case t.ReplacedBy != nil:
		return TokenStatusReplaced
	}
	return TokenStatusWorking
}

// credentialsEndOf is when the directory behind a connection is turned away, nil for
// never.
func (l *loader) credentialsEndOf(ctx context.Context, connection uuid.UUID) (*CredentialsEnd, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ends == nil {
		ends, err := l.r.access.CredentialEnds(ctx)
		if err != nil {
			return nil, err
		}
		l.ends = ends
	}
	end, known := l.ends[connection]
	if !known {
		return nil, nil
	}
	return &CredentialsEnd{At: end.At, UnusedSpare: end.Spare}, nil
}
