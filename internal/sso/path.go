package sso

import (
	"net/url"
	"path"
	"strings"
	"unicode"
)

// home is where people go when they have signed in and asked for nothing else.
const home = "/"

const maxReturn = 2000

// localPath is where to go after signing in: the path that was asked for, or
// home when it could lead to another host.
func localPath(asked string) string {
	switch {
	case len(asked) > maxReturn, !strings.HasPrefix(asked, "/"), strings.HasPrefix(asked, "//"):
		return home
	case strings.ContainsFunc(asked, func(r rune) bool { return r == '\\' || r == unicode.ReplacementChar || unicode.IsControl(r) }):
		return home // browsers read a backslash as a slash, and drop tabs and line ends
	}
	u, err := url.Parse(asked)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil {
		return home
	}
	if p := path.Clean(u.Path); under(p, "/signin") || under(p, "/signout") { // browsers leave out dots too
		return home // to begin signing in elsewhere is nobody's wish
	}
	return asked
}

// under says whether a path is an address or below it.
func under(path, address string) bool {
	rest, ok := strings.CutPrefix(path, address)
	return ok && (rest == "" || rest[0] == '/')
}
