package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
)

// logRow is a row of the log for programs.
type logRow struct {
	Reference    uuid.UUID       `json:"reference"`
	Time         time.Time       `json:"time"`
	Client       string          `json:"client,omitempty"`
	Address      string          `json:"address,omitempty"`
	Activity     string          `json:"activity,omitempty"`
	Connection   *uuid.UUID      `json:"connection_id,omitempty"`
	Token        *uuid.UUID      `json:"token_id,omitempty"`
	Cycle        *uuid.UUID      `json:"cycle_id,omitempty"`
	Target       *uuid.UUID      `json:"target_id,omitempty"`
	Method       string          `json:"method"`
	Path         string          `json:"path"`
	Operation    string          `json:"operation"`
	Status       int             `json:"status"`
	ScimType     string          `json:"scim_type,omitempty"`
	Detail       string          `json:"detail,omitempty"`
	Warnings     []string        `json:"warnings,omitempty"`
	Milliseconds float64         `json:"ms"`
	Changes      []schema.Change `json:"changes,omitempty"`
	Events       []uuid.UUID     `json:"events,omitempty"`
	RequestBody  string          `json:"request_body,omitempty"`
	ResponseBody string          `json:"response_body,omitempty"`
}

func logRowOf(r *ent.ProvisioningLog) logRow {
	return logRow{
		Reference: r.ID, Time: r.CreatedAt.UTC(), Client: r.Client, Address: r.Address, Activity: r.Activity,
		Connection: r.ConnectionID, Token: r.TokenID, Cycle: r.CycleID, Target: r.TargetID,
		Method: r.Method, Path: r.Path, Operation: r.Operation, Status: r.Status, ScimType: r.ScimType, Detail: r.Detail,
		Warnings: r.Warnings, Milliseconds: milliseconds(r), Changes: r.Changes, Events: r.Events,
		RequestBody: r.RequestBody, ResponseBody: r.ResponseBody,
	}
}

func milliseconds(r *ent.ProvisioningLog) float64 { return float64(r.DurationUs) / 1000 }

const (
	timeWidth   = len("01-02 15:04:05")
	statusWidth = len("STATUS")
	msWidth     = 7
)

// logWriter writes rows of the log: a table, or JSON (an array, or one row to a
// line when rows keep coming).
type logWriter struct {
	to             io.Writer
	asJSON, stream bool
	begun          bool
}

func (w *logWriter) write(rows []*ent.ProvisioningLog) error {
	if w.asJSON {
		return w.writeJSON(rows)
	}
	var text strings.Builder
	total := widthOf(w.to)
	client := min(len("Microsoft Entra"), total/5)
	words := max(leastFlex, total-timeWidth-client-statusWidth-msWidth-4*len(gap))
	line := func(at, who, operation, status, ms string) {
		fmt.Fprintf(&text, "%s%s%s%s%s%s%s%s%*s\n", pad(at, timeWidth), gap, pad(fit(who, client), client), gap,
			pad(fit(operation, words), words), gap, pad(status, statusWidth), gap, msWidth, ms)
	}
	if !w.begun {
		line("TIME (UTC)", "CLIENT", "OPERATION", "STATUS", "MS")
		w.begun = true
	}
	for _, r := range rows {
		line(r.CreatedAt.UTC().Format("01-02 15:04:05"), visible(r.Client), visible(r.Operation),
			strconv.Itoa(r.Status), strconv.FormatFloat(milliseconds(r), 'f', 1, 64))
		for _, note := range notes(r) {
			text.WriteString(fit("  "+note, total) + "\n")
		}
	}
	_, err := io.WriteString(w.to, text.String())
	return err
}

// notes are the lines beneath a row: why it was refused, and what to know besides.
func notes(r *ent.ProvisioningLog) []string {
	var notes []string
	if r.Status >= 400 {
		why := visible(r.Detail)
		if r.ScimType != "" {
			why = visible(r.ScimType) + ": " + why
		}
		notes = append(notes, "✗ "+why, "  reference "+r.ID.String())
	}
	for _, warning := range r.Warnings {
		notes = append(notes, "! "+visible(warning))
	}
	return notes
}

func (w *logWriter) writeJSON(rows []*ent.ProvisioningLog) error {
	if !w.stream {
		all := make([]logRow, len(rows))
		for i, r := range rows {
			all[i] = logRowOf(r)
		}
		return writeJSON(w.to, all)
	}
	e := json.NewEncoder(w.to)
	e.SetEscapeHTML(false)
	for _, r := range rows {
		if err := e.Encode(logRowOf(r)); err != nil {
			return err
		}
	}
	return nil
}
