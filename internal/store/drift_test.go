package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqltool"
	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/store"
)

const folder = "../../ent/migrate/migrations"

func TestMigrationsLeadToTheEntities(t *testing.T) {
	t.Parallel()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	before := names(t, copied)
	if err := store.Diff(t.Context(), copied, "drift", emptyPostgres(t)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, names(t, copied)); d != "" {
		t.Errorf("the entities have changed; run: rollcall migrate diff NAME\n%s", d)
	}
}

func names(t *testing.T, root string) (names []string) {
	t.Helper()
	for _, database := range []string{"postgres", "sqlite"} {
		entries, err := os.ReadDir(filepath.Join(root, database))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, database+"/"+e.Name())
		}
	}
	return names
}

func TestMigrationsAreTheSameStepsForBothAndUnchanged(t *testing.T) {
	t.Parallel()
	var steps [2][]string
	for i, database := range []string{"postgres", "sqlite"} {
		dir, err := sqltool.NewGooseDir(filepath.Join(folder, database))
		if err != nil {
			t.Fatal(err)
		}
		if err := migrate.Validate(dir); err != nil {
			t.Errorf("%s: a file isn't what atlas.sum says: %v", database, err)
		}
		files, err := dir.Files()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			steps[i] = append(steps[i], f.Name())
		}
	}
	if d := cmp.Diff(steps[0], steps[1]); d != "" {
		t.Error(d)
	}
}
