package scim

import (
	"slices"
	"testing"
)

const (
	trainingURN = "urn:ietf:params:scim:schemas:extension:training:2.0:User"
	acmeURN     = "urn:scim:acme:User"
)

// training is an extension as a connection declares it.
func training() *schema {
	return &schema{URN: trainingURN, Name: "Training", Attributes: []*attribute{
		{Name: "site", Type: typeString},
		{Name: "seats", Type: typeInteger},
		{Name: "score", Type: typeDecimal},
		{Name: "certified", Type: typeBoolean},
		{Name: "since", Type: typeDateTime},
		{Name: "tags", Type: typeString, Multi: true},
	}}
}

func TestUserTypeHasEveryAttributeOfTheRFC(t *testing.T) {
	t.Parallel()
	user := userType()
	want := []string{
		"userName", "name", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage",
		"locale", "timezone", "active", "password", "emails", "phoneNumbers", "ims", "photos", "addresses",
		"groups", "entitlements", "roles", "x509Certificates",
	}
	var got []string
	for _, a := range user.Schema.Attributes {
		got = append(got, a.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("attributes %v, want %v", got, want)
	}
	for _, name := range []string{"id", "externalId", "meta", "schemas"} {
		if user.Schema.find(name) == nil || slices.Contains(got, name) {
			t.Errorf("%s must be known and not listed", name)
		}
	}
}

func TestDeclaredAttributesGetTheDefaultsOfTheRFC(t *testing.T) {
	t.Parallel()
	custom := training()
	site := userType(custom).Extensions[1].find("SITE")
	if site.Mutability != "readWrite" || site.Returned != "default" || site.Uniqueness != "none" {
		t.Errorf("site is %+v", site)
	}
	if custom.Attributes[0].Mutability != "" {
		t.Error("the declaration was changed")
	}
}

func TestDeclarationUnderAKnownURNJoinsThatSchema(t *testing.T) {
	t.Parallel()
	user := userType(&schema{URN: "URN:ietf:params:scim:schemas:extension:enterprise:2.0:user", Attributes: []*attribute{
		{Name: "badge", Type: typeString}, {Name: "Department", Type: typeInteger},
	}})
	if len(user.Extensions) != 1 {
		t.Fatalf("%d extensions, want 1", len(user.Extensions))
	}
	ext := user.Extensions[0]
	if ext.find("badge") == nil || ext.find("department").Type != typeString || ext.URN != enterpriseURN {
		t.Errorf("joined extension is wrong: %+v", ext)
	}
	if enterpriseUser.find("badge") != nil {
		t.Error("the standard extension was changed")
	}
}
