package scim_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	entschema "github.com/rollcall/rollcall/ent/schema"
)

// logged stops the service, so that the log is complete, and returns it.
func (h *house) logged() []*ent.ProvisioningLog {
	h.Helper()
	h.stop()
	rows, err := h.store.Read().ProvisioningLog.Query().Order(provisioninglog.ByID()).All(h.inOrg())
	if err != nil {
		h.Fatal(err)
	}
	return rows
}

// line is what a test expects of a log row.
type line struct {
	Method, Path, Operation string
	Status                  int
	ScimType                string
	Target                  string
	Changes                 []entschema.Change
	Kinds                   []string // of the Events
}

func (h *house) lineOf(row *ent.ProvisioningLog) line {
	h.Helper()
	l := line{Method: row.Method, Path: row.Path, Operation: row.Operation, Status: row.Status, ScimType: row.ScimType, Changes: row.Changes}
	if row.TargetID != nil {
		l.Target = row.TargetID.String()
	}
	for _, id := range row.Events {
		e, err := h.store.Read().Event.Query().Where(event.ID(id)).Only(h.inOrg())
		if err != nil {
			h.Fatalf("the row names an Event that isn't there: %v", err)
		}
		if e.CorrelationID == nil || *e.CorrelationID != row.ID {
			h.Errorf("Event %s has correlation %v, want %s", e.Kind, e.CorrelationID, row.ID)
		}
		l.Kinds = append(l.Kinds, e.Kind)
	}
	return l
}

