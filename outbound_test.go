package rollcall_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOnlyOutboundCalls fails when a room of the server makes an HTTP client of its
// own: one that internal/outbound didn't make reaches the server's own network for
// whoever names an address.
func TestOnlyOutboundCalls(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if _, r, ok := roomOf(p.ImportPath); !ok || r.tool || r.calls {
			continue
		}
		for _, name := range p.GoFiles {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range ownClients(file) {
				t.Errorf("%s: http.%s goes around internal/outbound; take a client that outbound.New made", files.Position(call.Pos()), call.Sel.Name)
			}
		}
	}
}

func TestOwnClientsAreFound(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`var _ = http.DefaultClient`:                      "DefaultClient",
		`var _ = http.DefaultTransport`:                   "DefaultTransport",
		`var _, _ = http.Get("https://x.test")`:           "Get",
		`var _, _ = http.Post("https://x.test", "", nil)`: "Post",
		`var _, _ = http.PostForm("https://x.test", nil)`: "PostForm",
		`var _, _ = http.Head("https://x.test")`:          "Head",
		`var _ = &http.Client{}`:                          "Client",
		`var _ = []http.Client{{}}`:                       "Client",
		`var _ = new(http.Client)`:                        "Client",
		`var _ http.Client`:                               "Client",
		`type _ struct{ http.Client }`:                    "Client",
		`var _ http.RoundTripper = &http.Transport{}`:     "Transport",
		`var _ *http.Client`:                              "",
		`func _(c *http.Client) { c.Get("/") }`:           "",
		`func _(h http.Header) { h.Get("Date") }`:         "",
	} {
		for named, source := range map[string]string{
			"http": "package p\nimport \"net/http\"\n" + body,
			"web":  "package p\nimport web \"net/http\"\n" + strings.ReplaceAll(body, "http.", "web."),
		} {
			file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, call := range ownClients(file) {
				got = append(got, call.Sel.Name)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s, imported as %s: found %q, want %q", body, named, got, want)
			}
		}
	}
}

// ownClients are the places at which a file makes an HTTP client, or uses that of
// net/http. A pointer to one that it was given is none.
func ownClients(file *ast.File) (found []*ast.SelectorExpr) {
	names := map[string]bool{}
	for _, i := range file.Imports {
		switch {
		case i.Path.Value != `"net/http"`:
		case i.Name != nil:
			names[i.Name.Name] = true
		default:
			names["http"] = true
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			if s, ok := n.X.(*ast.SelectorExpr); ok && (s.Sel.Name == "Client" || s.Sel.Name == "Transport") {
				return false
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && names[x.Name] && slices.Contains(clientWords, n.Sel.Name) {
				found = append(found, n)
			}
		}
		return true
	})
	return found
}

var clientWords = []string{"Client", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm", "Transport"}
