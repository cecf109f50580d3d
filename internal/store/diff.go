package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqltool"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
	"modernc.org/sqlite"

	entmigrate "github.com/rollcall/rollcall/ent/migrate"
)

// Diff writes the migration that leads from the files in folder to the
// entities of ent/schema, for both databases under the same timestamp. It
// replays the files into an empty SQLite in memory and into the empty PostgreSQL
// database at postgresURL. Without a difference it writes nothing.
func Diff(ctx context.Context, folder, name, postgresURL string) error {
	stamp := time.Now().UTC().Format("20060102150405")
	for _, d := range []struct{ folder, dialect, url string }{
		{"sqlite", dialect.SQLite, "sqlite://diff?mode=memory&_pragma=foreign_keys(1)"},
		{"postgres", dialect.Postgres, postgresURL},
	} {
		if err := diffOne(ctx, filepath.Join(folder, d.folder), d.dialect, d.url, stamp, name); err != nil {
			return fmt.Errorf("compare %s: %w", d.folder, err)
		}
	}
	return nil
}

func diffOne(ctx context.Context, path, d, url, stamp, name string) error {
	if d == dialect.SQLite && !slices.Contains(sql.Drivers(), "sqlite3") {
		sql.Register("sqlite3", &sqlite.Driver{}) // the name under which the differ looks
	}
	dir, err := sqltool.NewGooseDir(path)
	if err != nil {
		return err
	}
	return entmigrate.NamedDiff(ctx, url, name,
		schema.WithDir(dir),
		schema.WithMigrationMode(schema.ModeReplay),
		schema.WithDialect(d),
		schema.WithFormatter(stamped{sqltool.GooseFormatter, stamp}),
		schema.WithDropColumn(true), schema.WithDropIndex(true))
}

// stamped gives the files of both databases the same version: goose's formatter
// would take the time at which it writes each.
type stamped struct {
	migrate.Formatter
	stamp string
}

// Format implements migrate.Formatter.
func (s stamped) Format(p *migrate.Plan) ([]migrate.File, error) {
	files, err := s.Formatter.Format(p)
	for i, f := range files {
		_, name, _ := strings.Cut(f.Name(), "_")
		files[i] = migrate.NewLocalFile(s.stamp+"_"+name, f.Bytes())
	}
	return files, err
}
