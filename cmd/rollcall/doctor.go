package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// The states of a finding.
const (
	green  = "green"
	yellow = "yellow" // works, but somebody should look
	red    = "red"    // doesn't work
)

// finding is what the doctor says about one thing. What isn't green has a remedy.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"`
	Says   string `json:"says"`
	Remedy string `json:"remedy,omitempty"`
}

// settingRow is a setting as the doctor shows it.
type settingRow struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Set   bool   `json:"set"`
	About string `json:"about"`
}

func (p *program) doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check database, keys, settings, mail, clock, disk and tokens",
		Long: "Check what Rollcall needs, and say the remedy for whatever is not as it should be.\n" +
			"The exit status is 1 when something is red. Nothing is changed.",
		Example: `  rollcall doctor
  rollcall doctor --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			findings := p.examine(c.Context())
			var err error
			if asJSON {
				err = writeJSON(p.stdout, struct {
					Findings []finding    `json:"findings"`
					Settings []settingRow `json:"settings"`
				}{findings, p.settingRows()})
			} else {
				err = p.writeFindings(findings)
			}
			if err != nil {
				return err
			}
			for _, f := range findings {
				if f.State == red {
					return &saidError{}
				}
			}
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// examine makes all checks, in an order in which earlier ones explain later ones.
func (p *program) examine(ctx context.Context) []finding {
	findings := []finding{p.checkPublicURL(), p.checkAddresses(), p.checkProxies(), p.checkOutgoing(), p.checkRateLimit(), p.checkSecretKey()}
	findings = append(findings, p.checkMail(ctx))
	findings = append(findings, p.checkNames()...)
	findings = append(findings, p.checkDisk()...)
	return append(findings, p.checkDatabase(ctx)...)
}

func (p *program) settingRows() []settingRow {
	rows := make([]settingRow, len(settings))
	for i, s := range settings {
		value, set := p.env.get(s.name), p.env(s.name) != ""
		if s.secret && set {
			value = "(set)"
		}
		rows[i] = settingRow{s.name, value, set, s.about}
	}
	return rows
}

var colours = map[string]string{green: "\x1b[32m", yellow: "\x1b[33m", red: "\x1b[31m"}

func (p *program) writeFindings(findings []finding) error {
	var text strings.Builder
	colourful := isTerminal(p.stdout) && p.env("NO_COLOR") == ""
	for _, f := range findings {
		state := pad(f.State, len(yellow))
		if colourful {
			state = colours[f.State] + state + "\x1b[0m"
		}
		fmt.Fprintf(&text, "%s  %-10s  %s\n", state, f.Check, visible(f.Says))
		if f.Remedy != "" {
			fmt.Fprintf(&text, "%20s→ %s\n", "", visible(f.Remedy))
		}
	}
	text.WriteString("\nSettings, all of them environment variables:\n\n")
	for _, r := range p.settingRows() {
		value := r.Value
		switch {
		case value == "":
			value = "(not set)"
		case !r.Set:
			value += " (not set)"
		}
		fmt.Fprintf(&text, "  %-24s %s\n  %-24s %s\n", r.Name, visible(value), "", r.About)
	}
	_, err := fmt.Fprint(p.stdout, text.String())
	return err
}
