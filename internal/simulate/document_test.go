package simulate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What the server of these tests does with one path of a document.

var element = regexp.MustCompile(`^(\w+)\[(\w+) eq "([^"]*)"\](?:\.(\w+))?$`)

// home finds the object that a path without brackets points into, and the key.
func home(doc object, path string) (object, string) {
	if rest, within := strings.CutPrefix(path, enterprise+":"); within {
		if doc[enterprise] == nil {
			doc[enterprise] = object{}
		}
		return doc[enterprise].(object), rest
	}
	if path == "manager" {
		return home(doc, managerPath)
	}
	if parent, key, dotted := strings.Cut(path, "."); dotted {
		if doc[parent] == nil {
			doc[parent] = object{}
		}
		return doc[parent].(object), key
	}
	return doc, path
}

func textAt(doc object, path string) string {
	if m := element.FindStringSubmatch(path); m != nil {
		for _, e := range listOf(doc[m[1]]) {
			if e.(object)[m[2]] == m[3] && e.(object)[m[4]] != nil {
				return fmt.Sprint(e.(object)[m[4]])
			}
		}
		return ""
	}
	in, key := home(doc, path)
	if reference, complex := in[key].(object); complex {
		return fmt.Sprint(reference["value"])
	}
	if in[key] == nil {
		return ""
	}
	return fmt.Sprint(in[key])
}

func set(doc object, path string, value any) {
	if m := element.FindStringSubmatch(path); m != nil {
		for _, e := range listOf(doc[m[1]]) {
			if e.(object)[m[2]] == m[3] {
				e.(object)[m[4]] = value
				return
			}
		}
		doc[m[1]] = append(listOf(doc[m[1]]), object{m[2]: m[3], m[4]: value})
		return
	}
	in, key := home(doc, path)
	switch key {
	case "members":
		for _, member := range listOf(value) {
			if !matches(doc, "members", member.(object)["value"].(string)) {
				doc["members"] = append(listOf(doc["members"]), object{"value": member.(object)["value"]})
			}
		}
	case "active":
		in[key] = strings.EqualFold(fmt.Sprint(value), "true")
	case "manager":
		if list, listed := value.([]any); listed {
			value = list[0].(object)["value"]
		}
		in[key] = object{"value": value}
	default:
		in[key] = value
	}
}

func unset(doc object, path string, value any) {
	gone := map[any]bool{}
	if m := element.FindStringSubmatch(path); m != nil {
		gone[m[3]] = true
	}
	for _, e := range listOf(value) {
		gone[e.(object)["value"]] = true
	}
	if strings.HasPrefix(path, "members") {
		doc["members"] = slices.DeleteFunc(listOf(doc["members"]), func(m any) bool { return gone[m.(object)["value"]] })
		return
	}
	in, key := home(doc, path)
	delete(in, key)
}

// listOf is a value as a list, which it is not when it is absent.
func listOf(value any) []any {
	list, _ := value.([]any)
	return list
}
