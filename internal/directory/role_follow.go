package directory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/identity"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Roles that groups give follow their members at once: who leaves the group loses
// the role in the same transaction, and doesn't keep it until the next sign-in.
// Whoever has never signed in through a connection with rules has none of its roles.

// followers computes roles anew when the members of groups have changed.
type followers struct {
	d       *Directory
	tx      *store.Tx
	signOns map[uuid.UUID]*ent.SignOn // by connection
	in      map[[2]uuid.UUID]bool     // group and person
}

// followRoles gives people who came into groups, or left them, the roles that the
// rules say now. It costs nothing unless a rule names, or has named, one of the
// groups. Errors: fault.Forbidden on members when somebody's role would change, or
// could at the next sign-in, and the actor may not give roles.
func (d *Directory) followRoles(ctx context.Context, tx *store.Tx, groups []*ent.Group, delta *MemberDelta) error {
	groups = slices.DeleteFunc(slices.Clone(groups), func(g *ent.Group) bool { return !g.GivesRole })
	people := slices.Concat(delta.Added, delta.Removed)
	if len(groups) == 0 || len(people) == 0 {
		return nil
	}
	all, err := tx.SignOn.Query().All(ctx)
	if err != nil {
		return err
	}
	f := &followers{d: d, tx: tx, signOns: make(map[uuid.UUID]*ent.SignOn, len(all))}
	for _, on := range all {
		f.signOns[on.ConnectionID] = on
	}
	if len(delta.Added) > 0 {
		if err := f.mayAdd(ctx, groups); err != nil {
			return err
		}
	}
	// Locked first: who signs in at this moment is either done, and known by the
	// account, or reads the groups afterwards.
	found, err := tx.User.Query().Where(d.store.Among(user.FieldID, people), user.RoleNEQ(user.RoleOWNER), user.DeletedAtIsNil(), store.Lock).Order(user.ByID()).All(ctx)
	if err != nil || len(found) == 0 {
		return err
	}
	ids := make([]uuid.UUID, len(found))
	for n, u := range found {
		ids[n] = u.ID
	}
	accounts, err := f.accounts(ctx, ids, groups)
	if err != nil || len(accounts) == 0 {
		return err
	}
	if err := f.readMembers(ctx, found[0].OrgID, ids); err != nil {
		return err
	}
	for _, u := range found {
		if i := accounts[u.ID]; i != nil {
			if err := f.apply(ctx, u, i, groups); err != nil {
				return err
			}
		}
	}
	return nil
}

// mayAdd keeps groups that give a role to those who may give roles: an owner has
// vouched for what the provider's directory does, and for nobody else.
func (f *followers) mayAdd(ctx context.Context, groups []*ent.Group) error {
	for _, on := range f.signOns {
		for _, r := range on.Settings.Roles {
			for _, g := range groups {
				if r.Group == g.ID && r.Role != string(user.RoleLEARNER) && !mayGive(ctx, on, []*ent.Group{g}) {
					return fault.New(fault.Forbidden, "the group %s gives the role %s; only an owner may add people to it", g.DisplayName, r.Role).On("members")
				}
			}
		}
	}
	return nil
}

// mayGive says whether the actor may give the roles of a SignOn by groups: somebody
// who may give roles, Rollcall itself, or the directory whose rules these are, or
// whose groups.
func mayGive(ctx context.Context, on *ent.SignOn, groups []*ent.Group) bool {
	a, ok := actor.From(ctx)
	switch {
	case !ok:
		return false
	case a.May(changeRoles):
		return true
	case a.Connection == uuid.Nil:
		return false
	}
	return on.ConnectionID == a.Connection ||
		!slices.ContainsFunc(groups, func(g *ent.Group) bool { return g.ConnectionID == nil || *g.ConnectionID != a.Connection })
}

// accounts are, by person, the account whose connection says the role: the one to
// which one of the groups gave it, else the one that was used last of those with rules.
func (f *followers) accounts(ctx context.Context, people []uuid.UUID, groups []*ent.Group) (map[uuid.UUID]*ent.Identity, error) {
	all, err := f.tx.Identity.Query().Where(f.d.store.Among(identity.FieldUserID, people)).Order(identity.ByID()).All(ctx)
	if err != nil {
		return nil, err
	}
	last := map[uuid.UUID]*ent.Identity{}
	for _, i := range all {
		if on := f.signOns[i.ConnectionID]; on == nil || len(on.Settings.Roles)+len(i.Fits) == 0 {
			continue
		}
		was := last[i.UserID]
		if was == nil || named(i.Fits, groups) || !named(was.Fits, groups) && usedAt(i).After(usedAt(was)) {
			last[i.UserID] = i
		}
	}
	return last, nil
}

func usedAt(i *ent.Identity) time.Time { return *cmp.Or(i.LastUsedAt, new(time.Time)) }

// named says whether a rule names one of the groups.
func named(rules []schema.RoleRule, groups []*ent.Group) bool {
	return slices.ContainsFunc(rules, func(r schema.RoleRule) bool {
		return slices.ContainsFunc(groups, func(g *ent.Group) bool { return g.ID == r.Group })
	})
}

// readMembers reads who of the people is in which of the groups that rules name.
func (f *followers) readMembers(ctx context.Context, org uuid.UUID, people []uuid.UUID) error {
	among, list := f.tx.In("m.user_id", people)
	rows, err := f.tx.Query(ctx, `SELECT m.group_id, m.user_id FROM memberships m JOIN groups g ON g.id = m.group_id
		WHERE m.org_id = ? AND g.gives_role AND g.deleted_at IS NULL AND `+among, org, list)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	f.in = map[[2]uuid.UUID]bool{}
	for rows.Next() {
		var pair [2]uuid.UUID
		if err := rows.Scan(&pair[0], &pair[1]); err != nil {
			return err
		}
		f.in[pair] = true
	}
	return rows.Err()
}

// apply gives one person the role that the rules say now. What a claim said at the
// last sign-in still counts: nobody knows what it would say today. Rules that are
// gone, that no owner vouches for any more, or of a connection that is switched off
// give nothing; but what they gave for a group ends with it. An account that is not
// proved to be the person's gets nothing: who uses it is asked at the next sign-in.
func (f *followers) apply(ctx context.Context, u *ent.User, i *ent.Identity, groups []*ent.Group) error {
	on := f.signOns[i.ConnectionID]
	rules := on.Settings.Roles
	give := on.Enabled && on.Settings.Vouched && named(rules, groups)
	if !give {
		if rules = i.Fits; !named(rules, groups) {
			return nil
		}
	}
	var fits []schema.RoleRule
	for _, r := range rules {
		is := f.in[[2]uuid.UUID{r.Group, u.ID}]
		if r.Group == uuid.Nil {
			is = slices.ContainsFunc(i.Fits, func(k schema.RoleRule) bool { return k.Claim == r.Claim && k.Value == r.Value })
		}
		if is {
			fits = append(fits, r)
		}
	}
	role := roleOf(fits)
	lifts := isMore(role, u.Role)
	switch {
	case !give && (lifts || u.Role != roleOf(i.Fits)):
		return nil
	case role != u.Role && !mayGive(ctx, on, groups):
		return fault.New(fault.Forbidden, "this would make %s, who has the role %s, %s; only an owner may do that", u.UserName, u.Role, role).On("members")
	case lifts && unproved(i):
		return nil
	}
	if err := keepFits(ctx, f.tx, i, fits); err != nil || role == u.Role {
		return err
	}
	return f.d.ChangeRole(ctx, f.tx, u.ID, role, uuid.Nil)
}
