package scim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	entschema "github.com/rollcall/rollcall/ent/schema"
)

const (
	bulkRequestURN  = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	bulkResponseURN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
	bulkPrefix      = "bulkId:"
)

// bulkOperation is one operation of a bulk request (RFC 7644 §3.7). Each is a
// transaction and a log row of its own.
type bulkOperation struct {
	method, path, bulkID, version string
	data                          map[string]any
	needs                         []string // bulkIds that it refers to
	id                            uuid.UUID
	result                        map[string]any
	failed                        bool
}

func (s *Server) bulk(r *request) (*answer, error) {
	r.entry.operation = "Bulk request"
	ops, failOnErrors, err := readBulk(r.body)
	if err != nil {
		return nil, err
	}
	b := bulkRun{s: s, r: r, ops: ops, made: map[string]*bulkOperation{}}
	for _, o := range ops {
		if o.bulkID != "" {
			b.made[o.bulkID] = o
		}
	}
	failures := 0
	for _, o := range b.inOrder() {
		if failOnErrors > 0 && failures >= failOnErrors {
			break
		}
		if b.run(o); o.failed {
			failures++
		}
	}
	results := []map[string]any{}
	for _, o := range ops {
		if o.result != nil {
			results = append(results, o.result)
		}
	}
	return r.reply(http.StatusOK, map[string]any{"schemas": []string{bulkResponseURN}, "Operations": results}), nil
}

func readBulk(body map[string]any) (ops []*bulkOperation, failOnErrors int, err error) {
	value, _ := member(body, "Operations")
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return nil, 0, refuse("invalidSyntax", "Operations must be a list of operations")
	}
	if len(list) > maxBulkOperations {
		return nil, 0, refuseStatus(http.StatusRequestEntityTooLarge, "tooMany", "The request has %d operations; at most %d are allowed (maxOperations)", len(list), maxBulkOperations)
	}
	if limit, sent := member(body, "failOnErrors"); sent && limit != nil {
		n, ok := limit.(json.Number)
		failOnErrors, err = strconv.Atoi(n.String())
		if !ok || err != nil || failOnErrors < 1 {
			return nil, 0, refuse("invalidValue", "failOnErrors must be a whole number above 0")
		}
	}
	named := map[string]bool{}
	for i, e := range list {
		o, err := readBulkOperation(e)
		if err != nil {
			return nil, 0, inOperation(i, len(list), err)
		}
		if o.bulkID != "" && named[o.bulkID] {
			return nil, 0, inOperation(i, len(list), refuse("invalidValue", "the bulkId %q is used twice", shown(o.bulkID)))
		}
		named[o.bulkID] = true
		ops = append(ops, o)
	}
	return ops, failOnErrors, nil
}

func readBulkOperation(e any) (*bulkOperation, error) {
	object, ok := e.(map[string]any)
	if !ok {
		return nil, refuse("invalidSyntax", "an operation must be an object")
	}
	o := &bulkOperation{}
	for name, field := range map[string]*string{"method": &o.method, "path": &o.path, "bulkId": &o.bulkID, "version": &o.version} {
		if value, sent := member(object, name); sent && value != nil {
			if *field, ok = value.(string); !ok {
				return nil, refuse("invalidSyntax", "%s must be a string", name)
			}
		}
	}
	o.method = strings.ToUpper(o.method)
	switch o.method {
	case http.MethodPost:
		if o.bulkID == "" {
			return nil, refuse("invalidValue", "a POST needs a bulkId (RFC 7644 §3.7)")
		}
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return nil, refuse("invalidValue", "the method must be POST, PUT, PATCH or DELETE, not %q", shown(o.method))
	}
	if !strings.HasPrefix(o.path, "/") {
		return nil, refuse("invalidValue", "the path must begin with /, as in /Users")
	}
	if value, sent := member(object, "data"); sent && value != nil {
		if o.data, ok = value.(map[string]any); !ok {
			return nil, refuse("invalidSyntax", "data must be an object")
		}
	}
	if o.data == nil && o.method != http.MethodDelete {
		return nil, refuse("invalidValue", "a %s needs data", o.method)
	}
	if o.method == http.MethodPost {
		o.id = entschema.NewID()
	}
	o.needs = references(o.path[1:], nil)
	o.needs = references(o.data, o.needs)
	return o, nil
}

