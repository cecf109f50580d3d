package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rollcall/rollcall/internal/store"
)

func TestANewDatabaseIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(folder, "rollcall.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 2 {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
}
