package scim_test

import (
	"net/http"
	"testing"
)

func TestVersionsGuardReadsAndWrites(t *testing.T) {
	onBoth(t, func(h *house) {
		for endpoint, body := range map[string]map[string]any{"/Users": person("ada"), "/Groups": {"displayName": "Wardens"}} {
			made := h.do(http.MethodPost, endpoint, body).want(http.StatusCreated)
			at, first := endpoint+"/"+made.id(), made.header.Get("ETag")
			if first == "" || first != made.at("meta", "version") {
				h.Errorf("%s: ETag %q, meta.version %v", endpoint, first, made.at("meta", "version"))
			}
			for _, tag := range []string{first, "*", `"other", ` + first, first[2:]} {
				r := h.do(http.MethodGet, at, nil, "If-None-Match", tag).want(http.StatusNotModified)
				if r.text != "" || r.header.Get("ETag") != first {
					h.Errorf("304 to %s: body %q, ETag %q", tag, r.text, r.header.Get("ETag"))
				}
				h.do(http.MethodHead, at, nil, "If-None-Match", tag).want(http.StatusNotModified)
			}
			h.do(http.MethodGet, at, nil, "If-None-Match", `W/"999"`).want(http.StatusOK)
			rename := patch(op("replace", "displayName", "Renamed"))
			for _, tag := range []string{`W/"999"`, `"x"`, "W/", `W/"1" x`} {
				h.do(http.MethodPatch, at, rename, "If-Match", tag).refused(http.StatusPreconditionFailed, "", "version")
				h.do(http.MethodPut, at, body, "If-Match", tag).refused(http.StatusPreconditionFailed, "", "version")
				h.do(http.MethodDelete, at, nil, "If-Match", tag).refused(http.StatusPreconditionFailed, "", "version")
			}
			changed := h.do(http.MethodPatch, at+"?attributes=displayName", rename, "If-Match", first).want(http.StatusOK)
			second := changed.header.Get("ETag")
			if second == first || second == "" {
				h.Errorf("%s: ETag %q after a change", endpoint, second)
			}
			h.do(http.MethodPatch, at, rename, "If-Match", first).refused(http.StatusPreconditionFailed, "", second)
			if r := h.do(http.MethodPatch, at, rename, "If-Match", second); r.status >= 300 || r.header.Get("ETag") != second {
				h.Errorf("%s: a change of nothing answers %d with %q, want %q", endpoint, r.status, r.header.Get("ETag"), second)
			}
			h.do(http.MethodGet, at, nil, "If-None-Match", first).want(http.StatusOK)
			h.do(http.MethodPut, at, body, "If-Match", `"7", `+second).want(http.StatusOK)
			h.do(http.MethodDelete, at, nil, "If-Match", second).want(http.StatusPreconditionFailed)
			h.do(http.MethodDelete, at, nil, "If-Match", "*").want(http.StatusNoContent)
			h.do(http.MethodPatch, at, rename, "If-Match", "*").want(http.StatusNotFound)
		}
	})
}

func TestVersionInBulkIsAnIfMatch(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.do(http.MethodPost, "/Users", person("ada")).want(http.StatusCreated)
		operation := func(version any) map[string]any {
			return map[string]any{"method": "PATCH", "path": "/Users/" + ada.id(), "version": version, "data": patch(op("replace", "title", "T"))}
		}
		r := h.bulk(operation(`W/"99"`), operation(ada.header.Get("ETag")), operation(nil))
		for i, want := range []string{"412", "200", "200"} {
			if got := r.at("Operations", i, "status"); got != want {
				h.Errorf("operation %d: status %v, want %s", i+1, got, want)
			}
		}
		if r.at("Operations", 1, "version") == ada.header.Get("ETag") || r.at("Operations", 1, "version") != r.at("Operations", 2, "version") {
			h.Errorf("versions in %s", r.text)
		}
	})
}
