package scim

import (
	"fmt"
	"net/http"
	"strings"
)

// handler does one kind of request.
type handler func(*Server, *request) (*answer, error)

// route is an endpoint below the organization. Every request that is not listed
// here is refused.
type route struct {
	method, endpoint string
	id               bool // the path goes on with an id
	do               handler
}

var routes []route

func init() { // bulk dispatches too
	routes = []route{
		{http.MethodPost, "Users", false, (*Server).createUser},
		{http.MethodGet, "Users", false, (*Server).listUsers},
		{http.MethodGet, "Users", true, (*Server).getUser},
		{http.MethodPut, "Users", true, (*Server).replaceUser},
		{http.MethodPatch, "Users", true, (*Server).patchUser},
		{http.MethodDelete, "Users", true, (*Server).deleteUser},
		{http.MethodPost, "Users/.search", false, (*Server).searchUsers},
		{http.MethodPost, "Groups", false, (*Server).createGroup},
		{http.MethodGet, "Groups", false, (*Server).listGroups},
		{http.MethodGet, "Groups", true, (*Server).getGroup},
		{http.MethodPut, "Groups", true, (*Server).replaceGroup},
		{http.MethodPatch, "Groups", true, (*Server).patchGroup},
		{http.MethodDelete, "Groups", true, (*Server).deleteGroup},
		{http.MethodPost, "Groups/.search", false, (*Server).searchGroups},
		{http.MethodGet, "", false, (*Server).listAll},
		{http.MethodPost, ".search", false, (*Server).searchAll},
		{http.MethodPost, "Bulk", false, (*Server).bulk},
		{http.MethodGet, "Schemas", false, (*Server).listSchemas},
		{http.MethodGet, "Schemas", true, (*Server).getSchema},
		{http.MethodGet, "ResourceTypes", false, (*Server).listResourceTypes},
		{http.MethodGet, "ResourceTypes", true, (*Server).getResourceType},
		{http.MethodGet, "ServiceProviderConfig", false, (*Server).getProviderConfig}, // answered before the credential
	}
}

// dispatch finds the route and runs it.
func (s *Server) dispatch(r *request) (*answer, error) {
	do, err := r.route()
	if err != nil {
		return nil, err
	}
	return do(s, r)
}

// route finds what does the request.
func (r *request) route() (handler, error) {
	endpoint, id := split(r.segments)
	r.entry.endpoint = endpoint
	if endpoint == "Me" {
		return nil, refuseStatus(http.StatusNotImplemented, "", "/Me is not supported: a provisioning token speaks for no person (RFC 7644 §3.11)")
	}
	if (endpoint == "Groups" || endpoint == "Groups/.search") && !r.conn.Settings.Groups {
		return nil, errGroupsOff
	}
	method := r.method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var allowed []string
	for _, t := range routes {
		if t.endpoint != endpoint || t.id != (id != "") {
			continue
		}
		if t.method == method {
			r.entry.target = id
			return t.do, nil
		}
		allowed = append(allowed, t.method)
	}
	if len(allowed) == 0 {
		return nil, errNoEndpoint
	}
	may := strings.Join(allowed, ", ")
	return nil, &refusal{
		status: http.StatusMethodNotAllowed, allow: may,
		detail: fmt.Sprintf("%s is not possible here; only %s", shown(r.method), may),
	}
}

// split cuts a path into the endpoint and the id.
func split(segments []string) (endpoint, id string) {
	switch len(segments) {
	case 0:
		return "", ""
	case 1:
		return segments[0], ""
	case 2:
		if segments[1] == ".search" {
			return segments[0] + "/.search", ""
		}
		return segments[0], segments[1]
	}
	return "?", "" // deeper than any endpoint
}
