package notify

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"golang.org/x/net/idna"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// administrators are who look after connections.
var administrators = []user.Role{user.RoleOWNER, user.RoleADMIN}

// maxRecipients bounds how many people one thing is told.
const maxRecipients = 50

// recipients are the active administrators of the actor's organization, owners first.
func recipients(ctx context.Context, tx *store.Tx) ([]uuid.UUID, error) {
	return tx.User.Query().Where(user.RoleIn(administrators...), user.Active(true), user.DeletedAtIsNil()).
		Order(user.ByRole(sql.OrderDesc()), user.ByID()).Limit(maxRecipients).IDs(ctx)
}

// envelope is to whom a job's mail goes.
type envelope struct {
	Org uuid.UUID `json:"org"`
	To  uuid.UUID `json:"to"`
}

// tell inserts a job for each recipient, if the transaction commits.
func (n *Notifier) tell(ctx context.Context, tx *store.Tx, job func(envelope) river.JobArgs) error {
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
		jobs[i].Args = job(envelope{org, to})
	}
	begun, err := tx.SQL()
	if err != nil {
		return err
	}
	_, err = n.jobs.InsertManyTx(ctx, begun, jobs)
	return err
}

// errGone means that there is nobody, or nothing, that the mail would be about.
var errGone = errors.New("the recipient or what it is about is gone")

// open finds out who the recipient is now. Errors: errGone.
func (n *Notifier) open(ctx context.Context, e envelope) (letter, *netmail.Address, error) {
	org, err := n.Store.Read().Organization.Query().Where(organization.ID(e.Org), organization.SuspendedAtIsNil()).Only(ctx)
	if err != nil {
		return letter{}, nil, gone(err)
	}
	u, err := n.Store.Read().User.Query().
		Where(user.ID(e.To), user.RoleIn(administrators...), user.Active(true), user.DeletedAtIsNil()).Only(ctx)
	if err != nil {
		return letter{}, nil, gone(err)
	}
	to := addressOf(u)
	if to == nil {
		return letter{}, nil, errGone
	}
	l := letter{Organization: harmless(org.Name), PublicURL: n.PublicURL, Role: "an administrator"}
	if u.Role == user.RoleOWNER {
		l.Role = "an owner"
	}
	if u.DisplayName != nil {
		l.Greeting = harmless(*u.DisplayName)
	}
	return l, to, nil
}

func gone(err error) error {
	if ent.IsNotFound(err) {
		return errGone
	}
	return err
}

// addressOf is where mail for somebody goes: the primary address, or else a user name
// that is one, its domain as every mail server knows it (RFC 5890 §2.3.2.1). It is nil for
// something that is no single address.
func addressOf(u *ent.User) *netmail.Address {
	text := u.UserName
	if u.Email != nil {
		text = *u.Email
	}
	a, err := netmail.ParseAddress(text)
	if err != nil || a.Address != text {
		return nil
	}
	at := strings.LastIndexByte(text, '@') + 1
	domain, err := idna.Lookup.ToASCII(text[at:])
	if err != nil {
		return nil
	}
	return &netmail.Address{Address: text[:at] + domain}
}

// deliver writes a mail and sends it. What it returns is for River: nil when the job
// is done, an error when it is to be tried again.
func (n *Notifier) deliver(ctx context.Context, job *rivertype.JobRow, e envelope, template string, about func(context.Context) (any, error)) error {
	ctx = actor.InOrg(ctx, e.Org)
	log := n.Log.With("job", job.ID, "mail", template, "organization", e.Org, "user", e.To)
	l, to, err := n.open(ctx, e)
	if err == nil {
		l.About, err = about(ctx)
	}
	if errors.Is(err, errGone) {
		n.Observe(Withheld)
		log.Info("a mail was withheld: its recipient has left, lost the role or has no address, or what it was about is gone")
		return nil
	}
	if err == nil {
		err = n.hand(ctx, job, template, l, to)
	}
	if err == nil {
		n.Observe(Sent)
		log.Info("a mail was sent")
		return nil
	}
	text, refused := said(err)
	if refused || job.Attempt >= job.MaxAttempts {
		n.Observe(Lost)
		log.Error("a mail could not be sent, and is not tried again", "attempt", job.Attempt, "err", text)
		return river.JobCancel(errors.New(text))
	}
	n.Observe(Failed)
	log.Warn("a mail could not be sent, and is tried again", "attempt", job.Attempt, "err", text)
	return errors.New(text)
}

// hand gives a mail to the server. It has the same id however often it is tried, so
// that one that did arrive can be told from another; another installation, which also
// has a first job, has other ids, for mail systems drop what they believe to have.
func (n *Notifier) hand(ctx context.Context, job *rivertype.JobRow, template string, l letter, to *netmail.Address) error {
	m, err := n.Server.write(template, l)
	if err != nil {
		return err
	}
	m.ToMailAddress(to)
	m.SetMessageIDWithValue(fmt.Sprintf("%s.%d.%d@%s", template, job.ID, job.CreatedAt.UnixMicro(), n.Server.domain()))
	return n.Server.send(ctx, m)
}
