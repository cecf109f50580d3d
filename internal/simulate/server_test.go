package simulate

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// server is the smallest SCIM server that Entra would be content with, in
// memory. A fault makes it go wrong in one way.
type server struct {
	fault string

	mu      sync.Mutex
	issued  int
	stores  map[string]map[string]object // resource type, id
	trace   []string                     // method, target and body of every request
	headers []http.Header
}

type object = map[string]any

const secret = "a-token-nobody-should-ever-see"

func newServer(t *testing.T, fault string) (*server, string) {
	t.Helper()
	s := &server{
		fault:  fault,
		stores: map[string]map[string]object{"Users": {}, "Groups": {}},
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, web.URL + "/scim"
}

func (s *server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(req.Body)
	s.trace = append(s.trace, req.Method+" "+req.RequestURI+" "+string(body))
	s.headers = append(s.headers, req.Header.Clone())
	if req.Header.Get("Authorization") != "Bearer "+secret {
		s.fail(w, 401, "who are you?")
		return
	}
	if s.fault == "throttles" && len(s.trace)%5 == 0 {
		w.Header().Set("Retry-After", "0")
		s.fail(w, 429, "later")
		return
	}
	kind, id, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/scim/"), "/")
	store, known := s.stores[kind]
	found := store[id]
	switch {
	case !known || id != "" && found == nil:
		s.fail(w, 404, "no such resource")
	case req.Method == "GET" && id == "":
		s.list(w, req, kind)
	case req.Method == "GET":
		s.show(w, req, 200, kind, found)
	case req.Method == "POST":
		s.create(w, req, kind, read(body))
	case req.Method == "PATCH":
		s.patch(w, req, kind, found, read(body))
	case req.Method == "DELETE":
		s.delete(w, kind, id)
	}
}

func (s *server) create(w http.ResponseWriter, req *http.Request, kind string, sent object) {
	if s.fault == "breaks down" && len(s.stores[kind])%7 == 3 {
		s.issued++
		s.stores[kind][fmt.Sprint(s.issued)] = object{"userName": fmt.Sprint(s.issued)}
		s.fail(w, 500, "sorry")
		return
	}
	key := map[string]string{"Users": "userName", "Groups": "displayName"}[kind]
	for _, other := range s.stores[kind] {
		if strings.EqualFold(fmt.Sprint(other[key]), fmt.Sprint(sent[key])) {
			s.fail(w, 409, key+" is taken")
			return
		}
	}
	s.issued++
	sent["id"] = fmt.Sprintf("id-%d", s.issued)
	s.stores[kind][sent["id"].(string)] = sent
	if s.fault == "lowers user names" && kind == "Users" {
		sent["userName"] = strings.ToLower(sent["userName"].(string))
	}
	status := 201
	if s.fault == "creates with 200" {
		status = 200
	}
	if s.fault != "hides the location" {
		w.Header().Set("Location", location(kind, sent))
	}
	s.show(w, req, status, kind, sent)
}

func (s *server) delete(w http.ResponseWriter, kind, id string) {
	if s.fault == "deletes nothing" {
		w.WriteHeader(204)
		return
	}
	delete(s.stores[kind], id)
	if s.fault != "keeps ghosts" {
		for _, g := range s.stores["Groups"] {
			g["members"] = slices.DeleteFunc(listOf(g["members"]), func(m any) bool { return m.(object)["value"] == id })
		}
	}
	w.WriteHeader(204)
}

func (s *server) patch(w http.ResponseWriter, req *http.Request, kind string, doc, sent object) {
	for _, op := range listOf(sent["Operations"]) {
		op := op.(object)
		verb, path, value := op["op"].(string), fmt.Sprint(op["path"]), op["value"]
		if s.fault == "knows lower-case verbs only" && verb != strings.ToLower(verb) {
			continue
		}
		if op["path"] == nil {
			for key, value := range value.(object) {
				if s.fault == "stores dotted keys" {
					doc[key] = value
				} else {
					set(doc, key, value)
				}
			}
			continue
		}
		switch {
		case !strings.EqualFold(verb, "remove"):
			if path == "members" && s.fault == "ignores new members" {
				continue
			}
			if s.fault == "needs the element" && strings.Contains(path, "[") && textAt(doc, path) == "" {
				s.fail(w, 400, "no target")
				return
			}
			set(doc, path, value)
		case s.fault == "removes every member":
			delete(doc, "members")
		default:
			unset(doc, path, value)
		}
	}
	switch {
	case kind == "Groups" || s.fault == "answers PATCH with 204":
		w.WriteHeader(204)
	case s.fault == "answers PATCH with nothing":
		w.WriteHeader(200)
	default:
		s.show(w, req, 200, kind, doc)
	}
}

var condition = regexp.MustCompile(`^(.*?) eq "((?:[^"\\]|\\.)*)"$`)

func (s *server) list(w http.ResponseWriter, req *http.Request, kind string) {
	filter := req.URL.Query().Get("filter")
	parts := []string{filter}
	if !strings.Contains(filter, "[") {
		parts = strings.Split(strings.ReplaceAll(filter, `" and `, "\"\n"), "\n")
	}
	var found []object
	for _, doc := range s.stores[kind] {
		if s.fault == "hides who is disabled" && doc["active"] == false {
			continue
		}
		all := true
		for _, part := range parts {
			m := condition.FindStringSubmatch(part)
			if at := strings.LastIndex(part, "].value eq "); at > 0 {
				m = []string{part, part[:at+7], strings.Trim(part[at+11:], `"`)}
			}
			all = all && (filter == "" || len(m) == 3 && matches(doc, m[1], strings.ReplaceAll(strings.ReplaceAll(m[2], `\"`, `"`), `\\`, `\`)))
		}
		if all {
			found = append(found, doc)
		}
	}
	total := len(found)
	if start, err := strconv.Atoi(req.URL.Query().Get("startIndex")); err == nil {
		count, _ := strconv.Atoi(req.URL.Query().Get("count"))
		found = found[min(start-1, total):min(start-1+count, total)]
	}
	hits := []any{}
	for _, doc := range found {
		hits = append(hits, s.render(req, kind, doc))
	}
	if len(hits) == 0 && s.fault == "says 404 to an empty query" {
		s.fail(w, 404, "nobody")
		return
	}
	answer := object{"schemas": []string{listURN}, "totalResults": total, "startIndex": 1, "itemsPerPage": len(hits), "Resources": hits}
	if len(hits) == 0 && s.fault == "lists null" {
		answer["Resources"] = nil
	}
	s.reply(w, 200, answer)
}

func matches(doc object, path, value string) bool {
	if path == "members" {
		return slices.ContainsFunc(listOf(doc["members"]), func(m any) bool { return m.(object)["value"] == value })
	}
	return strings.EqualFold(textAt(doc, path), value)
}

func (s *server) show(w http.ResponseWriter, req *http.Request, status int, kind string, doc object) {
	s.reply(w, status, s.render(req, kind, doc))
}

// render copies a document into the shape that goes out.
func (s *server) render(req *http.Request, kind string, doc object) object {
	var out object
	text, _ := json.Marshal(doc)
	_ = json.Unmarshal(text, &out)
	out["meta"] = object{"resourceType": strings.TrimSuffix(kind, "s"), "location": location(kind, doc), "version": `W/"1"`}
	out["schemas"] = []string{map[string]string{"Users": coreUser, "Groups": coreGroup}[kind]}
	if out[enterprise] != nil {
		out["schemas"] = append(out["schemas"].([]string), enterprise)
	}
	if req.URL.Query().Get("excludedAttributes") == "members" && s.fault != "shows members always" {
		delete(out, "members")
	}
	spoil := spoilers[s.fault]
	if spoil != nil && kind == "Users" {
		spoil(out)
	}
	return out
}

var spoilers = map[string]func(out object){
	"shows managers as strings": func(out object) {
		if e, _ := out[enterprise].(object); e["manager"] != nil {
			e["manager"] = e["manager"].(object)["value"]
		}
	},
	"loses active": func(out object) {
		if out["active"] == false {
			delete(out, "active")
		}
	},
	"shows active as a string": func(out object) { out["active"] = fmt.Sprint(out["active"]) },
	"reformats telephones": func(out object) {
		for _, p := range listOf(out["phoneNumbers"]) {
			p.(object)["value"] = strings.NewReplacer(" ", "", "-", "").Replace(p.(object)["value"].(string))
		}
	},
	"shows e-mails as strings": func(out object) { out["emails"] = []any{"a@contoso.example"} },
	"numbers its ids":          func(out object) { out["id"] = 7 },
	"forgets the extension":    func(out object) { out["schemas"] = []string{coreUser} },
}

func (s *server) fail(w http.ResponseWriter, status int, detail string) {
	answer := object{"schemas": []string{errorURN}, "status": fmt.Sprint(status), "detail": detail}
	if s.fault == "numbers its errors" {
		answer["status"] = status
	}
	s.reply(w, status, answer)
}

func (s *server) reply(w http.ResponseWriter, status int, answer object) {
	w.Header().Set("Content-Type", "application/scim+json; charset=utf-8")
	if s.fault == "answers plain JSON" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func location(kind string, doc object) string {
	return fmt.Sprintf("https://scim.example/%s/%v", kind, doc["id"])
}

func read(body []byte) object {
	var sent object
	if err := json.Unmarshal(body, &sent); err != nil {
		panic(err)
	}
	return sent
}
