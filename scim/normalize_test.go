package scim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func decoded(t testing.TB, text string) map[string]any {
	t.Helper()
	doc, err := decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestNormalizeMakesTheCanonicalDocument(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"what can't be set is dropped": {
			`{"userName":"a","id":"1","schemas":["x"],"meta":{"version":"1"},"groups":[{"value":"g"}],"password":"secret","shoeSize":44,"name":{"givenName":"A","shoe":1}}`,
			`{"userName":"a","name":{"givenName":"A"}}`},
		"empty is absent": {
			`{"userName":"a","title":"","nickName":null,"roles":[],"name":{"givenName":"","familyName":null},"emails":[{"type":"work","value":""},{},null],"` + enterpriseURN + `":{"department":null}}`,
			`{"userName":"a"}`},
		"an element with a type alone stays": {
			`{"userName":"a","emails":[{"type":"work"}]}`,
			`{"userName":"a","emails":[{"type":"work"}]}`},
		"names in any case": {
			`{"USERNAME":"a","Name":{"GIVENNAME":"A"},"` + strings.ToUpper(enterpriseURN) + `":{"DEPARTMENT":"Yard"}}`,
			`{"userName":"a","name":{"givenName":"A"},"` + enterpriseURN + `":{"department":"Yard"}}`},
		"values as sent": {
			`{"userName":" Ada@Example.TEST ","phoneNumbers":[{"type":"WORK","value":"(0) 12-34"}]}`,
			`{"userName":" Ada@Example.TEST ","phoneNumbers":[{"type":"WORK","value":"(0) 12-34"}]}`},
		"booleans sent as strings": {
			`{"userName":"a","active":"True","roles":[{"primary":"False","value":"r"}]}`,
			`{"userName":"a","active":true,"roles":[{"primary":false,"value":"r"}]}`},
		"numbers sent for text": {
			`{"userName":7,"` + enterpriseURN + `":{"employeeNumber":77.0}}`,
			`{"userName":"7","` + enterpriseURN + `":{"employeeNumber":"77.0"}}`},
		"one value for a list": {
			`{"userName":"a","emails":{"value":"a@x.test"},"phoneNumbers":"1","roles":["r",{"value":"s"}]}`,
			`{"userName":"a","emails":[{"value":"a@x.test"}],"phoneNumbers":[{"value":"1"}],"roles":[{"value":"r"},{"value":"s"}]}`},
		"manager as a string": {
			`{"userName":"a","` + enterpriseURN + `":{"manager":"m"}}`,
			`{"userName":"a","` + enterpriseURN + `":{"manager":{"value":"m"}}}`},
		"manager as a list": {
			`{"userName":"a","` + enterpriseURN + `":{"manager":[{"value":"m","$ref":null,"displayName":"Bo"}]}}`,
			`{"userName":"a","` + enterpriseURN + `":{"manager":{"value":"m","displayName":"Bo"}}}`},
		"manager at the top": {
			`{"userName":"a","manager":{"value":"m"},"department":null}`,
			`{"userName":"a","` + enterpriseURN + `":{"manager":{"value":"m"}}}`},
		"manager without a value": {
			`{"userName":"a","manager":{"displayName":"Bo"}}`,
			`{"userName":"a"}`},
		"keys with a URN or a dot": {
			`{"userName":"a","name.givenName":"A","` + enterpriseURN + `:department":"Yard","` + userURN + `:title":"T","` + enterpriseURN + `:manager.value":"m"}`,
			`{"userName":"a","name":{"givenName":"A"},"title":"T","` + enterpriseURN + `":{"department":"Yard","manager":{"value":"m"}}}`},
		"the core as an object": {
			`{"` + userURN + `":{"userName":"a"}}`,
			`{"userName":"a"}`},
		"declared attributes get their type": {
			`{"userName":"a","` + trainingURN + `":{"SITE":"N","seats":"3","score":1.5,"certified":"true","tags":"x","since":"2026-01-31"}}`,
			`{"userName":"a","` + trainingURN + `":{"site":"N","seats":3,"score":1.5,"certified":true,"tags":["x"],"since":"2026-01-31"}}`},
		"last primary wins": {
			`{"userName":"a","emails":[{"value":"1","primary":true},{"value":"2","primary":"True"},{"value":"3"}]}`,
			`{"userName":"a","emails":[{"value":"1","primary":false},{"value":"2","primary":true},{"value":"3"}]}`},
		"duplicates stay": {
			`{"userName":"a","emails":[{"value":"1"},{"value":"1"}]}`,
			`{"userName":"a","emails":[{"value":"1"},{"value":"1"}]}`},
		"bracket keys are nothing": {
			`{"userName":"a","emails[type eq \"work\"].value":"x","emails[value eq \"a:b\"]":"x"}`,
			`{"userName":"a"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user := userType(training())
			got, undeclared, err := user.normalize(decoded(t, test.in))
			if err != nil || undeclared != nil {
				t.Fatalf("undeclared %v, error %v", undeclared, err)
			}
			if diff := cmp.Diff(decoded(t, test.want), got); diff != "" {
				t.Errorf("(-want +got): %s", diff)
			}
			checkCanonical(t, user, got)
		})
	}
}

func TestNormalizeKeepsUndeclaredAttributesAsSent(t *testing.T) {
	t.Parallel()
	in := `{"userName":"a","urn:scim:acme:User":{"Division":"North","Floor":3,"Empty":"","a.b":"x","c[d":"x"},
		"urn:scim:acme:User:Room":{"n":[1,null]},"urn:other":{"Site":true},"` + enterpriseURN + `":{"shoeSize":44}}`
	want := `{"userName":"a","urn:scim:acme:User":{"Division":"North","Floor":3,"Room":{"n":[1,null]},"a":{"b":"x"}},
		"urn:other":{"Site":true},"` + enterpriseURN + `":{"shoeSize":44}}`
	got, undeclared, err := userType().normalize(decoded(t, in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decoded(t, want), got); diff != "" {
		t.Errorf("(-want +got): %s", diff)
	}
	wantSeen := []seen{
		{enterpriseURN, "shoeSize"}, {"urn:other", "Site"},
		{acmeURN, "Division"}, {acmeURN, "Floor"}, {acmeURN, "a"}, {acmeURN, "Room"},
	}
	if diff := cmp.Diff(wantSeen, undeclared, cmp.AllowUnexported(seen{})); diff != "" {
		t.Errorf("undeclared (-want +got): %s", diff)
	}
}

func TestNormalizeRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 4097)
	tests := map[string]struct{ in, detail string }{
		"missing userName":     {`{"displayName":"x"}`, "userName is required"},
		"empty userName":       {`{"userName":""}`, "userName is required"},
		"long userName":        {`{"userName":"` + long[:642] + `"}`, "userName has 321 characters; at most 320"},
		"long title":           {`{"userName":"a","title":"` + long + `"}`, "title has 4097 characters; at most 4096"},
		"object for text":      {`{"userName":{"a":1}}`, "userName must be a string, not an object"},
		"text for object":      {`{"userName":"a","name":"Ada"}`, "name must be an object, not a string"},
		"boolean for text":     {`{"userName":"a","title":true}`, "title must be a string, not a boolean"},
		"number for boolean":   {`{"userName":"a","active":1}`, `active must be true or false, not "1"`},
		"wrong in an element":  {`{"userName":"a","emails":[{"value":"x"},{"primary":"maybe","value":"y"}]}`, `emails[1].primary must be true or false, not "maybe"`},
		"text for an address":  {`{"userName":"a","addresses":["x"]}`, "addresses[0] must be an object, not a string"},
		"list in a list":       {`{"userName":"a","emails":[["x"]]}`, "emails[0] must be an object, not a list"},
		"too many values":      {`{"userName":"a","roles":[` + strings.Repeat(`"x",`, 200) + `"x"]}`, "roles has 201 values; at most 200"},
		"fraction for integer": {`{"userName":"a","` + trainingURN + `":{"seats":1.5}}`, `seats must be an integer, not "1.5"`},
		"no date":              {`{"userName":"a","` + trainingURN + `":{"since":"soon"}}`, "since must be a date and time"},
		"extension no object":  {`{"userName":"a","` + trainingURN + `":"x"}`, trainingURN + " must be an object"},
		"undeclared too long":  {`{"userName":"a","urn:x:User":{"Note":["` + long + `"]}}`, "urn:x:User:Note has 4097 characters"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := userType(training()).normalize(decoded(t, test.in))
			wantRefusal(t, err, "invalidValue", test.detail)
		})
	}
}

func TestNormalizeOfGroupsMakesMembersCanonical(t *testing.T) {
	t.Parallel()
	in := `{"displayName":"G","externalId":"x","Members":["u1",{"Value":"u2","$ref":null,"type":"User","display":null},{"value":"u1"},{"value":"u3","display":"Cid"}]}`
	want := `{"displayName":"G","externalId":"x","members":[{"value":"u1"},{"value":"u2","type":"User"},{"value":"u3","display":"Cid"}]}`
	got, _, err := groupType().normalize(decoded(t, in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decoded(t, want), got); diff != "" {
		t.Errorf("(-want +got): %s", diff)
	}
}

func TestNormalizeOfGroupsRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, detail string }{
		"no name":               {`{"members":[]}`, "displayName is required"},
		"member without value":  {`{"displayName":"G","members":[{"value":"u1"},{"display":"x"}]}`, "members[1].value must be the id of a user, not null"},
		"member that is a list": {`{"displayName":"G","members":[[]]}`, "members[0] must be the id of a user, not a list"},
		"group in a group":      {`{"displayName":"G","members":[{"value":"g2","type":"group"}]}`, "members[0] is a group; only people can be members"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := groupType().normalize(decoded(t, test.in))
			wantRefusal(t, err, "invalidValue", test.detail)
		})
	}
}

func BenchmarkNormalizeUser(b *testing.B) {
	user := userType(training())
	doc := decoded(b, entraUser)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := user.normalize(doc); err != nil {
			b.Fatal(err)
		}
	}
}
