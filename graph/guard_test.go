package graph_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/graph"
)

var asJSON = http.Header{"Content-Type": {"application/json"}}

func TestOnlyJSONByPostComesIn(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleOWNER)
		const body = `{"query":"{ viewer { name } }"}`
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql"} {
			if r := h.post(c, http.Header{"Content-Type": {kind}}, []byte(body)); r.status != http.StatusUnsupportedMediaType {
				h.Errorf("content type %q: status %d, want 415", kind, r.status)
			}
		}
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodOptions, http.MethodHead} {
			hr, err := http.NewRequestWithContext(h.Context(), method, h.server.URL+"/graphql?query={viewer{name}}", nil)
			if err != nil {
				h.Fatal(err)
			}
			hr.Header.Set(c.header, c.value)
			hr.Header.Set("Origin", "https://evil.test")
			answer, err := h.server.Client().Do(hr)
			if err != nil {
				h.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusMethodNotAllowed {
				h.Errorf("%s: status %d, want 405", method, answer.StatusCode)
			}
			for name := range answer.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					h.Errorf("%s: header %s", method, name)
				}
			}
		}
	})
}

func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleOWNER)
		body := []byte(`{"query":"{ viewer { name } }"}`)
		for _, foreign := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.test"}}, {"Origin": {"null"}},
		} {
			for name, value := range asJSON {
				foreign[name] = value
			}
			h.post(c, foreign, body).refused("FORBIDDEN")
		}
		same := asJSON.Clone()
		same.Set("Sec-Fetch-Site", "same-origin")
		h.post(c, same, body).ok()
		behindProxy := asJSON.Clone() // which has given the request another Host
		behindProxy.Set("Origin", "https://rollcall.test")
		h.post(c, behindProxy, body).ok()
	})
}

func TestTwoCredentialsAreNone(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleOWNER)
		header := asJSON.Clone()
		header.Set("Authorization", "Basic YTpi")
		h.post(c, header, []byte(`{"query":"{ viewer { name } }"}`)).refused("UNAUTHENTICATED")
		header["Authorization"] = []string{h.with("all").value, h.with("all").value}
		h.post(caller{}, header, []byte(`{"query":"{ viewer { name } }"}`)).refused("UNAUTHENTICATED")
	})
}

func TestDocumentsThatCostTooMuchAreRefusedBeforeAnyStatement(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		nested := strings.Repeat("manager { ", 50) + "id" + strings.Repeat(" }", 50)
		aliases := ""
		for i := range 31 {
			aliases += fmt.Sprintf("a%d: userCounts { total } ", i)
		}
		doubling := "{ ...f0 }"
		for i := range 40 {
			doubling += fmt.Sprintf(" fragment f%d on Query { ...f%d ...f%d }", i, i+1, i+1)
		}
		doubling += " fragment f40 on Query { viewer { kind } }"
		var spreads, fragments []string
		for i := range 5000 {
			spreads = append(spreads, fmt.Sprintf(" ...f%d", i))
			fragments = append(fragments, fmt.Sprintf(" fragment f%d on Viewer { name }", i))
		}
		documents := map[string]string{
			"doubling":   doubling,
			"checkups":   `{ users(first: 200) { nodes { connection { health { status } } } } }`,
			"depth":      "{ users { nodes { " + nested + " } } }",
			"cost":       `{ users(first: 200) { nodes { reports(first: 200) { nodes { id name } } } } }`,
			"aliases":    "{ " + aliases + "}",
			"tokens":     "{ viewer { " + strings.Repeat("name ", 200_000) + "} }",
			"directives": "{ viewer { name " + strings.Repeat("@x ", 100_000) + "} }",
			"many":       "{ viewer {" + strings.Join(spreads, "") + " } }" + strings.Join(fragments, ""),
			"repetition": "{ viewer {" + strings.Repeat(" name", 2000) + " } }",
			"some":       "{ viewer {" + strings.Join(spreads[:1000], "") + " } }" + strings.Join(fragments[:1000], ""),
			"fragments":  "{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }",
		}
		for name, document := range documents {
			var r *reply
			warm := h.ask(c, `{ viewer { name } }`, nil).ok() // the credential is known
			_ = warm
			if n := h.statements(func() { r = h.ask(c, document, nil) }); n > 4 {
				h.Errorf("%s: %d statements", name, n)
			}
			if len(r.Errors) == 0 || len(r.Errors) > 20 {
				h.Errorf("%s: %d errors: %.300s", name, len(r.Errors), r.text)
			}
			if code := r.Errors[0].Extensions["code"]; code != "TOO_LARGE" && code != "BAD_REQUEST" {
				h.Errorf("%s: code %v: %.300s", name, code, r.text)
			}
		}
		// What a page in a console needs is far within the limits.
		h.ask(c, `{ users(first: 200) { totalCount nodes { id name email department { name } manager { name manager { name } } groups { displayName } } } }`, nil).ok()
	})
}

func TestBodiesAreLimited(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		large := `{"query":"{ viewer { name } }","variables":{"x":"` + strings.Repeat("x", 9<<20) + `"}}`
		if r := h.post(c, asJSON, []byte(large)).refused("TOO_LARGE"); r.status != http.StatusRequestEntityTooLarge {
			h.Errorf("status %d, want 413", r.status)
		}
		batch, _ := json.Marshal([]any{map[string]any{"query": "{ viewer { name } }"}})
		h.post(c, asJSON, batch).refused("BAD_REQUEST")
		h.post(c, asJSON, []byte(`{"query": 7}`)).refused("BAD_REQUEST")
		h.post(c, asJSON, []byte(`no json`)).refused("BAD_REQUEST")
	})
}

