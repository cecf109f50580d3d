package main

import (
	"encoding/json"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

const (
	gap        = "  "
	pipedWidth = 120
	leastWidth = 40
	leastFlex  = 12
)

// table is a list for people. The cells of one column, flex, are cut where the
// lines would be wider than the terminal.
type table struct {
	head []string
	rows [][]string
	flex int
}

// add appends a row. Texts may come from clients.
func (t *table) add(cells ...string) {
	for i := range cells {
		cells[i] = visible(cells[i])
	}
	t.rows = append(t.rows, cells)
}

func (t *table) write(w io.Writer) error {
	widths := make([]int, len(t.head))
	total := len(gap) * (len(t.head) - 1)
	for i := range widths {
		widths[i] = columns(t.head[i])
		for _, row := range t.rows {
			widths[i] = max(widths[i], columns(row[i]))
		}
		total += widths[i]
	}
	if over := total - widthOf(w); over > 0 {
		widths[t.flex] = max(leastFlex, widths[t.flex]-over)
	}
	var text strings.Builder
	for _, row := range append([][]string{t.head}, t.rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = pad(fit(cell, widths[i]), widths[i])
		}
		text.WriteString(strings.TrimRight(strings.Join(cells, gap), " ") + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// widthOf is how wide a line may be: the terminal's width, or 120 columns in a
// pipe.
func widthOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return max(leastWidth, n)
		}
	}
	return pipedWidth
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// writeJSON writes a value for programs.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
