package scim

import "testing"

func TestPathIsRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ path, filter string }{
		`displayName`:                           {"displayName", ""},
		` NAME.GIVENNAME `:                      {"name.givenName", ""},
		`emails[type eq "work"]`:                {"emails[…]", "emails.type eq string:work"},
		`Emails[Type Eq "work"].Value`:          {"emails[…].value", "emails.type eq string:work"},
		`roles[primary eq "True"].display`:      {"roles[…].display", "roles.primary eq bool:true"},
		`emails[type eq "a]b"].value`:           {"emails[…].value", "emails.type eq string:a]b"},
		enterpriseURN:                           {enterpriseURN, ""},
		enterpriseURN + `:manager`:              {enterpriseURN + ":manager", ""},
		`manager.value`:                         {enterpriseURN + ":manager.value", ""},
		userURN + `:emails[type eq work].value`: {"emails[…].value", "emails.type eq string:work"},
		`urn:scim:acme:User:Division`:           {"urn:scim:acme:User:Division", ""},
		`urn:scim:acme:User:Boss.value`:         {"urn:scim:acme:User:Boss.value", ""},
		`urn:scim:acme:User`:                    {"urn:scim:acme:User", ""},
		trainingURN + `:tags[value eq "x"]`:     {trainingURN + ":tags[…]", trainingURN + ":tags eq string:x"},
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			path, err := userType(training()).parsePath(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := path.String(); got != want.path {
				t.Errorf("got %s, want %s", got, want.path)
			}
			if want.filter != "" && spell(path.filter) != want.filter {
				t.Errorf("filter %s, want %s", spell(path.filter), want.filter)
			}
		})
	}
}

func TestPathIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, scimType, detail string }{
		"unknown attribute":          {"shoeSize", "invalidPath", `User has no attribute "shoeSize"`},
		"unknown core attribute":     {userURN + ":shoeSize", "invalidPath", `User has no attribute "shoeSize"`},
		"unknown sub-attribute":      {"name.shoe", "invalidPath", "names no sub-attribute of name"},
		"sub-attribute of a string":  {"title.value", "invalidPath", "names no sub-attribute of title"},
		"three levels":               {"name.givenName.x", "invalidPath", "names no sub-attribute"},
		"brackets on a string":       {`title[value eq "x"]`, "invalidPath", "has no elements"},
		"brackets on a foreign one":  {`urn:x:User:a[value eq "x"]`, "invalidPath", "has no elements"},
		"text after brackets":        {`emails[type eq "work"]value`, "invalidPath", `"value" after the brackets`},
		"unknown after brackets":     {`emails[type eq "work"].shoe`, "invalidPath", `".shoe" after the brackets names no sub-attribute of emails`},
		"filter broken":              {`emails[type eq].value`, "invalidFilter", "a value was expected at position 15"},
		"brackets empty":             {`emails[].value`, "invalidFilter", "an attribute name was expected"},
		"brackets open":              {`emails[type eq "work"`, "invalidFilter", `"]" was expected`},
		"URN without an attribute":   {`:`, "invalidPath", "names no attribute"},
		"URN that ends in a version": {`urn:x:2.0`, "invalidPath", "names no attribute"},
		"URN of one part":            {"User:a", "invalidPath", "names no attribute"},
		"URN with two dots":          {`urn:x:User:a.b.c`, "invalidPath", "is no attribute name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := userType().parsePath(test.text)
			wantRefusal(t, err, test.scimType, test.detail)
		})
	}
}

func TestLongestKnownURNWins(t *testing.T) {
	t.Parallel()
	user := userType(
		&schema{URN: "urn:scim:acme", Attributes: []*attribute{{Name: "User", Type: typeString}}},
		&schema{URN: "urn:scim:acme:User", Attributes: []*attribute{{Name: "Division", Type: typeString}}},
	)
	r, err := user.resolve("URN:SCIM:ACME:USER:division")
	if err != nil || r.String() != "urn:scim:acme:User:Division" || r.attr == nil {
		t.Errorf("got %+v, %v", r, err)
	}
	if r, err := user.resolve("urn:scim:acmex:Floor"); err != nil || r.attr != nil || r.urn != "urn:scim:acmex" {
		t.Errorf("a URN that only begins alike: got %+v, %v", r, err)
	}
}

func FuzzPath(f *testing.F) {
	for _, text := range []string{`emails[type eq "work"].value`, enterpriseURN + ":manager.value", `urn:x:y:User:z.a`, `a.b.c`, `[`, `emails[`, `tags[value eq "x"].y`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		user := userType(training())
		path, err := user.parsePath(text)
		if err != nil {
			wantAnyRefusal(t, err)
			return
		}
		if path.filter != nil || path.ref.whole {
			return
		}
		again, err := user.parsePath(path.String())
		if err != nil || again.String() != path.String() {
			t.Errorf("%q is read as %q, and that as %q (%v)", text, path, again, err)
		}
	})
}
