package simulate

import "time"

// Report is what a run found out.
type Report struct {
	Base        string    `json:"base"`
	Users       int       `json:"users"`
	Groups      int       `json:"groups"`
	Seed        uint64    `json:"seed"`
	Dialect     string    `json:"dialect"`
	MatchBy     string    `json:"matchBy"`
	Concurrency int       `json:"concurrency"`
	Started     time.Time `json:"started"`
	Seconds     float64   `json:"seconds"`

	Counts
	RequestsPerSecond float64   `json:"requestsPerSecond"`
	UsersPerSecond    float64   `json:"usersPerSecond,omitempty"` // people of the first initial cycle, matching and creating
	Cycles            []Cycle   `json:"cycles"`
	Latency           []Latency `json:"latency"`
	WrongAnswers      []Wrong   `json:"wrongAnswers"` // the first ones; Counts.Wrong has them all
}

// Counts are numbers of requests and of what they did.
type Counts struct {
	Requests  int `json:"requests"`
	Created   int `json:"created"`
	Matched   int `json:"matched"`
	Patched   int `json:"patched"`
	Deleted   int `json:"deleted"`
	Writes    int `json:"writes"`    // requests other than GET
	Members   int `json:"members"`   // added to and removed from groups
	Throttled int `json:"throttled"` // answers 429
	Wrong     int `json:"wrong"`
}

func (c *Counts) add(d Counts) {
	c.Requests += d.Requests
	c.Created += d.Created
	c.Matched += d.Matched
	c.Patched += d.Patched
	c.Deleted += d.Deleted
	c.Writes += d.Writes
	c.Members += d.Members
	c.Throttled += d.Throttled
	c.Wrong += d.Wrong
}

// Cycle is one pass of the provisioning client over the tenant.
type Cycle struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Counts
	RequestsPerSecond float64 `json:"requestsPerSecond"`
	Phases            []Phase `json:"phases"`
}

// Phase is a part of a cycle: people, managers, groups …
type Phase struct {
	Name    string  `json:"name"`
	Total   int     `json:"total"` // people or groups looked at
	Seconds float64 `json:"seconds"`
	Counts
}

// Latency is how long one kind of request took, in milliseconds.
type Latency struct {
	Request string  `json:"request"`
	Count   int     `json:"count"`
	P50     float64 `json:"p50"`
	P95     float64 `json:"p95"`
	P99     float64 `json:"p99"`
	Max     float64 `json:"max"`
}

// Wrong is an answer that Entra would stumble over.
type Wrong struct {
	Cycle    string   `json:"cycle"`
	Phase    string   `json:"phase"`
	Request  Request  `json:"request"`
	Response Response `json:"response"`
	Expected []string `json:"expected"` // one sentence for each thing that should have been otherwise
}

// Request is what was sent. The token is not part of it.
type Request struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	Body   string `json:"body,omitempty"`
}

// Response is what came back; Status is 0 when nothing did.
type Response struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"`
	Error  string            `json:"error,omitempty"` // of the transport
}

func perSecond(n int, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return float64(n) / seconds
}
