package scim

import (
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

// userResource is a person as clients see it, with the groups that were read
// along.
func (r *request) userResource(u *ent.User) map[string]any {
	doc := r.users.complete(documentOf(u), u.ID.String(), r.base, u.CreatedAt, u.UpdatedAt, u.Version)
	if len(u.Edges.Groups) == 0 {
		return doc
	}
	groups := make([]any, len(u.Edges.Groups))
	for i, g := range u.Edges.Groups {
		id := g.ID.String()
		groups[i] = map[string]any{"value": id, "display": g.DisplayName, "type": "direct", "$ref": r.base + "/Groups/" + id}
	}
	doc["groups"] = groups
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
