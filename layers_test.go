package rollcall_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// room is a folder with everything below it that is no room itself.
type room struct {
	floor int
	leaf  bool   // imports nothing of ours
	tool  bool   // for tests and developers: never part of the server
	only  string // the one room that may import it; "" for any above
	calls bool   // makes HTTP clients of its own
}

var rooms = map[string]room{
	"cmd/rollcall":                      {floor: 6},
	"scim":                              {floor: 5},
	"graph":                             {floor: 5},
	"internal/sso":                      {floor: 5},
	"internal/sso/saml":                 {floor: 4, leaf: true, only: "internal/sso"},
	"internal/oauth":                    {floor: 5},
	"web":                               {floor: 5, leaf: true},
	"internal/directory":                {floor: 4},
	"internal/training":                 {floor: 4},
	"internal/notify":                   {floor: 4},
	"internal/access":                   {floor: 4},
	"internal/notify/mailsink":          {floor: 0, tool: true},
	"internal/store":                    {floor: 3},
	"ent":                               {floor: 1},
	"internal/actor":                    {floor: 1},
	"internal/fault":                    {floor: 1},
	"internal/outbound":                 {floor: 1, leaf: true, calls: true},
	"internal/issuer":                   {floor: 2},
	"internal/seal":                     {floor: 1, leaf: true},
	"ent/schema":                        {floor: 0},
	"internal/simulate":                 {floor: 0, calls: true},
	"internal/store/storetest":          {floor: 4, tool: true},
	"internal/store/storetest/pgserver": {floor: 0, tool: true},
	"internal/bench":                    {floor: 5, tool: true},
	"scripts":                           {floor: 6, tool: true},
	"":                                  {floor: 0, tool: true},
}

// doors is the floor of those who answer requests.
const doors = 5

const module = "github.com/rollcall/rollcall"

// TestImportsPointDown fails when a room imports one that is not below it, and
// when a package stands in no room. Tests may use the tools of any floor, and the
// doors beside their own: what comes in by one shows at another.
func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name, from, ok := roomOf(p.ImportPath)
		if !ok {
			t.Errorf("%s stands in no room: give it one, with a page in docs/decisions", p.ImportPath)
			continue
		}
		tests := append(p.TestImports, p.XTestImports...)
		for i, path := range append(p.Imports, tests...) {
			inTest := i >= len(p.Imports)
			toName, to, ours := roomOf(path)
			switch {
			case !ours, toName == name, inTest && (to.tool || to.floor == from.floor && to.floor == doors):
			case to.tool && !from.tool:
				t.Errorf("%s imports %s, which is for tests and developers only", p.ImportPath, path)
			case to.only != "" && to.only != name:
				t.Errorf("%s imports %s, which only %s may", p.ImportPath, path, to.only)
			case from.leaf, to.floor >= from.floor:
				t.Errorf("%s (floor %d) imports %s (floor %d): an import may only point down", p.ImportPath, from.floor, path, to.floor)
			}
		}
	}
}

// aPackage is what go list says of a package.
type aPackage struct {
	Dir, ImportPath                             string
	GoFiles, Imports, TestImports, XTestImports []string
}

// packages are all of ours.
func packages(t *testing.T) (all []aPackage) {
	t.Helper()
	list, err := exec.Command("go", "list", "-json=Dir,ImportPath,GoFiles,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for decoder := json.NewDecoder(bytes.NewReader(list)); ; {
		var p aPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		// Reading the folder tells go test's cache that the answer depends on it.
		if _, err := os.ReadDir(p.Dir); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// roomOf finds the innermost room around a package of ours.
func roomOf(path string) (string, room, bool) {
	if path == module {
		return "", rooms[""], true
	}
	name, ours := strings.CutPrefix(path, module+"/")
	for ours {
		if r, ok := rooms[name]; ok {
			return name, r, true
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			break
		}
		name = name[:i]
	}
	return "", room{}, false
}
