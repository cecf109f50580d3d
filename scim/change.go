package scim

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
)

// difference lists what differs between two documents, in the client's words:
// name.givenName, URN:department, emails.
func difference(was, now map[string]any) []entschema.Change {
	var changes []entschema.Change
	compare("", was, now, &changes)
	return changes
}

func compare(prefix string, was, now map[string]any, changes *[]entschema.Change) {
	names := make(map[string]bool, len(was)+len(now))
	for name := range was {
		names[name] = true
	}
	for name := range now {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, next := was[name], now[name]
		if reflect.DeepEqual(old, next) {
			continue
		}
		oldParts, oldIs := old.(map[string]any)
		nextParts, nextIs := next.(map[string]any)
		if (oldIs || old == nil) && (nextIs || next == nil) {
			inner := "."
			if strings.Contains(name, ":") {
				inner = ":"
			}
			compare(prefix+name+inner, oldParts, nextParts, changes)
			continue
		}
		*changes = append(*changes, entschema.Change{Attribute: prefix + name, Old: old, New: next})
	}
}

// memberChanges says who came and who went. A long list is cut: the Event has
// it whole.
func memberChanges(delta *directory.MemberDelta) []entschema.Change {
	var changes []entschema.Change
	if len(delta.Added) > 0 {
		changes = append(changes, entschema.Change{Attribute: "members", New: someOf(delta.Added)})
	}
	if len(delta.Removed) > 0 {
		changes = append(changes, entschema.Change{Attribute: "members", Old: someOf(delta.Removed)})
	}
	return changes
}

func someOf(ids []uuid.UUID) []uuid.UUID { return ids[:min(len(ids), 100)] }

// changeInWords is what a log row calls the change of a person.
func changeInWords(was, now *ent.User, changes []entschema.Change) string {
	name, gone := access.NameOf(now), ""
	if was.Role != now.Role {
		gone = "; the role " + string(was.Role) + " is gone"
	}
	switch {
	case was.Version == now.Version:
		return "Nothing to change for " + name
	case was.Active && !now.Active:
		return "Deactivated " + name + gone
	case !was.Active && now.Active:
		return "Reactivated " + name
	}
	attributes := make([]string, 0, 4)
	for _, c := range changes {
		if len(attributes) == 3 {
			attributes = append(attributes, "…")
			break
		}
		attributes = append(attributes, c.Attribute[strings.LastIndexByte(c.Attribute, ':')+1:])
	}
	return "Changed " + name + ": " + strings.Join(slices.Compact(attributes), ", ") + gone
}
