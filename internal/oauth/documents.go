package oauth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	documentsAge   = time.Hour        // a document is not asked for anew so long
	documentsEvery = 30 * time.Second // and never more often
	documentsLast  = 24 * time.Hour   // the last good one counts so long when its server is away
	documentsLimit = 10 * time.Second // for one answer
	documentBytes  = 1 << 20
	maxDocuments   = 1000
)

// documents are what issuers publish: discovery documents and key sets.
type documents struct {
	client *http.Client
	now    func() time.Time
	mu     sync.Mutex
	known  map[string]*document // by address
}

type document struct {
	mu      sync.Mutex // held while it is asked for: the others wait for the same answer
	body    []byte     // nil before the first good answer
	fetched time.Time  // when that came
	tried   time.Time
	err     error // of the last try
}

func newDocuments(client *http.Client, now func() time.Time) *documents {
	strict := *client
	strict.CheckRedirect = func(*http.Request, []*http.Request) error {
		return errors.New("it redirects, and whoever can make it do so could choose the keys")
	}
	return &documents{client: &strict, now: now, known: map[string]*document{}}
}

// reader is an http.RoundTripper for go-oidc that answers with what is known.
type reader struct {
	documents *documents
	age       time.Duration // how old an answer may be
	failed    error         // why a document can't be had
}

func (d *documents) reader(age time.Duration) *reader { return &reader{documents: d, age: age} }

func (r *reader) client() *http.Client { return &http.Client{Transport: r} }

// RoundTrip implements http.RoundTripper.
func (r *reader) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := r.documents.get(request.Context(), request.URL.String(), r.age)
	if err != nil {
		r.failed = err
		return nil, err
	}
	return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}, nil
}

// get returns a document that is at most so old, or the last good one where it can't
// be asked for again yet or its server is away.
func (d *documents) get(ctx context.Context, address string, age time.Duration) ([]byte, error) {
	doc := d.at(address)
	doc.mu.Lock()
	defer doc.mu.Unlock()
	now := d.now()
	if doc.body != nil && within(now, doc.fetched, age) {
		return doc.body, nil
	}
	if !within(now, doc.tried, documentsEvery) {
		doc.tried = now
		// Not with the request that came first: the answer is for all.
		var body []byte
		if body, doc.err = d.fetch(context.WithoutCancel(ctx), address); doc.err == nil {
			doc.body, doc.fetched = body, now
		}
	}
	if doc.body != nil && within(now, doc.fetched, documentsLast) {
		return doc.body, nil
	}
	return nil, doc.err
}

// within says whether something was less than so long ago. A clock that was set
// back makes it long ago.
func within(now, at time.Time, span time.Duration) bool {
	since := now.Sub(at)
	return since >= 0 && since < span
}

func (d *documents) at(address string) *document {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known[address] == nil {
		if len(d.known) >= maxDocuments {
			clear(d.known)
		}
		d.known[address] = new(document)
	}
	return d.known[address]
}

func (d *documents) fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, documentsLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := d.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, documentBytes+1))
	if err == nil && len(body) > documentBytes {
		err = fmt.Errorf("%s is larger than %d bytes", address, documentBytes)
	}
	return body, err
}
