package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) migrateCommand() *cobra.Command {
	c := commandGroup("migrate", "Look at or apply the database's migrations",
		p.migrateStatusCommand(), p.migrateUpCommand(), p.migrateDiffCommand())
	c.Example = `  rollcall migrate status
  rollcall migrate up`
	return c
}

// connected opens the database without applying migrations.
func (p *program) connected(ctx context.Context, work func(*store.Store) error) (err error) {
	s, err := store.Connect(ctx, p.env.databaseURL(), store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return work(s)
}

func (p *program) migrateStatusCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "List the migrations and whether they are applied",
		Example: `  rollcall migrate status
  rollcall migrate status --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.connected(c.Context(), func(s *store.Store) error {
				all, err := s.Migrations(c.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(p.stdout, all)
				}
				t := table{head: []string{"MIGRATION", "STATE"}}
				for _, m := range all {
					state := "missing"
					if m.Applied {
						state = "applied"
					}
					t.add(m.Name, state)
				}
				return t.write(p.stdout)
			})
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

func (p *program) migrateUpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "up",
		Short:   "Apply the migrations that are missing",
		Long:    "Apply the migrations that are missing, as rollcall serve does when it starts.",
		Example: "  rollcall migrate up",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.connected(c.Context(), func(s *store.Store) error {
				applied, err := s.Migrate(c.Context())
				if err != nil {
					return err
				}
				for _, name := range applied {
					_, _ = fmt.Fprintln(p.stdout, name)
				}
				if len(applied) == 0 {
					_, _ = fmt.Fprintln(p.stderr, "Nothing is missing.")
				}
				return nil
			})
		},
	}
}

func (p *program) migrateDiffCommand() *cobra.Command {
	var postgres, folder string
	c := &cobra.Command{
		Use:     "diff NAME",
		Short:   "Write the migration from the files to the entities, for both databases",
		Hidden:  true,
		Example: "  rollcall migrate diff add_title --postgres postgres://localhost/empty?sslmode=disable",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return store.Diff(c.Context(), folder, args[0], postgres)
		},
	}
	c.Flags().StringVar(&postgres, "postgres", "", "URL of an empty PostgreSQL database (required)")
	c.Flags().StringVar(&folder, "dir", "ent/migrate/migrations", "folder of the migrations")
	_ = c.MarkFlagRequired("postgres")
	return c
}
