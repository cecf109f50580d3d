package scim

import (
	"net/http"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/access"
)

const maxBulkOperations = 1000

// providerConfig is what the service supports (RFC 7643 §5, RFC 9865 §4). It is
// the same for every organization and public, as the RFC wants it to be.
func providerConfig() map[string]any {
	supported := func(yes bool) map[string]any { return map[string]any{"supported": yes} }
	return map[string]any{
		"schemas":        []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":          supported(true),
		"bulk":           map[string]any{"supported": true, "maxOperations": maxBulkOperations, "maxPayloadSize": maxBody},
		"filter":         map[string]any{"supported": true, "maxResults": maxCount},
		"changePassword": supported(false),
		"sort":           supported(true),
		"etag":           supported(true),
		"pagination": map[string]any{
			"cursor": true, "index": true, "defaultPaginationMethod": "index",
			"defaultPageSize": defaultCount, "maxPageSize": maxCount, "cursorTimeout": int(cursorTimeout.Seconds()),
		},
		"authenticationSchemes": []map[string]any{{
			"type": "oauthbearertoken", "name": "Bearer token", "primary": true,
			"description": "A token made in Rollcall for this connection, in the Authorization header",
			"specUri":     "https://www.rfc-editor.org/rfc/rfc6750",
		}},
		"meta": map[string]any{"resourceType": "ServiceProviderConfig"},
	}
}

func (s *Server) getProviderConfig(r *request) (*answer, error) {
	r.entry.operation = "Read what the service can do"
	if err := r.refuseFilter(); err != nil {
		return nil, err
	}
	return r.reply(http.StatusOK, providerConfig()), nil
}

// refuseFilter: filters on discovery endpoints are refused (RFC 7644 §4).
func (r *request) refuseFilter() error {
	if r.query.Has("filter") {
		return refuseStatus(http.StatusForbidden, "", "A filter is not possible on this endpoint (RFC 7644 §4)")
	}
	return nil
}

// types are the resource types that this connection provisions.
func (r *request) types() []*resourceType {
	if r.conn.Settings.Groups {
		return []*resourceType{r.users, r.groups}
	}
	return []*resourceType{r.users}
}

func (s *Server) listSchemas(r *request) (*answer, error) {
	r.entry.operation = "Read the schemas"
	if err := r.refuseFilter(); err != nil {
		return nil, err
	}
	var all []map[string]any
	for _, t := range r.types() {
		for _, sch := range append([]*schema{t.Schema}, t.Extensions...) {
			all = append(all, r.describe(sch))
		}
	}
	return r.reply(http.StatusOK, wholeList(all)), nil
}

func (s *Server) getSchema(r *request) (*answer, error) {
	r.entry.operation = "Read a schema"
	if err := r.refuseFilter(); err != nil {
		return nil, err
	}
	for _, t := range r.types() {
		for _, sch := range append([]*schema{t.Schema}, t.Extensions...) {
			if strings.EqualFold(sch.URN, r.entry.target) {
				return r.reply(http.StatusOK, r.describe(sch)), nil
			}
		}
	}
	return nil, refuseStatus(http.StatusNotFound, "", "There is no schema %q", shown(r.entry.target))
}

func wholeList(all []map[string]any) *listBody {
	return &listBody{Schemas: []string{listURN}, TotalResults: len(all), StartIndex: 1, ItemsPerPage: len(all), Resources: all}
}

func (r *request) describe(sch *schema) map[string]any {
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"}, "id": sch.URN, "name": sch.Name,
		"description": sch.Description, "attributes": describeAll(sch.Attributes),
		"meta": map[string]any{"resourceType": "Schema", "location": r.base + "/Schemas/" + sch.URN},
	}
}

func describeAll(list []*attribute) []map[string]any {
	out := make([]map[string]any, len(list))
	for i, a := range list {
		d := map[string]any{
			"name": a.Name, "type": a.Type, "multiValued": a.Multi, "description": a.Description, "required": a.Required,
			"mutability": a.Mutability, "returned": a.Returned,
		}
		if a.Type == typeComplex {
			d["subAttributes"] = describeAll(a.Sub)
		} else {
			d["caseExact"], d["uniqueness"] = a.CaseExact, a.Uniqueness
		}
		if len(a.Canonical) > 0 {
			d["canonicalValues"] = a.Canonical
		}
		if len(a.ReferenceTypes) > 0 {
			d["referenceTypes"] = a.ReferenceTypes
		}
		out[i] = d
	}
	return out
}

