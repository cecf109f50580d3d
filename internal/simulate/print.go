package simulate

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

const maxPrinted = 5 // wrong answers in the report for people; JSON has more

// Write writes the report for people, at most 80 columns wide but for what the
// server itself has said.
func (r *Report) Write(to io.Writer) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "Rehearsed with %s\n", r.Base)
	fmt.Fprintf(w, "%s people, %s groups, seed %d; %s dialect, matched by %s, %d at a time\n\n",
		grouped(r.Users), grouped(r.Groups), r.Seed, r.Dialect, r.MatchBy, r.Concurrency)
	r.writeCycles(w)
	r.writeLatency(w)
	r.writeTotals(w)
	r.writeWrong(w)
	return w.Flush()
}

const countsRow = "%-17s%9s%8s%8s%8s%8s%9s%6s%7s\n"

func (r *Report) writeCycles(w io.Writer) {
	fmt.Fprintf(w, countsRow, "", "requests", "created", "matched", "patched", "deleted", "members", "wrong", "s")
	for _, c := range r.Cycles {
		writeCounts(w, c.Name, c.Counts, c.Seconds)
		for _, p := range c.Phases {
			writeCounts(w, "  "+p.Name, p.Counts, p.Seconds)
		}
	}
}

func writeCounts(w io.Writer, name string, c Counts, seconds float64) {
	fmt.Fprintf(w, countsRow, name, grouped(c.Requests), dash(c.Created), dash(c.Matched), dash(c.Patched),
		dash(c.Deleted), dash(c.Members), dash(c.Wrong), strconv.FormatFloat(seconds, 'f', 2, 64))
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
	fmt.Fprintf(w, "%s answers were wrong; the first %d:\n", grouped(r.Wrong), len(shown))
	for i, x := range shown {
		fmt.Fprintf(w, "\n%d. %s, %s\n", i+1, x.Cycle, x.Phase)
		fmt.Fprintf(w, "   > %s %s\n", x.Request.Method, x.Request.URL)
		writeBody(w, ">", x.Request.Body)
		if x.Response.Error != "" {
			fmt.Fprintf(w, "   < %s\n", x.Response.Error)
		} else {
			fmt.Fprintf(w, "   < %d\n", x.Response.Status)
		}
		var names []string
		for name := range x.Response.Header {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(w, "   < %s: %s\n", name, x.Response.Header[name])
		}
		writeBody(w, "<", x.Response.Body)
		for _, expected := range x.Expected {
			fmt.Fprintf(w, "   expected %s\n", expected)
		}
	}
}

func writeBody(w io.Writer, arrow, body string) {
	if body = strings.TrimSpace(body); body != "" {
		fmt.Fprintf(w, "   %s %s\n", arrow, body)
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
