package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent"
)

type diagnosis struct {
	Findings []finding
	Settings []settingRow
}

// state is the state and the remedy of a check, the worst of several.
func (d diagnosis) state(check string) (state, remedy string) {
	rank := map[string]int{"": 0, green: 1, yellow: 2, red: 3}
	for _, f := range d.Findings {
		if f.Check == check && rank[f.State] > rank[state] {
			state, remedy = f.State, f.Remedy
		}
	}
	return state, remedy
}

func TestDoctorIsContent(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.env[settingAddr] = "127.0.0.1:8080"
		sh.do("org", "create", "--slug", "acme")
		sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "entra")
		if _, ok := sh.env[settingSecretKey]; !ok {
			if _, err := secretKey(sh.environment()); err != nil {
				sh.Fatal(err)
			}
		}
		var d diagnosis
		sh.list(&d, "doctor")
		for _, f := range d.Findings {
			if f.State != green || f.Remedy != "" || f.Says == "" {
				sh.Errorf("the doctor finds %+v", f)
			}
		}
		for _, s := range d.Settings {
			if s.Set && s.Name == settingSecretKey && s.Value != "(set)" {
				sh.Errorf("the doctor shows the secret key %q", s.Value)
			}
		}
		text := sh.do("doctor")
		for _, s := range settings {
			if !strings.Contains(text, s.name) {
				sh.Errorf("the doctor doesn't show the setting %s", s.name)
			}
		}
	})
}

func TestDoctorChangesNothing(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	var d diagnosis
	sh.list(&d, "doctor")
	if state, remedy := d.state("database"); state != yellow || !strings.Contains(remedy, "rollcall serve") {
		t.Errorf("a missing database is %s: %s", state, remedy)
	}
	if _, err := os.Stat(filepath.Dir(strings.TrimPrefix(sh.env[settingDatabase], "sqlite:"))); err == nil {
		t.Error("the doctor has made the folder")
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env                  map[string]string
		check, state, remedy string
	}{
		"plain http":        {map[string]string{settingPublicURL: "http://training.example"}, "public URL", red, "https"},
		"path":              {map[string]string{settingPublicURL: "https://training.example/x"}, "public URL", red, "Set " + settingPublicURL},
		"trailing slash":    {map[string]string{settingPublicURL: "https://training.example/"}, "public URL", yellow, "leaves the slash"},
		"no port":           {map[string]string{settingAddr: "localhost"}, "address", red, "host:port"},
		"the same address":  {map[string]string{settingOpsAddr: "127.0.0.1:0"}, "address", red, "another port"},
		"no rate":           {map[string]string{settingRateLimit: "-1"}, "rate limit", red, "200"},
		"low rate":          {map[string]string{settingRateLimit: "5"}, "rate limit", yellow, "25"},
		"no limit":          {map[string]string{settingRateLimit: "0"}, "rate limit", yellow, settingRateLimit},
		"short key":         {map[string]string{settingSecretKey: "c2hvcnQ="}, "secret key", red, "openssl rand -base64 32"},
		"key of zeros":      {map[string]string{settingSecretKey: strings.Repeat("A", 43) + "="}, "secret key", red, "openssl rand -base64 32"},
		"no key":            {map[string]string{settingDatabase: "postgres://127.0.0.1:1/x"}, "secret key", red, "openssl rand -base64 32"},
		"no database":       {map[string]string{settingDatabase: "postgres://127.0.0.1:1/x"}, "database", red, "Start the database"},
		"unknown database":  {map[string]string{settingDatabase: "mysql://x"}, "database", red, settingDatabase},
		"misspelt setting":  {map[string]string{"ROLLCALL_PUBLIC_ULR": "https://training.example"}, "settings", yellow, "rename it to " + settingPublicURL},
		"setting in small":  {map[string]string{"rollcall_addr": "127.0.0.1:1"}, "settings", yellow, "rename it to " + settingAddr},
		"setting too long":  {map[string]string{"ROLLCALL_DATABASE": "x"}, "settings", yellow, "rename it to " + settingDatabase},
		"unknown setting":   {map[string]string{"ROLLCALL_FAVOURITE_COLOUR": "x"}, "settings", yellow, "nearest"},
		"trusted proxies":   {map[string]string{settingProxies: "10.0.0.0/99"}, "proxies", red, "Set " + settingProxies},
		"no trusted proxy":  {map[string]string{settingPublicURL: "https://training.example"}, "proxies", yellow, settingProxies},
		"allowed networks":  {map[string]string{settingNetworks: "10.0.0.0/99"}, "outgoing", red, "Set " + settingNetworks},
		"old keys":          {map[string]string{settingOldKeys: "c2hvcnQ="}, "outgoing", red, "Set " + settingOldKeys},
		"DNS server":        {map[string]string{settingResolver: "9.9.9.9"}, "outgoing", red, "host:port"},
		"no mail server":    {map[string]string{settingPublicURL: "https://training.example"}, "mail", yellow, "set " + settingMail},
		"mail address":      {map[string]string{settingMail: "smtp.acme.test"}, "mail", red, settingMail + "=smtp://"},
		"mail server":       {map[string]string{settingMail: "smtp://127.0.0.1:1?from=a@acme.test"}, "mail", red, "may reach the server"},
		"folder that isn't": {map[string]string{settingDatabase: "sqlite:/proc/nowhere/rollcall.db"}, "disk", red, "write to /proc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sh := inFolder(t)
			for k, v := range c.env {
				sh.env[k] = v
			}
			p := &program{env: sh.environment(), variables: sh.variables()}
			state, remedy := diagnosis{Findings: p.examine(t.Context())}.state(c.check)
			if state != c.state || !strings.Contains(remedy, c.remedy) {
				t.Errorf("%s is %s, remedy %q; want %s, %q", c.check, state, remedy, c.state, c.remedy)
			}
			if _, _, status := sh.try("doctor"); (status == exitFailed) != (c.state == red) {
				t.Errorf("the exit status is %d", status)
			}
		})
	}
}

