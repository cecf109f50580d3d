package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/scim"
)

// metrics are the figures that /metrics shows, on the second address alone. Their
// labels have few values, whatever clients send: no names, paths or addresses.
type metrics struct {
	registry    *prometheus.Registry
	scimAnswers *prometheus.CounterVec
	scimTime    *prometheus.HistogramVec
	operations  *prometheus.CounterVec
	mails       *prometheus.CounterVec
}

// scimBounds are in seconds. A look-up takes less than a millisecond, a bulk
// request up to a minute.
var scimBounds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 30, 60}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		scimAnswers: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rollcall_scim_requests_total",
			Help: "SCIM requests answered, by method, resource and class of the status."}, []string{"method", "resource", "status"}),
		scimTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "rollcall_scim_request_duration_seconds",
			Help: "Time until a SCIM request was answered, by method.", Buckets: scimBounds}, []string{"method"}),
		operations: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rollcall_graphql_requests_total",
			Help: "GraphQL requests, by operation and outcome: OK or the code of the first error."}, []string{"operation", "outcome"}),
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rollcall_mails_total",
			Help: "Tries to send a mail, by outcome: sent, failed (it is tried again), lost (it isn't), withheld (its recipient has left)."}, []string{"outcome"}),
	}
	for _, outcome := range notify.Outcomes {
		m.mails.WithLabelValues(outcome)
	}
	m.registry.MustRegister(m.scimAnswers, m.scimTime, m.operations, m.mails,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "rollcall_build_info", Help: "1, with the version that runs.",
		ConstLabels: prometheus.Labels{"version": thisBuild().Version}})
	build.Set(1)
	m.registry.MustRegister(build)
	return m
}

// watch shows what the rooms count themselves.
func (m *metrics) watch(s *store.Store, a *access.Access, on *access.SignOns, provisioning *scim.Server) {
	for _, kind := range access.Kinds {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "rollcall_refused_credentials_total",
			Help:        "Tokens and sessions that were refused, by the kind that was asked for.",
			ConstLabels: prometheus.Labels{"kind": kind}}, func() float64 { return float64(a.Refusals(kind)) }))
	}
	m.registry.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "rollcall_log_rows_dropped_total",
			Help: "Rows of the provisioning log, of reads and refusals, that were dropped: more came than could be written, or the database did not answer."},
			func() float64 { return float64(provisioning.Dropped()) }),
		&storeMetrics{store: s}, &endMetrics{signOns: on, now: s.Now})
}

// ServeHTTP writes the figures in the text format of Prometheus.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	families, err := m.registry.Gather()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	w.Header().Set("Content-Type", string(format))
	to := expfmt.NewEncoder(w, format)
	for _, f := range families {
		if to.Encode(f) != nil {
			return // the reader has gone
		}
	}
}

// What a label can be; all else is "other".
var (
	scimMethods   = []string{http.MethodGet, http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead}
	scimResources = []string{"Users", "Groups", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig", "Me"}
	classes       = []string{"other", "1xx", "2xx", "3xx", "4xx", "5xx"}
)

// scimDone counts a SCIM request.
func (m *metrics) scimDone(r *http.Request, status int, took time.Duration) {
	method := oneOf(scimMethods, r.Method)
	class := 0
	if status >= 100 && status < 600 {
		class = status / 100
	}
	m.scimAnswers.WithLabelValues(method, oneOf(scimResources, endpointOf(r.URL.Path)), classes[class]).Inc()
	m.scimTime.WithLabelValues(method).Observe(took.Seconds())
}

// operationDone counts a GraphQL request.
func (m *metrics) operationDone(operation, outcome string) {
	m.operations.WithLabelValues(operation, outcome).Inc()
}

// mailTried counts a try to send a mail.
func (m *metrics) mailTried(outcome string) { m.mails.WithLabelValues(outcome).Inc() }

func oneOf(known []string, text string) string {
	if slices.Contains(known, text) {
		return text
	}
	return "other"
}

// endpointOf is what stands behind the organization in the path of a SCIM request.
func endpointOf(path string) string {
	n := 0
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, scim.Prefix), "/") {
		if segment == "" {
			continue
		}
		if n++; n == 2 {
			return segment
		}
	}
	return ""
}

// storeMetrics asks the store when the figures are read.
type storeMetrics struct{ store *store.Store }

const metricsLimit = 2 * time.Second

func describe(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

var (
	poolOpen     = describe("rollcall_database_connections_open", "Connections to the database, in use or idle.")
	poolUsed     = describe("rollcall_database_connections_in_use", "Connections to the database that are in use.")
	poolMost     = describe("rollcall_database_connections_max", "Connections to the database that may be open.")
	poolWaits    = describe("rollcall_database_waits_total", "How often somebody waited for a connection.")
	poolWaited   = describe("rollcall_database_wait_seconds_total", "How long somebody waited for a connection, in all.")
	statements   = describe("rollcall_database_statements_total", "Statements sent to the database.")
	feedPosition = describe("rollcall_feed_position", "Position of the newest Event that readers of the feed can see, over all organizations.")
	feedAge      = describe("rollcall_feed_age_seconds", "Age of the newest Event that readers of the feed can see.")
	feedBehind   = describe("rollcall_feed_behind_seconds", "How much newer the newest Event is than the newest that readers can see; more than some seconds means that a long transaction holds the feed back.")
)

// Describe implements prometheus.Collector.
func (m *storeMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolOpen, poolUsed, poolMost, poolWaits, poolWaited, statements, feedPosition, feedAge, feedBehind} {
		to <- d
	}
}

// Collect implements prometheus.Collector. While the database doesn't answer the
// figures of the feed are left out.
func (m *storeMetrics) Collect(to chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, kind prometheus.ValueType, v float64) {
		to <- prometheus.MustNewConstMetric(d, kind, v)
	}
	pool := m.store.Pool()
	send(poolOpen, prometheus.GaugeValue, float64(pool.OpenConnections))
	send(poolUsed, prometheus.GaugeValue, float64(pool.InUse))
	send(poolMost, prometheus.GaugeValue, float64(pool.MaxOpenConnections))
	send(poolWaits, prometheus.CounterValue, float64(pool.WaitCount))
	send(poolWaited, prometheus.CounterValue, pool.WaitDuration.Seconds())
	send(statements, prometheus.CounterValue, float64(m.store.Statements()))
	ctx, cancel := context.WithTimeout(context.Background(), metricsLimit)
	defer cancel()
	feed, err := m.store.FeedState(ctx)
	if err != nil || feed.Shown.IsZero() {
		return
	}
	send(feedPosition, prometheus.GaugeValue, float64(feed.Position))
	send(feedAge, prometheus.GaugeValue, m.store.Now().Sub(feed.Shown).Seconds())
	send(feedBehind, prometheus.GaugeValue, feed.Written.Sub(feed.Shown).Seconds())
}
