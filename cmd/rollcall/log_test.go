package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// history fills the log of acme with what a client did, and returns the rows.
func (sh *shell) history() (s *store.Store, org uuid.UUID, rows []*ent.ProvisioningLog) {
	sh.Helper()
	sh.do("org", "create", "--slug", "acme")
	s = sh.store()
	d := directory.New(s)
	acme, err := d.Organization(sh.Context(), "acme")
	if err != nil {
		sh.Fatal(err)
	}
	ctx := actor.InOrg(sh.Context(), acme.ID)
	conn, err := d.Connection(ctx, "default")
	if err != nil {
		sh.Fatal(err)
	}
	err = s.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows = nil
		ada, err := d.CreateLocal(ctx, tx, directory.Local{UserName: "ada@acme.test", DisplayName: "Ada Lovelace", Email: "Ada@Acme.test", Role: user.RoleLEARNER})
		if err != nil {
			return err
		}
		first, between, second := schema.NewID(), schema.NewID(), schema.NewID()
		for _, r := range []*ent.ProvisioningLogCreate{
			tx.ProvisioningLog.Create().SetID(first).SetCycleID(first).SetOperation("Created Ada Lovelace").SetMethod("POST").SetPath("/Users").
				SetStatus(201).SetTargetID(ada.ID).SetChanges([]schema.Change{{Attribute: "title", Old: nil, New: "Analyst"}, {Attribute: "active", Old: true, New: false}}).
				SetRequestBody(`{"userName":"ada@acme.test","title":"Analyst"}`),
			tx.ProvisioningLog.Create().SetID(between).SetCycleID(first).SetOperation("Renamed a person").SetMethod("PATCH").SetPath("/Users/x").SetStatus(200).
				SetTargetID(ada.ID).SetWarnings([]string{"a member was deleted here"}),
			tx.ProvisioningLog.Create().SetID(second).SetCycleID(second).SetOperation("Looked for people\n\x1b[31mwith userName").SetMethod("GET").
				SetPath(`/Users?filter=userName+eq+"grace%40acme.test"`).SetStatus(400).SetScimType("invalidFilter").SetDetail("an operator was expected\u2028here"),
		} {
			row, err := r.SetConnectionID(conn.ID).SetClient("Microsoft Entra").SetDurationUs(1234).Save(ctx)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		sh.Fatal(err)
	}
	return s, acme.ID, rows
}

