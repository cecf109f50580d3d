package simulate

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestCredential_is_renewed_before_it_ends(t *testing.T) {
	t.Parallel()
	issued := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		id, key, _ := req.BasicAuth()
		if id != "client" || key != "secret" || req.FormValue("grant_type") != "client_credentials" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error": "invalid_client"}`)
			return
		}
		issued++
		fmt.Fprintf(w, `{"access_token": "token-%d", "token_type": "bearer", "expires_in": 3600}`, issued)
	}))
	t.Cleanup(web.Close)
	k := newCredential(Options{TokenURL: web.URL, ClientID: "client", ClientSecret: "secret"})
	var presented []string
	keep := func() {
		t.Helper()
		if err := k.keep(t.Context(), func(token string) { presented = append(presented, token) }); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	keep() // it works for an hour
	if left := time.Until(k.renew); left > 55*time.Minute || left < 54*time.Minute {
		t.Errorf("it is renewed in %s", left)
	}
	k.renew = time.Now() // as if the time had come
	keep()
	if got := strings.Join(presented, " "); got != "token-1 token-2" {
		t.Errorf("presented %s", got)
	}
	if hidden := k.hide("secret token-1 token-2"); strings.ContainsAny(hidden, "12") || strings.Contains(hidden, "secret") {
		t.Errorf("a report would show %q", hidden)
	}
	wrong := newCredential(Options{TokenURL: web.URL, ClientID: "client", ClientSecret: "old"})
	if err := wrong.keep(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "invalid_client") || strings.Contains(err.Error(), "old") {
		t.Errorf("a wrong secret: %v", err)
	}
}

func TestOptions_name_one_credential(t *testing.T) {
	t.Parallel()
	const at = "https://training.example/oauth/acme/x/token"
	for want, o := range map[string]Options{
		"a token is needed":    {},
		"needs a token URL":    {ClientID: "a", ClientSecret: "b"},
		"is not an http":       {TokenURL: "training.example", ClientID: "a", ClientSecret: "b"},
		"not both":             {TokenURL: at, ClientID: "a", ClientSecret: "b", Token: "c"},
		"either a secret":      {TokenURL: at, ClientID: "a"},
		"needs a client id":    {TokenURL: at, ClientSecret: "b"},
		"either a secret or a": {TokenURL: at, ClientID: "a", ClientSecret: "b", AssertionFile: "c"},
	} {
		if err := o.checkCredential(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}
