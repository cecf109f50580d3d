package scim

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// wantRefusal checks that err turns a request down as RFC 7644 §3.12 says,
// with a sentence that contains detail.
func wantRefusal(t *testing.T, err error, scimType, detail string) {
	t.Helper()
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		t.Fatalf("got error %v, want a refusal of type %s", err, scimType)
	}
	if status := wantStatus(scimType); r.status != status {
		t.Errorf("status %d, want %d", r.status, status)
	}
	if r.scimType != scimType {
		t.Errorf("scimType %q, want %q (%s)", r.scimType, scimType, r.detail)
	}
	if !strings.Contains(r.detail, detail) {
		t.Errorf("detail %q doesn't contain %q", r.detail, detail)
	}
}

func wantStatus(scimType string) int {
	if scimType == "tooMany" {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func TestShownCutsBetweenCharacters(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		text := shown(strings.Repeat("x", n) + strings.Repeat("é", 60))
		if !utf8.ValidString(text) || len(text) > 90 {
			t.Errorf("shown gave %q", text)
		}
	}
}

// wantAnyRefusal checks that an error on input is meant for the client.
func wantAnyRefusal(t *testing.T, err error) {
	t.Helper()
	if r, ok := errors.AsType[*refusal](err); !ok || r.status < 400 || r.status > 499 || r.scimType == "" || r.detail == "" {
		t.Fatalf("got error %#v, want a refusal", err)
	}
}