func TestDoctorLooksAtTokens(t *testing.T) {
	onBoth(t, func(sh *shell) {
		look := func(state, remedy string) {
			sh.Helper()
			var d diagnosis
			sh.list(&d, "doctor")
			if got, says := d.state("tokens"); got != state || !strings.Contains(says, remedy) {
				sh.Errorf("tokens are %s, remedy %q; want %s, %q", got, says, state, remedy)
			}
		}
		if sh.env[settingSecretKey] == "" {
			sh.env[settingSecretKey] = "bm90IGEgc2VjcmV0IGF0IGFsbCwgYnV0IDMyIGJ5dGU="
		}
		sh.do("org", "create", "--slug", "acme")
		look(yellow, "rollcall token create --org acme --connection default --kind scim")
		sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "short", "--days", "29")
		look(yellow, "rollcall token rotate --org acme rcs_…")
		sh.do("token", "create", "--org", "acme", "--kind", "scim", "--name", "long")
		look(green, "")
		sh.do("connection", "create", "--org", "acme", "--name", "head office")
		look(yellow, "--connection 'head office'")
		sh.do("connection", "set", "--org", "acme", "--connection", "head office", "--enabled", "off")
		look(green, "")
	})
}

func TestDoctorFindsMissingMigrationsAndLooseKey(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	sh.do("migrate", "status")
	if _, err := secretKey(sh.environment()); err != nil {
		t.Fatal(err)
	}
	file, _ := keyFile(sh.environment())
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	d := diagnosis{Findings: (&program{env: sh.environment()}).examine(t.Context())}
	if state, remedy := d.state("migrations"); state != red || !strings.Contains(remedy, "rollcall migrate up") {
		t.Errorf("missing migrations are %s: %s", state, remedy)
	}
	if state, remedy := d.state("secret key"); state != red || remedy != "chmod 600 "+file {
		t.Errorf("a key that others can read is %s: %s", state, remedy)
	}
}

func TestClockOfAnotherCenturyIsRed(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]string{1970: red, 2026: green, 2200: red} {
		if f := checkYear(time.Date(year, 11, 22, 0, 0, 0, 0, time.UTC)); f.State != want {
			t.Errorf("the year %d is %s, want %s", year, f.State, want)
		}
	}
}

func TestTokenThatExpiresLastCounts(t *testing.T) {
	t.Parallel()
	now := time.Now()
	soon, late := now.Add(time.Hour), now.Add(300*24*time.Hour)
	conn := &ent.Connection{Name: "default"}
	if f := checkConnection("acme", conn, []*ent.Token{{ExpiresAt: &soon}, {ExpiresAt: &late}}, now); f.State != green {
		t.Errorf("with a successor in place the doctor says %+v", f)
	}
}
