package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rollcall/rollcall/internal/simulate"
)

// These keep the token and the secret out of the list of processes.
const (
	simulateTokenVariable  = "ROLLCALL_SIMULATE_TOKEN"
	simulateSecretVariable = "ROLLCALL_SIMULATE_CLIENT_SECRET"
)

func simulateCommand() *cobra.Command {
	var o simulate.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Rehearse with any SCIM server as Microsoft Entra ID would",
		Long: `Simulate makes up a company and provisions it into a SCIM 2.0 server with the
very requests that Microsoft Entra ID sends. Every answer is checked against
what Entra requires; a report follows, with each wrong answer shown as request
and response. The exit status is 1 when an answer was wrong.

The cycles, played in the order given:
  initial      match everybody, create whoever is missing, then managers and groups
  incremental  renames, moves, joiners, new managers, members who come and go
  leavers      disable, re-enable and delete people; delete a group
  unchanged    compare everything again, send nothing; a difference is wrong

The same seed makes the same company: a second initial cycle writes nothing.
Its people stay on the server: rehearse with an organization made for it.
The token may stand in ` + simulateTokenVariable + ` instead, out of the list of processes.

A client that rollcall client create has made gets its own tokens at --token-url,
for its secret (or ` + simulateSecretVariable + `) or for an assertion that its
identity provider has signed, and renews them before they end.`,
		Example: `  # A rehearsal of everything, with 500 people
  export ` + simulateTokenVariable + `=…
  rollcall simulate --base https://training.example/scim/v2/rehearsal

  # The same with OAuth 2.0 client credentials
  rollcall simulate --base $BASE --token-url $TOKEN_URL --client-id $ID --client-secret $SECRET

  # Prove that nothing is ever patched twice
  rollcall simulate --base $BASE --cycle initial,unchanged --dialect mixed

  # Load: 20,000 people, 32 requests at a time, the report as JSON
  rollcall simulate --base $BASE --users 20000 --concurrency 32 --cycle initial --json`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.TokenURL == "" && o.Token == "":
				o.Token = os.Getenv(simulateTokenVariable)
				if o.Token == "" {
					return usage("no token: give --token or set %s, or name a client with --token-url", simulateTokenVariable)
				}
			case o.TokenURL != "" && o.ClientSecret == "" && o.AssertionFile == "":
				o.ClientSecret = os.Getenv(simulateSecretVariable)
			}
			if err := o.Validate(); err != nil {
				return usage("%v", err)
			}
			o.Progress = simulateProgress(cmd.ErrOrStderr())
			report, err := simulate.Run(cmd.Context(), o)
			if report == nil {
				return err
			}
			if err := writeSimulation(cmd.OutOrStdout(), report, asJSON); err != nil {
				return fmt.Errorf("write the report: %w", err)
			}
			if err == nil && report.Wrong > 0 {
				err = fmt.Errorf("%d of %d answers were wrong; the report says what was expected", report.Wrong, report.Requests)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Base, "base", "", "address of the SCIM service, as an administrator would give it to Entra")
	f.StringVar(&o.Token, "token", "", "secret token (default $"+simulateTokenVariable+")")
	f.StringVar(&o.TokenURL, "token-url", "", "token endpoint, where a client gets its tokens")
	f.StringVar(&o.ClientID, "client-id", "", "id of the client")
	f.StringVar(&o.ClientSecret, "client-secret", "", "secret of the client (default $"+simulateSecretVariable+")")
	f.StringVar(&o.AssertionFile, "client-assertion-file", "", "file with a signed assertion (JWT) in place of a secret; it is read for each token")
	f.IntVar(&o.Users, "users", 500, "people in the company")
	f.IntVar(&o.Groups, "groups", 20, "groups in the company")
	f.StringSliceVar(&o.Cycles, "cycle", []string{simulate.CycleInitial, simulate.CycleIncremental, simulate.CycleLeavers},
		"cycles to play: initial, incremental, leavers, unchanged")
	f.StringVar(&o.Dialect, "dialect", "", "how PATCH is written: legacy, flag (aadOptscim062020) or mixed (default legacy)")
	f.StringVar(&o.MatchBy, "match", "userName", "matching attribute: userName, externalId, emails or employeeNumber")
	f.Uint64Var(&o.Seed, "seed", 1, "which company: the same seed makes the same people")
	f.IntVar(&o.Concurrency, "concurrency", 8, "requests at a time")
	f.Float64Var(&o.Rate, "rate", 0, "requests a second at most; 0 for as many as the server takes")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	if err := cmd.MarkFlagRequired("base"); err != nil {
		panic(err)
	}
	return cmd
}

func writeSimulation(w io.Writer, report *simulate.Report, asJSON bool) error {
	if !asJSON {
		return report.Write(w)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(report)
}

// simulateProgress shows a bar on a terminal, and elsewhere a line when a phase
// has ended.
func simulateProgress(w io.Writer) func(simulate.Progress) {
	file, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return func(p simulate.Progress) {
			if p.Done == p.Total {
				fmt.Fprintf(w, "%s: %s: %d done, %d wrong\n", p.Cycle, p.Phase, p.Done, p.Wrong)
			}
		}
	}
	var bar *progressbar.ProgressBar
	var current string
	return func(p simulate.Progress) {
		if name := p.Cycle + ": " + p.Phase; name != current {
			current = name
			bar = progressbar.NewOptions(p.Total,
				progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(name), progressbar.OptionSetWidth(30),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		// A terminal that went away is no reason to stop the rehearsal.
		_ = bar.Set(p.Done)
	}
}
