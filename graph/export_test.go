package graph_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const createExport = `mutation($input: ExportInput!) { createExport(input: $input) { url expiresAt } }`

// export makes a link and returns its path.
func (h *house) export(c caller, input vars) string {
	h.Helper()
	url := h.ask(c, createExport, vars{"input": input}).ok().at("createExport", "url").(string)
	path, ours := strings.CutPrefix(url, "https://rollcall.test/")
	if !ours {
		h.Fatalf("the link is %s", url)
	}
	return "/" + path
}

// fetch opens a link.
func (h *house) fetch(method, path string, c caller) (*http.Response, string) {
	h.Helper()
	hr, err := http.NewRequestWithContext(h.Context(), method, h.server.URL+path, nil)
	if err != nil {
		h.Fatal(err)
	}
	answer, text := h.do(c, hr)
	return answer, string(text)
}

// records reads a CSV file as a strict second reader does: each line as a map.
func (h *house) records(text string) (rows []map[string]string) {
	h.Helper()
	text, marked := strings.CutPrefix(text, "\uFEFF")
	if !marked {
		h.Error("no byte order mark")
	}
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		h.Fatal(err)
	}
	for _, record := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestExportOfUsersHasEverythingOfThem(t *testing.T) {
	onBoth(t, func(h *house) {
		boss := h.person("boss@acme.test", user.RoleADMIN)
		name, title := `=HYPERLINK("http://evil.test")`, " ＋1\nsecond"
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			u, err := h.directory.CreateLocal(ctx, tx, directory.Local{UserName: "zoe.müller@acme.test", DisplayName: name, Email: "zoe.müller@acme.test", Role: user.RoleLEARNER})
			if err != nil {
				return err
			}
			tx.Vouch(boss.ID)
			return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error {
				m.SetTitle(title)
				m.SetManagerID(boss.ID)
				m.SetActive(false)
				return nil
			})
		})
		gone := h.person("gone@acme.test", user.RoleLEARNER)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			u, err := tx.User.Get(ctx, gone.ID)
			if err != nil {
				return err
			}
			return h.directory.Remove(ctx, tx, u)
		})
		c := h.with("users:read", "organization:read")

		answer, text := h.fetch(http.MethodGet, h.export(c, vars{"what": "USERS"}), caller{})
		day := h.store.Now().Format(time.DateOnly)
		for name, want := range map[string]string{
			"Content-Disposition": "attachment; filename=acme-users-" + day + ".csv", "Content-Type": "text/csv; charset=utf-8; header=present",
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		} {
			if got := answer.Header.Get(name); got != want {
				h.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if _, _, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition")); err != nil {
			h.Error(err)
		}
		rows := h.records(text)
		if len(rows) != 2 || strings.Count(text, "\r\n") != 3 {
			h.Fatalf("%d people, %q", len(rows), text)
		}
		zoe := rows[1]
		for column, want := range map[string]string{
			"userName": "zoe.müller@acme.test", "displayName": "'" + name, "title": "'" + title, "manager": "boss@acme.test",
			"active": "false", "role": "LEARNER", "email": "zoe.müller@acme.test", "emails": "zoe.müller@acme.test", "externalId": "",
			"groups": "", "department": "", "connection": "", "version": "2",
		} {
			if zoe[column] != want {
				h.Errorf("%s is %q, want %q", column, zoe[column], want)
			}
		}

		answer, text = h.fetch(http.MethodGet, h.export(c, vars{"what": "USERS", "format": "JSONL", "filter": `userName sw "ZOE"`}), caller{})
		if kind := answer.Header.Get("Content-Type"); kind != "application/jsonl" || strings.Count(text, "\n") != 1 {
			h.Errorf("%s: %s", kind, text)
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			h.Fatal(err)
		}
		if object["displayName"] != name || object["title"] != title || object["groups"] == nil || object["department"] != nil || object["active"] != false {
			h.Errorf("the object is %v", object)
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(zoe)), slices.Sorted(maps.Keys(object))); diff != "" {
			h.Errorf("the formats have other columns:\n%s", diff)
		}
	})
}

