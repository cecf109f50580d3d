package pgserver

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// ErrNotInstalled says that this machine has no PostgreSQL server binaries.
var ErrNotInstalled = errors.New("PostgreSQL is not installed: run `apt-get install postgresql`, or `make test`, which installs it")

// Binary finds a program of the PostgreSQL server, such as postgres or
// pgbench: first in PATH, then where Debian and Red Hat keep the versioned
// ones, newest first.
func Binary(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"} {
		paths, err := filepath.Glob(filepath.Join(pattern, name))
		if err != nil {
			return "", fmt.Errorf("find %s: %w", name, err)
		}
		found = append(found, paths...)
	}
	if len(found) == 0 {
		return "", fmt.Errorf("find %s: %w", name, ErrNotInstalled)
	}
	return slices.MaxFunc(found, func(a, b string) int {
		return cmp.Compare(version(a), version(b))
	}), nil
}

// version reads 15 out of /usr/lib/postgresql/15/bin/postgres.
func version(path string) float64 {
	folder := filepath.Base(filepath.Dir(filepath.Dir(path)))
	for len(folder) > 0 && (folder[0] < '0' || folder[0] > '9') {
		folder = folder[1:]
	}
	n, err := strconv.ParseFloat(folder, 64)
	if err != nil {
		return 0
	}
	return n
}
