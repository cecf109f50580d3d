package scim

import (
	"fmt"
	"strings"
	"testing"
)

// spell writes an expression back with every parenthesis, so that precedence
// shows.
func spell(e expr) string {
	switch e := e.(type) {
	case andExpr:
		return joined(e.terms, " and ")
	case orExpr:
		return joined(e.terms, " or ")
	case notExpr:
		return "not " + spell(e.term)
	case valueExpr:
		return fmt.Sprintf("%s[%s]", e.ref, spell(e.filter))
	case compareExpr:
		if e.op == "pr" {
			return fmt.Sprintf("%s pr", e.ref)
		}
		return fmt.Sprintf("%s %s %T:%v", e.ref, e.op, e.value, e.value)
	}
	return fmt.Sprintf("%T", e)
}

func joined(terms []expr, word string) string {
	parts := make([]string, len(terms))
	for i, term := range terms {
		parts[i] = spell(term)
	}
	return "(" + strings.Join(parts, word) + ")"
}

func TestFilterIsRead(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`userName eq "ada@example.test"`: `userName eq string:ada@example.test`,
		`  USERNAME   Eq   "x"  `:        `userName eq string:x`,
		`userName eq"x"`:                 `userName eq string:x`,
		userURN + `:userName eq "x"`:     `userName eq string:x`,
		`URN:ietf:params:scim:SCHEMAS:core:2.0:User:name.familyname co "x"`: `name.familyName co string:x`,
		enterpriseURN + `:manager.value eq "m"`:                             enterpriseURN + `:manager.value eq string:m`,
		`department sw "Y"`:                                                 enterpriseURN + `:department sw string:Y`,
		`title pr`:                                                          `title pr`,
		`emails PR`:                                                         `emails pr`,
		`active eq true`:                                                    `active eq bool:true`,
		`active eq "False"`:                                                 `active eq bool:false`,
		`active ne FALSE`:                                                   `active ne bool:false`,
		`title eq null`:                                                     `title eq <nil>:<nil>`,
		`title eq "null"`:                                                   `title eq string:null`,
		`externalId eq jyoung`:                                              `externalId eq string:jyoung`,
		`(externalId eq jyoung)`:                                            `externalId eq string:jyoung`,
		`externalId eq 42`:                                                  `externalId eq string:42`,
		`displayName eq true`:                                               `displayName eq string:true`,
		`userName eq "a\"b\\c\u00e9"`:                                       `userName eq string:a"b\cé`,
		`userName eq "zoë 100%"`:                                            `userName eq string:zoë 100%`,
		`id eq "1" and manager eq "2"`:                                      `(id eq string:1 and ` + enterpriseURN + `:manager.value eq string:2)`,
		`emails co "x"`:                                                     `emails.value co string:x`,
		`emails.type eq work`:                                               `emails.type eq string:work`,
		`groups eq "g"`:                                                     `groups.value eq string:g`,
		`groups.display co "g"`:                                             `groups.display co string:g`,
		`schemas eq "` + enterpriseURN + `"`:                                `schemas eq string:` + enterpriseURN,
		`meta.lastModified gt "2026-01-31T08:00:00Z"`:                       `meta.lastModified gt string:2026-01-31T08:00:00Z`,
		`meta.resourceType eq User`:                                         `meta.resourceType eq string:User`,
		`title eq "a" or title eq "b" and title eq "c"`:                     `(title eq string:a or (title eq string:b and title eq string:c))`,
		`(title eq "a" or title eq "b") and title eq "c"`:                   `((title eq string:a or title eq string:b) and title eq string:c)`,
		`title eq "a" and title eq "b" and title eq "c"`:                    `(title eq string:a and title eq string:b and title eq string:c)`,
		`not (title eq "a") and title pr`:                                   `(not title eq string:a and title pr)`,
		`NOT(title eq "a" or title pr)`:                                     `not (title eq string:a or title pr)`,
		`emails[type eq "work" and value co "x"]`:                           `emails[(emails.type eq string:work and emails.value co string:x)]`,
		`emails[type eq "work"].value eq "x"`:                               `emails[(emails.type eq string:work and emails.value eq string:x)]`,
		`emails[type eq "work" and primary eq "True"].value eq "x"`:         `emails[(emails.type eq string:work and emails.primary eq bool:true and emails.value eq string:x)]`,
		`emails[type eq "a" or type eq "b"].value pr`:                       `emails[((emails.type eq string:a or emails.type eq string:b) and emails.value pr)]`,
		`emails[not (type eq work)] and active eq true`:                     `(emails[not emails.type eq string:work] and active eq bool:true)`,
		trainingURN + `:seats ge 3`:                                         trainingURN + `:seats ge json.Number:3`,
		trainingURN + `:seats ge "3"`:                                       trainingURN + `:seats ge json.Number:3`,
		trainingURN + `:TAGS eq "x"`:                                        trainingURN + `:tags eq string:x`,
		trainingURN + `:tags[value eq "x"]`:                                 trainingURN + `:tags[` + trainingURN + `:tags eq string:x]`,
		`urn:scim:acme:User:Division eq "North"`:                            `urn:scim:acme:User:Division eq string:North`,
		`urn:scim:acme:User:Floor gt 3`:                                     `urn:scim:acme:User:Floor gt json.Number:3`,
		`urn:scim:acme:User:Open eq true`:                                   `urn:scim:acme:User:Open eq bool:true`,
	}
	user := userType(training())
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			e, err := user.parseFilter(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := spell(e); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestFilterOfMembersComparesTheirValue(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`members eq "u1"`:                    `members.value eq string:u1`,
		`members[value eq "u1"]`:             `members[members.value eq string:u1]`,
		`id eq "g" and members.value eq "u"`: `(id eq string:g and members.value eq string:u)`,
	} {
		e, err := groupType().parseFilter(text)
		if err != nil || spell(e) != want {
			t.Errorf("%s: got %s, %v, want %s", text, spell(e), err, want)
		}
	}
}

func TestFilterIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, detail string }{
		"empty":                   {``, "ends at position 1 where an attribute name was expected"},
		"unknown operator":        {`userName regex "x"`, `an operator (eq ne co sw ew gt ge lt le pr) was expected at position 10 of the filter, not "regex`},
		"no operator":             {`userName`, "ends at position 9 where an operator"},
		"no value":                {`userName eq `, "ends at position 13 where a value was expected"},
		"unterminated":            {`userName eq "unterminated`, "starts at position 13 has no closing quote"},
		"bad escape":              {`userName eq "a\x"`, "position 13 is not a valid JSON string"},
		"escaped zero":            {`userName eq "\u0000"`, "not a valid JSON string"},
		"lone surrogate":          {`userName eq "\ud800"`, "not a valid JSON string"},
		"zero":                    {"userName eq \"\x00\"", "not valid UTF-8 text"},
		"invalid UTF-8":           {"userName eq \"\xff\"", "not valid UTF-8 text"},
		"unknown attribute":       {`noSuch eq "x"`, `User has no attribute "noSuch", at position 1`},
		"unknown sub-attribute":   {`name.noSuch eq "x"`, `"name.noSuch" names no sub-attribute of name`},
		"unknown in brackets":     {`emails[noSuch eq "x"]`, `emails has no sub-attribute "noSuch", at position 8`},
		"a schema":                {enterpriseURN + ` eq "x"`, "names a schema"},
		"trailing word":           {`userName eq "x" userName eq "y"`, `"and", "or" or the end was expected at position 17`},
		"trailing bracket":        {`userName eq "x")`, `position 16`},
		"dangling and":            {`userName eq "x" and`, "ends at position 20 where an attribute name was expected"},
		"open bracket":            {`(userName eq "x"`, `where "and", "or" or ")" was expected`},
		"open value filter":       {`emails[type eq "x"`, `where "and", "or" or "]" was expected`},
		"not without parenthesis": {`not userName eq "x"`, `"(" after "not" was expected at position 5`},
		"brackets in brackets":    {`emails[type[value eq "x"]]`, "Brackets inside brackets"},
		"brackets on a string":    {`userName[value eq "x"]`, "userName has no elements to select"},
		"brackets on one object":  {`name[givenName eq "x"]`, "name has no elements to select"},
		"bare address":            {`addresses eq "x"`, "addresses is complex; compare one of its sub-attributes"},
		"boolean nonsense":        {`active eq "maybe"`, `active takes a value of type boolean, not "maybe", at position 11`},
		"boolean gt":              {`active gt true`, `active is of type boolean, which "gt" can't compare`},
		"boolean co":              {`active co "t"`, `"co" can't compare`},
		"binary gt":               {`x509Certificates.value gt "a"`, "type binary"},
		"integer sw":              {trainingURN + `:seats sw 3`, "type integer"},
		"integer nonsense":        {trainingURN + `:seats eq "x"`, "type integer"},
		"no date":                 {`meta.created gt "yesterday"`, "meta.created takes a value of type dateTime"},
		"null gt":                 {`title gt null`, "null can only be compared with eq and ne"},
		"password":                {`password eq "x"`, "password can't be filtered by"},
		"too long":                {`userName eq "` + strings.Repeat("x", 9000) + `"`, "has 9014 bytes; at most 8192"},
		"too many terms":          {strings.Repeat(`title pr or `, 100) + `title pr`, "more than 100 comparisons"},
		"too deep":                {strings.Repeat("(", 17) + "title pr" + strings.Repeat(")", 17), "nested more than 16 deep at position 17"},
	}
	user := userType(training())
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := user.parseFilter(test.text)
			wantRefusal(t, err, "invalidFilter", test.detail)
		})
	}
}

func TestFilterAtItsLimitsIsRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("(", 16) + "title pr" + strings.Repeat(")", 16),
		strings.Repeat(`title pr or `, 99) + `title pr`,
	} {
		if _, err := userType().parseFilter(text); err != nil {
			t.Error(err)
		}
	}
}

func TestHugeFiltersAreRefusedUnread(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("(", 10000), strings.Repeat(`title pr or `, 50000), strings.Repeat("x", 1<<20)} {
		_, err := userType().parseFilter(text)
		wantRefusal(t, err, "invalidFilter", "at most 8192")
	}
}

func TestElementsMatchAFilter(t *testing.T) {
	t.Parallel()
	element := decoded(t, `{"value":"Ada@Example.test","type":"Work","display":"A"}`)
	tests := map[string]bool{
		`type eq "work"`: true, `type ne "work"`: false, `type eq "home"`: false, `value sw "ada@"`: true, `value ew ".TEST"`: true,
		`value co "example"`: true, `value co "%"`: false, `display pr`: true, `primary eq false`: true, `primary eq "True"`: false,
		`type eq "work" and display eq "b"`: false, `type eq "home" or display eq "a"`: true, `not (type eq "home")`: true,
		`value gt "a"`: true, `value lt "a"`: false, `value ge "ada@example.test"`: true, `value le "ada@example.test"`: true,
		`display eq null`: false, `display ne null`: true,
	}
	for text, want := range tests {
		path, err := userType().parsePath("emails[" + text + "]")
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := matches(path.filter, element); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, text := range []string{
		`userName eq "ada"`, `emails[type eq "work"].value eq "x"`, `not (a.b gt 3) or (title pr and active eq "True")`,
		enterpriseURN + `:manager eq x`, `urn:x:y:User:z ne null`, `name.familyName co "\u00e9"`, `((((`, `a[b[c]]`, `members[value eq 1]`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []*resourceType{userType(training()), groupType()} {
			e, err := kind.parseFilter(text)
			if err != nil {
				wantRefusal(t, err, "invalidFilter", "")
				continue
			}
			checkExpr(t, e)
			matches(e, map[string]any{"value": "x"})
		}
	})
}

func checkExpr(t *testing.T, e expr) {
	t.Helper()
	switch e := e.(type) {
	case andExpr:
		checkTerms(t, e.terms)
	case orExpr:
		checkTerms(t, e.terms)
	case notExpr:
		checkExpr(t, e.term)
	case valueExpr:
		if e.ref.attr == nil || !e.ref.attr.Multi || e.ref.sub != nil {
			t.Errorf("value filter on %s", e.ref)
		}
		checkExpr(t, e.filter)
	case compareExpr:
		if a := e.ref.target(); e.op != "pr" && a != nil && a.Type == typeComplex {
			t.Errorf("%s is complex", e.ref)
		}
	default:
		t.Errorf("expression of type %T", e)
	}
}

func checkTerms(t *testing.T, terms []expr) {
	t.Helper()
	if len(terms) < 2 {
		t.Errorf("%d terms", len(terms))
	}
	for _, term := range terms {
		checkExpr(t, term)
	}
}

func BenchmarkParseFilter(b *testing.B) {
	user := userType()
	for _, text := range []string{
		`userName eq "ada.lindqvist@example.test"`,
		`emails[type eq "work"].value eq "ada.lindqvist@example.test"`,
		`id eq "0190d9a0-0000-7000-8000-000000000000" and manager eq "0190d9a0-0000-7000-8000-000000000001"`,
	} {
		b.Run(text[:strings.IndexByte(text, ' ')], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := user.parseFilter(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
