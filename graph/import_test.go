package graph_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

const importUsers = `mutation($csv: String!, $dry: Boolean!) { importUsers(csv: $csv, dryRun: $dry) {
	dryRun created updated unchanged conflicts rows { line userName action problems userId } } }`

// importing sends a file.
func (h *house) importing(c caller, csv string, dry bool) *reply {
	h.Helper()
	return h.ask(c, importUsers, vars{"csv": csv, "dry": dry})
}

// verdicts are the actions of an import's rows, with the problems of conflicts.
func verdicts(r *reply) (out []string) {
	r.Helper()
	for _, row := range r.ok().at("importUsers", "rows").([]any) {
		row := row.(map[string]any)
		text := fmt.Sprintf("%v %v", row["line"], row["action"])
		for _, p := range row["problems"].([]any) {
			text += "; " + p.(string)
		}
		out = append(out, text)
	}
	return out
}

// found is somebody who isn't deleted.
func (h *house) found(userName string) *ent.User {
	h.Helper()
	u, err := h.store.Read().User.Query().Where(user.UserNameKey(store.Fold(userName)), user.DeletedAtIsNil()).WithManager().WithDepartment().Only(h.in(h.org.ID))
	if err != nil {
		h.Fatalf("%s: %v", userName, err)
	}
	return u
}

func (h *house) edit(u *ent.User, set func(*ent.UserMutation)) {
	h.Helper()
	h.write(u.OrgID, func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.User.Get(ctx, u.ID)
		if err != nil {
			return err
		}
		return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error { set(m); return nil })
	})
}

func TestImportDryRunNamesEveryFaultyLineAndNoOther(t *testing.T) {
	onBoth(t, func(h *house) {
		h.edit(h.person("owner@acme.test", user.RoleOWNER), func(m *ent.UserMutation) { m.SetDisplayName("Owner") })
		entra := h.person("entra@acme.test", user.RoleLEARNER)
		h.edit(entra, func(m *ent.UserMutation) { m.SetTitle("Clerk") })
		h.edit(entra, func(m *ent.UserMutation) { m.SetConnectionID(h.conn.ID) }) // which then owns the title
		deleted := h.person("deleted@acme.test", user.RoleLEARNER)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.directory.Delete(ctx, tx, deleted.ID) })

		// Each fault is a row, with a part of what must be said of it.
		long := strings.Repeat("x", 256)
		faults := []struct{ row, problem string }{
			{",No Name,,,,", "the name is empty"},
			{long + ",Long,,,,", "longer than 255"},
			{"a\tb,Tab,,,,", "control characters"},
			{"f%[1]d@acme.test,Mail,no address,,,", "is no e-mail address"},
			{"f%[1]d@acme.test,Mail,Ada <ada@acme.test>,,,", "is no e-mail address"},
			{"f%[1]d@acme.test," + long + ",,,,", "display name is longer than 255"},
			{"f%[1]d@acme.test,\"two\nlines\",,,,", "control characters"},
			{"f%[1]d@acme.test,Lost,,nobody@acme.test,,", "there is no nobody@acme.test to be the manager"},
			{"f%[1]d@acme.test,Self,,F%[1]d@acme.test,,", "their own manager"},
			{"P7@ACME.test,Twice,,,,", "stands in line"},
			{"jose\u0301@acme.test,Twice,,,,", "stands in line"}, // José as two runes
			{"f%[1]d@acme.test,Maybe,,,maybe,", "active is \"maybe\""},
			{"f%[1]d@acme.test,Many,,,,,,,", "9 cells where the first line has 6"},
			{"f%[1]d@acme.test,Few", "2 cells where the first line has 6"},
			{"deleted@acme.test,Back,,,,", "is deleted; restore"},
			{"owner@acme.test,Other,,,,", "is an owner"},
			{"entra@acme.test,,entra@acme.test,,,Manager", "the connection default owns the title"},
		}
		lines := []string{"userName,displayName,email,manager,active,title"}
		want := map[int]string{}
		at := 1
		add := func(line string) {
			lines = append(lines, line)
			at += 1 + strings.Count(line, "\n")
		}
		add("josé@acme.test,José,,,,")
		for n := 0; len(lines) <= 1000; n++ {
			if f := faults[(n/20)%len(faults)]; n%20 == 10 && len(want) < 50 {
				want[at+1] = f.problem
				row := f.row
				if once := len(want) > len(faults); once && !strings.Contains(row, "%") { // a name that is a fault in itself is planted once
					row, want[at+1] = "f%[1]d@acme.test,Mail,@,,,", "is no e-mail address"
				}
				if strings.Contains(row, "%") {
					row = fmt.Sprintf(row, n)
				}
				add(row)
				continue
			}
			manager := ""
			if n > 0 && n%3 == 0 && (n+1)%20 != 10 {
				manager = fmt.Sprintf("p%d@acme.test", n+1) // in the next line
			}
			add(fmt.Sprintf("p%[1]d@acme.test,Person %[1]d,p%[1]d@acme.test,%[2]s,true,=Clerk", n, manager))
		}
		file := strings.Join(lines, "\r\n")
		if len(want) != 50 {
			h.Fatalf("%d faults are planted", len(want))
		}
		c := h.with("users:write")
		before := h.store.Read().Event.Query().CountX(h.in(h.org.ID))
		r := h.importing(c, file, true).ok()
		said := map[int]string{}
		for _, row := range r.at("importUsers", "rows").([]any) {
			row := row.(map[string]any)
			if line := int(row["line"].(float64)); row["action"] == "CONFLICT" {
				said[line] = fmt.Sprint(row["problems"])
			}
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(said))); diff != "" {
			h.Errorf("faulty lines (-want +got):\n%s", diff)
		}
		for line, problem := range want {
			if !strings.Contains(said[line], problem) {
				h.Errorf("line %d says %s, want %s", line, said[line], problem)
			}
		}
		r.is(50, "importUsers", "conflicts").is(950, "importUsers", "created").is(0, "importUsers", "updated").is(true, "importUsers", "dryRun")
		if after := h.store.Read().Event.Query().CountX(h.in(h.org.ID)); after != before {
			h.Errorf("the trial wrote %d events", after-before)
		}

		h.importing(c, file, false).ok().is(50, "importUsers", "conflicts").is(950, "importUsers", "created")
		created := h.store.Read().Event.Query().Where(event.Kind("user.created"), event.Actor("token")).CountX(h.in(h.org.ID))
		if created != 950 {
			h.Errorf("%d people left an event", created)
		}
		if m := h.found("p3@acme.test").Edges.Manager; m == nil || m.UserName != "p4@acme.test" {
			h.Errorf("the manager in the line behind is %v", m)
		}
		h.importing(c, file, false).ok().is(50, "importUsers", "conflicts").is(950, "importUsers", "unchanged").is(0, "importUsers", "updated")
	})
}

