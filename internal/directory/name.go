package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/fault"
)

// maxName is how long a name that a person gives may be, in characters.
const maxName = 255

// checkName trims a name that a person gives to something and refuses one that
// nobody could read or tell apart. field is the column it goes into.
func checkName(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case !strings.ContainsFunc(name, isVisible):
		return "", fault.New(fault.Invalid, "the name is empty; write at least one character that can be seen").On(field)
	case utf8.RuneCountInString(name) > maxName:
		return "", fault.New(fault.Invalid, "the name is longer than %d characters", maxName).On(field)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", fault.New(fault.Invalid, "the name has control characters in it, such as a line break or a tab; write it without them").On(field)
	}
	return name, nil
}

func isVisible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }
