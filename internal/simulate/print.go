package simulate

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const maxPrinted = 5 // wrong answers in the report for people; JSON has more

// Write writes the report for people, at most 80 columns wide but for what the
// server itself has said.
func (r *Report) Write(to io.Writer) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "Rehearsed with %s\n", r.Base)
	fmt.Fprintf(w, "%s people, %s groups, seed %d\n%s dialect, matched by %s, %d requests at a time\n\n",
		grouped(r.Users), grouped(r.Groups), r.Seed, r.Dialect, r.MatchBy, r.Concurrency)
	r.writeCycles(w)
	r.writeLatency(w)
	r.writeTotals(w)
	r.writeWrong(w)
	return w.Flush()
}

const countsRow = "%-17s%10s%8s%8s%8s%8s%10s%6s%5s\n"

func (r *Report) writeCycles(w io.Writer) {
	fmt.Fprintf(w, countsRow, "", "requests", "created", "matched", "patched", "deleted", "members", "wrong", "s")
	for _, c := range r.Cycles {
		writeCounts(w, c.Name, c.Counts, c.Seconds)
		for _, p := range c.Phases {
			if p.Requests > 0 {
				writeCounts(w, "  "+p.Name, p.Counts, p.Seconds)
			}
		}
	}
}

func writeCounts(w io.Writer, name string, c Counts, seconds float64) {
	fmt.Fprintf(w, countsRow, name, grouped(c.Requests), dash(c.Created), dash(c.Matched), dash(c.Patched),
		dash(c.Deleted), dash(c.Members), dash(c.Wrong), threeDigits(seconds))
}

// threeDigits writes seconds in at most four columns, up to a good two hours.
func threeDigits(seconds float64) string {
	switch {
	case seconds < 10:
		return strconv.FormatFloat(seconds, 'f', 2, 64)
	case seconds < 100:
		return strconv.FormatFloat(seconds, 'f', 1, 64)
	}
	return strconv.FormatFloat(seconds, 'f', 0, 64)
}

func (r *Report) writeLatency(w io.Writer) {
	fmt.Fprintf(w, "\n%-17s%9s%10s%10s%10s%10s\n", "milliseconds", "requests", "p50", "p95", "p99", "max")
	for _, l := range r.Latency {
		fmt.Fprintf(w, "%-17s%9s%10.2f%10.2f%10.2f%10.2f\n", l.Request, grouped(l.Count), l.P50, l.P95, l.P99, l.Max)
	}
}

func (r *Report) writeTotals(w io.Writer) {
	fmt.Fprintf(w, "\n%s requests in %.1f s, %s a second; %s of them writes\n",
		grouped(r.Requests), r.Seconds, grouped(int(r.RequestsPerSecond)), grouped(r.Writes))
	if r.UsersPerSecond > 0 {
		fmt.Fprintf(w, "%s people a second in the initial cycle\n", grouped(int(r.UsersPerSecond)))
	}
	if r.Throttled > 0 {
		fmt.Fprintf(w, "%s answers were 429 and were waited out: Entra would count them as failures\n", grouped(r.Throttled))
	}
	if r.Wrong == 0 {
		fmt.Fprintln(w, "No answer was wrong.")
	}
}

func (r *Report) writeWrong(w io.Writer) {
	if r.Wrong == 0 {
		return
	}
	shown := r.WrongAnswers[:min(len(r.WrongAnswers), maxPrinted)]
	fmt.Fprintf(w, "Wrong answers: %s; the first %d:\n", grouped(r.Wrong), len(shown))
	for i, x := range shown {
		fmt.Fprintf(w, "\n%d. %s, %s\n", i+1, x.Cycle, x.Phase)
		writeLine(w, ">", x.Request.Method+" "+x.Request.URL)
		writeLine(w, ">", x.Request.Body)
		if x.Response.Error != "" {
			writeLine(w, "<", x.Response.Error)
		} else {
			writeLine(w, "<", strconv.Itoa(x.Response.Status))
		}
		for _, name := range slices.Sorted(maps.Keys(x.Response.Header)) {
			writeLine(w, "<", name+": "+x.Response.Header[name])
		}
		writeLine(w, "<", x.Response.Body)
		for _, expected := range x.Expected {
			writeLine(w, "expected", expected)
		}
	}
}

// writeLine writes what somebody has said on one line, without anything that a
// terminal would obey.
func writeLine(w io.Writer, who, said string) {
	said = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.TrimSpace(said))
	if said != "" {
		fmt.Fprintf(w, "   %s %s\n", who, said)
	}
}

func dash(n int) string {
	if n == 0 {
		return "–"
	}
	return grouped(n)
}

// grouped writes a number with commas between thousands.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
