package scim_test

import (
	"net/http"
	"strings"
	"testing"

	entschema "github.com/rollcall/rollcall/ent/schema"
	entuser "github.com/rollcall/rollcall/ent/user"
)

// Whoever controls a directory, or has made a SCIM token, doesn't become an owner
// by giving an owner's account another identity.
func TestAdministratorsKeepTheirIdentity(t *testing.T) {
	onBoth(t, func(h *house) {
		h.set(func(s *entschema.ConnectionSettings) { s.Revive = true })
		h.promote(h.create("boss"), entuser.RoleOWNER)
		mail := func(addresses ...string) []any {
			var list []any
			for i, a := range addresses {
				list = append(list, map[string]any{"type": []string{"work", "home", "other"}[i], "primary": i == 0, "value": a})
			}
			return list
		}
		for name, role := range map[string]entuser.Role{"ada": entuser.RoleOWNER, "bob": entuser.RoleADMIN} {
			path, own := "/Users/"+h.create(name), name+"@example.test"
			id := h.find("/Users", `userName eq "`+own+`"`).at("Resources", 0, "id").(string)
			h.promote(id, role)
			before := h.do(http.MethodGet, path, nil).text
			refuse := func(r *reply) { h.Helper(); r.refused(http.StatusConflict, "", "has the role "+string(role)) }
			refuse(h.do(http.MethodPatch, path, patch(op("replace", "userName", "eve@example.test"))))
			refuse(h.do(http.MethodPatch, path, patch(op("replace", "externalId", "eve"))))
			refuse(h.do(http.MethodPatch, path, patch(op("replace", `emails[type eq "work"].value`, "eve@example.test"))))
			refuse(h.do(http.MethodPatch, path, patch(op("add", "emails", []any{map[string]any{"type": "home", "value": "eve@example.test"}}))))
			refuse(h.do(http.MethodPut, path, with(person(name), "userName", "eve@example.test")))
			refuse(h.do(http.MethodPut, path, with(person(name), "emails", mail("eve@example.test", own))))
			if after := h.do(http.MethodGet, path, nil).text; after != before {
				h.Errorf("%s has changed: %s\nwas %s", name, after, before)
			}
			h.do(http.MethodPatch, path, patch(op("replace", "title", "Chief"), op("replace", "userName", strings.ToUpper(own)))).want(http.StatusOK)
			h.do(http.MethodPut, path, with(person(name), "title", "Chief")).want(http.StatusOK)
			h.do(http.MethodPatch, path, patch(op("replace", "active", false))).want(http.StatusOK) // leavers are out
			refuse(h.do(http.MethodPatch, path, patch(op("replace", "userName", "eve@example.test"), op("replace", "active", true))))
			refuse(h.do(http.MethodPost, "/Users", with(person(name), "externalId", "eve"))) // would revive
			refuse(h.do(http.MethodPost, "/Users", with(person(name), "emails", mail("eve@example.test"))))
			h.do(http.MethodPost, "/Users", person(name)).want(http.StatusCreated)
			h.promote(id, entuser.RoleLEARNER) // an owner has taken the role away
			h.do(http.MethodPatch, path, patch(op("replace", "userName", name+".new@example.test"), op("replace", "externalId", name))).want(http.StatusOK)
			h.do(http.MethodDelete, path, nil).want(http.StatusNoContent)
		}
	})
}
