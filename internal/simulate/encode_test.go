package simulate

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// ada is somebody with a value for every attribute.
var ada = values{
	userName: "Ada.O'Brien@contoso.example", externalID: "ada.o'brien", active: yes,
	displayName: `Ada "Countess" O'Brien`, title: "Fitter", preferredLanguage: "en-GB",
	givenName: "Ada", familyName: "O'Brien", formatted: "Ada O'Brien",
	workEmail: "ada@contoso.example", workPhone: "+46 31 700 01-02", mobilePhone: "(0)70 / 55 501", fax: "+46 31 70099",
	officeAddress: "Göteborg HQ, Östra Hamngatan 16", street: "Östra Hamngatan 16", city: "Göteborg",
	region: "Västra Götaland", postalCode: "411 09", country: "SE",
	employeeNumber: "000077", department: "Health, Safety & Environment", costCentre: "CC-1500",
}

func TestRequests_have_the_shape_of_Entra(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]dialect{"legacy": legacy, "flag": flagged} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bare := values{
				userName: "bo@contoso.example", externalID: "bo", active: yes, displayName: "Bo", title: "Fitter", preferredLanguage: "sv-SE",
				givenName: "Bo", familyName: "Ek", formatted: "Bo Ek", workEmail: "bo@contoso.example",
				employeeNumber: "000078", department: "Production", costCentre: "CC-4100",
			}
			married := ada
			married[familyName], married[userName], married[workEmail] = "Böhm", "ada.bohm@contoso.example", "ada.bohm@contoso.example"
			married[active] = no
			var out strings.Builder
			write := func(title string, body []byte) {
				if !json.Valid(body) {
					t.Errorf("%s is not JSON: %s", title, body)
				}
				out.WriteString("# " + title + "\n" + string(body) + "\n\n")
			}
			write("create a user", appendUser(nil, &ada))
			write("create a user of whom little is known", appendUser(nil, &bare))
			write("change some attributes", appendPatch(nil, d, differences(nil, &married, &ada)))
			write("add and replace attributes", appendPatch(nil, d, differences(nil, &ada, &bare)))
			write("disable a user", appendPatch(nil, d, []edit{{attribute: active, value: no}}))
			write("add a manager", appendManager(nil, d, false, true, "https://scim.example/v2", "m1"))
			write("replace a manager, the rarer form", appendManager(nil, d, true, false, "https://scim.example/v2", "m1"))
			write("remove a manager", appendManagerRemoval(nil, d))
			write("create a group", appendGroup(nil, "Fire wardens", "8f5d0000-0000-4000-8000-000000000001"))
			write("rename a group", appendPatch(nil, d, []edit{{attribute: displayName, value: "Wardens"}}))
			write("add members", appendMembers(nil, d, []string{"u1", "u2"}))
			write("remove members", appendMembersRemoval(nil, d, []string{"u1", "u2"}))
			golden(t, name+".golden", out.String())
		})
	}
}

func TestQueries_have_the_shape_of_Entra(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, quote := range []string{rawQuote, encodedQuote} {
		for _, by := range []attribute{userName, externalID, workEmail, employeeNumber} {
			lines = append(lines, userQuery(by, quote, ada[by]))
		}
		lines = append(lines,
			userQuery(userName, quote, `odd "name" \ {x}+å@contoso.example`),
			groupQuery(quote, "Health, Safety & Environment"),
			referenceQuery("/Users", "u1", "manager", "m1", quote, false),
			referenceQuery("/Groups", "g1", "members", "u1", quote, true))
	}
	golden(t, "queries.golden", strings.Join(lines, "\n")+"\n")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (−golden +now):\n%s", name, diff)
	}
}