func TestImportChangesWhatTheFileSays(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("users:write")
		h.importing(c, "\uFEFFusername;displayname;email;title;department;manager;active\n"+
			"ann@acme.test;Ann;ann@acme.test;Boss;Sales;;\n;;;;;;\n"+
			"bob@acme.test;Bob;bob@acme.test;Clerk;sales;ANN@acme.test;no\n", false).ok().is(2, "importUsers", "created")
		bob := h.found("bob@acme.test")
		if bob.Active || deref(bob.Title) != "Clerk" || bob.Edges.Manager.UserName != "ann@acme.test" || bob.Edges.Department.Name != "Sales" || deref(bob.Email) != "bob@acme.test" {
			h.Errorf("bob is %v", bob)
		}
		ann := h.session(h.found("ann@acme.test"))
		r := h.importing(c, "userName\ttitle\tmanager\tactive\n"+
			"Ann@acme.test\t\tcarl@acme.test\tfalse\n"+ // title cleared, a manager who is made below
			"bob@acme.test\tClerk\tann@acme.test\tFALSE\n"+
			"carl@acme.test\t'=1\tbob@acme.test\t\n", false)
		if diff := cmp.Diff([]string{"2 UPDATE", "3 UNCHANGED", "4 CREATE"}, verdicts(r)); diff != "" {
			h.Errorf("verdicts (-want +got):\n%s", diff)
		}
		changed, carl := h.found("ann@acme.test"), h.found("carl@acme.test")
		if changed.Title != nil || changed.Active || changed.UserName != "ann@acme.test" || changed.Edges.Manager.ID != carl.ID ||
			deref(changed.DisplayName) != "Ann" || changed.Edges.Department.Name != "Sales" {
			h.Errorf("ann is %v", changed)
		}
		if !carl.Active || deref(carl.Title) != "=1" || carl.Edges.Manager.ID != bob.ID {
			h.Errorf("carl is %v", carl)
		}
		r.is(changed.ID, "importUsers", "rows", 0, "userId").is(carl.ID, "importUsers", "rows", 2, "userId")
		h.ask(ann, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED")
		if n := h.store.Read().Department.Query().CountX(h.in(h.org.ID)); n != 1 {
			h.Errorf("%d departments", n)
		}

		// What an export says can be sent back.
		all := h.with("all")
		_, text := h.fetch(http.MethodGet, h.export(all, vars{"what": "USERS"}), caller{})
		var back strings.Builder
		back.WriteString("userName,title,manager,department,active,email\n")
		for _, row := range h.records(text) {
			fmt.Fprintf(&back, "%s,%s,%s,%s,%s,%s\n", row["userName"], row["title"], row["manager"], row["department"], row["active"], row["email"])
		}
		h.importing(c, back.String(), true).ok().is(3, "importUsers", "unchanged")
	})
}

func TestImportKeepsOffWhatIsNotTheCallers(t *testing.T) {
	onBoth(t, func(h *house) {
		other, _ := h.organization("other")
		theirs := h.personIn(other.ID, "eve@acme.test", user.RoleLEARNER)
		h.edit(h.person("owner@acme.test", user.RoleOWNER), func(m *ent.UserMutation) { m.SetDisplayName("Owner") })
		h.edit(h.person("entra@acme.test", user.RoleLEARNER), func(m *ent.UserMutation) { m.SetConnectionID(h.conn.ID) })
		const file = "userName,displayName,active\nowner@acme.test,Owner,false\nentra@acme.test,,false\neve@acme.test,Eve,\n"
		got := verdicts(h.importing(h.as(user.RoleADMIN), file, false))
		want := []string{"2 CONFLICT; owner@acme.test is an owner; only an owner may do this; " +
			"owner@acme.test is the last active owner of the organization and can't be deactivated; make someone else an owner first",
			"3 CONFLICT; entra@acme.test is provisioned: a connection decides whether this person is active; change it there", "4 CREATE"}
		if diff := cmp.Diff(want, got); diff != "" {
			h.Errorf("verdicts (-want +got):\n%s", diff)
		}
		if u := h.store.Read().User.GetX(h.in(other.ID), theirs.ID); u.Version != theirs.Version {
			h.Errorf("the other organization's person is %v", u)
		}
		// A row that needs another one which is refused is refused too.
		got = verdicts(h.importing(h.with("all"), "userName,email,manager\na@acme.test,,b@acme.test\nb@acme.test,@,\nc@acme.test,,a@acme.test\n", false))
		want = []string{"2 CONFLICT; the manager b@acme.test can't be made: see line 3", `3 CONFLICT; "@" is no e-mail address; write it as in ada@example.com`,
			"4 CONFLICT; the manager a@acme.test can't be made: see line 2"}
		if diff := cmp.Diff(want, got); diff != "" {
			h.Errorf("verdicts (-want +got):\n%s", diff)
		}
		// Two owners can't both leave by one file.
		h.person("second@acme.test", user.RoleOWNER)
		got = verdicts(h.importing(h.with("all"), "userName,active\nowner@acme.test,false\nsecond@acme.test,false\n"+"someone@acme.test,false\n", true))
		if len(got) != 3 || got[0] != "2 UPDATE" || !strings.HasPrefix(got[1], "3 CONFLICT; second@acme.test is the last active owner") {
			h.Errorf("verdicts: %v", got)
		}
		h.importing(h.with("users:read"), file, true).refused("FORBIDDEN")
		h.importing(h.as(user.RoleAUDITOR), file, true).refused("FORBIDDEN")
	})
}

func TestImportOfAFileThatCantBeRead(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("users:write")
		for _, q := range []struct{ file, says string }{
			{"", "the file is empty"},
			{"userName\n", "no people"},
			{"userName,shoeSize,\n", `no column "shoeSize", "";`},
			{"displayName\nAda\n", "no column userName"},
			{"userName,title,USERNAME\n", "the column userName more than once"},
			{"userName,title\na,b\nc,\xffd\n", "line 3 has characters that are not UTF-8"},
			{"userName,title\na,\"b\nc\"\nd,\"e\nf,g\nh,i\n", "line 4 opens a quotation mark"},
			{"userName,title\na,\"b\nc,\"d\ne,f\n", "line 2 opens a quotation mark"},
			{"userName,title\na,b\"c\n", "line 2 has a quotation mark"},
			{"\"userName,title\na,b\n", "line 1 opens a quotation mark"},
			{"userName\n" + strings.Repeat("a\n", 5001), "more than 5000 people"},
		} {
			r := h.importing(c, q.file, true).refused("BAD_USER_INPUT")
			if r.Errors[0].Extensions["field"] != "csv" || !strings.Contains(r.Errors[0].Message, q.says) {
				h.Errorf("%.40q: %s, want %s", q.file, r.text, q.says)
			}
		}
	})
}

// deref is what p points to, or "".
func deref(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// TestImportDryRunDoesNotWaitForWriters tries a file while somebody else writes.
func TestImportDryRunDoesNotWaitForWriters(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t), 4)
	h.entra().provisions("ada@acme.test", `"title": "Clerk"`)
	c := h.with("all")
	h.ask(c, `{ viewer { name } }`, nil).ok() // the credential is known
	h.write(h.org.ID, func(context.Context, *store.Tx) error {
		got := verdicts(h.importing(c, "userName,title\nada@acme.test,Boss\n", true))
		if len(got) != 1 || !strings.HasPrefix(got[0], "2 CONFLICT; the connection default owns the title") {
			h.Errorf("verdicts: %v", got)
		}
		return nil
	})
}

// TestImportReadsAPersonsEventsOnce sees that what somebody here has set costs the
// same for any number of columns.
func TestImportReadsAPersonsEventsOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		id := h.entra().provisions("ada@acme.test")
		h.ask(c, `mutation($id: ID!) { updateUser(id: $id, input: {title: "a", division: "b", company: "c", costCenter: "d"}) { user { id } } }`, vars{"id": id}).ok()
		cost := func(csv string) int {
			return h.statements(func() { h.importing(c, csv, true).ok().is(1, "importUsers", "updated") })
		}
		cost("userName,title\nada@acme.test,x\n")
		if one, four := cost("userName,title\nada@acme.test,x\n"), cost("userName,title,division,company,costCenter\nada@acme.test,x,x,x,x\n"); four != one {
			h.Errorf("one column costs %d statements, four cost %d", one, four)
		}
	})
}
