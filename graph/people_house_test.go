package graph_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
)

const day = 24 * time.Hour

// entra is a SCIM client of the house's connection.
type entra struct {
	*house
	caller
}

func (h *house) entra() entra {
	h.Helper()
	return entra{h, h.token(h.org.ID, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "entra"})}
}

// send sends a request and returns the status and the answer.
func (e entra) send(method, path, body string) (int, map[string]any) {
	e.Helper()
	hr, err := http.NewRequestWithContext(e.Context(), method, e.server.URL+"/scim/v2/acme/"+path, strings.NewReader(body))
	if err != nil {
		e.Fatal(err)
	}
	hr.Header.Set("Content-Type", "application/scim+json")
	answer, text := e.do(e.caller, hr)
	var document map[string]any
	if len(bytes.TrimSpace(text)) > 0 {
		if err := json.Unmarshal(text, &document); err != nil {
			e.Fatalf("status %d: %s", answer.StatusCode, text)
		}
	}
	return answer.StatusCode, document
}

// provisions makes a person; more are members of the document, such as
// `"title": "Clerk"`.
func (e entra) provisions(userName string, more ...string) uuid.UUID {
	e.Helper()
	return e.makes("Users", append([]string{`"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]`, `"userName": "` + userName + `"`, `"active": true`}, more...))
}

// groups makes a group.
func (e entra) groups(name string, members ...uuid.UUID) uuid.UUID {
	e.Helper()
	var list []string
	for _, id := range members {
		list = append(list, `{"value": "`+id.String()+`"}`)
	}
	return e.makes("Groups", []string{`"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]`, `"displayName": "` + name + `"`,
		`"members": [` + strings.Join(list, ", ") + `]`})
}

func (e entra) makes(what string, members []string) uuid.UUID {
	e.Helper()
	status, made := e.send(http.MethodPost, what, "{"+strings.Join(members, ", ")+"}")
	if status != http.StatusCreated {
		e.Fatalf("status %d: %v", status, made)
	}
	return uuid.MustParse(made["id"].(string))
}

// patch changes one attribute of a person.
func (e entra) patch(id uuid.UUID, path, value string) int {
	e.Helper()
	status, _ := e.send(http.MethodPatch, "Users/"+id.String(), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [{"op": "replace", "path": "`+path+`", "value": `+value+`}]}`)
	return status
}

// userRow is a person as the database has it.
func (h *house) userRow(id uuid.UUID) *ent.User {
	h.Helper()
	u, err := h.store.Read().User.Query().Where(user.ID(id)).Only(h.in(h.org.ID))
	if err != nil {
		h.Fatal(err)
	}
	return u
}

// addresses are a person's e-mail rows, the primary one with a star.
func (h *house) addresses(id uuid.UUID) (out []string) {
	h.Helper()
	for _, e := range h.store.Read().Email.Query().Where(email.UserID(id)).Order(email.ByID()).AllX(h.in(h.org.ID)) {
		if e.Primary {
			e.Value += "*"
		}
		out = append(out, e.Value)
	}
	return out
}

// events are the Events of an entity, oldest first.
func (h *house) events(id uuid.UUID) []*ent.Event {
	h.Helper()
	return h.store.Read().Event.Query().Where(event.EntityID(id)).Order(event.ByID()).AllX(h.in(h.org.ID))
}

// told are the kinds of an entity's Events, and who did it.
func (h *house) told(id uuid.UUID) (out []string) {
	h.Helper()
	for _, e := range h.events(id) {
		out = append(out, e.Kind+" by "+e.Actor)
	}
	return out
}

// about expects the first error to be about a field of the input.
func (r *reply) about(field string) *reply {
	r.Helper()
	if got := r.Errors[0].Extensions["field"]; got != field {
		r.Errorf("the error is about %v, want %s: %s", got, field, r.text)
	}
	return r
}

// says expects the first error's sentence to have a part.
func (r *reply) says(part string) *reply {
	r.Helper()
	if got := r.Errors[0].Message; !strings.Contains(got, part) {
		r.Errorf("the error says %q, without %q", got, part)
	}
	return r
}