// TestNoQueryIsRemembered sees that what asks by a hash finds nothing, whoever
// has sent the text before.
func TestNoQueryIsRemembered(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		const query = `{ viewer { name } }`
		hash := fmt.Sprintf("%x", sha256.Sum256([]byte(query)))
		extension := map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}
		with, _ := json.Marshal(map[string]any{"query": query, "extensions": extension})
		without, _ := json.Marshal(map[string]any{"extensions": extension})
		h.post(c, asJSON, with).ok()
		h.post(c, asJSON, without).refused("BAD_REQUEST")
	})
}

// TestAPanicIsMasked has a resolver panic: the SCIM filter's compiler, which is
// given to the server.
func TestAPanicIsMasked(t *testing.T) {
	onBoth(t, func(h *house) {
		panics := func(context.Context, string) (func(*sql.Builder), error) { panic("secret of the machine room") }
		h.server = httptest.NewServer(graph.New(graph.Options{Store: h.store, Directory: h.directory, Access: h.access,
			Filter: panics, Log: slog.New(slog.DiscardHandler)}))
		h.Cleanup(h.server.Close)
		c := h.with("all")
		r := h.ask(c, `{ viewer { name } users(filter: "x") { nodes { id } } }`, nil).refused("INTERNAL")
		reference, _ := r.Errors[0].Extensions["reference"].(string)
		if uuid.Validate(reference) != nil || !strings.Contains(r.Errors[0].Message, reference) || len(r.Errors) != 1 {
			h.Errorf("no reference: %s", r.text)
		}
		if strings.Contains(string(r.text), "secret") || strings.Contains(string(r.text), "panic") {
			h.Errorf("the answer tells of the panic: %s", r.text)
		}
		h.ask(c, `{ viewer { name } users { nodes { id } } }`, nil).ok()
	})
}

func TestPagesAreLimited(t *testing.T) {
	onBoth(t, func(h *house) {
		for i := range 3 {
			h.person(fmt.Sprintf("p%d@acme.test", i), user.RoleLEARNER)
		}
		c := h.with("users:read")
		for _, args := range []string{"first: -1", "first: 0", "last: 0", "first: 1, last: 1", `first: 1, before: "x"`, `after: "nonsense"`, `after: "AAAA"`} {
			h.ask(c, `{ users(`+args+`) { nodes { id } } }`, nil).refused("BAD_USER_INPUT")
		}
		h.ask(c, `{ users(first: 1000000000) { nodes { id } } }`, nil).ok()
	})
}

func TestLearnersCanNotReadTheSchema(t *testing.T) {
	onBoth(t, func(h *house) {
		const introspection = `{ __schema { types { name fields { name } } } }`
		learner, auditor := h.as(user.RoleLEARNER), h.as(user.RoleAUDITOR)
		if r := h.ask(learner, introspection, nil); len(r.Errors) == 0 {
			h.Errorf("a learner reads the schema: %.200s", r.text)
		}
		if r := h.ask(learner, `{ viewr { name } }`, nil).refused("BAD_REQUEST"); strings.Contains(string(r.text), "Did you mean") {
			h.Errorf("a learner is told names: %s", r.text)
		}
		h.ask(auditor, introspection, nil).ok()
		if r := h.ask(auditor, `{ viewr { name } }`, nil).refused("BAD_REQUEST"); !strings.Contains(string(r.text), "Did you mean") {
			h.Errorf("an auditor gets no hint: %s", r.text)
		}
	})
}

func TestIdsAreChecked(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		for _, id := range []string{"", "7", "-1", "VXNlcjox", strings.Repeat("x", 1<<20), "a\x00b", "{00000000-0000-0000-0000-000000000000}"} {
			r := h.ask(c, `query($id: ID!) { user(id: $id) { id } }`, vars{"id": id})
			if len(r.Errors) == 0 && r.at("user") == nil {
				continue // another way of writing an id that nobody has
			}
			r.refused("BAD_USER_INPUT")
		}
		h.ask(c, `{ user(id: "00000000-0000-0000-0000-000000000000") { id } }`, nil).ok().is(nil, "user")
	})
}

func TestCallersAreSlowedDown(t *testing.T) {
	onBoth(t, func(h *house) {
		h.server = httptest.NewServer(graph.New(graph.Options{Store: h.store, Directory: h.directory, Access: h.access,
			RateLimit: 2, Log: slog.New(slog.DiscardHandler)}))
		h.Cleanup(h.server.Close)
		c, other := h.with("all"), h.with("all")
		limited := false
		for range 1000 {
			if r := h.ask(c, `{ viewer { name } }`, nil); r.status == http.StatusTooManyRequests {
				limited = true
				r.refused("TOO_MANY_REQUESTS")
				break
			}
		}
		if !limited {
			h.Error("1000 requests in a row were all answered")
		}
		h.ask(other, `{ viewer { name } }`, nil).ok()
	})
}

func TestAnswersAreNotCached(t *testing.T) {
	onBoth(t, func(h *house) {
		r := h.ask(h.with("all"), `{ viewer { name } }`, nil).ok()
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		} {
			if got := r.header.Get(name); got != want {
				h.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	})
}