func TestExportHasWhomTheListShows(t *testing.T) {
	onBoth(t, func(h *house) {
		other, _ := h.organization("other")
		h.personIn(other.ID, "ann@other.test", user.RoleOWNER)
		ann, anna := h.person("ann@acme.test", user.RoleOWNER), h.person("anna@acme.test", user.RoleLEARNER)
		h.person("bob@acme.test", user.RoleLEARNER)
		gone := h.person("joanna@acme.test", user.RoleLEARNER)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.UpdateUser(ctx, ann, func(m *ent.UserMutation) error { m.SetLinkAskedBy(h.conn.ID); return nil }); err != nil {
				return err
			}
			u, err := tx.User.Get(ctx, gone.ID)
			if err != nil {
				return err
			}
			return h.directory.Remove(ctx, tx, u)
		})
		c := h.with("users:read", "organization:read")
		const list = `query($search: String, $filter: String, $where: UserWhere) {
			users(search: $search, filter: $filter, where: $where, orderBy: {field: CREATED, direction: ASC}) { nodes { userName } } }`
		for name, q := range map[string]struct {
			narrow vars
			want   []string
		}{
			"everybody":       {vars{}, []string{"ann@acme.test", "anna@acme.test", "bob@acme.test"}},
			"a search":        {vars{"search": " ANN "}, []string{"ann@acme.test", "anna@acme.test"}},
			"all at once":     {vars{"search": "ann", "filter": `userName co "anna"`, "where": vars{"roles": []string{"LEARNER"}}}, []string{"anna@acme.test"}},
			"the deleted too": {vars{"search": "ann", "where": vars{"statuses": []string{"ACTIVE", "DELETED"}}}, []string{"ann@acme.test", "anna@acme.test", "joanna@acme.test"}},
			"who waits":       {vars{"where": vars{"linkAsked": true}}, []string{"ann@acme.test"}},
			"by id and time":  {vars{"where": vars{"ids": []any{anna.ID}, "createdBefore": h.store.Now().Add(time.Hour)}}, []string{"anna@acme.test"}},
			"nobody":          {vars{"where": vars{"departmentIds": []any{}}}, nil},
		} {
			var listed, exported []string
			for _, n := range h.ask(c, list, q.narrow).ok().at("users", "nodes").([]any) {
				listed = append(listed, n.(map[string]any)["userName"].(string))
			}
			input := maps.Clone(q.narrow)
			input["what"] = "USERS"
			_, text := h.fetch(http.MethodGet, h.export(c, input), caller{})
			for _, row := range h.records(text) {
				exported = append(exported, row["userName"])
			}
			if diff := cmp.Diff(q.want, exported); diff != "" {
				h.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if diff := cmp.Diff(listed, exported); diff != "" {
				h.Errorf("%s (-listed +exported):\n%s", name, diff)
			}
		}
	})
}

