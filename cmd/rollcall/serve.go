package main

import (
	"log/slog"

	"github.com/spf13/cobra"
)

func (p *program) serveCommand() *cobra.Command {
	o := serverOptions{level: slog.LevelInfo}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: "Run the server until SIGTERM or Ctrl-C; requests under way are finished first.\n" +
			"Migrations that are missing are applied at the start.",
		Example: `  rollcall serve
  ROLLCALL_ADDR=0.0.0.0:8080 ROLLCALL_PUBLIC_URL=https://training.example.com rollcall serve
  ROLLCALL_DATABASE_URL=postgres://rollcall@db/rollcall rollcall serve --no-migrate`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := p.newServer(c.Context(), o)
			if err != nil {
				return err
			}
			return s.run(c.Context())
		},
	}
	c.Flags().BoolVar(&o.noMigrate, "no-migrate", false, "refuse to start when migrations are missing")
	return c
}
