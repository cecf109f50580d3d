package graph_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/migrate"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
)

const updateOrganization = `mutation($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { organization { name
	settings { logDays deletedDays sessionIdleMinutes sessionAgeMinutes adminSessionIdleMinutes adminSessionAgeMinutes timeZone } } operated { id } } }`

func TestOrganizationIsChangedByItsOwners(t *testing.T) {
	onBoth(t, func(h *house) {
		owner := h.as(user.RoleOWNER)
		h.ask(h.as(user.RoleAUDITOR), `{ organization { slug name suspendedAt purgeAt scimUrl settings {
			logDays deletedDays sessionIdleMinutes sessionAgeMinutes adminSessionIdleMinutes adminSessionAgeMinutes timeZone } } }`, nil).ok().is(vars{
			"slug": "acme", "name": "The acme company", "suspendedAt": nil, "purgeAt": nil, "scimUrl": "https://rollcall.test/scim/v2/acme",
			"settings": vars{"logDays": 90, "deletedDays": 30, "sessionIdleMinutes": 720, "sessionAgeMinutes": 10080,
				"adminSessionIdleMinutes": 60, "adminSessionAgeMinutes": 720, "timeZone": "UTC"}}, "organization")
		for field, limits := range map[string][2]int{
			"logDays": {1, 3650}, "deletedDays": {1, 3650}, "sessionIdleMinutes": {5, 43200}, "sessionAgeMinutes": {5, 129600},
			"adminSessionIdleMinutes": {5, 1440}, "adminSessionAgeMinutes": {5, 10080},
		} {
			for _, wrong := range []int{0, -1, limits[0] - 1, limits[1] + 1} {
				h.ask(owner, updateOrganization, vars{"input": vars{field: wrong}}).refused("BAD_USER_INPUT").about(field)
			}
			for _, right := range []int{limits[0], limits[1]} {
				h.ask(owner, updateOrganization, vars{"input": vars{field: right}}).ok().is(right, "updateOrganization", "organization", "settings", field).
					is(nil, "updateOrganization", "operated")
			}
		}
		for _, wrong := range []string{"", "Local", "local", "EST", "Europe/Entenhausen", "../etc/passwd", "/etc/localtime", "Europe/", strings.Repeat("a/", 300)} {
			h.ask(owner, updateOrganization, vars{"input": vars{"timeZone": wrong}}).refused("BAD_USER_INPUT").about("timeZone")
		}
		for _, right := range []string{"UTC", "America/Argentina/Ushuaia", " Europe/Berlin "} {
			h.ask(owner, updateOrganization, vars{"input": vars{"timeZone": right}}).ok().is(strings.TrimSpace(right), "updateOrganization", "organization", "settings", "timeZone")
		}
		h.ask(h.as(user.RoleLEARNER), `{ viewer { timeZone } }`, nil).ok().is("Europe/Berlin", "viewer", "timeZone")
		for _, wrong := range []string{"", " ", "a\u0007b", strings.Repeat("ä", 201)} {
			h.ask(owner, updateOrganization, vars{"input": vars{"name": wrong}}).refused("BAD_USER_INPUT").about("name")
		}
		h.ask(owner, updateOrganization, vars{"input": vars{"name": " " + strings.Repeat("ä", 200) + " "}}).ok().
			is(strings.Repeat("ä", 200), "updateOrganization", "organization", "name").
			is(3650, "updateOrganization", "organization", "settings", "logDays")
		n := len(h.told(h.org.ID))
		h.ask(owner, updateOrganization, vars{"input": vars{"logDays": 3650}}).ok()
		if told := h.told(h.org.ID); len(told) != n || last(told) != "organization.updated by user" {
			h.Errorf("Events are %v", told)
		}
		h.ask(h.as(user.RoleADMIN), updateOrganization, vars{"input": vars{"logDays": 9}}).refused("FORBIDDEN")
	})
}

