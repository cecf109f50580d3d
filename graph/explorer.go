package graph

import "net/http"

// Explore says with which HTTP status a page that explores the API is answered:
// 200 for who has any scope, 401 for strangers, 403 for people who have none and for set-up links, 503
// while nobody can tell.
func (s *Server) Explore(hr *http.Request) (status int) {
	grant, err := s.authenticate(hr)
	switch {
	case isUnclear(err):
		s.log.ErrorContext(hr.Context(), "explorer: look at a credential", "err", err)
		return http.StatusServiceUnavailable
	case err != nil:
		return http.StatusUnauthorized
	case len(grant.Scopes()) == 0 || grant.IsSetUp():
		return http.StatusForbidden
	}
	return http.StatusOK
}
