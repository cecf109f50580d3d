package scim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/ent"
)

const timeFormat = "2006-01-02T15:04:05.999999Z07:00"

// complete makes the resource that clients see out of a canonical document:
// schemas, id and meta (RFC 7643 §3.1).
func (t *resourceType) complete(doc map[string]any, id, base string, created, modified time.Time, version int) map[string]any {
	schemas := []string{t.Schema.URN}
	for name, value := range doc {
		if _, isObject := value.(map[string]any); isObject && strings.Contains(name, ":") {
			schemas = append(schemas, name)
		}
	}
	slices.Sort(schemas[1:])
	doc["schemas"], doc["id"] = schemas, id
	doc["meta"] = map[string]any{
		"resourceType": t.Name,
		"created":      created.UTC().Format(timeFormat),
		"lastModified": modified.UTC().Format(timeFormat),
		"location":     base + t.Endpoint + "/" + id,
		"version":      etag(version),
	}
	return doc
}

// userResource is a person as clients see it. A row that was read with
// withGroups brings the groups along.
func (r *request) userResource(u *ent.User) map[string]any {
	doc := r.users.complete(documentOf(u), u.ID.String(), r.base, u.CreatedAt, u.UpdatedAt, u.Version)
	if groups := groupsOf(u); len(groups) > 0 {
		for _, g := range groups {
			object := g.(map[string]any)
			object["$ref"] = r.base + "/Groups/" + object["value"].(string)
			object["type"] = "direct"
		}
		doc["groups"] = groups
	}
	return doc
}

// groupResource is a group as clients see it; members may be nil.
func (r *request) groupResource(g *ent.Group, members []any) map[string]any {
	doc := r.groups.complete(groupDocumentOf(g), g.ID.String(), r.base, g.CreatedAt, g.UpdatedAt, g.Version)
	if members != nil {
		doc["members"] = members
	}
	return doc
}

// memberOf is the name of the column in which withGroups brings the groups of a
// person, as a JSON list.
const memberOf = "member_of"

func groupsOf(u *ent.User) []any {
	value, err := u.Value(memberOf)
	if err != nil {
		return nil
	}
	var text []byte
	switch v := value.(type) {
	case []byte:
		text = v
	case string:
		text = []byte(v)
	}
	var groups []any
	if len(text) == 0 || json.Unmarshal(text, &groups) != nil {
		return nil
	}
	return groups
}
