package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/bench/instance"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// replicas are two servers on one database, as behind a load balancer.
type replicas struct {
	*testing.T
	here, there *instance.Instance
	base, token string // of SCIM, through here
	key         string // of the API
}

func newReplicas(t *testing.T) *replicas {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "rollcall")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	database, r := storetest.Postgres(t), &replicas{T: t}
	for _, at := range []**instance.Instance{&r.here, &r.there} {
		server, err := instance.New(binary, database, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		server.Set(settingSecretKey, base64.StdEncoding.EncodeToString(key))
		if _, err := server.Serve(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = server.Kill() })
		*at = server
	}
	var err error
	if r.base, r.token, err = r.here.Organization(t.Context(), "acme", "Acme Ltd"); err != nil {
		t.Fatal(err)
	}
	if r.key, err = r.here.Run(t.Context(), "token", "create", "--org", "acme", "--kind", "api", "--name", "api", "--scopes", "all"); err != nil {
		t.Fatal(err)
	}
	return r
}

// send sends JSON and returns the answer, whose body the caller closes.
func (r *replicas) send(client *http.Client, method, address string, body any, header ...string) *http.Response {
	r.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	q, err := http.NewRequestWithContext(r.Context(), method, address, bytes.NewReader(text))
	if err != nil {
		r.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	answer, err := client.Do(q)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// scim sends what the directory sends, through here, and returns the resource's id.
func (r *replicas) scim(method, path string, body any, want int) (id string) {
	r.Helper()
	answer := r.send(http.DefaultClient, method, r.base+path, body, "Authorization", "Bearer "+r.token)
	var made struct{ ID string }
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || answer.StatusCode != want {
		r.Fatalf("%s %s: %d, %v", method, path, answer.StatusCode, err)
	}
	return made.ID
}

func (r *replicas) active(id string, active bool) {
	r.Helper()
	r.scim(http.MethodPatch, "/Users/"+id, map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []map[string]any{{"op": "replace", "path": "active", "value": active}}}, http.StatusOK)
}

var bindingField = regexp.MustCompile(`name="binding" value="([^"]*)"`)

// signIn lets a person in there, by a link that was made here.
func (r *replicas) signIn(id string) *http.Client {
	r.Helper()
	answer := r.send(http.DefaultClient, http.MethodPost, r.here.URL()+"/graphql",
		map[string]any{"query": "mutation ($id: ID!) { changeRole(id: $id, role: AUDITOR) { user { id } } createSignInLink(userId: $id) { url } }", "variables": map[string]string{"id": id}},
		"Authorization", "Bearer "+r.key)
	var made struct {
		Data struct{ CreateSignInLink struct{ URL string } }
	}
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || made.Data.CreateSignInLink.URL == "" {
		r.Fatalf("no link: %+v, %v", made, err)
	}
	link, err := url.Parse(made.Data.CreateSignInLink.URL)
	if err != nil {
		r.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.Fatal(err)
	}
	browser := &http.Client{Jar: secureJar{jar}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	address := r.there.URL() + link.Path
	page := r.send(browser, http.MethodGet, address, nil)
	text, err := io.ReadAll(page.Body)
	if err != nil {
		r.Fatal(err)
	}
	field := bindingField.FindSubmatch(text)
	if field == nil {
		r.Fatalf("no form in %s", text)
	}
	done, err := browser.PostForm(address, url.Values{"binding": {string(field[1])}})
	if err != nil || done.StatusCode != http.StatusSeeOther {
		r.Fatalf("%v, %v", done, err)
	}
	_ = done.Body.Close()
	return browser
}

// secureJar keeps cookies for http on this machine as browsers do: as for https.
type secureJar struct{ http.CookieJar }

func overTLS(u *url.URL) *url.URL {
	secure := *u
	secure.Scheme = "https"
	return &secure
}

func (j secureJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.CookieJar.SetCookies(overTLS(u), cookies)
}
func (j secureJar) Cookies(u *url.URL) []*http.Cookie { return j.CookieJar.Cookies(overTLS(u)) }

// viewer asks there who is signed in.
func (r *replicas) viewer(browser *http.Client) int {
	r.Helper()
	return r.send(browser, http.MethodPost, r.there.URL()+"/graphql", map[string]string{"query": "{ viewer { id } }"}, "Sec-Fetch-Site", "same-origin").StatusCode
}

// Whoever the directory deactivates through one server is out at the other by the
// next request, and the stream of an open page ends there.
func TestDeactivationReachesTheOtherReplica(t *testing.T) {
	t.Parallel()
	r := newReplicas(t)
	id := r.scim(http.MethodPost, "/Users", map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"userName": "grace@acme.test", "externalId": "grace-1", "active": true}, http.StatusCreated)
	browser := r.signIn(id)
	if status := r.viewer(browser); status != http.StatusOK {
		t.Fatalf("who is signed in is answered with %d", status)
	}
	stream := r.send(browser, http.MethodPost, r.there.URL()+"/graphql", map[string]string{"query": "subscription { connectionHealthChanged { connectionId } }"},
		"Accept", "text/event-stream", "Sec-Fetch-Site", "same-origin")
	if kind := stream.Header.Get("Content-Type"); stream.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("the stream begins with %d, %s", stream.StatusCode, kind)
	}
	r.active(id, false)
	if status := r.viewer(browser); status != http.StatusUnauthorized {
		t.Errorf("who is deactivated is answered with %d", status)
	}
	if _, err := io.Copy(io.Discard, stream.Body); err != nil {
		t.Errorf("the stream breaks off: %v", err)
	}
	r.active(id, true)
	if status := r.viewer(browser); status != http.StatusUnauthorized {
		t.Errorf("a session that has ended is alive again: %d", status)
	}
	if status := r.viewer(r.signIn(id)); status != http.StatusOK {
		t.Errorf("who is reactivated is answered with %d", status)
	}
}