func TestOrganizationIsCountedInOneStatement(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.staff()
		h.person("third@acme.test", user.RoleLEARNER)
		globex, _ := h.organization("globex")
		h.personIn(globex.ID, "x@globex.test", user.RoleLEARNER)
		c := h.with("organization:read")
		asked := h.ask(c, `{ organization { counts { users activeUsers groups departments connections } } }`, nil).ok()
		asked.is(vars{"users": 5, "activeUsers": 4, "groups": 2, "departments": 0, "connections": 1}, "organization", "counts")
		h.ask(c, `{ organization { slug } }`, nil).ok()
		bare := h.statements(func() { h.ask(c, `{ organization { slug } }`, nil).ok() })
		if n := h.statements(func() {
			r := h.ask(c, `{ organization { slug counts { users activeUsers groups departments connections logRows events } } }`, nil).ok()
			if events, _ := r.at("organization", "counts", "events").(float64); events < 10 {
				h.Errorf("%v events", events)
			}
		}); n != bare+1 {
			h.Errorf("the counts cost %d statements, want 1", n-bare)
		}
		_ = s
	})
}

const (
	listOrganizations = `query($first: Int, $after: String, $search: String) { organizations(first: $first, after: $after, search: $search) {
		nodes { id slug name suspendedAt purgeAt scimUrl userCount groupCount logRowCount eventCount }
		edges { cursor node { slug } } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`
	createOrganization = `mutation($input: CreateOrganizationInput!) { createOrganization(input: $input) {
		organization { id slug name userCount groupCount eventCount } connectionId scimToken ownerLink } }`
	suspendOrganization = `mutation($id: ID!) { suspendOrganization(id: $id) { operated { suspendedAt purgeAt } organization { id } } }`
	resumeOrganization  = `mutation($id: ID!) { resumeOrganization(id: $id) { operated { suspendedAt purgeAt } } }`
	deleteOrganization  = `mutation($id: ID!, $slug: String!, $days: Int) { deleteOrganization(id: $id, slug: $slug, graceDays: $days) { operated { suspendedAt purgeAt } } }`
)

func (r *reply) slugs() (out []string) {
	r.Helper()
	for i := range r.ok().at("organizations", "nodes").([]any) {
		out = append(out, r.at("organizations", "nodes", i, "slug").(string))
	}
	return out
}

