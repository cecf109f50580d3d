package graph

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
)

// maxImport is how many people a file may have.
const maxImport = 5000

// importColumns are the columns that a file may have, with those of the table;
// department, manager and active are read in a way of their own.
var importColumns = []struct{ name, column string }{
	{"userName", user.FieldUserName}, {"displayName", user.FieldDisplayName}, {"givenName", user.FieldGivenName},
	{"familyName", user.FieldFamilyName}, {"email", user.FieldEmail}, {"title", user.FieldTitle},
	{"department", user.FieldDepartmentID}, {"manager", user.FieldManagerID}, {"employeeNumber", user.FieldEmployeeNumber},
	{"costCenter", user.FieldCostCenter}, {"division", user.FieldDivision}, {"company", user.FieldCompany},
	{"userType", user.FieldUserType}, {"preferredLanguage", user.FieldPreferredLanguage}, {"locale", user.FieldLocale},
	{"timezone", user.FieldTimezone}, {"active", user.FieldActive},
}

// importUsers reads the file and has its rows taken over.
func (r *Resolver) importUsers(ctx context.Context, text string, trial bool) (*ImportPayload, error) {
	rows, err := peopleIn(text)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, bulkTime)
	defer cancel()
	verdicts, err := r.directory.Import(limited, rows, trial, r.store.Now().Add(bulkTime))
	if err != nil {
		return nil, err
	}
	p := &ImportPayload{DryRun: trial, Rows: make([]*ImportRow, len(rows))}
	counts := map[directory.ImportAction]*int{
		directory.ImportCreate: &p.Created, directory.ImportUpdate: &p.Updated,
		directory.ImportUnchanged: &p.Unchanged, directory.ImportConflict: &p.Conflicts,
	}
	for i, v := range verdicts {
		*counts[v.Action]++
		row := &ImportRow{Line: rows[i].Line, Action: ImportAction(v.Action), Problems: slices.Concat([]string{}, v.Problems)}
		if rows[i].UserName != "" {
			row.UserName = &rows[i].UserName
		}
		if v.User != uuid.Nil {
			row.UserID = &v.User
		}
		p.Rows[i] = row
	}
	return p, nil
}

// unreadable is a file that no row can be taken from.
func unreadable(format string, args ...any) error {
	return fault.New(fault.Invalid, format, args...).On("csv")
}

// peopleIn reads the rows of a CSV file.
func peopleIn(text string) ([]directory.ImportRow, error) {
	text = strings.TrimPrefix(text, byteOrderMark)
	if err := checkUTF8(text); err != nil {
		return nil, err
	}
	comma := separatorOf(text)
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.ReuseRecord = comma, -1, true
	head, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, unreadable("the file is empty; its first line names the columns")
	}
	if err != nil {
		return nil, brokenAt(err, text, comma)
	}
	columns, err := columnsIn(head)
	if err != nil {
		return nil, err
	}
	var rows []directory.ImportRow
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, brokenAt(err, text, comma)
		}
		if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue // a spreadsheet writes such rows for lines that were emptied
		}
		if len(rows) == maxImport {
			return nil, unreadable("the file has more than %d people; send it in parts", maxImport)
		}
		line, _ := reader.FieldPos(0)
		rows = append(rows, personIn(line, columns, cells))
	}
	if len(rows) == 0 {
		return nil, unreadable("the file has no people, only the names of columns")
	}
	return rows, nil
}

// columnsIn reads the first line.
func columnsIn(head []string) (columns []string, err error) {
	var unknown, twice []string
	for _, cell := range head {
		name := strings.TrimSpace(cell)
		i := slices.IndexFunc(importColumns, func(c struct{ name, column string }) bool { return strings.EqualFold(c.name, name) })
		switch {
		case i < 0:
			unknown = append(unknown, fmt.Sprintf("%.80q", name))
		case slices.Contains(columns, importColumns[i].column):
			twice = append(twice, importColumns[i].name)
		default:
			columns = append(columns, importColumns[i].column)
		}
	}
	var known []string
	for _, c := range importColumns {
		known = append(known, c.name)
	}
	switch {
	case len(unknown) > 0:
		return nil, unreadable("there is no column %s; the columns are %s, with a comma, a semicolon or a tab between them",
			strings.Join(unknown, ", "), strings.Join(known, ", "))
	case len(twice) > 0:
		return nil, unreadable("the file has the column %s more than once", strings.Join(twice, ", "))
	case !slices.Contains(columns, user.FieldUserName):
		return nil, unreadable("the file has no column userName, by which people are found")
	}
	return columns, nil
}

// personIn reads one row.
func personIn(line int, columns, cells []string) directory.ImportRow {
	row := directory.ImportRow{Line: line, Texts: map[string]*string{}}
	if len(cells) != len(columns) {
		row.Problems = append(row.Problems, fmt.Sprintf("the line has %d cells where the first line has %d; look for a separator too many or too few, or quote the cell", len(cells), len(columns)))
	}
	for i, column := range columns[:min(len(columns), len(cells))] {
		value := strings.TrimSpace(unharmed(cells[i]))
		switch column {
		case user.FieldUserName:
			row.UserName = value
		case user.FieldDepartmentID:
			row.Department = &value
		case user.FieldManagerID:
			row.Manager = &value
		case user.FieldActive:
			active, ok := truths[strings.ToLower(value)]
			if ok {
				row.Active = &active
			} else if value != "" {
				row.Problems = append(row.Problems, fmt.Sprintf("active is %.80q; write true or false", value))
			}
		default:
			row.Texts[column] = &value
		}
	}
	return row
}

// truths are the ways in which spreadsheets and people say whether.
var truths = map[string]bool{"true": true, "yes": true, "1": true, "false": false, "no": false, "0": false}

// separatorOf is what stands between the columns of the first line most often.
func separatorOf(text string) rune {
	line, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	best := ','
	for _, c := range ";\t" {
		if strings.Count(line, string(c)) > strings.Count(line, string(best)) {
			best = c
		}
	}
	return best
}

func checkUTF8(text string) error {
	if utf8.ValidString(text) && !strings.ContainsRune(text, utf8.RuneError) {
		return nil
	}
	for i, c := range text {
		if c == utf8.RuneError {
			return unreadable("line %d has characters that are not UTF-8; save the file as CSV UTF-8", 1+strings.Count(text[:i], "\n"))
		}
	}
	return nil
}

// brokenAt says where a file stops being CSV.
func brokenAt(err error, text string, comma rune) error {
	broken, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok:
		return err
	case errors.Is(broken.Err, csv.ErrBareQuote):
		return unreadable("line %d has a quotation mark in a cell that isn't quoted; quote the cell and write the mark twice", broken.Line)
	}
	return unreadable("line %d opens a quotation mark that is never closed; quote the whole cell, and write a mark within it twice", openedAt(text, byte(comma)))
}

// openedAt is the line with the quotation mark that the reader of a file stumbled
// over: the first that opens a cell and isn't closed at the end of one.
func openedAt(text string, comma byte) int {
	line, opened, quoted, begins := 1, 1, false, true
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '"':
			next := byte('\n')
			if rest := strings.TrimPrefix(text[i+1:], "\r"); rest != "" {
				next = rest[0]
			}
			switch {
			case next == '"' && text[i+1] == '"':
				i++
			case next == comma || next == '\n':
				quoted = false
			default:
				return opened
			}
		case begins && c == '"':
			quoted, opened = true, line
		}
		if c == '\n' {
			line++
		}
		begins = c == comma || c == '\n'
	}
	return opened
}
