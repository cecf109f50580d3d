package scim_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/scim"
)

func manyOf(n int, v any) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = v
	}
	return list
}

func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func TestEachLimitHasItsOwnSentence(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.create("ada")
		group := h.do(http.MethodPost, "/Groups", map[string]any{"displayName": "G"}).want(http.StatusCreated).id()
		with := func(name string, value any) map[string]any {
			p := person("x")
			p[name] = value
			return p
		}
		mail := func(i int) map[string]any { return map[string]any{"value": strconv.Itoa(i) + "@x.test"} }
		mails := make([]any, 201)
		for i := range mails {
			mails[i] = mail(i)
		}
		wide := map[string]any{}
		for i := range 101 {
			wide["a"+strconv.Itoa(i)] = i
		}
		foreign := person("x")
		for i := range 21 {
			foreign["urn:foreign:"+strconv.Itoa(i)+":User"] = map[string]any{"a": 1}
		}
		ops := make([]map[string]any, 1001)
		for i := range ops {
			ops[i] = op("replace", "title", "t")
		}
		for _, test := range []struct {
			method, path string
			body         any
			status       int
			scimType     string
			words        string
		}{
			{http.MethodPost, "/Users", `{"userName":"x","title":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "tooMany", "larger than 1048576 bytes"},
			{http.MethodPost, "/Users/.search", `{"filter":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "tooMany", "larger than 1048576 bytes"},
			{http.MethodPost, "/Users", `{"userName":"x","title":` + nested(100000) + `}`, 400, "invalidSyntax", "nested more than 32 deep"},
			{http.MethodPost, "/Users", strings.Repeat(`{"a":`, 50000), 400, "invalidSyntax", "nested more than 32 deep"},
			{http.MethodPost, "/Users", `{"userName":"x","userName":"y"}`, 400, "invalidSyntax", "duplicate"},
			{http.MethodPost, "/Users", `{"userName":"x","urn:a:b:User":{"n":1e400}}`, 400, "invalidSyntax", "64-bit"},
			{http.MethodPost, "/Users", `{"userName":"x","urn:a:b:User":{"n":` + strings.Repeat("9", 309) + `}}`, 400, "invalidSyntax", "308"},
			{http.MethodPost, "/Users", `{"userName":"x\u0000"}`, 400, "invalidSyntax", "U+0000"},
			{http.MethodPost, "/Users", `{"userName":"x","urn:a:b:User":{"\u0000":1}}`, 400, "invalidSyntax", "U+0000"},
			{http.MethodPost, "/Users", `{"userName":"\ud800"}`, 400, "invalidSyntax", ""},
			{http.MethodPost, "/Users", "{\"userName\":\"\xff\"}", 400, "invalidSyntax", ""},
			{http.MethodPost, "/Users", ``, 400, "invalidSyntax", "empty"},
			{http.MethodPost, "/Users", `[]`, 400, "invalidSyntax", "object"},
			{http.MethodPost, "/Users", `{"userName":"x"}{}`, 400, "invalidSyntax", "after its end"},
			{http.MethodPost, "/Users", `{"userName":"x"`, 400, "invalidSyntax", "too early"},
			{http.MethodPost, "/Users", with("userName", strings.Repeat("u", 65000)), 400, "invalidValue", "userName has 65000 characters; at most 320"},
			{http.MethodPost, "/Users", with("displayName", strings.Repeat("é", 1025)), 400, "invalidValue", "displayName has 1025 characters; at most 1024"},
			{http.MethodPost, "/Users", with("title", strings.Repeat("u", 4097)), 400, "invalidValue", "title has 4097 characters; at most 4096"},
			{http.MethodPost, "/Users", with("emails", mails), 400, "invalidValue", "emails has 201 values; at most 200"},
			{http.MethodPost, "/Users", with("emails", manyOf(10000, mail(1))), 400, "invalidValue", "emails has 10000 values; at most 200"},
			{http.MethodPost, "/Users", with("urn:a:b:User", wide), 400, "invalidValue", "100 attributes"},
			{http.MethodPost, "/Users", with("urn:a:b:User", map[string]any{"list": manyOf(201, 1)}), 400, "invalidValue", "201 values; at most 200"},
			{http.MethodPost, "/Users", foreign, 400, "invalidValue", "20 undeclared extensions"},
			{http.MethodPatch, "/Users/" + ada, patch(ops...), 413, "tooMany", "1001 operations; at most 1000"},
			{http.MethodPatch, "/Groups/" + group, patch(ops...), 413, "tooMany", "1001 operations; at most 1000"},
			{http.MethodPatch, "/Groups/" + group, patch(op("add", "members", manyOf(20001, map[string]any{"value": "u"}))), 413, "tooMany", "20000"},
			{http.MethodPost, "/Groups", map[string]any{"displayName": "H", "members": manyOf(20001, map[string]any{"value": "u"})}, 413, "tooMany", "20000"},
			{http.MethodPost, "/Groups", map[string]any{"displayName": strings.Repeat("g", 1025)}, 400, "invalidValue", "displayName has 1025 characters"},
		} {
			r := h.do(test.method, test.path, test.body)
			what := test.words
			if r.status != test.status || r.body["scimType"] != test.scimType || !strings.Contains(r.text, what) {
				h.Errorf("%s %s (%s): %d %s", test.method, test.path, what, r.status, r.text)
			}
			h.isError(r)
		}
		if got := strings.Join(h.do(http.MethodGet, "/Users", nil).names(), " "); got != "ada" {
			h.Errorf("after the refusals there are %s", got)
		}
	})
}

