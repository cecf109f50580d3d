package notify

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"github.com/rollcall/rollcall/internal/store"
)

const (
	// pollEvery is how often each replica looks for jobs.
	pollEvery = 5 * time.Second
	// workers is how many mails a replica sends at a time.
	workers = 2
	// tries is how often a mail is tried. River waits the fourth power of the number of
	// tries in seconds, so the last is a day and a half after the first.
	tries = 15
	// stopLimit is how long mails under way may take when the server stops. What is cut
	// off then is sent later, by another replica or after the next start.
	stopLimit = 10 * time.Second
)

// The outcomes of one try to send a mail, for the metrics.
const (
	Sent     = "sent"
	Failed   = "failed"   // it is tried again
	Lost     = "lost"     // it was the last try, or the server refuses this recipient
	Withheld = "withheld" // the recipient has left, or lost the role or the address
)

// Outcomes are all of them.
var Outcomes = []string{Sent, Failed, Lost, Withheld}

// Options are what New needs.
type Options struct {
	Store     *store.Store
	Server    *Server
	PublicURL string               // where links lead, without a slash at the end
	Observe   func(outcome string) // told of each try; may be nil
	Log       *slog.Logger
}

// Notifier sends the mails of an installation.
type Notifier struct {
	Options
	jobs *river.Client[*sql.Tx]
}

// New returns a Notifier, which sends nothing before Run.
func New(o Options) (*Notifier, error) {
	if o.Observe == nil {
		o.Observe = func(string) {}
	}
	n := &Notifier{Options: o}
	w := river.NewWorkers()
	err := errors.Join(river.AddWorkerSafely(w, &secretEndsWorker{notifier: n}), river.AddWorkerSafely(w, &credentialsEndWorker{notifier: n}))
	if err != nil {
		return nil, err
	}
	n.jobs, err = river.NewClient(o.Store.Jobs(), &river.Config{
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		Workers:           w,
		FetchPollInterval: pollEvery,
		JobTimeout:        2 * sendLimit,
		MaxAttempts:       tries,
		Logger:            slog.New(errorsOnly{o.Log.Handler()}),
	})
	return n, err
}

// Run sends mail until ctx ends. It begins when the database answers.
func (n *Notifier) Run(ctx context.Context) error {
	if !n.start(ctx) {
		return nil
	}
	<-ctx.Done()
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	if n.jobs.Stop(limit) == nil {
		return nil
	}
	return n.jobs.StopAndCancel(context.WithoutCancel(ctx))
}

// start says whether sending has begun before ctx ended.
func (n *Notifier) start(ctx context.Context) bool {
	for {
		err := n.jobs.Start(context.WithoutCancel(ctx))
		if err == nil {
			return true
		}
		n.Log.Error("mail isn't sent yet, and is tried again", "err", err)
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pollEvery):
		}
	}
}

// errorsOnly leaves out what River says of jobs that are tried again: the worker has
// said it in the house's words.
type errorsOnly struct{ slog.Handler }

// Enabled implements slog.Handler.
func (h errorsOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError && h.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h errorsOnly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return errorsOnly{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h errorsOnly) WithGroup(name string) slog.Handler { return errorsOnly{h.Handler.WithGroup(name)} }
