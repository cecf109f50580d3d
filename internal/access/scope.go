package access

import (
	"slices"
	"strings"

	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
)

// AllScopes is the scope that stands for every other but Operate and SetUp.
const AllScopes = "all"

// Operate is what operator tokens are for: the organizations of the installation.
// No other token can have it, and operator tokens have nothing else.
const Operate = "organizations"

// SetUp is what set-up links are for: the set-up of one connection. No other
// token can have it, and set-up links have nothing else.
const SetUp = "setup"

// Scopes are what an API token can be allowed: the closed list.
var Scopes = []string{
	"users:read", "users:write", "roles:write",
	"groups:read", "groups:write",
	"departments:read", "departments:write",
	"connections:read", "connections:write",
	"tokens:read", "tokens:write",
	"log:read", "events:read",
	"organization:read", "organization:write",
	AllScopes,
}

// ScopesOf are the scopes of a person by role: an owner has all, an admin all but
// the roles of others and the organization itself, an auditor those that read, a
// learner none.
func ScopesOf(role user.Role) []string {
	switch role {
	case user.RoleOWNER:
		return []string{AllScopes}
	case user.RoleADMIN:
		return without(func(s string) bool { return s == AllScopes || s == "roles:write" || s == "organization:write" })
	case user.RoleAUDITOR:
		return without(func(s string) bool { return !strings.HasSuffix(s, ":read") })
	}
	return nil
}

func without(drop func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(Scopes), drop)
}

// Includes says whether a scope is among those that someone has. Who may write
// may read.
func Includes(scopes []string, scope string) bool {
	if slices.Contains(scopes, scope) || scope != Operate && scope != SetUp && slices.Contains(scopes, AllScopes) {
		return true
	}
	what, reads := strings.CutSuffix(scope, ":read")
	return reads && slices.Contains(scopes, what+":write")
}

// Scopes are what the grant allows now: those of the token, and of them only what
// the role of the person behind it allows too.
func (g *Grant) Scopes() []string {
	switch {
	case g.Session != nil:
		return ScopesOf(g.User.Role)
	case g.Token.Kind == token.KindOperator:
		return []string{Operate}
	case g.Token.Kind == token.KindSetup:
		return []string{SetUp}
	case g.User == nil:
		return g.Token.Scopes
	}
	theirs := ScopesOf(g.User.Role)
	if Includes(g.Token.Scopes, AllScopes) {
		return theirs
	}
	return slices.DeleteFunc(slices.Clone(g.Token.Scopes), func(s string) bool { return !Includes(theirs, s) })
}

// Allows says whether the grant includes a scope.
func (g *Grant) Allows(scope string) bool { return Includes(g.Scopes(), scope) }

// checkScopes returns the scopes in order, each once.
func checkScopes(scopes []string) ([]string, error) {
	if len(scopes) == 0 {
		return nil, fault.New(fault.Invalid, "an API token needs scopes; choose among %s", strings.Join(Scopes, ", ")).On("scopes")
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes, s) {
			return nil, fault.New(fault.Invalid, "there is no scope %q; choose among %s", s, strings.Join(Scopes, ", ")).On("scopes")
		}
	}
	if slices.Contains(scopes, AllScopes) {
		return []string{AllScopes}, nil
	}
	sorted := slices.Sorted(slices.Values(scopes))
	return slices.Compact(sorted), nil
}