func TestOperatorsPageThroughOrganizations(t *testing.T) {
	onBoth(t, func(h *house) {
		operator := h.operator()
		for _, slug := range []string{"zeta", "b-two", "b1", "globex"} {
			h.organization(slug)
		}
		h.person("ada@acme.test", user.RoleLEARNER)
		whole := h.ask(operator, listOrganizations, nil).slugs()
		if want := []string{"acme", "b-two", "b1", "globex", "zeta"}; !slices.Equal(slices.Sorted(slices.Values(whole)), want) {
			h.Fatalf("there are %v, want %v", whole, want)
		}
		var paged []string
		for v := (vars{"first": 2}); ; {
			r := h.ask(operator, listOrganizations, v).ok().is(5, "organizations", "totalCount")
			paged = append(paged, r.slugs()...)
			if v["after"] = r.at("organizations", "pageInfo", "endCursor"); r.at("organizations", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		if !slices.Equal(paged, whole) {
			h.Errorf("pages bring %v, want %v", paged, whole)
		}
		for search, want := range map[string]int{"THE": 5, "ACME": 1, "b": 3, "%": 0, "_": 0, "company": 5} {
			r := h.ask(operator, listOrganizations, vars{"search": search, "first": 2}).ok().is(want, "organizations", "totalCount")
			if got := len(r.slugs()); got != min(want, 2) {
				h.Errorf("searching %q brings %d, want %d", search, got, min(want, 2))
			}
		}
		h.ask(operator, listOrganizations, vars{"search": "acme"}).ok().is(1, "organizations", "nodes", 0, "userCount").
			is("https://rollcall.test/scim/v2/acme", "organizations", "nodes", 0, "scimUrl")
		h.ask(operator, listOrganizations, vars{"after": "nonsense"}).refused("BAD_USER_INPUT").about("after")
		h.ask(operator, listOrganizations, vars{"search": strings.Repeat("x", 201)}).refused("BAD_USER_INPUT").about("search")
		h.ask(operator, listOrganizations, vars{"first": 1}).ok()
		one := h.statements(func() { h.ask(operator, listOrganizations, vars{"first": 1}).ok() })
		if all := h.statements(func() { h.ask(operator, listOrganizations, nil).ok() }); all != one || all > 7 {
			h.Errorf("five organizations cost %d statements, one %d", all, one)
		}
	})
}

func TestOperatorsSeeNothingInside(t *testing.T) {
	onBoth(t, func(h *house) {
		operator := h.operator()
		h.person("ada@acme.test", user.RoleLEARNER)
		for _, inside := range []string{
			`{ organization { name } }`, `{ users { totalCount } }`, `{ tokens { id } }`, `{ connections { id } }`, `{ auditTrail { nodes { id } } }`,
			`mutation { updateOrganization(input: {name: "Mine"}) { organization { name } } }`,
			`mutation { createApiToken(name: "x", scopes: ["users:read"]) { secret } }`,
		} {
			h.ask(operator, inside, nil).refused("FORBIDDEN")
		}
		for _, c := range []caller{h.as(user.RoleOWNER), h.with("all")} {
			h.ask(c, listOrganizations, nil).refused("FORBIDDEN")
			h.ask(c, createOrganization, vars{"input": vars{"slug": "new", "name": "New"}}).refused("FORBIDDEN")
			h.ask(c, suspendOrganization, vars{"id": h.org.ID}).refused("FORBIDDEN")
		}
	})
}

func TestOperatorsMakeAnOrganizationInOneGo(t *testing.T) {
	onBoth(t, func(h *house) {
		operator := h.operator()
		made := h.ask(operator, createOrganization, vars{"input": vars{"slug": "globex", "name": "Globex", "kind": "OKTA",
			"scimTokenName": "okta", "ownerEmail": "hank@globex.test", "ownerName": "Hank Scorpio"}}).ok()
		made.is("globex", "createOrganization", "organization", "slug").is(1, "createOrganization", "organization", "userCount")
		e := entra{h, caller{"Authorization", "Bearer " + made.at("createOrganization", "scimToken").(string)}}
		if status := e.sendTo("globex", http.MethodGet, "Users"); status != 200 {
			h.Errorf("the SCIM token gets %d", status)
		}
		secret, ok := strings.CutPrefix(made.at("createOrganization", "ownerLink").(string), "https://rollcall.test/signin/link/")
		if !ok {
			h.Fatalf("the link is %v", made.at("createOrganization", "ownerLink"))
		}
		session, hank, err := h.access.RedeemLink(h.Context(), secret, access.NewSession{})
		if err != nil {
			h.Fatal(err)
		}
		owner := caller{"Cookie", access.SessionCookie + "=" + session}
		h.ask(owner, `{ viewer { role name email } organization { slug } connections { id name kind settings { match } } tokens { name kind } }`, nil).ok().is(vars{
			"viewer":       vars{"role": "OWNER", "name": "Hank Scorpio", "email": "hank@globex.test"},
			"organization": vars{"slug": "globex"},
			"connections": []any{vars{"id": made.at("createOrganization", "connectionId"), "name": "default", "kind": "OKTA",
				"settings": vars{"match": []any{"USER_NAME", "EMAIL", "EXTERNAL_ID"}}}},
			"tokens": []any{vars{"name": "okta", "kind": "SCIM"}},
		})
		var told []string
		for _, ev := range h.store.Read().Event.Query().AllX(h.in(hank.OrgID)) {
			if ev.Actor == "token" {
				told = append(told, ev.Kind)
			}
		}
		slices.Sort(told)
		if want := []string{"connection.created", "organization.created", "signinlink.created", "token.created", "user.created"}; !slices.Equal(told, want) {
			h.Errorf("Events of the operator are %v, want %v", told, want)
		}
		bare := h.ask(operator, createOrganization, vars{"input": vars{"slug": "initech", "name": "Initech"}}).ok()
		bare.is(nil, "createOrganization", "scimToken").is(nil, "createOrganization", "ownerLink").is(0, "createOrganization", "organization", "userCount")

		before := h.readable()
		for _, bad := range []struct {
			input       vars
			code, field string
		}{
			{vars{"slug": "globex", "name": "x"}, "CONFLICT", "slug"},
			{vars{"slug": "Bad Slug", "name": "x"}, "BAD_USER_INPUT", "slug"},
			{vars{"slug": "-x", "name": "x"}, "BAD_USER_INPUT", "slug"},
			{vars{"slug": "new", "name": " "}, "BAD_USER_INPUT", "name"},
			{vars{"slug": "new", "name": "New", "scimTokenName": " "}, "BAD_USER_INPUT", "scimTokenName"},
			{vars{"slug": "new", "name": "New", "scimTokenName": "t", "ownerEmail": "no address"}, "BAD_USER_INPUT", "ownerEmail"},
			{vars{"slug": "new", "name": "New", "ownerEmail": ""}, "BAD_USER_INPUT", "ownerEmail"},
			{vars{"slug": "new", "name": "New", "ownerName": "Ada"}, "BAD_USER_INPUT", "ownerEmail"},
			{vars{"slug": "new", "name": "New", "ownerEmail": "a@x.test", "ownerName": "A\nB"}, "BAD_USER_INPUT", "ownerName"},
		} {
			h.ask(operator, createOrganization, vars{"input": bad.input}).refused(bad.code).about(bad.field)
		}
		if h.readable() != before {
			h.Error("a refused organization has left something")
		}
	})
}

// sendTo asks the SCIM service of an organization and returns the status.
func (e entra) sendTo(slug, method, path string) int {
	e.Helper()
	hr, err := http.NewRequestWithContext(e.Context(), method, e.server.URL+"/scim/v2/"+slug+"/"+path, nil)
	if err != nil {
		e.Fatal(err)
	}
	answer, _ := e.do(e.caller, hr)
	return answer.StatusCode
}

func TestSuspendedOrganizationsAreLockedUntilTheyResume(t *testing.T) {
	onBoth(t, func(h *house) {
		operator, e, owner, api := h.operator(), h.entra(), h.as(user.RoleOWNER), h.with("users:read")
		check := func(open bool) {
			h.Helper()
			h.pass(time.Second)
			want := map[bool]int{true: 200, false: 401}[open]
			if got := []int{e.sendTo("acme", http.MethodGet, "Users"), h.ask(owner, `{ viewer { name } }`, nil).status, h.ask(api, `{ viewer { name } }`, nil).status}; !slices.Equal(got, []int{want, want, want}) {
				h.Errorf("SCIM, session and API token get %v, want %d", got, want)
			}
		}
		check(true)
		h.ask(operator, suspendOrganization, vars{"id": h.org.ID}).ok().is(nil, "suspendOrganization", "organization").
			is(nil, "suspendOrganization", "operated", "purgeAt")
		check(false)
		h.ask(operator, suspendOrganization, vars{"id": h.org.ID}).ok()
		h.ask(operator, resumeOrganization, vars{"id": h.org.ID}).ok().is(vars{"suspendedAt": nil, "purgeAt": nil}, "resumeOrganization", "operated")
		h.ask(operator, resumeOrganization, vars{"id": h.org.ID}).ok()
		check(true)
		h.ask(operator, deleteOrganization, vars{"id": h.org.ID, "slug": "globex"}).refused("BAD_USER_INPUT").about("slug")
		for _, days := range []int{0, -1, 366} {
			h.ask(operator, deleteOrganization, vars{"id": h.org.ID, "slug": "acme", "days": days}).refused("BAD_USER_INPUT").about("graceDays")
		}
		check(true)
		h.ask(operator, deleteOrganization, vars{"id": h.org.ID, "slug": "acme"}).ok().
			is(h.store.Now().AddDate(0, 0, 30), "deleteOrganization", "operated", "purgeAt")
		check(false)
		h.ask(operator, resumeOrganization, vars{"id": h.org.ID}).ok().is(vars{"suspendedAt": nil, "purgeAt": nil}, "resumeOrganization", "operated")
		check(true)
		if got, want := h.told(h.org.ID), []string{"organization.created by system", "organization.suspended by token", "organization.resumed by token",
			"organization.deleted by token", "organization.resumed by token"}; !slices.Equal(got, want) {
			h.Errorf("Events are %v, want %v", got, want)
		}
		for _, nobody := range []string{uuid.NewString(), uuid.Nil.String(), h.conn.ID.String()} {
			h.ask(operator, suspendOrganization, vars{"id": nobody}).refused("NOT_FOUND")
			h.ask(operator, resumeOrganization, vars{"id": nobody}).refused("NOT_FOUND")
			h.ask(operator, deleteOrganization, vars{"id": nobody, "slug": "acme"}).refused("NOT_FOUND")
		}
	})
}

func TestDeletedOrganizationsLeaveNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		operator := h.operator()
		owner, belongings := h.furnish("globex")
		org := belongings["Organization"]
		session := h.session(h.store.Read().User.Query().Where(user.ID(belongings["Owner"])).OnlyX(h.in(org)))
		scim := h.token(org, access.NewToken{Kind: token.KindScim, Connection: belongings["Connection"], Name: "entra"})
		h.personIn(org, "report@globex.test", user.RoleLEARNER)
		acme := h.dump(h.org.ID)
		h.ask(operator, deleteOrganization, vars{"id": org, "slug": "globex", "days": 3}).ok()
		purge := func() (rows int, gone bool) {
			h.Helper()
			due, err := h.directory.DueForPurge(h.Context())
			if err != nil {
				h.Fatal(err)
			}
			for _, o := range due {
				if rows, gone, err = h.directory.PurgeOrganization(h.in(o.ID)); err != nil {
					h.Fatal(err)
				}
			}
			return rows, gone
		}
		h.pass(3*day - time.Second)
		if rows, gone := purge(); rows != 0 || gone {
			h.Fatalf("purged before its time: %d rows", rows)
		}
		if _, _, err := h.directory.PurgeOrganization(h.in(h.org.ID)); err == nil {
			h.Error("an organization that nobody deleted was purged")
		}
		h.pass(2 * time.Minute)
		h.ask(h.operator(), resumeOrganization, vars{"id": org}).refused("NOT_FOUND")
		if rows, gone := purge(); rows < 10 || gone {
			h.Errorf("the first round purged %d rows, gone %v", rows, gone)
		}
		if rows, gone := purge(); rows != 0 || !gone {
			h.Errorf("the second round purged %d rows, gone %v", rows, gone)
		}
		for _, table := range migrate.Tables {
			column := "org_id"
			if table.Name == "organizations" {
				column = "id"
			}
			if n := h.count(table.Name, column, org); n != 0 {
				h.Errorf("%d rows are left in %s", n, table.Name)
			}
		}
		if h.dump(h.org.ID) != acme {
			h.Error("another organization has changed")
		}

		h.organization("globex")
		h.pass(time.Second)
		for name, c := range map[string]caller{"token": owner, "session": session} {
			if r := h.ask(c, `{ viewer { name } }`, nil); r.status != 401 {
				h.Errorf("the old %s gets %d", name, r.status)
			}
		}
		if status := (entra{h, scim}).sendTo("globex", http.MethodGet, "Users"); status != 401 {
			h.Errorf("the old SCIM token gets %d", status)
		}
		again := h.store.Read().Organization.Query().Where().AllX(h.in(org))
		if len(again) != 0 {
			h.Error("the id is used again")
		}
	})
}

func (h *house) count(table, column string, id uuid.UUID) (n int) {
	h.Helper()
	rows, err := h.store.Query(h.Context(), fmt.Sprintf("SELECT count(*) FROM %s WHERE %s = ?", table, column), id)
	if err != nil {
		h.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			h.Fatal(err)
		}
	}
	return n
}
