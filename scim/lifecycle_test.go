package scim_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreateAnswersWhatWasSent(t *testing.T) {
	onBoth(t, func(h *house) {
		r := h.do(http.MethodPost, "/Users", person("ada")).want(http.StatusCreated)
		location := "https://rollcall.test/scim/v2/acme/Users/" + r.id()
		if r.header.Get("Location") != location || r.at("meta", "location") != location {
			t.Errorf("Location %q, meta.location %v", r.header.Get("Location"), r.at("meta", "location"))
		}
		read := h.do(http.MethodGet, "/Users/"+r.id(), nil).want(http.StatusOK)
		if diff := cmp.Diff(r.body, read.body); diff != "" {
			t.Errorf("the person read differs from the answer to the create:\n%s", diff)
		}
		for name, value := range person("ada") {
			if name == "meta" || name == "roles" {
				continue
			}
			if name == "schemas" {
				value = []any{"urn:ietf:params:scim:schemas:core:2.0:User", enterprise}
			}
			if diff := cmp.Diff(value, read.body[name]); diff != "" {
				t.Errorf("%s is not as sent:\n%s", name, diff)
			}
		}
	})
}
