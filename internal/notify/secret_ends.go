package notify

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/rollcall/rollcall/internal/store"
)

// What can end.
const (
	ClientSecret        = "client secret"
	SigningKey          = "key"         // with its certificate
	ProviderCertificate = "certificate" // with which the identity provider signs
)

// SecretEnding is a secret of single sign-on that ends soon, or has ended.
type SecretEnding struct {
	Connection uuid.UUID `json:"connection"`
	What       string    `json:"what"`    // one of those above
	Hint       string    `json:"hint"`    // its last characters, "" when they aren't shown
	Ends       time.Time `json:"ends"`    // UTC
	Days       int       `json:"days"`    // until then, rounded up; 0: it has ended
	Covered    bool      `json:"covered"` // another one lasts longer
}

// SecretEnds tells the administrators of the actor's organization of a secret that ends,
// if the transaction commits.
func (n *Notifier) SecretEnds(ctx context.Context, tx *store.Tx, s SecretEnding) error {
	return n.tell(ctx, tx, func(e envelope) river.JobArgs { return secretEnds{e, s} })
}

// secretEnds is the job of one mail.
type secretEnds struct {
	envelope
	SecretEnding
}

// Kind implements river.JobArgs.
func (secretEnds) Kind() string { return "mail_secret_ends" }

type secretEndsWorker struct {
	river.WorkerDefaults[secretEnds]
	notifier *Notifier
}

// Work implements river.Worker.
func (w *secretEndsWorker) Work(ctx context.Context, job *river.Job[secretEnds]) error {
	return w.notifier.deliver(ctx, job.JobRow, job.Args.envelope, "secret_ends", func(ctx context.Context) (any, error) {
		about, err := w.notifier.ending(ctx, job.Args.Connection, job.Args.Ends, job.Args.Days, "signon")
		return endingSecret{job.Args.SecretEnding, about}, err
	})
}

// endingSecret is what the template says of a secret.
type endingSecret struct {
	SecretEnding
	ending
}

// Key says whether it is a key of ours.
func (s endingSecret) Key() bool { return s.What == SigningKey }

// Provider says whether it is the identity provider's certificate.
func (s endingSecret) Provider() bool { return s.What == ProviderCertificate }
