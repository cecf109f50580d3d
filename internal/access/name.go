package access

import "github.com/rollcall/rollcall/ent"

// NameOf is what to call a person: on a page, in a log row, in an answer.
func NameOf(u *ent.User) string {
	for _, name := range [...]*string{u.DisplayName, u.FormattedName} {
		if name != nil && *name != "" {
			return *name
		}
	}
	return u.UserName
}
