package scim

import (
	"strconv"
	"strings"
)

// etag is the entity tag of a version (RFC 7644 §3.14). It is weak: the same
// version may be written with its keys in another order.
func etag(version int) string { return `W/"` + strconv.Itoa(version) + `"` }

// parseETag reads a version out of a tag: W/"3", "3" or 3.
func parseETag(tag string) (version int, ok bool) {
	tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
	version, err := strconv.Atoi(tag)
	return version, err == nil
}

// namesVersion says whether an If-Match or If-None-Match header names the version.
func namesVersion(header string, version int) bool {
	for tag := range strings.SplitSeq(header, ",") {
		if strings.TrimSpace(tag) == "*" {
			return true
		}
		if v, ok := parseETag(tag); ok && v == version {
			return true
		}
	}
	return false
}
