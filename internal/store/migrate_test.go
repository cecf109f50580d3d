package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/riverqueue/river/rivermigrate"

	"github.com/rollcall/rollcall/ent/migrate/migrations"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

// onEmpty runs test with the address of an empty database of each kind.
func onEmpty(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, storetest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, emptyPostgres(t)) })
}

func emptyPostgres(t *testing.T) string {
	t.Helper()
	server, err := pgserver.Shared()
	if err != nil {
		t.Fatal(err)
	}
	name := "e" + schema.NewID().String()[24:]
	url, err := server.CreateDatabase(t.Context(), name, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.DropDatabase(context.WithoutCancel(t.Context()), name) })
	return url
}

func TestManyThatOpenAnEmptyDatabaseAtOnceAllServe(t *testing.T) {
	onEmpty(t, func(t *testing.T, url string) {
		const replicas = 6
		var group sync.WaitGroup
		for range replicas {
			group.Go(func() {
				s, err := store.Open(t.Context(), url, store.Options{MaxConns: 1})
				if err != nil {
					t.Error(err)
					return
				}
				defer func() { _ = s.Close() }()
				if n, err := s.Pending(t.Context()); n != 0 || err != nil {
					t.Errorf("%d migrations are missing, %v", n, err)
				}
			})
		}
		group.Wait()
		s := connect(t, url, store.Options{})
		if again, err := s.Migrate(t.Context()); len(again) != 0 || err != nil {
			t.Errorf("a second time applied %v, %v", again, err)
		}
		var runs, steps int
		err := s.DB().QueryRowContext(t.Context(), "SELECT count(*), count(DISTINCT version_id) FROM goose_db_version WHERE version_id > 0").Scan(&runs, &steps)
		if all, e := s.Migrations(t.Context()); e != nil || err != nil || runs != steps || steps != len(all) {
			t.Errorf("%d steps ran %d times, %v, %v", steps, runs, err, e)
		}
	})
}

func TestNoMigrateRefusesAndTouchesNothing(t *testing.T) {
	onEmpty(t, func(t *testing.T, url string) {
		_, err := store.Open(t.Context(), url, store.Options{NoMigrate: true})
		if fault.CodeOf(err) != fault.Precondition || !strings.Contains(err.Error(), "rollcall migrate up") {
			t.Errorf("got %v", err)
		}
		s := connect(t, url, store.Options{})
		if all, err := s.Migrations(t.Context()); err != nil || len(all) == 0 || all[0].Applied {
			t.Errorf("migrations %v, %v", all, err)
		}
		if n := tables(t, s); n != 0 {
			t.Errorf("%d tables were made", n)
		}
		if applied, err := s.Migrate(t.Context()); err != nil || len(applied) == 0 {
			t.Fatalf("applied %v, %v", applied, err)
		}
		if s, err = store.Open(t.Context(), url, store.Options{NoMigrate: true}); err != nil {
			t.Fatal(err)
		}
		_ = s.Close()
	})
}

