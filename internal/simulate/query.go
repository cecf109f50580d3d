package simulate

import (
	"net/url"
	"strings"
)

// Entra writes a filter with plus signs for spaces and leaves the quotes raw;
// proxies on the way may encode them.
const (
	rawQuote     = `"`
	encodedQuote = `%22`
)

// equal is the condition that an attribute has a value.
func equal(path, quote, value string) string {
	path = strings.ReplaceAll(strings.ReplaceAll(path, " ", "+"), `"`, quote)
	return path + "+eq+" + quote + escape(value) + quote
}

// escape makes a value fit into a quoted filter literal in a URL.
func escape(value string) string {
	if strings.ContainsAny(value, `"\`) {
		value = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value)
	}
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}

func userQuery(a attribute, quote, value string) string {
	return "/Users?filter=" + equal(paths[a], quote, value)
}

func groupQuery(quote, name string) string {
	return "/Groups?excludedAttributes=members&filter=" + equal("displayName", quote, name)
}

// referenceQuery asks whether a reference is already there; the order of the
// two conditions varies.
func referenceQuery(resources, id, reference, value, quote string, swapped bool) string {
	one, two := equal("id", quote, id), equal(reference, quote, value)
	if swapped {
		one, two = two, one
	}
	return resources + "?filter=" + one + "+and+" + two + "&attributes=id"
}