func TestLogChoosesRows(t *testing.T) {
	onBoth(t, func(sh *shell) {
		_, _, all := sh.history()
		for _, c := range []struct {
			flags []string
			want  []int
		}{
			{nil, []int{0, 1, 2}},
			{[]string{"--limit", "2"}, []int{1, 2}},
			{[]string{"--failed"}, []int{2}},
			{[]string{"--user", "LOVELACE"}, []int{0, 1}},
			{[]string{"--user", "ada@acme.test"}, []int{0, 1}},
			{[]string{"--user", "grace@acme"}, []int{2}},
			{[]string{"--user", "100%"}, nil},
			{[]string{"--cycle", "last"}, []int{2}},
			{[]string{"--cycle", all[0].ID.String()}, []int{0, 1}},
			{[]string{"--connection", "default", "--failed"}, []int{2}},
		} {
			var rows []logRow
			sh.list(&rows, append([]string{"log", "--org", "acme"}, c.flags...)...)
			var got, want []uuid.UUID
			for _, r := range rows {
				got = append(got, r.Reference)
			}
			for _, i := range c.want {
				want = append(want, all[i].ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				sh.Errorf("log %v (-want +got):\n%s", c.flags, diff)
			}
		}
		sh.do("org", "create", "--slug", "globex")
		if got := sh.do("log", "--org", "globex"); strings.Count(got, "\n") != 1 {
			sh.Errorf("globex reads\n%s", got)
		}
		sh.fails(exitFailed, "no client has provisioned anything yet", "log", "--org", "globex", "--cycle", "last")
		sh.fails(exitUsage, "--cycle is last or the id", "log", "--org", "acme", "--cycle", "first")
		sh.fails(exitUsage, "--limit is between", "log", "--org", "acme", "--limit", "0")
		sh.fails(exitFailed, `there is no connection "okta"`, "log", "--org", "acme", "--connection", "okta")
	})
}

func TestLogIsReadableAndHarmless(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	_, _, all := sh.history()
	text := sh.do("log", "--org", "acme")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	want := []string{"TIME (UTC)", "Created Ada Lovelace", "Renamed a person", "  ! a member was deleted here",
		"Looked for people␊␛[31mwith userName", "  ✗ invalidFilter: an operator was expected␤here", "    reference " + all[2].ID.String()}
	if len(lines) != len(want) {
		t.Fatalf("the log reads\n%s", text)
	}
	for i, line := range lines {
		if !strings.Contains(line, want[i]) || columns(line) > pipedWidth {
			t.Errorf("line %d is %q, want it to hold %q in %d columns", i, line, want[i], pipedWidth)
		}
	}
	harmless := func(text string) {
		t.Helper()
		for _, r := range text {
			if r != '\n' && unicode.IsControl(r) || r == '\u2028' {
				t.Fatalf("%q reaches the terminal", r)
			}
		}
	}
	harmless(text)

	shown := sh.do("log", "show", all[2].ID.String())
	harmless(shown)
	shown = sh.do("log", "show", all[0].ID.String())
	for _, want := range []string{"Created Ada Lovelace", "201", "1.2 ms", "title: – → Analyst", "active: true → false", "    \"userName\": \"ada@acme.test\""} {
		if !strings.Contains(shown, want) {
			t.Errorf("log show lacks %q:\n%s", want, shown)
		}
	}
	var row logRow
	sh.list(&row, "log", "show", all[0].ID.String())
	if row.Reference != all[0].ID || row.Milliseconds != 1.234 || len(row.Changes) != 2 {
		t.Errorf("log show --json: %+v", row)
	}
	if in := sh.do("log", "show", "--org", "acme", all[2].ID.String()); !strings.Contains(in, all[2].ID.String()) {
		t.Errorf("with its organization named a row is shown as\n%s", in)
	}
	sh.do("org", "create", "--slug", "globex")
	sh.fails(exitFailed, "there is no row", "log", "show", "--org", "globex", all[2].ID.String())
	sh.fails(exitUsage, `"ref" is no reference`, "log", "show", "ref")
	sh.fails(exitFailed, "there is no row", "log", "show", schema.NewID().String())
}

func TestLogFollows(t *testing.T) {
	onBoth(t, func(sh *shell) {
		s, org, _ := sh.history()
		seen := make(chan logRow)
		r := sh.start([]string{"log", "--org", "acme", "--follow", "--json", "--limit", "1"}, func(_ *running, text string) bool {
			var row logRow
			return json.Unmarshal([]byte(text), &row) == nil && row.Status == 400
		}, func(text string) {
			var row logRow
			if err := json.Unmarshal([]byte(text), &row); err != nil {
				sh.Error(err)
			}
			seen <- row
		})
		// The second row's id is older than the first's: commits overtake one another.
		late, early := schema.NewID(), schema.NewID()
		for _, id := range []uuid.UUID{early, late} {
			err := s.Write(actor.InOrg(sh.Context(), org), func(ctx context.Context, tx *store.Tx) error {
				return tx.ProvisioningLog.Create().SetID(id).SetMethod("GET").SetPath("/Users").SetOperation("Looked").
					SetStatus(200).SetDurationUs(1).Exec(ctx)
			})
			if err != nil {
				sh.Fatal(err)
			}
			if row := <-seen; row.Reference != id {
				sh.Errorf("the log goes on with %s, want %s", row.Reference, id)
			}
		}
		r.end()
	})
}
