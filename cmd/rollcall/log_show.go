package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) logShowCommand() *cobra.Command {
	var slug string
	var asJSON bool
	c := &cobra.Command{
		Use:   "show REFERENCE",
		Short: "Show one row of the log with its changes and bodies",
		Long: "Show one row of the log whole: what it changed, from what to what, and what was sent\n" +
			"and answered. The reference is in the error that the client was given.",
		Example: `  rollcall log show 01938f2c-7d3a-7b61-9a55-0f2f9a7b2c11
  rollcall log show --org acme --json 01938f2c-7d3a-7b61-9a55-0f2f9a7b2c11`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := uuid.Parse(args[0])
			if err != nil {
				return usage("%q is no reference", args[0])
			}
			return p.atDesk(c.Context(), func(d *desk) error {
				r, err := d.logRow(c.Context(), slug, id)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(p.stdout, logRowOf(r))
				}
				return showRow(p.stdout, r)
			})
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization; any without it")
	jsonFlag(c, &asJSON)
	return c
}

// logRow finds a row by its reference, in one organization or, without a slug,
// in all of them.
func (d *desk) logRow(ctx context.Context, slug string, id uuid.UUID) (*ent.ProvisioningLog, error) {
	in := store.AcrossOrganizations(ctx)
	if slug != "" {
		var err error
		if in, _, err = d.in(ctx, slug); err != nil {
			return nil, err
		}
	}
	r, err := d.store.Read().ProvisioningLog.Query().Where(provisioninglog.ID(id)).Only(in)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no row %s in the log; it may have been older than the organization keeps", id)
	}
	return r, err
}

func showRow(w io.Writer, r *ent.ProvisioningLog) error {
	var text strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&text, "%-12s%s\n", name, visible(value))
		}
	}
	field("operation", r.Operation)
	field("status", strings.TrimSpace(fmt.Sprint(r.Status, " ", r.ScimType)))
	field("detail", r.Detail)
	for _, warning := range r.Warnings {
		field("warning", warning)
	}
	field("request", r.Method+" "+r.Path)
	field("time", r.CreatedAt.UTC().Format("2006-01-02 15:04:05.000 UTC"))
	field("took", fmt.Sprintf("%.1f ms", milliseconds(r)))
	field("client", r.Client)
	field("address", r.Address)
	field("activity", r.Activity)
	field("cycle", orEmpty(r.CycleID))
	field("target", orEmpty(r.TargetID))
	field("token", orEmpty(r.TokenID))
	field("reference", r.ID.String())
	if len(r.Changes) > 0 {
		text.WriteString("\nchanges\n")
	}
	for _, c := range r.Changes {
		fmt.Fprintf(&text, "  %s: %s → %s\n", visible(c.Attribute), value(c.Old), value(c.New))
	}
	writeBody(&text, "sent", r.RequestBody)
	writeBody(&text, "answered", r.ResponseBody)
	_, err := io.WriteString(w, text.String())
	return err
}

func orEmpty(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

// value is an attribute's value on one line; – stands for none.
func value(v any) string {
	if v == nil {
		return "–"
	}
	if text, ok := v.(string); ok {
		return visible(text)
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return visible(string(encoded))
}

// writeBody shows a body, laid out where it is whole JSON.
func writeBody(text *strings.Builder, title, body string) {
	if body == "" {
		return
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(body), "", "  "); err != nil {
		pretty.Reset()
		pretty.WriteString(body)
	}
	fmt.Fprintf(text, "\n%s\n", title)
	for line := range strings.Lines(pretty.String()) {
		text.WriteString("  " + visible(strings.TrimRight(line, "\r\n")) + "\n")
	}
}
