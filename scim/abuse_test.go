package scim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// raw sends a request whose path goes out exactly as written.
func (h *house) raw(method, path string) *reply {
	h.Helper()
	address, err := url.Parse(h.server.URL)
	if err != nil {
		h.Fatal(err)
	}
	req, err := http.NewRequestWithContext(h.Context(), method, h.server.URL, nil)
	if err != nil {
		h.Fatal(err)
	}
	req.URL = &url.URL{Scheme: "http", Host: address.Host, Opaque: path}
	req.Header.Set("Authorization", "Bearer "+h.token)
	return h.send(req)
}

func TestOddPathsReachNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		other := h.newTenant("other")
		victim := h.as(other, http.MethodPost, "/Users", person("victim")).want(http.StatusCreated).id()
		for path, status := range map[string]int{
			"/scim/v2/acme/Users/../Groups": 404, "/scim/v2/acme/Users/%2e%2e/Groups": 404, "/scim/v2/acme/../other/Users": 404, "/scim/v2/acme/%2e%2e/other/Users/" + victim: 404,
			"/scim/v2/other/../acme/Users": 401, "/scim/v2/acme%2f..%2fother/Users": 404, "/scim/v2/acme/Users%2f" + victim: 404, "/scim/v2/other%2fUsers": 401, "/scim/v2/acme/Users/" + victim: 404,
			"/scim/v2/acme/Users/%00": 404, "/scim/v2/acme/Users/" + id + "%00": 404, "/scim/v2/acme%00/Users": 401, "/scim/v2/ACME/Users": 401, "/scim/v2/acme/users": 404, "/scim/v2/acme/USERS/" + id: 404,
			"/scim/v2/acme/Users/" + strings.ToUpper(id): 404, "/scim/v2/acme/Users/{" + id + "}": 404, "/scim/v2/acme/Users/urn:uuid:" + id: 404, "/scim/v2/acme/Users/" + strings.ReplaceAll(id, "-", ""): 404,
			"/scim/v2/acme/Users/" + id + "/groups": 404, "/scim/v2/acme/Users/%ff%fe": 404, "/scim/v2/acme/Users/'%20OR%201=1--": 404, "/scim/v2/acme/Nothing": 404, "/scim/v2/acme/Users;x=1": 404,
			"/scim/v2/acme/Users/" + strings.Repeat("x", 5000): 404, "/scim/v2/acme/Me": 501, "/scim/v2/acme/Me/x": 501, "/scim/v2": 401, "/scim/v2/": 401, "/scim/v2/%ff/Users": 401, "/scim/v2/acme/Schemas/..%2fUsers": 404,
			"/scim/v2/acme/Users": 200, "/scim/v2/acme//Users": 200, "//scim/v2/acme/Users": 401, "/scim/v2/acme/Users/": 200, "/scim/v2//acme///Users//" + id: 200, "/scim/v2/acme/Users/" + id + "/": 200, "/scim/v2/acme/U%73ers": 200,
		} {
			r := h.raw(http.MethodGet, path)
			if r.status != status {
				h.Errorf("%.80s: status %d, want %d: %s", path, r.status, status, r.text)
			}
			if r.status >= 400 {
				h.isError(r)
			}
			if strings.Contains(r.text, "victim") {
				h.Errorf("%s shows another organization: %s", path, r.text)
			}
		}
	})
}

