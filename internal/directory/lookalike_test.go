package directory_test

import (
	"testing"

	"github.com/rollcall/rollcall/internal/directory"
)

func TestLooksLike(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		text, name string
		want       bool
	}{
		"a Cyrillic letter":            {"\u0430da@acme.test", "ada@acme.test", true},
		"a capital of it":              {"\u0410da@acme.test", "ada@acme.test", true},
		"a Greek letter":               {"ad\u03b1@acme.test", "ada@acme.test", true},
		"a whole Cyrillic word":        {"\u0440\u0430\u0441\u0435@acme.test", "pace@acme.test", true},
		"a capital that is none small": {"\u041d\u0412@acme.test", "hb@acme.test", true},
		"the name itself":              {"Ada@Acme.test", "ada@acme.test", false},
		"another name":                 {"\u0431da@acme.test", "ada@acme.test", false},
		"an honest Cyrillic name":      {"иван@acme.test", "ivan@acme.test", false},
		"nothing":                      {"", "", false},
	} {
		if got := directory.LooksLike(c.text, c.name); got != c.want {
			t.Errorf("%s: LooksLike(%q, %q) = %v", what, c.text, c.name, got)
		}
	}
}
