package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
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
	org, err := tx.Organization.Query().OnlyID(ctx)
	if err != nil {
		return err
	}
	people, err := recipients(ctx, tx)
	if err != nil || len(people) == 0 {
		return err
	}
	jobs := make([]river.InsertManyParams, len(people))
	for i, to := range people {
		jobs[i].Args = secretEnds{envelope{org, to}, s}
	}
	begun, err := tx.SQL()
	if err != nil {
		return err
	}
	_, err = n.jobs.InsertManyTx(ctx, begun, jobs)
	return err
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
		conn, err := w.notifier.Store.Read().Connection.Query().Where(connection.ID(job.Args.Connection)).Only(ctx)
		if err != nil {
			return nil, gone(err)
		}
		return about(conn, job.Args.SecretEnding), nil
	})
}

// endingSecret is what the template says of a secret.
type endingSecret struct {
	SecretEnding
	Name, When, Link string
	Entra            bool
}

func about(conn *ent.Connection, s SecretEnding) endingSecret {
	return endingSecret{SecretEnding: s, Name: harmless(conn.Name), When: s.Ends.UTC().Format("2 January 2006"),
		Link: "/connections/" + conn.ID.String() + "?tab=signon", Entra: conn.Kind == connection.KindENTRA}
}

// Key says whether it is a key of ours.
func (s endingSecret) Key() bool { return s.What == SigningKey }

// Provider says whether it is the identity provider's certificate.
func (s endingSecret) Provider() bool { return s.What == ProviderCertificate }

// In says in how many days.
func (s endingSecret) In() string {
	if s.Days == 1 {
		return "within a day"
	}
	return fmt.Sprintf("in %d days", s.Days)
}