func TestMethodsThatAreNotServed(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		for _, test := range []struct{ method, path, allow string }{
			{"PUT", "/Users", "POST, GET"}, {"PATCH", "/Users", "POST, GET"}, {"DELETE", "/Users", "POST, GET"}, {"POST", "/Users/" + id, "GET, PUT, PATCH, DELETE"}, {"OPTIONS", "/Users", "POST, GET"},
			{"TRACE", "/Users", "POST, GET"}, {"FOO", "/Groups", "POST, GET"}, {"GET", "/Bulk", "POST"}, {"HEAD", "/Bulk", "POST"}, {"GET", "/Users/.search", "POST"}, {"PATCH", "/", "GET"}, {"DELETE", "/ServiceProviderConfig", "GET"},
		} {
			r := h.do(test.method, test.path, nil).want(http.StatusMethodNotAllowed)
			if got := r.header.Get("Allow"); got != test.allow {
				h.Errorf("%s %s: Allow %q, want %q", test.method, test.path, got, test.allow)
			}
			if test.method != http.MethodHead {
				h.isError(r)
			}
		}
		h.do(http.MethodGet, "/Users/"+id, nil, "X-HTTP-Method-Override", "DELETE").want(http.StatusOK)
		h.do(http.MethodPost, "/Users/"+id, map[string]any{}, "X-HTTP-Method-Override", "DELETE").want(http.StatusMethodNotAllowed)
		h.do(http.MethodGet, "/Users/"+id+"?_method=DELETE", nil).want(http.StatusOK)
		h.do(http.MethodGet, "/Users/"+id, nil).want(http.StatusOK)
		for path, status := range map[string]int{"/Users/" + id: 200, "/Users": 200, "/Users/nobody": 404, "/Schemas": 200, "/Nothing": 404} {
			head, get := h.do(http.MethodHead, path, nil).want(status), h.do(http.MethodGet, path, nil).want(status)
			if head.text != "" || head.header.Get("ETag") != get.header.Get("ETag") || head.header.Get("Content-Length") != get.header.Get("Content-Length") || head.header.Get("Content-Type") != get.header.Get("Content-Type") {
				h.Errorf("HEAD %s: %q %v", path, head.text, head.header)
			}
		}
	})
}

func TestHostileTextIsData(t *testing.T) {
	onBoth(t, func(h *house) {
		h.create("ada")
		for _, text := range []string{
			"'", `"`, "\\", "';--", "' OR '1'='1", `" or userName pr or "`, "'; DROP TABLE users; --", "/*", "pg_sleep(5)", "'||pg_sleep(5)||'", "$1", "?", "%s%n", "{{.}}", "${jndi}", "\u202e", "\x1b[31m",
			"%", "_", "a%' ESCAPE '", "<script>", "\r\nX-Header: 1", strings.Repeat("a", 3000), "💥", "\ufeff",
		} {
			began := time.Now()
			quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\x1b", `\u001b`, "\r", `\r`, "\n", `\n`).Replace(text)
			for _, filter := range []string{
				`userName eq "` + quoted + `"`, `title co "` + quoted + `"`, `emails[type eq "` + quoted + `"].value sw "` + quoted + `"`, `id eq "` + quoted + `"`, `id gt "` + quoted + `" and id lt "` + quoted + `"`,
				extra + `:Shoe ew "` + quoted + `"`, `meta.location eq "` + quoted + `"`, `schemas eq "` + quoted + `"`, `externalId eq "` + quoted + `"`, `manager eq "` + quoted + `"`, `groups.value eq "` + quoted + `"`,
			} {
				r := h.do(http.MethodGet, "/Users?filter="+url.QueryEscape(filter), nil).want(http.StatusOK)
				if got := r.body["totalResults"]; got != 0.0 && !strings.Contains(filter, "externalId") {
					h.Errorf("%s finds %v", filter, got)
				}
			}
			escaped := url.QueryEscape(text)
			h.do(http.MethodGet, "/Users?sortOrder="+escaped, nil).want(http.StatusOK)
			h.do(http.MethodGet, "/Users?attributes="+escaped, nil).want(http.StatusOK)
			h.do(http.MethodGet, "/Users?excludedAttributes="+escaped, nil).want(http.StatusOK)
			for path, status := range map[string]int{"?filter=" + escaped: 400, "?sortBy=" + escaped: 400, "?count=" + escaped: 400, "/" + url.PathEscape(text): 404} {
				if r := h.do(http.MethodGet, "/Users"+path, nil); r.status != status {
					h.Errorf("%s with %q: %d %s", path[:3], text, r.status, r.text)
				} else {
					h.isError(r)
				}
			}
			if r := h.do(http.MethodPost, "/Users", map[string]any{"userName": "u" + text, "title": text}); r.status != http.StatusCreated && len(text) < 300 || r.status >= 500 {
				h.Errorf("create with %q: %d %s", text, r.status, r.text)
			} else if r.status == http.StatusCreated {
				if r.body["title"] != text {
					h.Errorf("%q comes back as %q", text, r.body["title"])
				}
				h.do(http.MethodDelete, "/Users/"+r.id(), nil).want(http.StatusNoContent)
			}
			if spent := time.Since(began); spent > 4*time.Second {
				h.Errorf("%q took %s", text, spent)
			}
		}
	})
}
