package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rollcall/rollcall/internal/access"
)

// endMetrics asks, when the figures are read, when secrets end.
type endMetrics struct {
	signOns *access.SignOns
	now     func() time.Time
}

var daysLeft = prometheus.NewDesc("rollcall_credential_days_left",
	"Days until the first connection has no working credential of a kind any more, over all organizations; below 0 where one hasn't now.", []string{"kind"}, nil)

// Describe implements prometheus.Collector.
func (m *endMetrics) Describe(to chan<- *prometheus.Desc) { to <- daysLeft }

// Collect implements prometheus.Collector. While the database doesn't answer the
// figures are left out, and so are kinds of which no secret ends.
func (m *endMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), metricsLimit)
	defer cancel()
	ends, err := m.signOns.Ends(ctx)
	if err != nil {
		return
	}
	for _, kind := range access.EndKinds {
		if at, known := ends[kind]; known {
			to <- prometheus.MustNewConstMetric(daysLeft, prometheus.GaugeValue, at.Sub(m.now()).Hours()/24, kind)
		}
	}
}
