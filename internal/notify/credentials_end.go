package notify

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/rollcall/rollcall/internal/store"
)

// CredentialsEnding is a connection whose last SCIM credential that is used ends soon, or
// has ended.
type CredentialsEnding struct {
	Connection uuid.UUID `json:"connection"`
	Ends       time.Time `json:"ends"`  // UTC
	Days       int       `json:"days"`  // until then, rounded up; 0: it has ended
	Spare      bool      `json:"spare"` // another one lasts longer, which was never used
}

// CredentialsEnd tells the administrators of the actor's organization that a directory
// is going to be turned away, if the transaction commits.
func (n *Notifier) CredentialsEnd(ctx context.Context, tx *store.Tx, c CredentialsEnding) error {
	return n.tell(ctx, tx, func(e envelope) river.JobArgs { return credentialsEnd{e, c} })
}

// credentialsEnd is the job of one mail.
type credentialsEnd struct {
	envelope
	CredentialsEnding
}

// Kind implements river.JobArgs.
func (credentialsEnd) Kind() string { return "mail_credentials_end" }

type credentialsEndWorker struct {
	river.WorkerDefaults[credentialsEnd]
	notifier *Notifier
}

// Work implements river.Worker.
func (w *credentialsEndWorker) Work(ctx context.Context, job *river.Job[credentialsEnd]) error {
	return w.notifier.deliver(ctx, job.JobRow, job.Args.envelope, "credentials_end", func(ctx context.Context) (any, error) {
		about, err := w.notifier.ending(ctx, job.Args.Connection, job.Args.Ends, job.Args.Days, "tokens")
		return endingCredentials{job.Args.CredentialsEnding, about}, err
	})
}

// endingCredentials is what the template says of a connection.
type endingCredentials struct {
	CredentialsEnding
	ending
}