func tables(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	query := "SELECT count(*) FROM sqlite_master"
	if s.Postgres() {
		query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
	}
	if err := s.DB().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// with returns the embedded migrations and further ones for both databases.
func with(t *testing.T, more map[string]string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	if err := fs.WalkDir(migrations.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.Files, path)
		files[path] = &fstest.MapFile{Data: text}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for name, text := range more {
		if strings.Contains(name, "/") {
			files[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
			continue
		}
		files["sqlite/"+name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
		files["postgres/"+name] = files["sqlite/"+name]
	}
	return files
}

func TestFailingMigrationLeavesTheDataAsItWas(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada")
		h.UseMigrations(with(t, map[string]string{
			"20991231000001_good.sql": "CREATE TABLE good (id integer);\n",
			"20991231000002_bad.sql":  "CREATE TABLE half (id integer);\nDELETE FROM users;\nINSERT INTO nowhere VALUES (1);\n",
		}))
		applied, err := h.Migrate(h.Context())
		if err == nil || !strings.Contains(err.Error(), "20991231000002") || !strings.Contains(err.Error(), "as it was") {
			h.Errorf("got %v", err)
		}
		if len(applied) != 1 || applied[0] != "20991231000001_good.sql" {
			h.Errorf("applied %v", applied)
		}
		h.user(ada.ID)
		if _, err := h.DB().ExecContext(h.Context(), "SELECT * FROM half"); err == nil {
			h.Error("half of the step stayed")
		}
		if n, err := h.Pending(h.Context()); n != 1 || err != nil {
			h.Errorf("%d missing, %v", n, err)
		}
		h.UseMigrations(with(t, map[string]string{
			"20991231000001_good.sql": "CREATE TABLE good (id integer);\n",
			"20991231000002_bad.sql":  "CREATE TABLE half (id integer);\n",
		}))
		if applied, err := h.Migrate(h.Context()); len(applied) != 1 || err != nil {
			h.Errorf("mended, it applied %v, %v", applied, err)
		}
	})
}

func TestDatabaseOfANewerProgramIsRefused(t *testing.T) {
	onBothURLs(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		s.UseMigrations(with(t, map[string]string{"20991231000001_next.sql": "CREATE TABLE next (id integer);\n"}))
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, o := range []store.Options{{}, {NoMigrate: true}} {
			_, err := store.Open(t.Context(), url, o)
			if fault.CodeOf(err) != fault.Precondition || !strings.Contains(err.Error(), "newer Rollcall") {
				t.Errorf("got %v", err)
			}
		}
		older := connect(t, url, store.Options{})
		if _, err := older.Migrate(t.Context()); fault.CodeOf(err) != fault.Precondition {
			t.Errorf("migrate: %v", err)
		}
		// A server that runs while another migrates is still ready.
		if n, err := older.Pending(t.Context()); n != 0 || err != nil {
			t.Errorf("%d missing, %v", n, err)
		}
	})
}

// SQLite changes a column by making its table anew. Dropping the old table must
// not take along what refers to it: here people's departments, which are ON
// DELETE SET NULL.
func TestRebuildOfASQLiteTableKeepsWhatRefersToIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Open(t, storetest.SQLite(t)))
	h.write(func(ctx context.Context, tx *store.Tx) error {
		yard := tx.Department.Create().SetName("Yard").SaveX(ctx)
		return tx.User.Create().SetUserName("ada").SetDepartmentID(yard.ID).Exec(ctx)
	})
	h.UseMigrations(with(t, map[string]string{"sqlite/20991231000001_rebuild.sql": `
PRAGMA foreign_keys = off;
CREATE TABLE new_departments (id uuid NOT NULL, created_at datetime, org_id uuid, updated_at datetime, version integer, name text, name_key text, PRIMARY KEY (id));
INSERT INTO new_departments SELECT id, created_at, org_id, updated_at, version, name, name_key FROM departments;
DROP TABLE departments;
ALTER TABLE new_departments RENAME TO departments;
PRAGMA foreign_keys = on;
`}))
	if _, err := h.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := h.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM users JOIN departments d ON d.id = department_id").Scan(&n); n != 1 || err != nil {
		t.Errorf("%d have a department, %v", n, err)
	}
	if err := h.DB().QueryRowContext(t.Context(), "PRAGMA foreign_keys").Scan(&n); n != 1 || err != nil {
		t.Errorf("foreign keys are %d, %v", n, err)
	}
}

func TestFileThatIsNoDatabaseIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"text":      strings.Repeat("This is not a database.\n", 500),
		"truncated": "SQLite format 3\x00\x10\x00",
	} {
		path := filepath.Join(t.TempDir(), "rollcall.db")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: it was opened", name)
			continue
		}
		if got, e := os.ReadFile(path); e != nil || string(got) != content {
			t.Errorf("%s: the file was changed: %v", name, errors.Join(e, err))
		}
		if !strings.Contains(err.Error(), "ROLLCALL_DATABASE_URL") {
			t.Errorf("%s: %v says no remedy", name, err)
		}
	}
}

// A folder, not a file: the operator has mistyped the address.
func TestUnusableAddressesAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"sqlite:" + t.TempDir(), "sqlite:", "mysql://x", "postgres://nobody@127.0.0.1:1/none?sslmode=disable"} {
		s, err := store.Open(t.Context(), url, store.Options{})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s was opened", url)
		} else if !strings.Contains(err.Error(), "database") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A newer River may have further steps of its own.
func TestRiverHasTheTablesThatItWants(t *testing.T) {
	onBoth(t, func(h *house) {
		m, err := rivermigrate.New(h.Jobs(), nil)
		if err != nil {
			h.Fatal(err)
		}
		if v, err := m.Validate(h.Context()); err != nil || !v.OK {
			h.Errorf("%v, %+v; add another riverStep to the migrations", err, v)
		}
	})
}
