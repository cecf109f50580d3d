package sso_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/sso"
)

// answers is a network in which everything is answered with one status, 0 for nothing.
type answers int

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if a == 0 {
		return nil, errors.New("no route to host")
	}
	return &http.Response{StatusCode: int(a), Status: http.StatusText(int(a)), Body: http.NoBody, Request: r}, nil
}

func TestDiscoveryAtSave(t *testing.T) {
	t.Parallel()
	entra := schema.SignOnSettings{Tenant: tenant, Issuer: "https://login.microsoftonline.com/" + tenant + "/v2.0"}
	other := schema.SignOnSettings{Issuer: "https://idp.test"}
	for what, c := range map[string]struct {
		settings schema.SignOnSettings
		status   answers
		refused  bool
		warned   string
	}{
		"Microsoft knows no such tenant":       {entra, http.StatusBadRequest, true, ""},
		"or says so by 404":                    {entra, http.StatusNotFound, true, ""},
		"Microsoft is in trouble":              {entra, http.StatusServiceUnavailable, false, "can't be had"},
		"Microsoft can't be reached":           {entra, 0, false, "can't be had"},
		"another provider isn't there yet":     {other, http.StatusNotFound, false, "can't be had"},
		"another provider can't be reached":    {other, 0, false, "can't be had"},
		"another provider answers with no doc": {other, http.StatusOK, false, "can't be had"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			warning, err := sso.Discover(&http.Client{Transport: c.status}, time.Now)(t.Context(), c.settings)
			refusal, ok := errors.AsType[*fault.Error](err)
			if ok != c.refused || ok && (refusal.Field != "tenant" || !strings.Contains(refusal.Message, "often swapped")) || !ok && err != nil {
				t.Errorf("the error: %v", err)
			}
			if !strings.Contains(warning, c.warned) || c.refused && warning != "" {
				t.Errorf("the warning: %q", warning)
			}
		})
	}
}

func TestDiscoveryOfWhatIsThere(t *testing.T) {
	onBoth(t, func(h *house) {
		p := newProvider(h)
		warning, err := sso.Discover(p.Client(), time.Now)(h.Context(), schema.SignOnSettings{Issuer: p.issuer})
		if warning != "" || err != nil {
			h.Errorf("%q, %v", warning, err)
		}
	})
}
