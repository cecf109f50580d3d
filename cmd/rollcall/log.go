package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) logCommand() *cobra.Command {
	var slug string
	var choice logChoice
	var asJSON, follow bool
	c := &cobra.Command{
		Use:   "log",
		Short: "Read the provisioning log",
		Long: "Read the provisioning log of an organization, newest last: what each request did,\n" +
			"in words, and for those that were refused why, with the reference that the client\n" +
			"was given. Times are UTC. rollcall log show REFERENCE shows one of them whole.",
		Example: `  rollcall log --org acme
  rollcall log --org acme --failed --user ada
  rollcall log --org acme --cycle last --json
  rollcall log --org acme --follow`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if choice.limit < 1 || choice.limit > maxRows {
				return usage("--limit is between 1 and %d", maxRows)
			}
			return p.atDesk(c.Context(), func(d *desk) error {
				ctx, _, err := d.in(c.Context(), slug)
				if err != nil {
					return err
				}
				q, err := d.logQuery(ctx, choice)
				if err != nil {
					return err
				}
				out := &logWriter{to: p.stdout, asJSON: asJSON, stream: follow}
				return q.read(ctx, out, follow)
			})
		},
	}
	orgFlag(c, &slug)
	f := c.Flags()
	f.StringVar(&choice.connection, "connection", "", "name of the connection; all without it")
	f.BoolVar(&choice.failed, "failed", false, "only what was refused or went wrong")
	f.StringVar(&choice.user, "user", "", "only what concerns people with this text in a name or address")
	f.StringVar(&choice.cycle, "cycle", "", "only one cycle of the client: its id, or last")
	f.IntVar(&choice.limit, "limit", 50, "how many of the newest rows")
	f.BoolVar(&follow, "follow", false, "go on with what comes, until interrupted")
	jsonFlag(c, &asJSON)
	c.AddCommand(p.logShowCommand())
	return c
}

const pollEvery = 500 * time.Millisecond

// read hands the newest rows to out, then, when it follows, those that appear.
func (q *logQuery) read(ctx context.Context, out *logWriter, follow bool) error {
	known, err := q.recent(ctx)
	if err != nil {
		return err
	}
	rows, err := q.newest(ctx)
	if err != nil {
		return err
	}
	if err := out.write(rows); err != nil || !follow {
		return err
	}
	for _, r := range rows {
		known[r.ID] = true
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		rows, now, err := q.appeared(ctx, known)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		if err := out.write(rows); err != nil {
			return err
		}
		known = now
	}
}
