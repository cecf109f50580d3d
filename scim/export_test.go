package scim

// Route is one line of the table of endpoints.
type Route struct {
	Method, Endpoint string
	ID               bool
}

// Routes is the table by which requests are dispatched.
func Routes() []Route {
	all := make([]Route, len(routes))
	for i, t := range routes {
		all[i] = Route{t.method, t.endpoint, t.id}
	}
	return all
}
