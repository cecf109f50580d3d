package scim_test

import (
	"net/http"
	"testing"

	entschema "github.com/rollcall/rollcall/ent/schema"
)

func named(name, userName, email string) map[string]any {
	body := with(person(name), "userName", userName)
	if email == "" {
		delete(body, "emails")
		return body
	}
	return with(body, "emails", []any{map[string]any{"value": email, "type": "work", "primary": true}})
}

func TestConnectionKeepsToItsDomains(t *testing.T) {
	onBoth(t, func(h *house) {
		h.set(func(s *entschema.ConnectionSettings) { s.Domains = []string{"Corp.test", "münchen.test"} })
		for name, c := range map[string]struct{ userName, email, says string }{
			"both inside":          {"ada@corp.test", "ada@corp.test", ""},
			"capitals":             {"BOB@CORP.TEST", "BOB@CORP.TEST", ""},
			"dot at the end":       {"cyd@corp.test.", "cyd@corp.test.", ""},
			"encoded":              {"dan@xn--mnchen-3ya.test", "dan@xn--mnchen-3ya.test", ""},
			"name without domain":  {"eda", "eda@corp.test", ""},
			"no e-mail":            {"fay@corp.test", "", ""},
			"name outside":         {"a@other.test", "a@corp.test", `userName "a@other.test"`},
			"e-mail outside":       {"b@corp.test", "b@other.test", `emails "b@other.test"`},
			"subdomain":            {"c@mail.corp.test", "c@corp.test", "userName"},
			"two at signs":         {"d@evil.test@corp.test", "d@corp.test", "userName"},
			"quoted at sign":       {"e", `"a@evil.test"@corp.test`, "emails"},
			"nothing that is ours": {"f", "", "userName"},
			"look-alike":           {"g@соrр.test", "g@corp.test", "userName"},
		} {
			r := h.do(http.MethodPost, "/Users", named("x", c.userName, c.email))
			if c.says == "" {
				if r.status != http.StatusCreated {
					h.Errorf("%s: %d %s", name, r.status, r.text)
				}
				continue
			}
			if detail, _ := r.body["detail"].(string); r.status != http.StatusBadRequest || r.body["scimType"] != "invalidValue" || !contains(detail, c.says, "Corp.test") {
				h.Errorf("%s: %d %s", name, r.status, r.text)
			}
		}
	})
}

func TestChangesKeepToTheDomains(t *testing.T) {
	onBoth(t, func(h *house) {
		body := named("ada", "ada@corp.test", "ada@corp.test")
		id := h.do(http.MethodPost, "/Users", body).want(http.StatusCreated).id()
		early := h.do(http.MethodPost, "/Users", named("eve", "eve@early.test", "eve@early.test")).want(http.StatusCreated).id()
		h.set(func(s *entschema.ConnectionSettings) { s.Domains = []string{"corp.test"} })
		for name, operation := range map[string]map[string]any{
			"rename":          op("replace", "userName", "ada@other.test"),
			"e-mail":          op("replace", `emails[type eq "work"].value`, "ada@other.test"),
			"another primary": op("add", "emails", []any{map[string]any{"value": "a@other.test", "type": "home", "primary": true}}),
			"no path":         op("replace", "", map[string]any{"userName": "ada@other.test"}),
			"all e-mails":     op("replace", "emails", []any{map[string]any{"value": "a@other.test"}}),
		} {
			r := h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "title", "Fitter"), operation))
			if r.status != http.StatusBadRequest || r.body["scimType"] != "invalidValue" {
				h.Errorf("PATCH %s: %d %s", name, r.status, r.text)
			}
		}
		h.do(http.MethodPut, "/Users/"+id, with(body, "userName", "ada@other.test")).refused(http.StatusBadRequest, "invalidValue", "outside the domains")
		if got := h.do(http.MethodGet, "/Users/"+id, nil); got.body["userName"] != "ada@corp.test" || got.body["title"] != nil {
			h.Errorf("after the refusals: %s", got.text)
		}
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "userName", "ADA.L@CORP.test"))).want(http.StatusOK)
		// Whoever came before the domains were set stays manageable.
		h.do(http.MethodPatch, "/Users/"+early, patch(op("replace", "title", "Fitter"))).want(http.StatusOK)
		h.do(http.MethodPatch, "/Users/"+early, patch(op("replace", "active", false))).want(http.StatusOK)
	})
}