func (s *Server) listResourceTypes(r *request) (*answer, error) {
	r.entry.operation = "Read the resource types"
	if err := r.refuseFilter(); err != nil {
		return nil, err
	}
	var all []map[string]any
	for _, t := range r.types() {
		all = append(all, r.describeType(t))
	}
	return r.reply(http.StatusOK, wholeList(all)), nil
}

func (s *Server) getResourceType(r *request) (*answer, error) {
	r.entry.operation = "Read a resource type"
	if err := r.refuseFilter(); err != nil {
		return nil, err
	}
	for _, t := range r.types() {
		if t.Name == r.entry.target {
			return r.reply(http.StatusOK, r.describeType(t)), nil
		}
	}
	return nil, refuseStatus(http.StatusNotFound, "", "There is no resource type %q", shown(r.entry.target))
}

func (r *request) describeType(t *resourceType) map[string]any {
	d := map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"}, "id": t.Name, "name": t.Name,
		"endpoint": t.Endpoint, "description": t.Description, "schema": t.Schema.URN,
		"meta": map[string]any{"resourceType": "ResourceType", "location": r.base + "/ResourceTypes/" + t.Name},
	}
	extensions := []map[string]any{}
	for _, e := range t.Extensions {
		extensions = append(extensions, map[string]any{"schema": e.URN, "required": false})
	}
	if len(extensions) > 0 {
		d["schemaExtensions"] = extensions
	}
	return d
}

// typeCache keeps the resource types of each connection, which its declared
// attributes make.
type typeCache struct {
	mu    sync.Mutex
	known map[uuid.UUID]typePair
	noted map[notedKey]bool
}

// notedKey is an undeclared attribute of a connection's endpoint.
type notedKey struct {
	connection uuid.UUID
	endpoint   string
	attribute  seen
}

// firstTime says whether an undeclared attribute is met for the first time since
// the start. The memory is bounded; the database remembers for good.
func (c *typeCache) firstTime(connection uuid.UUID, endpoint string, a seen) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := notedKey{connection, endpoint, a}
	if c.noted[k] {
		return false
	}
	if len(c.noted) > 10_000 {
		clear(c.noted)
	}
	c.noted[k] = true
	return true
}

type typePair struct {
	declared      []*ent.Attribute
	users, groups *resourceType
}

func newTypeCache() *typeCache {
	return &typeCache{known: map[uuid.UUID]typePair{}, noted: map[notedKey]bool{}}
}

// of returns the types of the grant's connection, made anew when its
// declarations have changed.
func (c *typeCache) of(g *access.Grant) (users, groups *resourceType) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.known[g.Connection.ID]
	if !ok || !sameDeclarations(p.declared, g.Attributes) {
		p = typePair{g.Attributes, userType(customSchemas("User", g.Attributes)...), groupType(customSchemas("Group", g.Attributes)...)}
		c.known[g.Connection.ID] = p
	}
	return p.users, p.groups
}

func sameDeclarations(a, b []*ent.Attribute) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Kind != b[i].Kind || a[i].Multi != b[i].Multi {
			return false
		}
	}
	return true
}

// customSchemas makes the schemas of a resource out of declared attributes.
func customSchemas(resource string, declared []*ent.Attribute) []*schema {
	var all []*schema
	for _, d := range declared {
		if d.Resource != resource || !d.Declared {
			continue
		}
		var into *schema
		for _, sch := range all {
			if strings.EqualFold(sch.URN, d.Urn) {
				into = sch
			}
		}
		if into == nil {
			into = &schema{URN: d.Urn, Name: "Custom", Description: "Attributes declared for this connection"}
			all = append(all, into)
		}
		into.Attributes = append(into.Attributes, &attribute{
			Name: d.Name, Type: string(d.Kind), Multi: d.Multi, Description: d.Name, CaseExact: d.Kind == "reference",
		})
	}
	return all
}
