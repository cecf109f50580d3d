package access

import (
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/fault"
)

// AllScopes is the scope that stands for every other.
const AllScopes = "all"

// Scopes are what an API token can be allowed: the closed list.
var Scopes = []string{
	"users:read", "users:write",
	"groups:read", "groups:write",
	"departments:read", "departments:write",
	"connections:read", "connections:write",
	"tokens:read", "tokens:write",
	"log:read", "events:read",
	"organization:read", "organization:write",
	AllScopes,
}

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