func TestLogTellsEachRequest(t *testing.T) {
	onBoth(t, func(h *house) {
		body := map[string]any{"userName": "ada@example.test", "displayName": "Ada", "title": "Fitter"}
		id := h.do(http.MethodPost, "/Users", body).want(http.StatusCreated).id()
		user := "/Users/" + id
		h.do(http.MethodPatch, user, patch(op("Replace", "active", "False")))
		h.do(http.MethodPatch, user, patch(op("Replace", "active", "True")))
		h.do(http.MethodPatch, user, patch(op("replace", "displayName", "Ada L"), op("remove", "title", nil), op("add", "name.givenName", "Ada")))
		h.do(http.MethodPatch, user, patch(op("replace", "displayName", "Ada L")))
		group := h.createGroup("Wardens")
		h.do(http.MethodPatch, "/Groups/"+group, patch(op("Add", "members", refs(id))))
		h.do(http.MethodPatch, "/Groups/"+group, patch(op("replace", "displayName", "Guards"), op("remove", "members", nil)))
		h.do(http.MethodGet, user, nil)
		h.find("/Users", `userName eq "ada@example.test"`)
		h.do(http.MethodPost, "/Users", body).want(http.StatusConflict)
		h.do(http.MethodPatch, user, patch(op("replace", "displayName", "X"), op("replace", "nonsense", 1))).want(http.StatusBadRequest)
		h.do(http.MethodGet, "/Nothing", nil).want(http.StatusNotFound)
		h.do(http.MethodGet, "/ServiceProviderConfig", nil, "Authorization", "")
		h.do(http.MethodDelete, "/Groups/"+group, nil)
		h.do(http.MethodDelete, user, nil)
		h.do(http.MethodDelete, user, nil).want(http.StatusNotFound)

		uid := uuid.MustParse(id)
		change := func(attribute string, old, new any) entschema.Change {
			return entschema.Change{Attribute: attribute, Old: old, New: new}
		}
		want := []line{
			{"POST", "/Users", "Created Ada", 201, "", id, []entschema.Change{change("displayName", nil, "Ada"), change("title", nil, "Fitter"), change("userName", nil, "ada@example.test")}, []string{"user.created"}},
			{"PATCH", user, "Deactivated Ada", 200, "", id, []entschema.Change{change("active", true, false)}, []string{"user.deactivated"}},
			{"PATCH", user, "Reactivated Ada", 200, "", id, []entschema.Change{change("active", false, true)}, []string{"user.reactivated"}},
			{"PATCH", user, "Changed Ada L: displayName, name.givenName, title", 200, "", id, []entschema.Change{change("displayName", "Ada", "Ada L"), change("name.givenName", nil, "Ada"), change("title", "Fitter", nil)}, []string{"user.updated"}},
			{"PATCH", user, "Nothing to change for Ada L", 200, "", id, nil, nil},
			{"POST", "/Groups", "Created group Wardens", 201, "", group, []entschema.Change{change("displayName", nil, "Wardens")}, []string{"group.created"}},
			{"PATCH", "/Groups/" + group, "Added 1 person to group Wardens", 204, "", group, []entschema.Change{change("members", nil, []any{id})}, []string{"group.updated"}},
			{"PATCH", "/Groups/" + group, "Renamed group Wardens to Guards", 204, "", group, []entschema.Change{change("displayName", "Wardens", "Guards"), change("members", []any{id}, nil)}, []string{"group.updated"}},
			{"GET", user, "Read Ada L", 200, "", id, nil, nil},
			{"GET", "/Users?filter=userName+eq+%22ada@example.test%22", `Looked for people with userName eq "ada@example.test": 1`, 200, "", id, nil, nil},
			{"POST", "/Users", "Tried to create ada@example.test", 409, "uniqueness", "", nil, nil},
			{"PATCH", user, "Tried to change a person", 400, "invalidPath", id, nil, nil},
			{"GET", "/Nothing", "Asked for something that is not here", 404, "", "", nil, nil},
			{"GET", "/acme/ServiceProviderConfig", "Read what the service can do", 200, "", "", nil, nil},
			{"DELETE", "/Groups/" + group, "Deleted group Guards", 204, "", group, nil, []string{"group.deleted"}},
			{"DELETE", user, "Deleted Ada L", 204, "", id, nil, []string{"user.deleted"}},
			{"DELETE", user, "Tried to delete a person", 404, "", id, nil, nil},
		}
		rows := h.logged()
		got := make([]line, len(rows))
		for i, row := range rows {
			got[i] = h.lineOf(row)
			if public := strings.HasSuffix(row.Path, "ServiceProviderConfig"); !public && (row.TokenID == nil || row.ConnectionID == nil || *row.ConnectionID != h.conn.ID || row.CycleID == nil || *row.CycleID != rows[0].ID) {
				h.Errorf("%s: token %v, connection %v, cycle %v", row.Operation, row.TokenID, row.ConnectionID, row.CycleID)
			}
			if row.Address != "127.0.0.1" || row.Client != "Go-http-client/1.1" || row.DurationUs < 0 || row.CreatedAt.IsZero() {
				h.Errorf("%s: address %q, client %q, %d µs", row.Operation, row.Address, row.Client, row.DurationUs)
			}
			if refused := row.Status >= 400; refused != (row.Detail != "") || refused != (row.ResponseBody != "") {
				h.Errorf("%s: detail %q, response %q", row.Operation, row.Detail, row.ResponseBody)
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			h.Errorf("the log:\n%s", diff)
		}
		for _, e := range h.events(uid.String()) {
			if e.CorrelationID == nil {
				h.Errorf("Event %s names no request", e.Kind)
			}
		}
	})
}

func TestRevivalIsAnsweredAndLoggedAsWhatItIs(t *testing.T) {
	onBoth(t, func(h *house) {
		h.set(func(s *entschema.ConnectionSettings) { s.Revive = true })
		body := map[string]any{"userName": "ada@example.test", "displayName": "Ada", "title": "Fitter"}
		id := h.do(http.MethodPost, "/Users", body).want(http.StatusCreated).id()
		h.createGroup("Wardens", id)
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "active", false)))
		body["title"] = "Welder"
		made := h.do(http.MethodPost, "/Users", body).want(http.StatusCreated)
		if diff := cmp.Diff(h.do(http.MethodGet, "/Users/"+id, nil).body, made.body); diff != "" || made.at("groups", 0, "display") != "Wardens" {
			h.Errorf("the answer is not what is here now:\n%s", diff)
		}
		rows := h.logged()
		want := line{"POST", "/Users", "Revived Ada", 201, "", id, []entschema.Change{{Attribute: "active", Old: false, New: true}, {Attribute: "title", Old: "Fitter", New: "Welder"}}, []string{"user.revived"}}
		if diff := cmp.Diff(want, h.lineOf(rows[3])); diff != "" {
			h.Errorf("the log:\n%s", diff)
		}
	})
}

func TestRefusalNamesItsRow(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		references := map[string]*reply{}
		for name, r := range map[string]*reply{
			"400": h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "nonsense", 1))),
			"401": h.do(http.MethodGet, "/Users", nil, "Authorization", "Bearer nonsense"),
			"404": h.do(http.MethodGet, "/Users/"+nobody, nil),
			"405": h.do(http.MethodPut, "/Users", person("ada")),
			"409": h.do(http.MethodPost, "/Users", person("ada")),
			"412": h.do(http.MethodDelete, "/Users/"+id, nil, "If-Match", `W/"9"`),
			"415": h.do(http.MethodPost, "/Users", "userName=ada", "Content-Type", "application/x-www-form-urlencoded"),
			"501": h.do(http.MethodGet, "/Me", nil),
			"bad": h.do(http.MethodPost, "/Users", "{"),
		} {
			detail, _ := r.body["detail"].(string)
			_, reference, ok := strings.Cut(strings.TrimSuffix(detail, ")"), "(reference ")
			if !ok {
				h.Errorf("%s: no reference in %q", name, detail)
			}
			references[reference] = r
		}
		for _, row := range h.logged() {
			r := references[row.ID.String()]
			if r == nil {
				continue
			}
			delete(references, row.ID.String())
			if row.Status != r.status || row.ResponseBody != r.text {
				h.Errorf("answered %d %s, logged %d %s", r.status, r.text, row.Status, row.ResponseBody)
			}
		}
		for reference, r := range references {
			h.Errorf("reference %s of %s finds no row", reference, r.text)
		}
	})
}

