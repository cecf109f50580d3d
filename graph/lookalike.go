package graph

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
)

// maxRanked are so many people whose names are looked at for those that look alike.
const maxRanked = 500

// rankedPeople are the oldest of those who may do more than learn, with their names.
func (l *loader) rankedPeople(ctx context.Context) ([]*ent.User, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ranked != nil {
		return l.ranked, nil
	}
	found, err := l.r.store.Read().User.Query().Where(user.RoleIn(user.RoleOWNER, user.RoleADMIN, user.RoleAUDITOR), user.DeletedAtIsNil()).Order(user.ByID()).Limit(maxRanked).
		Select(user.FieldID, user.FieldUserName, user.FieldEmail).All(ctx)
	if err == nil {
		l.ranked = append([]*ent.User{}, found...)
	}
	return found, err
}

// looksLike is whom an account is to be taken for, nil when that is nobody.
func (l *loader) looksLike(ctx context.Context, p *ent.PendingLink) (*string, error) {
	people, err := l.rankedPeople(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range people {
		for _, text := range []string{p.Name, p.Email} {
			if directory.LooksLike(text, u.UserName) || u.Email != nil && directory.LooksLike(text, *u.Email) {
				return &u.UserName, nil
			}
		}
	}
	return nil, nil
}
