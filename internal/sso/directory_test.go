package sso_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/scim"
)

// directorySends is a request of the connection's directory about a person. It returns
// the status.
func (h *house) directorySends(method string, about *ent.User, body string) int {
	h.Helper()
	var secret string
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		secret, _, err = h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "Entra"})
		return err
	})
	door := scim.New(scim.Options{Store: h.store, Directory: h.directory, Access: h.access, PublicURL: public, Key: make([]byte, 32), Log: slog.New(slog.DiscardHandler)})
	path := "/scim/v2/acme/Users/" + about.ID.String()
	if method == http.MethodPost {
		path = "/scim/v2/acme/Users"
	}
	r := httptest.NewRequestWithContext(h.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", "application/scim+json")
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	return w.Code
}

// patch is the body of a SCIM PATCH with one operation.
func patch(operation string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operation + `]}`
}

// directoryRenames lets the directory give a person another externalId.
func (h *house) directoryRenames(u *ent.User, externalID string) (status int) {
	h.Helper()
	return h.directorySends(http.MethodPatch, u, patch(`{"op":"replace","path":"externalId","value":"`+externalID+`"}`))
}