func TestExportOfPeopleWithGroupsAndConnection(t *testing.T) {
	onBoth(t, func(h *house) {
		entra := h.entra()
		provision := func(path, body string) string {
			h.Helper()
			status, made := entra.send(http.MethodPost, path, body)
			if status != http.StatusCreated {
				h.Fatal(status, made)
			}
			return made["id"].(string)
		}
		id := provision("Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"eve@acme.test","externalId":"e1","nickName":"<Evi>",
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D"}}`)
		for _, group := range []string{"Zürich", "-1+1"} {
			provision("Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"`+group+`","externalId":"`+group+`","members":[{"value":"`+id+`"}]}`)
		}
		_, text := h.fetch(http.MethodGet, h.export(h.with("all"), vars{"what": "USERS"}), caller{})
		row := h.records(text)[0]
		for column, want := range map[string]string{"groups": "''-1+1; Zürich", "connection": "default", "department": "R&D", "departmentName": "R&D", "externalId": "e1"} {
			if row[column] != want {
				h.Errorf("%s is %q, want %q", column, row[column], want)
			}
		}
		if !strings.Contains(row["attributes"], `"nickName":"<Evi>"`) {
			h.Errorf("attributes are %s", row["attributes"])
		}
		_, text = h.fetch(http.MethodGet, h.export(h.with("all"), vars{"what": "LOG"}), caller{})
		log := h.records(text)
		if len(log) != 3 || log[0]["method"] != "POST" || log[0]["outcome"] != "CHANGED" || log[0]["status"] != "201" || strings.Contains(text, "<Evi>") && strings.Contains(text, "requestBody") {
			h.Errorf("the log is %v", log)
		}
		_, text = h.fetch(http.MethodGet, h.export(h.with("all"), vars{"what": "LOG", "from": h.store.Now().Add(time.Hour)}), caller{})
		if rows := h.records(text); len(rows) != 0 {
			h.Errorf("the log of later is %v", rows)
		}
	})
}

func TestExportOfEventsIsInTheOrderOfTheFeed(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read", "organization:read")
		h.pass(time.Hour)
		from := h.store.Now()
		for _, name := range []string{"a", "b", "c"} {
			h.person(name+"@acme.test", user.RoleLEARNER)
		}
		_, text := h.fetch(http.MethodGet, h.export(c, vars{"what": "EVENTS", "format": "JSONL", "from": from}), caller{})
		var got []string
		for line := range strings.Lines(text) {
			var e struct {
				Type string
				Data struct{ After map[string]any }
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				h.Fatal(err)
			}
			name, _ := e.Data.After["user_name"].(string)
			got = append(got, e.Type+" "+name)
		}
		// Redeemed is written before the rows are read.
		want := []string{"user.created a@acme.test", "user.created b@acme.test", "user.created c@acme.test", "download.created ", "download.redeemed "}
		if diff := cmp.Diff(want, got); diff != "" {
			h.Errorf("events (-want +got):\n%s", diff)
		}
		if strings.Contains(text, "rcx_") || strings.Contains(text, "hash") {
			h.Error("the events tell the secret")
		}
	})
}

func TestExportIsRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, q := range []struct {
			scopes      []string
			input       vars
			code, field string
		}{
			{[]string{"groups:read"}, vars{"what": "USERS"}, "FORBIDDEN", ""},
			{[]string{"organization:read", "users:read"}, vars{"what": "LOG"}, "FORBIDDEN", "what"},
			{[]string{"organization:read", "log:read"}, vars{"what": "EVENTS"}, "FORBIDDEN", "what"},
			{[]string{"all"}, vars{"what": "USERS", "filter": "userName zz"}, "BAD_USER_INPUT", "filter"},
			{[]string{"all"}, vars{"what": "LOG", "filter": "active eq true"}, "BAD_USER_INPUT", "filter"},
			{[]string{"all"}, vars{"what": "LOG", "search": "ada"}, "BAD_USER_INPUT", "search"},
			{[]string{"all"}, vars{"what": "EVENTS", "where": vars{"local": true}}, "BAD_USER_INPUT", "where"},
			{[]string{"all"}, vars{"what": "USERS", "search": strings.Repeat("a", 201)}, "BAD_USER_INPUT", "search"},
			{[]string{"all"}, vars{"what": "USERS", "where": vars{"roles": slices.Repeat([]string{"OWNER"}, 201)}}, "BAD_USER_INPUT", "where"},
			{[]string{"all"}, vars{"what": "USERS", "from": h.store.Now()}, "BAD_USER_INPUT", "from"},
			{[]string{"all"}, vars{"what": "USERS", "before": h.store.Now()}, "BAD_USER_INPUT", "before"},
			{[]string{"all"}, vars{"what": "LOG", "from": h.store.Now(), "before": h.store.Now()}, "BAD_USER_INPUT", "before"},
		} {
			r := h.ask(h.with(q.scopes...), createExport, vars{"input": q.input}).refused(q.code)
			if got, _ := r.Errors[0].Extensions["field"].(string); got != q.field {
				h.Errorf("%v: field %q", q, got)
			}
		}
		if n := h.store.Read().Download.Query().CountX(h.in(h.org.ID)); n != 0 {
			h.Errorf("%d links were made", n)
		}
		h.export(h.as(user.RoleAUDITOR), vars{"what": "USERS"})
	})
}
