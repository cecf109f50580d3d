package scim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const projected = `{"schemas":["` + userURN + `"],"id":"1","meta":{"version":"1","created":"x"},"userName":"ada","password":"p",
	"name":{"givenName":"Ada","familyName":"L"},"emails":[{"value":"a@x.test","type":"work"},{"value":"b@x.test"}],"roles":[],
	"` + enterpriseURN + `":{"department":"Yard","manager":{"value":"m","displayName":"Bo"}},"urn:scim:acme:User":{"Division":"N","Floor":3}}`

func TestProjection(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ attributes, excluded, want string }{
		"by default only secrets are left out": {"", "", strings.Replace(projected, `"password":"p",`, "", 1)},
		"always and what was named":            {"userName", "", `{"schemas":["` + userURN + `"],"id":"1","userName":"ada"}`},
		"names in any case":                    {"USERNAME,Name.GivenName", "", `{"schemas":["` + userURN + `"],"id":"1","userName":"ada","name":{"givenName":"Ada"}}`},
		"unknown names select nothing":         {"shoeSize", "", `{"schemas":["` + userURN + `"],"id":"1"}`},
		"secrets stay out":                     {"password", "", `{"schemas":["` + userURN + `"],"id":"1"}`},
		"sub-attributes of elements":           {"emails.type", "", `{"schemas":["` + userURN + `"],"id":"1","emails":[{"type":"work"}]}`},
		"whole and part":                       {"name,name.givenName", "", `{"schemas":["` + userURN + `"],"id":"1","name":{"givenName":"Ada","familyName":"L"}}`},
		"empty lists are shown":                {"roles", "", `{"schemas":["` + userURN + `"],"id":"1","roles":[]}`},
		"extension attribute":                  {enterpriseURN + ":department", "", `{"schemas":["` + userURN + `"],"id":"1","` + enterpriseURN + `":{"department":"Yard"}}`},
		"bare enterprise attribute":            {"manager.value", "", `{"schemas":["` + userURN + `"],"id":"1","` + enterpriseURN + `":{"manager":{"value":"m"}}}`},
		"whole extension":                      {strings.ToLower(enterpriseURN), "", `{"schemas":["` + userURN + `"],"id":"1","` + enterpriseURN + `":{"department":"Yard","manager":{"value":"m","displayName":"Bo"}}}`},
		"undeclared attribute":                 {"urn:scim:acme:User:division", "", `{"schemas":["` + userURN + `"],"id":"1","urn:scim:acme:User":{"Division":"N"}}`},
		"whole core":                           {userURN, "id", ``},
		"excluded":                             {"", "id,schemas,emails,roles,meta,name.givenName,manager.displayName,urn:scim:acme:User", `{"schemas":["` + userURN + `"],"id":"1","userName":"ada","name":{"familyName":"L"},"` + enterpriseURN + `":{"department":"Yard","manager":{"value":"m"}}}`},
		"excluded leaves nothing":              {"", "emails.value,emails.type,name,roles,meta," + enterpriseURN + ",urn:scim:acme:User:Division,urn:scim:acme:User:Floor", `{"schemas":["` + userURN + `"],"id":"1","userName":"ada"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := decoded(t, projected)
			p, err := userType().parseProjection(strings.Split(test.attributes, ","), strings.Split(test.excluded, ","))
			if test.want == "" {
				wantRefusal(t, err, "invalidValue", "can't be used together")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, test.want), p.apply(doc)); diff != "" {
				t.Errorf("(-want +got): %s", diff)
			}
			if diff := cmp.Diff(decoded(t, projected), doc); diff != "" {
				t.Errorf("the resource was changed: %s", diff)
			}
		})
	}
}

func TestProjectionSaysWhatNeedsLoading(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		attributes, excluded []string
		want                 bool
	}{
		"by default":      {nil, nil, true},
		"named":           {[]string{"Members"}, nil, true},
		"part named":      {[]string{"members.value"}, nil, true},
		"whole core":      {[]string{groupURN}, nil, true},
		"others named":    {[]string{"displayName"}, nil, false},
		"excluded":        {nil, []string{"MEMBERS"}, false},
		"part excluded":   {nil, []string{"members.display"}, true},
		"others excluded": {nil, []string{"displayName"}, true},
	}
	for name, test := range tests {
		p, err := groupType().parseProjection(test.attributes, test.excluded)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := p.wants("members"); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
