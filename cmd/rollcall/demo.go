package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/simulate"
)

const (
	demoSlug   = "demo"
	demoName   = "Contoso Training"
	demoToken  = "demo"
	demoOwner  = "ada@contoso.example"
	demoGroups = 24
)

func (p *program) demoCommand() *cobra.Command {
	var users int
	var fresh bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run a server into which a simulated Entra tenant provisions people",
		Long: "Run a server with an organization named demo, into which a simulated Entra tenant\n" +
			"provisions 500 people and 24 groups. The data stays when the server stops; started\n" +
			"again, the demo goes on with it.",
		Example: `  rollcall demo
  rollcall demo --users 2000 --fresh
  ROLLCALL_ADDR=127.0.0.1:8081 rollcall demo`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if users < 1 {
				return usage("--users is at least 1")
			}
			return p.demo(c.Context(), users, fresh)
		},
	}
	c.Flags().IntVar(&users, "users", 500, "people in the simulated tenant")
	c.Flags().BoolVar(&fresh, "fresh", false, "delete the demo of an earlier run first (SQLite only)")
	return c
}

func (p *program) demo(ctx context.Context, users int, fresh bool) error {
	o := serverOptions{noLimit: true, level: slog.LevelWarn}
	if fresh {
		o.prepare = p.deleteDemo
	}
	s, err := p.newServer(ctx, o)
	if err != nil {
		return err
	}
	d := &desk{store: s.store, directory: directory.New(s.store), access: s.access}
	room, err := d.furnishDemo(ctx)
	if err != nil {
		return errors.Join(err, s.close())
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.run(serving) }()

	base := "http://" + reachable(s.listener.Addr().String()) + "/scim/v2/" + demoSlug
	if err := p.fillDemo(ctx, room, base, users); err != nil && ctx.Err() == nil {
		stop()
		return errors.Join(err, <-ended)
	}
	if ctx.Err() == nil {
		link, err := d.demoLink(ctx, room.owner)
		if err != nil {
			stop()
			return errors.Join(err, <-ended)
		}
		p.presentDemo(s.publicURL, access.LinkURL(s.publicURL, link), room.secret, users)
	}
	return <-ended
}

// fillDemo has the simulated tenant provision, unless it has done so already.
// One that was interrupted begins again, and finds what is there.
func (p *program) fillDemo(ctx context.Context, room *demoRoom, base string, users int) error {
	if room.complete {
		_, err := fmt.Fprintf(p.stderr, "The demo of an earlier run is here, with %d people: nothing is provisioned anew.\n"+
			"rollcall demo --fresh begins from nothing.\n", room.people)
		return err
	}
	if room.people > 0 {
		_, _ = fmt.Fprintf(p.stderr, "The demo of an earlier run was interrupted, with %d people: it goes on.\n", room.people)
	}
	_, _ = fmt.Fprintf(p.stderr, "A simulated Entra tenant provisions %d people and %d groups:\n", users, demoGroups)
	report, err := simulate.Run(ctx, simulate.Options{Base: base, Token: room.secret, Users: users, Groups: demoGroups,
		Cycles:      []string{simulate.CycleInitial, simulate.CycleIncremental, simulate.CycleLeavers},
		Concurrency: 8, Progress: simulateProgress(p.stderr)})
	if err != nil {
		return fmt.Errorf("provision the demo: %w", err)
	}
	if report.Wrong > 0 {
		return errors.Join(errors.New("the server answered the simulated tenant wrongly"), report.Write(p.stderr))
	}
	_, err = fmt.Fprintf(p.stderr, "%d requests in %.1f s, no wrong answer.\n", report.Requests, report.Seconds)
	return err
}

func (p *program) presentDemo(publicURL, link, secret string, users int) {
	base := publicURL + "/scim/v2/" + demoSlug
	_, _ = fmt.Fprintf(p.stdout, `
Rollcall is running.

  Open        %[1]s/
  Sign in     %[8]s
              as Ada Lovelace, once, within 15 minutes; then: %[4]s admin invite --org %[5]s --email %[9]s
  Tenant URL  %[2]s
  Token       %[3]s

Three things to try in another terminal, in this folder and with the same settings:

  %[4]s log --org %[5]s

  curl -H 'Authorization: Bearer %[3]s' \
    '%[2]s/Users?filter=active+eq+false&count=3'

  %[4]s simulate --base %[2]s --users %[6]d --groups %[7]d \
    --cycle incremental --token %[3]s

Ctrl-C stops it. The data stays: %[4]s demo goes on with it.
`, publicURL, base, secret, os.Args[0], demoSlug, users, demoGroups, link, demoOwner)
}