// isError fails the test unless the answer is an error as RFC 7644 §3.12 has it,
// which tells nothing of how the service works inside.
func (h *house) isError(r *reply) {
	h.Helper()
	detail, _ := r.body["detail"].(string)
	schemas, _ := r.body["schemas"].([]any)
	if len(schemas) != 1 || schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error" || r.body["status"] != strconv.Itoa(r.status) ||
		!strings.Contains(detail, "(reference ") || !strings.HasPrefix(r.header.Get("Content-Type"), "application/scim+json") {
		h.Errorf("no SCIM error: %v %s", r.header, r.text)
	}
	for _, inside := range []string{"pq:", "SQL", "sqlite", "SELECT", "goroutine", ".go:", "ent:"} {
		if strings.Contains(detail, inside) {
			h.Errorf("%q tells of %q", detail, inside)
		}
	}
	if len(r.text) > 2000 {
		h.Errorf("an error of %d bytes", len(r.text))
	}
}

func TestBodiesThatCannotBeReadAreRefusedByKind(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, header := range [][2]string{
			{"Content-Type", "text/plain"}, {"Content-Type", "application/xml"}, {"Content-Type", "text/html; charset=utf-8"}, {"Content-Type", "application/scim+json; charset=latin1"},
			{"Content-Type", "multipart/form-data; boundary=x"}, {"Content-Type", ";;"}, {"Content-Type", strings.Repeat("x", 5000)}, {"Content-Encoding", "gzip"}, {"Content-Encoding", "br"}, {"Content-Encoding", "gzip, gzip"},
		} {
			r := h.do(http.MethodPost, "/Users", person("ada"), header[0], header[1]).refused(http.StatusUnsupportedMediaType, "", "can't be read")
			h.isError(r)
		}
		for i, kind := range []string{"application/json", "application/scim+json", "Application/SCIM+JSON; Charset=UTF-8", "application/json;charset=utf-8", ""} {
			h.do(http.MethodPost, "/Users", person("ada"+strconv.Itoa(i)), "Content-Type", kind, "Accept", "text/html").want(http.StatusCreated)
		}
	})
}

func TestBodyWithoutLengthIsCutAtTheLimit(t *testing.T) {
	onBoth(t, func(h *house) {
		endless := io.MultiReader(strings.NewReader(`{"userName":"`), io.LimitReader(same('x'), 10<<20))
		req, err := http.NewRequestWithContext(h.Context(), http.MethodPost, h.base+"/Users", endless)
		if err != nil {
			h.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+h.token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			h.Skip("the server hung up while the body was on its way") // lawful: RFC 9110 §9.3
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusRequestEntityTooLarge {
			h.Errorf("status %d", res.StatusCode)
		}
	})
}

// same reads as one byte again and again.
type same byte

func (s same) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s)
	}
	return len(p), nil
}

// limitedTo moves the house to a service with a limit on requests per second.
func (h *house) limitedTo(perSecond float64) {
	h.Helper()
	h.stop()
	h.server = httptest.NewServer(scim.New(scim.Options{
		Store: h.store, Directory: h.directory, Access: h.access, PublicURL: "https://rollcall.test", RateLimit: perSecond,
		Key: bytes.Repeat([]byte{7}, 32), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}))
	h.Cleanup(h.server.Close)
	h.base = h.server.URL + "/scim/v2/" + h.org.Slug
}

func TestFloodIsToldToSlowDownAndNobodyElse(t *testing.T) {
	onBoth(t, func(h *house) {
		h.limitedTo(0.5) // a burst of one, then one each two seconds
		h.do(http.MethodGet, "/Users", nil).want(http.StatusOK)
		r := h.do(http.MethodGet, "/Users", nil).refused(http.StatusTooManyRequests, "", "More than 0.5 requests per second")
		h.isError(r)
		if wait, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || wait < 1 || wait > 3 {
			h.Errorf("Retry-After %q", r.header.Get("Retry-After"))
		}
		other := h.newTenant("other")
		h.as(other, http.MethodGet, "/Users", nil).want(http.StatusOK)
		h.do(http.MethodGet, "/ServiceProviderConfig", nil).want(http.StatusOK)
	})
}

func TestSteadyClientIsNeverToldToSlowDown(t *testing.T) {
	onBoth(t, func(h *house) {
		h.limitedTo(200)
		for range 600 { // one after another, beyond the burst
			h.do(http.MethodGet, "/Users?count=0", nil).want(http.StatusOK)
		}
	})
}