// references collects the bulkIds that a value mentions.
func references(v any, found []string) []string {
	switch v := v.(type) {
	case string:
		if at := strings.Index(v, bulkPrefix); at >= 0 && (at == 0 || v[at-1] == '/') {
			id := v[at+len(bulkPrefix):]
			if end := strings.IndexAny(id, "/?"); end >= 0 {
				id = id[:end]
			}
			found = append(found, id)
		}
	case []any:
		for _, e := range v {
			found = references(e, found)
		}
	case map[string]any:
		for _, e := range v {
			found = references(e, found)
		}
	}
	return found
}

type bulkRun struct {
	s    *Server
	r    *request
	ops  []*bulkOperation
	made map[string]*bulkOperation // by bulkId
}

// inOrder puts an operation after those that it refers to. In a circle somebody
// is first, and refers to an id that is about to be made.
func (b *bulkRun) inOrder() []*bulkOperation {
	var order []*bulkOperation
	state := map[*bulkOperation]bool{}
	var visit func(o *bulkOperation)
	visit = func(o *bulkOperation) {
		if _, begun := state[o]; begun {
			return
		}
		state[o] = true
		for _, id := range o.needs {
			if other := b.made[id]; other != nil && other.method == http.MethodPost {
				visit(other)
			}
		}
		order = append(order, o)
	}
	for _, o := range b.ops {
		visit(o)
	}
	return order
}

func (b *bulkRun) run(o *bulkOperation) {
	sub := *b.r
	sub.id, sub.start = entschema.NewID(), b.s.store.Now()
	sub.method, sub.match, sub.newID = o.method, o.version, o.id
	sub.entry.forBulk(b.r)
	sub.logged, sub.changed, sub.undeclared, sub.managerUnknown = false, false, nil, false
	sub.ctx = inRequest(sub.ctx, sub.id)
	a := b.attempt(&sub, o)
	b.s.finish(&sub, a)
	o.result = map[string]any{"method": o.method, "status": strconv.Itoa(a.status)}
	if o.bulkID != "" {
		o.result["bulkId"] = o.bulkID
	}
	if a.etag != "" {
		o.result["version"] = a.etag
	}
	if o.failed = a.status >= 300; o.failed {
		o.result["response"] = a.body
	}
	if o.method != http.MethodPost || !o.failed {
		if a.location != "" {
			o.result["location"] = a.location
		} else {
			path, _, _ := strings.Cut(o.path, "?")
			o.result["location"] = b.r.base + path
		}
	}
	if a.status == http.StatusCreated {
		if id, err := uuid.Parse(a.location[strings.LastIndexByte(a.location, '/')+1:]); err == nil {
			o.id = id // linking or reviving gives another id than the one set aside
		}
	}
}

func (b *bulkRun) attempt(sub *request, o *bulkOperation) *answer {
	for _, id := range o.needs {
		other := b.made[id]
		if other == nil || other.method != http.MethodPost {
			return sub.refusal(refuse("invalidValue", "nothing in this request has the bulkId %q", shown(id)))
		}
		if other.failed {
			return sub.refusal(refuse("invalidValue", "the operation with the bulkId %q has failed, so its resource is not there", shown(id)))
		}
	}
	o.path = b.resolve(o.path).(string)
	target, err := url.Parse(o.path)
	if err != nil {
		return sub.refusal(refuse("invalidValue", "the path %q can't be read", shown(o.path)))
	}
	hr := *b.r.http // the operation is logged as the request that it stands for
	hr.Method, hr.URL = o.method, target
	sub.http = &hr
	if err := sub.readQuery(); err != nil {
		return sub.refusal(err)
	}
	sub.segments = nil
	for segment := range strings.SplitSeq(target.Path, "/") {
		if segment != "" {
			sub.segments = append(sub.segments, segment)
		}
	}
	if len(sub.segments) == 0 || sub.segments[0] != "Users" && sub.segments[0] != "Groups" || slices.Contains(sub.segments, ".search") {
		return sub.refusal(refuse("invalidValue", "the path %q is neither below /Users nor below /Groups", shown(o.path)))
	}
	sub.body, _ = b.resolve(o.data).(map[string]any)
	sub.raw = encode(sub.body)
	a, err := b.s.dispatch(sub)
	if err != nil {
		return sub.refusal(err)
	}
	return a
}

// resolve replaces references to bulkIds by the ids of what was made.
func (b *bulkRun) resolve(v any) any {
	switch v := v.(type) {
	case string:
		for _, id := range references(v, nil) {
			v = strings.Replace(v, bulkPrefix+id, b.made[id].id.String(), 1)
		}
		return v
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = b.resolve(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = b.resolve(e)
		}
		return out
	}
	return v
}