func TestFailedCredentialIsLogged(t *testing.T) {
	onBoth(t, func(h *house) {
		h.do(http.MethodGet, "/Users", nil, "Authorization", "")
		h.do(http.MethodGet, "/Users", nil, "Authorization", "Bearer nonsense", "adscimversion", "1.0, ActivityId: 7, ")
		for _, row := range h.logged() {
			if row.Status != http.StatusUnauthorized || row.Operation != "Refused a credential" || row.Detail == "" || row.TokenID != nil || row.RequestBody != "" {
				h.Errorf("row %v", row)
			}
		}
		if rows := h.logged(); len(rows) != 2 || rows[1].Client != "Microsoft Entra" {
			h.Errorf("%d rows", len(rows))
		}
	})
}

func TestUnknownCredentialIsKnownByItsEnd(t *testing.T) {
	onBoth(t, func(h *house) {
		h.do(http.MethodGet, "/Users", nil, "Authorization", "Bearer rcs_"+strings.Repeat("a", 45)+"x7Q2")
		h.do(http.MethodGet, "/Users", nil, "Authorization", "Bearer passwordx7Q2")
		rows := h.logged()
		if len(rows) != 2 || !strings.HasSuffix(rows[0].Detail, "; it ends in …x7Q2") || strings.Contains(rows[1].Detail, "x7Q2") {
			h.Errorf("rows %v", rows)
		}
	})
}

func TestRefusedRequestLeavesNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.create("ada")
		group := h.createGroup("Wardens", id)
		before := h.dump("org_id = ?", []string{"users", "emails", "groups", "memberships", "departments", "events"}, h.org.ID)
		h.do(http.MethodPatch, "/Users/"+id, patch(
			op("replace", "displayName", "X"), op("replace", enterprise+":department", "New"),
			op("replace", "active", "maybe"), op("replace", "title", "X"), op("add", "nickName", "X"),
		)).refused(http.StatusBadRequest, "invalidValue", "active")
		h.do(http.MethodPatch, "/Groups/"+group, patch(
			op("remove", "members", nil), op("replace", "displayName", "X"), op("add", "members", refs("nobody")),
		)).refused(http.StatusBadRequest, "invalidValue", "members")
		h.do(http.MethodPut, "/Users/"+id, map[string]any{"displayName": "X"}).refused(http.StatusBadRequest, "invalidValue", "userName")
		other := h.create("bob")
		h.do(http.MethodPatch, "/Users/"+other, patch(op("replace", enterprise+":department", "New"), op("replace", "userName", "ADA@example.test"))).refused(http.StatusConflict, "uniqueness", "")
		h.do(http.MethodDelete, "/Users/"+other, nil, "If-Match", `W/"7"`).want(http.StatusPreconditionFailed)
		for _, line := range h.dump("org_id = ?", []string{"users", "emails", "groups", "memberships", "departments", "events"}, h.org.ID) {
			if i := slices.Index(before, line); i >= 0 {
				before = slices.Delete(before, i, i+1)
			} else if !strings.Contains(line, other) && !strings.Contains(line, "bob") {
				h.Errorf("left behind: %s", line)
			}
		}
		if len(before) > 0 {
			h.Errorf("gone or changed: %v", before)
		}
	})
}

func TestClientsTextCannotHarmTheLog(t *testing.T) {
	onBoth(t, func(h *house) {
		evil := "Eve\x1b[2J\r\nDeactivated everybody\u202e\u2028\u0007"
		id := h.do(http.MethodPost, "/Users", with(person("eve"), "displayName", evil)).want(http.StatusCreated).id()
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "active", false)))
		h.do(http.MethodPost, "/Users", map[string]any{"userName": evil, "displayName": 1, "active": evil})
		h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", evil, 1)))
		h.do(http.MethodGet, "/Users/%1b%5b2J%0d%0a", nil)
		h.do(http.MethodPost, "/Groups", map[string]any{"displayName": evil})
		for _, row := range h.logged() {
			for _, text := range []string{row.Operation, row.Detail, row.Path, row.Client, row.Activity, row.Method} {
				if strings.ContainsAny(text, "\x1b\r\n\u202e\u2028\u0007") {
					h.Errorf("%q", text)
				}
			}
		}
	})
}
