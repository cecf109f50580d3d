package scim

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 1 << 20

// request is one SCIM request, or one operation of a bulk request.
type request struct {
	ctx      context.Context
	http     *http.Request
	id       uuid.UUID // of its log row; the reference in error answers
	start    time.Time
	method   string
	segments []string // of the path: the organization until admit, then the endpoint
	query    url.Values
	match    string // If-Match
	raw      []byte
	body     map[string]any

	grant         *access.Grant
	conn          *ent.Connection
	users, groups *resourceType
	base          string // of this organization's endpoints

	newID          uuid.UUID // of what a bulk operation makes
	entry          entry
	logged         bool // its row went with the transaction
	changed        bool // something
	undeclared     []seen
	managerUnknown bool
}

func (s *Server) newRequest(hr *http.Request) *request {
	r := &request{
		ctx: hr.Context(), http: hr, id: entschema.NewID(), start: s.store.Now(), method: hr.Method, match: hr.Header.Get("If-Match"),
	}
	path, _ := strings.CutPrefix(hr.URL.Path, Prefix)
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" { // Entra doubles a slash when the tenant URL ends with one
			r.segments = append(r.segments, segment)
		}
	}
	if len(r.segments) > 0 {
		r.entry.slug = r.segments[0]
	}
	r.entry.client, r.entry.activity = clientOf(hr)
	r.entry.address = access.AddressOf(hr.RemoteAddr)
	return r
}

// Context is the request's, with the actor once it is known.
func (r *request) Context() context.Context { return r.ctx }

// reads says whether the request reads an endpoint, before the organization was
// cut off.
func (r *request) reads(endpoint string) bool {
	return (r.method == http.MethodGet || r.method == http.MethodHead) && len(r.segments) == 2 && r.segments[1] == endpoint
}

// readQuery reads the query. Unlike net/url it leaves out nothing: a filter that
// can't be read must not become a list of everybody.
func (r *request) readQuery() error {
	r.query = url.Values{}
	for pair := range strings.SplitSeq(r.http.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, err := url.QueryUnescape(value)
		if nameErr != nil || err != nil {
			return refuse(scimTypeOf[name], "The query parameter %q is not percent-encoded as it should be; write %%25 for a percent sign", shown(name))
		}
		if pair != "" {
			r.query.Add(name, value)
		}
	}
	return nil
}

// scimTypeOf is the kind of refusal of a query parameter that can't be read.
var scimTypeOf = map[string]string{
	"filter": "invalidFilter", "sortBy": "invalidValue", "sortOrder": "invalidValue", "startIndex": "invalidValue",
	"count": "invalidValue", "cursor": "invalidCursor", "attributes": "invalidValue", "excludedAttributes": "invalidValue",
}

// inRequest is ctx for an operation with a log row of its own.
func inRequest(ctx context.Context, id uuid.UUID) context.Context {
	a, _ := actor.From(ctx)
	a.Request = id
	return actor.With(ctx, a)
}

// clientOf recognises who calls. Entra often sends no User-Agent, but a header
// of its own with an activity id that its support asks for.
func clientOf(hr *http.Request) (client, activity string) {
	agent := hr.UserAgent()
	if v := hr.Header.Get("adscimversion"); v != "" {
		if _, id, ok := strings.Cut(v, "ActivityId:"); ok {
			activity = strings.Trim(strings.TrimSpace(id), ", ")
		}
		return "Microsoft Entra", clean(activity, 100)
	}
	switch {
	case strings.HasPrefix(agent, "Okta SCIM Client"), strings.HasPrefix(agent, "OKTA SCIM"):
		return "Okta", ""
	case strings.Contains(strings.ToLower(agent), "jumpcloud"):
		return "JumpCloud", ""
	case strings.Contains(strings.ToLower(agent), "onelogin"):
		return "OneLogin", ""
	}
	return clean(agent, 100), ""
}

// readBody reads and decodes the body of methods that have one.
func (r *request) readBody(w http.ResponseWriter) error {
	switch r.method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	default:
		return nil
	}
	if err := checkMediaType(r.http.Header); err != nil {
		return err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.http.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return refuseStatus(http.StatusRequestEntityTooLarge, "tooMany", "The body is larger than %d bytes; send fewer values, or operations, at a time", maxBody)
	}
	if err != nil {
		return refuse("invalidSyntax", "The body could not be read to its end")
	}
	r.raw = raw
	r.body, err = decode(raw)
	return err
}

func checkMediaType(h http.Header) error {
	if e := h.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return refuseStatus(http.StatusUnsupportedMediaType, "", "A body with Content-Encoding %q can't be read; send it uncompressed", shown(e))
	}
	sent := h.Get("Content-Type")
	if sent == "" {
		return nil
	}
	kind, params, err := mime.ParseMediaType(sent)
	if err != nil || kind != "application/scim+json" && kind != "application/json" {
		return refuseStatus(http.StatusUnsupportedMediaType, "", "The content type %q can't be read; send application/scim+json", shown(sent))
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return refuseStatus(http.StatusUnsupportedMediaType, "", "The charset %q can't be read; send UTF-8 (RFC 7644 §8.1)", shown(c))
	}
	return nil
}

// splitNames reads the names in a query parameter.
func splitNames(values []string) []string {
	var names []string
	for _, v := range values {
		for name := range strings.SplitSeq(v, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// projection is what the request wants to see of resources of a type.
func (r *request) projection(t *resourceType) (projection, error) {
	return t.parseProjection(splitNames(r.query["attributes"]), splitNames(r.query["excludedAttributes"]))
}
