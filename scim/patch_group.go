package scim

import (
	"net/http"
	"slices"
	"strings"
)

var groupMembers = coreGroup.find("members")

// memberChange is a step on the members of a group, which are never loaded.
type memberChange struct {
	kind string   // add, remove, or replace: then the ids are all that stay
	ids  []string // distinct, in order
	all  bool     // remove every member
}

// applyGroup is apply for groups: what the operations do to members comes out
// as changes, in order, at a cost that doesn't depend on the group's size.
func (t *resourceType) applyGroup(id string, doc map[string]any, ops []operation) (next map[string]any, changes []memberChange, undeclared []seen, err error) {
	p := patcher{document: document{t: t, values: cloneObject(doc)}, id: id}
	for i, o := range ops {
		if err := p.step(o); err != nil {
			return nil, nil, nil, inOperation(i, len(ops), err)
		}
	}
	p.tidy()
	return p.values, p.members.changes, p.undeclared, nil
}

// memberLog collects member changes.
type memberLog struct {
	changes []memberChange
	named   int
}

// note takes an operation on members.
func (l *memberLog) note(o operation) error {
	switch {
	case o.path.filter != nil && (o.op != "remove" || o.path.subName != ""):
		return refuse("mutability", `A member can't be changed, only added and removed; use "add" or "remove" with path "members"`)
	case o.path.subName != "":
		return refuse("invalidPath", `%q can't be the path; use "members" with a value, or members[value eq "…"]`, o.path)
	case o.path.filter != nil:
		ids, err := filteredIDs(o.path.filter)
		if err != nil {
			return err
		}
		return l.add(o.op, ids)
	case o.op == "remove" && !o.hasValue:
		l.changes = append(l.changes, memberChange{kind: o.op, all: true})
		return nil
	}
	ids, err := memberIDs(o.value)
	if err != nil {
		return err
	}
	return l.add(o.op, ids)
}

func (l *memberLog) add(kind string, ids []string) error {
	if l.named += len(ids); l.named > maxMembers {
		return refuseStatus(http.StatusRequestEntityTooLarge, "tooMany",
			"The request names more than %d members; send them in several requests", maxMembers)
	}
	if len(ids) == 0 && kind != "replace" {
		return nil
	}
	l.changes = append(l.changes, memberChange{kind: kind, ids: distinct(ids)})
	return nil
}

// filteredIDs reads members[value eq "a" or value eq "b"].
func filteredIDs(filter expr) ([]string, error) {
	terms := []expr{filter}
	if or, ok := filter.(orExpr); ok {
		terms = or.terms
	}
	ids := make([]string, 0, len(terms))
	for _, term := range terms {
		c, ok := term.(compareExpr)
		id, text := c.value.(string)
		if !ok || c.op != "eq" || c.ref.subName != "value" || !text {
			return nil, refuse("invalidFilter", `Members are selected by their value alone: members[value eq "…"], also joined with "or"`)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// memberIDs reads the ids of members in any shape that clients send: a list or
// a single one, objects or bare strings. Anything malformed refuses it all.
func memberIDs(value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	ids := make([]string, len(list))
	for i, element := range list {
		id, err := memberID(i, element)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}

func memberID(i int, element any) (string, error) {
	at := spot{name: "members", index: i + 1}
	if object, ok := element.(map[string]any); ok {
		at.sub = "value"
		element, _ = member(object, at.sub)
	}
	id, ok := textOf(element)
	if !ok || strings.TrimSpace(id) == "" {
		return "", refuse("invalidValue", "%s must be the id of a user, not %s", at, emptyOrKind(element))
	}
	return id, checkLength(at, id, maxText)
}

func emptyOrKind(value any) string {
	if _, text := value.(string); text {
		return "empty"
	}
	return kindOf(value)
}

// normalMembers makes the list of members in a POST or PUT canonical: one
// element for each id, with its type and display as sent.
func normalMembers(value any) (any, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	if len(list) > maxMembers {
		return nil, refuseStatus(http.StatusRequestEntityTooLarge, "tooMany", "members has %d values; at most %d are allowed", len(list), maxMembers)
	}
	out := make([]any, 0, len(list))
	taken := make(map[string]bool, len(list))
	for i, element := range list {
		id, err := memberID(i, element)
		if err != nil {
			return nil, err
		}
		if taken[id] {
			continue
		}
		taken[id] = true
		fields := map[string]any{"value": id}
		if object, ok := element.(map[string]any); ok {
			if err := copyMemberFields(fields, object, i); err != nil {
				return nil, err
			}
		}
		out = append(out, fields)
	}
	return out, nil
}

func copyMemberFields(to, from map[string]any, i int) error {
	for _, name := range [...]string{"type", "display"} {
		value, _ := member(from, name)
		if blank(value) {
			continue
		}
		text, err := groupMembers.find(name).coerce(spot{name: "members", index: i + 1, sub: name}, value)
		if err != nil {
			return err
		}
		to[name] = text
	}
	if kind, _ := to["type"].(string); strings.EqualFold(kind, "Group") {
		return refuse("invalidValue", "members[%d] is a group; only people can be members", i)
	}
	return nil
}

// distinct drops repeated ids and keeps the order.
func distinct(ids []string) []string {
	taken := make(map[string]bool, len(ids))
	return slices.DeleteFunc(ids, func(id string) bool {
		again := taken[id]
		taken[id] = true
		return again
	})
}
