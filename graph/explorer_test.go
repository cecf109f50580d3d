package graph_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/graph"
)

func TestExplorerIsForThoseWithAScope(t *testing.T) {
	onBoth(t, func(h *house) {
		api := graph.New(graph.Options{Store: h.store, Directory: h.directory, Access: h.access, Log: slog.New(slog.DiscardHandler)})
		for name, c := range map[string]struct {
			caller
			status int
		}{
			"owner":          {h.as(user.RoleOWNER), http.StatusOK},
			"admin":          {h.as(user.RoleADMIN), http.StatusOK},
			"auditor":        {h.as(user.RoleAUDITOR), http.StatusOK},
			"learner":        {h.as(user.RoleLEARNER), http.StatusForbidden},
			"token":          {h.with("log:read"), http.StatusOK},
			"operator":       {h.operator(), http.StatusOK},
			"stranger":       {caller{}, http.StatusUnauthorized},
			"forged session": {caller{"Cookie", "__Host-session=forged"}, http.StatusUnauthorized},
			"forged token":   {caller{"Authorization", "Bearer forged"}, http.StatusUnauthorized},
		} {
			hr := httptest.NewRequestWithContext(h.Context(), http.MethodGet, "/graphiql", nil)
			if c.header != "" {
				hr.Header.Set(c.header, c.value)
			}
			if got := api.Explore(hr); got != c.status {
				h.Errorf("the explorer answers %s with %d, want %d", name, got, c.status)
			}
		}
	})
}
