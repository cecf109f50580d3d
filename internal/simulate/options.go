package simulate

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The cycles that a run can consist of.
const (
	CycleInitial     = "initial"
	CycleIncremental = "incremental"
	CycleLeavers     = "leavers"
	CycleUnchanged   = "unchanged"
)

// Options say which server to rehearse with, and with what.
type Options struct {
	Base  string // the tenant URL, e.g. https://training.example/scim/v2/acme
	Token string // the secret token, or in its place:

	TokenURL      string // where a client gets tokens, which it renews before they end
	ClientID      string
	ClientSecret  string
	AssertionFile string // of a JWT that proves the client instead; it is read anew for each token

	Users  int
	Groups int
	Cycles []string // default: initial, incremental, leavers

	Dialect     string  // legacy (default), flag or mixed
	Seed        uint64  // the same seed makes the same tenant
	Concurrency int     // requests in flight; default 8
	Rate        float64 // requests per second; 0 is unlimited
	MatchBy     string  // userName (default), externalId, emails or employeeNumber
	Domain      string  // of user names and e-mail addresses; default contoso.example

	Client   *http.Client   // nil: one with as many idle connections as there are workers
	Progress func(Progress) // called one at a time, a few hundred times in a phase at most
}

// Progress is how far a phase has come.
type Progress struct {
	Cycle, Phase string
	Done, Total  int
	Wrong        int
}

// flags that Entra takes on the tenant URL, and the dialect that each asks for.
var urlFlags = map[string]string{
	"aadoptscim062020":     "flag",
	"azureadscimpatch2017": "legacy",
}

func (o Options) withDefaults() Options {
	if len(o.Cycles) == 0 {
		o.Cycles = []string{CycleInitial, CycleIncremental, CycleLeavers}
	}
	if o.Concurrency == 0 {
		o.Concurrency = 8
	}
	if o.MatchBy == "" {
		o.MatchBy = "userName"
	}
	if o.Domain == "" {
		o.Domain = "contoso.example"
	}
	if base, query, found := strings.Cut(o.Base, "?"); found {
		o.Base = base
		if dialect, known := urlFlags[strings.ToLower(query)]; known && o.Dialect == "" {
			o.Dialect = dialect
		}
	}
	o.Base = strings.TrimRight(o.Base, "/")
	if o.Dialect == "" {
		o.Dialect = "legacy"
	}
	return o
}

// Validate says what is wrong with the options, before anything is sent.
func (o Options) Validate() error {
	o = o.withDefaults()
	u, err := url.Parse(o.Base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("base %q is not an http or https address", o.Base)
	}
	if err := o.checkCredential(); err != nil {
		return err
	}
	if o.Users < 1 || o.Users > maxUsers {
		return fmt.Errorf("users must be between 1 and %d, not %d", maxUsers, o.Users)
	}
	if o.Groups < 0 || o.Groups > maxGroups {
		return fmt.Errorf("groups must be between 0 and %d, not %d", maxGroups, o.Groups)
	}
	if o.Concurrency < 1 || o.Concurrency > maxConcurrency {
		return fmt.Errorf("concurrency must be between 1 and %d, not %d", maxConcurrency, o.Concurrency)
	}
	if o.Rate < 0 {
		return fmt.Errorf("rate must not be negative, as %g is", o.Rate)
	}
	for _, c := range o.Cycles {
		if !slices.Contains([]string{CycleInitial, CycleIncremental, CycleLeavers, CycleUnchanged}, c) {
			return fmt.Errorf("cycle %q is not one of initial, incremental, leavers, unchanged", c)
		}
	}
	if !slices.Contains([]string{"legacy", "flag", "mixed"}, o.Dialect) {
		return fmt.Errorf("dialect %q is not one of legacy, flag, mixed", o.Dialect)
	}
	if _, known := matching[o.MatchBy]; !known {
		return fmt.Errorf("match %q is not one of userName, externalId, emails, employeeNumber", o.MatchBy)
	}
	return nil
}

const (
	maxUsers       = 1_000_000
	maxGroups      = 10_000
	maxConcurrency = 1_024
)
